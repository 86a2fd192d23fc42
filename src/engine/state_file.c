/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/state_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/language.h"
#include "base/memory.h"

bool
state_write_head(const struct state_kind *kind, FILE *stream)
{
    return fwrite(kind->word, sizeof kind->word, 1, stream) == 1
        && fwrite(&kind->layout, sizeof kind->layout, 1, stream) == 1;
}

bool
state_write_part(FILE *stream, const void *bytes, size_t n)
{
    char digest[STATE_DIGEST + 1];
    uint64_t length = n;
    file_sha256(bytes, n, digest);
    return fwrite(&length, sizeof length, 1, stream) == 1 && fwrite(bytes, 1, n, stream) == n
        && fwrite(digest, STATE_DIGEST, 1, stream) == 1;
}

bool
state_keep(const char *path, bool (*write)(const void *self, FILE *stream), const void *self,
    struct problem_list *problems)
{
    struct file_set set = { 0 };
    FILE *stream = file_set_open(&set, path, problems);
    bool ok = stream != NULL;
    if (ok && !write(self, stream)) {
        problem_unwritable(problems, path, errno);
        ok = false;
    }
    ok = ok && file_set_commit(&set, problems);
    file_set_free(&set);
    return ok;
}

static bool
take(struct state_reader *self, void *out, size_t n)
{
    if (n > self->left || fread(out, 1, n, self->stream) != n)
        return false;
    self->left -= n;
    return true;
}

char *
state_read_part(struct state_reader *self, size_t *n)
{
    char written[STATE_DIGEST], digest[STATE_DIGEST + 1];
    uint64_t length;
    if (!take(self, &length, sizeof length) || length > self->left)
        return NULL;
    *n = (size_t)length;
    char *bytes = memory_alloc(*n + 1, 1);
    if (take(self, bytes, *n) && take(self, written, sizeof written)) {
        file_sha256(bytes, *n, digest);
        if (memcmp(written, digest, STATE_DIGEST) == 0)
            return bytes;
    }
    free(bytes);
    return NULL;
}

bool
state_read_part_of(struct state_reader *self, void *out, size_t n)
{
    size_t got;
    char *bytes = state_read_part(self, &got);
    bool ok = bytes != NULL && got == n;
    if (ok)
        memcpy(out, bytes, n);
    free(bytes);
    return ok;
}

bool
state_open(struct state_reader *self, const struct state_kind *kind, const char *path,
    struct problem_list *problems)
{
    struct stat status;
    *self = (struct state_reader){ .stream = fopen(path, "rb") };
    if (self->stream == NULL || fstat(fileno(self->stream), &status) != 0
        || !S_ISREG(status.st_mode)) {
        problem_add(problems, path, 0, 0, "%s",
            tr("cannot be read; a file that gongji run has written is wanted",
                "无法读取；应为 gongji run 写出的文件"));
        return false;
    }
    char word[sizeof kind->word];
    uint64_t layout;
    self->left = (uint64_t)status.st_size;
    if (!take(self, word, sizeof word) || memcmp(word, kind->word, sizeof word) != 0) {
        problem_add(problems, path, 0, 0, "%s",
            tr("is no state of a run; a file that gongji run has written is wanted",
                "不是运行状态文件；应为 gongji run 写出的文件"));
        return false;
    }
    if (!take(self, &layout, sizeof layout) || layout != kind->layout) {
        problem_add(problems, path, 0, 0, "%s",
            tr("was written by another version of gongji or on a machine of another byte order; "
               "one from the same program is wanted",
                "由其他版本的 gongji 或字节序不同的机器写出；应由同一程序写出"));
        return false;
    }
    return true;
}

void
state_close(struct state_reader *self)
{
    if (self->stream != NULL)
        fclose(self->stream);
    *self = (struct state_reader){ 0 };
}

bool
state_whole(bool ok, const char *path, struct problem_list *problems)
{
    if (!ok)
        problem_add(problems, path, 0, 0, "%s",
            tr("is damaged or not whole; a complete copy is wanted", "已损坏或不完整；应为完整的副本"));
    return ok;
}
