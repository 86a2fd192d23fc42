/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/language.h"
#include "base/memory.h"

enum { SMALLEST = 1 << 16, STEP_ON_DISK = 1 << 28, HUGE_FROM = 1 << 22 };

void
spill_pool_init(struct spill_pool *self, struct problem_list *problems)
{
    long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    *self = (struct spill_pool){ .problems = problems, .limit = SIZE_MAX };
    if (pages > 0 && page > 0)
        self->limit = (size_t)pages / 4 * (size_t)page;
}

/* /var/tmp rather than /tmp, which on many machines is memory. */
static const char *
directory(void)
{
    const char *asked = getenv("TMPDIR");
    if (asked != NULL && *asked != '\0')
        return asked;
    return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

static bool
fail(struct spill *self, int error)
{
    if (!self->pool->failed)
        problem_fail(self->pool->problems, directory(),
            tr("temporary data cannot be written here: %s; TMPDIR may name a folder with more room",
                "临时数据无法写到这里：%s；可用 TMPDIR 指定空间更大的文件夹"),
            problem_reason(error));
    self->pool->failed = true;
    return false;
}

static int
open_nameless(void)
{
    int file = open(directory(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT))
        return file;
    char *name = memory_format("%s/gongji-XXXXXX", directory());
    file = mkostemp(name, O_CLOEXEC);
    if (file >= 0)
        unlink(name);
    int saved = errno;
    free(name);
    errno = saved;
    return file;
}

/* Real blocks, so that a full disk shows here and not as a bus error later. */
static bool
grow_on_disk(struct spill *self, int file, size_t capacity)
{
    int error = posix_fallocate(file, 0, (off_t)capacity);
    if (error != 0)
        return fail(self, error);
    void *bytes = self->on_disk
        ? mremap(self->bytes, self->capacity, capacity, MREMAP_MAYMOVE)
        : mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (bytes == MAP_FAILED)
        return fail(self, errno);
    self->bytes = bytes;
    self->capacity = capacity;
    return true;
}

static bool
move_to_disk(struct spill *self, size_t capacity)
{
    int file = open_nameless();
    if (file < 0)
        return fail(self, errno);
    char *before = self->bytes;
    size_t held = self->capacity;
    if (!grow_on_disk(self, file, capacity)) {
        close(file);
        return false;
    }
    if (before != NULL) {
        memcpy(self->bytes, before, self->n);
        munmap(before, held);
        self->pool->held -= held;
    }
    self->on_disk = true;
    self->file = file;
    return true;
}

static bool
grow_in_memory(struct spill *self, size_t capacity)
{
    void *bytes = self->bytes != NULL
        ? mremap(self->bytes, self->capacity, capacity, MREMAP_MAYMOVE)
        : mmap(NULL, capacity, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (bytes == MAP_FAILED)
        return false;
    /* Only advice: fewer page faults where it is taken. */
    if (capacity >= HUGE_FROM)
        (void)madvise(bytes, capacity, MADV_HUGEPAGE);
    self->pool->held += capacity - self->capacity;
    self->bytes = bytes;
    self->capacity = capacity;
    return true;
}

bool
spill_reserve(struct spill *self, size_t size)
{
    if (self->capacity - self->n >= size)
        return true;
    size_t more = self->capacity != 0 ? self->capacity : SMALLEST;
    if (self->on_disk && more > STEP_ON_DISK)
        more = STEP_ON_DISK;
    size_t capacity = self->capacity + more;
    if (capacity < self->n + size)
        capacity = (self->n + size + SMALLEST - 1) / SMALLEST * SMALLEST;
    if (self->on_disk)
        return grow_on_disk(self, self->file, capacity);
    if (self->pool->held + (capacity - self->capacity) <= self->pool->limit
        && grow_in_memory(self, capacity))
        return true;
    return move_to_disk(self, capacity);
}

void
spill_free(struct spill *self)
{
    if (self->bytes != NULL)
        munmap(self->bytes, self->capacity);
    if (self->on_disk)
        close(self->file);
    else if (self->pool != NULL)
        self->pool->held -= self->capacity;
    *self = (struct spill){ .pool = self->pool };
}
