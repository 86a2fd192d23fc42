/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <dirent.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "input/policy.h"

/* Where data files may lie, in the order they are looked for. */
static char *
data_folder(int i)
{
    char program[PATH_MAX];
    const char *given = getenv("GONGJI_DATA");
    switch (i) {
    case 0:
        return memory_text(given != NULL && *given != '\0' ? given : ".");
    case 1:
        return memory_text(".");
    case 2:
    case 3: {
        ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
        if (n <= 0)
            return memory_text(".");
        program[n] = '\0';
        /* build/gongji or build/src/command/gongji of a source tree. */
        return memory_format("%s%s", dirname(program), i == 2 ? "/.." : "/../../..");
    }
    case 4:
        return memory_text(GONGJI_SOURCE_FOLDER);
    default:
        return memory_text(GONGJI_DATA_FOLDER);
    }
}

enum { DATA_FOLDERS = 6 };

bool
policy_is_path(const char *file_or_id)
{
    const char *dot = strrchr(file_or_id, '.');
    return strchr(file_or_id, '/') != NULL
        || (dot != NULL && (strcmp(dot, ".yaml") == 0 || strcmp(dot, ".yml") == 0));
}

char *
policy_find_file(const char *folder, const char *id)
{
    if (policy_is_path(id))
        return access(id, F_OK) == 0 ? memory_text(id) : NULL;
    for (int i = 0; i < DATA_FOLDERS; i++) {
        char *data = data_folder(i);
        char *path = memory_format("%s/%s/%s.yaml", data, folder, id);
        free(data);
        if (access(path, F_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

const char *
policy_nearest_id(const char *folder, const char *id, char out[static 256])
{
    struct names found = { 0 };
    for (int i = 0; i < DATA_FOLDERS; i++) {
        char *data = data_folder(i);
        char *path = memory_format("%s/%s", data, folder);
        DIR *directory = opendir(path);
        for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
            size_t n = strlen(entry->d_name);
            if (n > 5 && strcmp(entry->d_name + n - 5, ".yaml") == 0)
                names_add(&found, entry->d_name, n - 5);
        }
        if (directory != NULL)
            closedir(directory);
        free(path);
        free(data);
    }
    const char *near = problem_nearest(id, (const char *const *)found.text, found.n);
    if (near != NULL)
        snprintf(out, 256, "%s", near);
    names_free(&found);
    return near != NULL ? out : NULL;
}
