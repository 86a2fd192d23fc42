/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "engine/cluster.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#ifdef WITH_MPI
#include <mpi.h>

static int rank, size = 1;
static bool begun;

/* Others would wait for ever for a process that has left. */
static void
leave_together(void)
{
    if (begun)
        MPI_Abort(MPI_COMM_WORLD, 1);
}

void
cluster_begin(void)
{
    int support;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &support);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    begun = true;
    atexit(leave_together);
}

void
cluster_end(void)
{
    if (begun)
        MPI_Finalize();
    begun = false;
}

int
cluster_rank(void)
{
    return rank;
}

int
cluster_size(void)
{
    return size;
}

bool
cluster_all(bool here)
{
    int one = here, all = here;
    if (size > 1)
        MPI_Allreduce(&one, &all, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    return all != 0;
}

/* A message's length is an int to MPI. */
enum { MESSAGE_MAX = 1 << 28 };

void
cluster_spread(void *bytes, size_t n)
{
    for (size_t at = 0; size > 1 && at < n; at += MESSAGE_MAX)
        MPI_Bcast((char *)bytes + at, (int)(n - at < MESSAGE_MAX ? n - at : MESSAGE_MAX),
            MPI_BYTE, 0, MPI_COMM_WORLD);
}

char *
cluster_first_text(const char *text, int *from)
{
    if (size == 1)
        return NULL;
    int mine = *text != '\0' ? rank : size, first, n = (int)strlen(text);
    MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, MPI_COMM_WORLD);
    *from = first;
    if (first == size)
        return NULL;
    if (first == 0)
        return rank == 0 ? memory_text(text) : NULL;
    if (rank == first) {
        MPI_Send(&n, 1, MPI_INT, 0, 0, MPI_COMM_WORLD);
        MPI_Send(text, n, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
    }
    if (rank != 0)
        return NULL;
    MPI_Recv(&n, 1, MPI_INT, first, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    char *out = memory_alloc((size_t)n + 1, 1);
    MPI_Recv(out, n, MPI_BYTE, first, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return out;
}

static void
send_bytes(const void *bytes, size_t n, int to)
{
    for (size_t at = 0; at < n; at += MESSAGE_MAX)
        MPI_Send((const char *)bytes + at, (int)(n - at < MESSAGE_MAX ? n - at : MESSAGE_MAX),
            MPI_BYTE, to, 0, MPI_COMM_WORLD);
}

static void
receive_bytes(void *bytes, size_t n, int from)
{
    for (size_t at = 0; at < n; at += MESSAGE_MAX)
        MPI_Recv((char *)bytes + at, (int)(n - at < MESSAGE_MAX ? n - at : MESSAGE_MAX), MPI_BYTE,
            from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

static size_t
bitmap_size(const struct progress *progress)
{
    return (size_t)((progress->shape.n_blocks + 7) / 8);
}

/* A tally at a time, so that no more than one is held twice. */
static void
hand_over(const struct progress *progress, int to, void *buffer)
{
    const struct progress_shape *shape = &progress->shape;
    send_bytes(&progress->claims, sizeof progress->claims, to);
    send_bytes(progress->finished, bitmap_size(progress), to);
    for (int i = 0; i < shape->n_programs * shape->n_years; i++) {
        progress_tally_pack(&progress->tallies[i], shape, buffer);
        send_bytes(buffer, progress_tally_size(shape), to);
    }
}

static void
take_over(struct progress *progress, int from, void *buffer)
{
    const struct progress_shape *shape = &progress->shape;
    size_t n = bitmap_size(progress);
    int64_t claims;
    uint8_t *finished = memory_alloc(n, 1);
    receive_bytes(&claims, sizeof claims, from);
    receive_bytes(finished, n, from);
    progress->claims += claims;
    for (size_t i = 0; i < n; i++)
        progress->finished[i] = (uint8_t)(progress->finished[i] | finished[i]);
    free(finished);
    for (int i = 0; i < shape->n_programs * shape->n_years; i++) {
        receive_bytes(buffer, progress_tally_size(shape), from);
        progress_tally_add(&progress->tallies[i], shape, buffer);
    }
}

/* In log2(size) rounds: half of those that still hold something hand it over. */
void
cluster_gather(struct progress *progress)
{
    if (size == 1)
        return;
    void *buffer = memory_alloc(progress_tally_size(&progress->shape), 1);
    for (int step = 1; step < size; step *= 2) {
        if (rank % (2 * step) == step) {
            hand_over(progress, rank - step, buffer);
            break;
        }
        if (rank % (2 * step) == 0 && rank + step < size)
            take_over(progress, rank + step, buffer);
    }
    free(buffer);
}

#else

void
cluster_begin(void)
{
}

void
cluster_end(void)
{
}

int
cluster_rank(void)
{
    return 0;
}

int
cluster_size(void)
{
    return 1;
}

bool
cluster_all(bool here)
{
    return here;
}

void
cluster_spread(void *bytes, size_t n)
{
    (void)bytes;
    (void)n;
}

char *
cluster_first_text(const char *text, int *from)
{
    (void)text;
    (void)from;
    return NULL;
}

void
cluster_gather(struct progress *progress)
{
    (void)progress;
}

#endif
