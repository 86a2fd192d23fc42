/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run that is cut into parts: by shards on machines that know nothing of each
 * other, by the processes of a cluster, by an interruption. run() is the same in
 * one go. */
#ifndef GONGJI_ENGINE_RUN_PARTS_H
#define GONGJI_ENGINE_RUN_PARTS_H

#include "engine/progress_file.h"

/* The shape that this run's progress has. */
struct progress_shape run_shape(const struct model *model, int n_programs,
    const struct run_options *options);

/* Where finished blocks' sums are kept while the run goes on. */
struct run_keep {
    const char *path; /* NULL: nowhere */
    double every; /* seconds from one writing to the next, and before the first */
    /* Called after each writing by the thread that wrote; a problem says why it
     * could not, after which it is not tried again. May be NULL. */
    void (*kept)(void *context, const struct problem_list *problems);
    void *context;
};

/* Collective (engine/cluster.h). Does the blocks of the shard that progress->origin
 * names but for those that process 0 has finished before; on return process 0 has
 * them all. keep may be NULL. */
void run_part(const struct people *people, const struct program *const *programs,
    const struct run_options *options, const struct run_keep *keep, struct progress *progress);

/* From the sums over all blocks to the result. */
void run_finish(const struct people *people, const struct model *model,
    const struct program *const *programs, const struct run_options *options,
    const struct progress *progress, struct result *out);

#endif
