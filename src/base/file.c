/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/language.h"
#include "base/memory.h"

/* Names that a signal must remove: plain slots, since a handler may neither
 * allocate nor lock. */
enum { PENDING_MAX = 16 };
static _Atomic(char *) pending[PENDING_MAX];

static void
pending_add(char *path)
{
    for (int i = 0; i < PENDING_MAX; i++) {
        char *empty = NULL;
        if (atomic_compare_exchange_strong(&pending[i], &empty, path))
            return;
    }
}

static void
pending_remove(char *path)
{
    for (int i = 0; i < PENDING_MAX; i++) {
        char *expected = path;
        if (atomic_compare_exchange_strong(&pending[i], &expected, NULL))
            return;
    }
}

/* Removes a file, or a directory with the plain files in it. Called by a signal's
 * handler too: opendir would allocate, and wait for ever where the signal came in
 * the middle of an allocation. */
static void
remove_path(const char *path)
{
    if (unlink(path) == 0 || (errno != EISDIR && errno != EPERM))
        return;
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _Alignas(struct dirent64) char entries[4096];
    for (ssize_t n; directory >= 0 && (n = getdents64(directory, entries, sizeof entries)) > 0;)
        for (ssize_t at = 0; at < n;) {
            const struct dirent64 *entry = (const struct dirent64 *)(const void *)(entries + at);
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                unlinkat(directory, entry->d_name, 0);
            at += entry->d_reclen;
        }
    if (directory >= 0)
        close(directory);
    rmdir(path);
}

static _Atomic(const char *) last_words;

void
file_last_words(const char *text)
{
    atomic_store(&last_words, text);
}

static void
on_signal(int number)
{
    for (int i = 0; i < PENDING_MAX; i++) {
        char *path = atomic_load(&pending[i]);
        if (path != NULL)
            remove_path(path);
    }
    const char *text = atomic_load(&last_words);
    /* Whether anybody listens or not, the end is the same. */
    ssize_t written = text != NULL ? write(STDERR_FILENO, text, strlen(text)) : 0;
    (void)written;
    signal(number, SIG_DFL);
    raise(number);
}

void
file_watch_signals(void)
{
    struct sigaction action = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

bool
file_read(const char *path, struct file_text *out, struct problem_list *problems)
{
    *out = (struct file_text){ 0 };
    FILE *stream = fopen(path, "rb");
    struct stat status;
    if (stream == NULL || fstat(fileno(stream), &status) != 0 || S_ISDIR(status.st_mode)) {
        problem_add(problems, path, 0, 0, tr("cannot be read: %s; an existing file is wanted",
            "无法读取：%s；应为已有的文件"),
            stream != NULL ? problem_reason(EISDIR) : problem_reason(errno));
        if (stream != NULL)
            fclose(stream);
        return false;
    }
    size_t capacity = 1 << 16;
    out->text = memory_alloc(capacity, 1);
    for (size_t got; (got = fread(out->text + out->n, 1, capacity - out->n - 1, stream)) != 0;) {
        out->n += got;
        if (capacity - out->n < 2) {
            capacity *= 2;
            out->text = memory_resize(out->text, capacity, 1);
        }
    }
    out->text[out->n] = '\0';
    bool ok = !ferror(stream);
    if (!ok)
        problem_fail(problems, path, tr("cannot be read: %s", "无法读取：%s"), problem_reason(errno));
    fclose(stream);
    return ok;
}

static struct file_pending *
set_add(struct file_set *self, const char *path)
{
    memory_grow(self->items, self->n, self->capacity);
    struct file_pending *item = &self->items[self->n++];
    *item = (struct file_pending){ .path = memory_text(path) };
    item->beside = memory_format("%s.%ld.part", path, (long)getpid());
    pending_add(item->beside);
    return item;
}

/* A device or a pipe, which nothing may take the place of. */
static bool
is_special(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

FILE *
file_set_open(struct file_set *self, const char *path, struct problem_list *problems)
{
    struct file_pending *item;
    if (is_special(path)) {
        memory_grow(self->items, self->n, self->capacity);
        item = &self->items[self->n++];
        *item = (struct file_pending){ .path = memory_text(path), .stream = fopen(path, "wb") };
    } else {
        item = set_add(self, path);
        item->stream = fopen(item->beside, "wb");
    }
    if (item->stream == NULL)
        problem_unwritable(problems, path, errno);
    else
        setvbuf(item->stream, NULL, _IOFBF, 1 << 20);
    return item->stream;
}

const char *
file_set_name(struct file_set *self, const char *path, struct problem_list *problems)
{
    (void)problems;
    return set_add(self, path)->beside;
}

static bool
flush_to_disk(struct file_pending *item)
{
    if (item->stream != NULL) {
        bool ok = fflush(item->stream) == 0 && !ferror(item->stream);
        /* A pipe or a device has nothing to sync. */
        ok = ok && (fsync(fileno(item->stream)) == 0 || errno == EINVAL || errno == EROFS);
        int saved = errno;
        ok = fclose(item->stream) == 0 && ok;
        if (saved != 0 && !ok)
            errno = saved;
        item->stream = NULL;
        return ok;
    }
    int descriptor = open(item->beside, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    bool ok = fsync(descriptor) == 0;
    close(descriptor);
    return ok;
}

bool
file_set_commit(struct file_set *self, struct problem_list *problems)
{
    for (size_t i = 0; i < self->n; i++)
        if (!flush_to_disk(&self->items[i])) {
            problem_unwritable(problems, self->items[i].path, errno);
            return false;
        }
    for (size_t i = 0; i < self->n; i++) {
        if (self->items[i].beside == NULL)
            continue;
        if (rename(self->items[i].beside, self->items[i].path) != 0) {
            problem_unwritable(problems, self->items[i].path, errno);
            return false;
        }
        pending_remove(self->items[i].beside);
        free(self->items[i].beside);
        self->items[i].beside = NULL;
    }
    return true;
}

void
file_set_free(struct file_set *self)
{
    for (size_t i = 0; i < self->n; i++) {
        struct file_pending *item = &self->items[i];
        if (item->stream != NULL)
            fclose(item->stream);
        if (item->beside != NULL) {
            unlink(item->beside);
            pending_remove(item->beside);
        }
        free(item->beside);
        free(item->path);
    }
    free(self->items);
    *self = (struct file_set){ 0 };
}

/* Of a directory that results may replace: whether the first of names is there, and
 * the first entry that is none of them; owned by the caller, NULL where none is. */
static char *
find_foreign(const char *path, const char *const *names, bool *marked)
{
    char *foreign = NULL;
    DIR *directory = opendir(path);
    *marked = false;
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
        const char *name = entry->d_name;
        int i = 0;
        while (names[i] != NULL && strcmp(names[i], name) != 0)
            i++;
        *marked = *marked || (names[i] != NULL && i == 0);
        if (names[i] == NULL && foreign == NULL && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
            foreign = memory_text(name);
    }
    if (directory != NULL)
        closedir(directory);
    return foreign;
}

/* Whether results may come to stand there. */
static bool
may_replace(const char *path, const char *const *names, struct problem_list *problems)
{
    struct stat status;
    if (*path == '\0') {
        problem_add(problems, NULL, 0, 0, "%s",
            tr("-o: an empty name; a directory for the results is wanted",
                "-o：名称为空；应为存放结果的目录"));
        return false;
    }
    if (stat(path, &status) != 0)
        return true;
    if (!S_ISDIR(status.st_mode)) {
        problem_add(problems, path, 0, 0, "%s",
            tr("is a file; -o wants a directory for the results",
                "是一个文件；-o 应为存放结果的目录"));
        return false;
    }
    bool marked;
    char *foreign = find_foreign(path, names, &marked);
    if (foreign != NULL && !marked)
        problem_add(problems, path, 0, 0,
            tr("holds other files and no %s; a new name, or an earlier result to replace, is "
               "wanted",
                "里面是别的文件，没有 %s；应为新目录，或要替换的旧结果目录"),
            names[0]);
    else if (foreign != NULL)
        problem_add(problems, path, 0, 0,
            tr("holds %s besides an earlier result, which would be lost; a new name, or %s moved "
               "elsewhere, is wanted",
                "除旧结果外还有 %s，替换会使其丢失；应换一个目录，或先把 %s 移走"),
            foreign, foreign);
    bool ok = foreign == NULL;
    free(foreign);
    return ok;
}

bool
file_directory_open(struct file_directory *self, const char *path, const char *const *names,
    struct problem_list *problems)
{
    *self = (struct file_directory){ .path = memory_text(path) };
    for (size_t n = strlen(self->path); n > 1 && self->path[n - 1] == '/';)
        self->path[--n] = '\0';
    if (!may_replace(self->path, names, problems))
        return false;
    self->beside = memory_format("%s.%ld.part", self->path, (long)getpid());
    pending_add(self->beside);
    if (mkdir(self->beside, 0777) != 0) {
        problem_unwritable(problems, self->path, errno);
        return false;
    }
    return true;
}

char *
file_directory_path(const struct file_directory *self, const char *name)
{
    return memory_format("%s/%s", self->beside, name);
}

bool
file_directory_commit(struct file_directory *self, struct problem_list *problems)
{
    /* An exchange is one step for whoever looks; where the file system has none,
     * the old directory is moved aside first. */
    bool ok = rename(self->beside, self->path) == 0;
    if (!ok && renameat2(AT_FDCWD, self->beside, AT_FDCWD, self->path, RENAME_EXCHANGE) == 0) {
        remove_path(self->beside);
        ok = true;
    } else if (!ok) {
        char *aside = memory_format("%s.old", self->beside);
        if (rename(self->path, aside) == 0) {
            ok = rename(self->beside, self->path) == 0;
            if (ok)
                remove_path(aside);
            else
                rename(aside, self->path);
        }
        free(aside);
    }
    if (!ok) {
        problem_fail(problems, self->path, tr("cannot be put in place: %s", "无法就位：%s"),
            problem_reason(errno));
        return false;
    }
    pending_remove(self->beside);
    free(self->beside);
    self->beside = NULL;
    return true;
}

void
file_directory_free(struct file_directory *self)
{
    if (self->beside != NULL) {
        remove_path(self->beside);
        pending_remove(self->beside);
    }
    free(self->beside);
    free(self->path);
    *self = (struct file_directory){ 0 };
}

void
file_sha256(const void *bytes, size_t n, char out[static 65])
{
    struct sha256_ctx context;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&context);
    sha256_update(&context, n, bytes);
    sha256_digest(&context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        out[2 * i] = "0123456789abcdef"[digest[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
    }
    out[64] = '\0';
}
