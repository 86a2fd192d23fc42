/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What gongji run and gongji merge share: a run's command line, the files that it
 * names, what is made of them, and how its results come to be on the disk. */
#ifndef GONGJI_COMMAND_RUN_JOB_H
#define GONGJI_COMMAND_RUN_JOB_H

#include <stdint.h>

#include "base/file.h"
#include "engine/behaviour.h"
#include "engine/run_parts.h"
#include "engine/sensitivity.h"
#include "input/study.h"
#include "output/run_inputs.h"

struct run_arguments {
    char **scenarios; /* [n_scenarios] as given; owned is the array */
    int n_scenarios;
    const char *model, *baseline, *behaviour, *directory; /* NULL where not given, but for model */
    int64_t persons, first_year, last_year, replicates, threads, block;
    int64_t worlds; /* 0: none but the central one */
    uint64_t seed;
    day_t rules_on; /* DAY_MIN where not given */
    enum expiry expiry;
    int shard, n_shards; /* from 1; n_shards is 0 where not given */
    double every; /* seconds between writings of the progress */
    const char *resume; /* directory whose run is to go on, or NULL */
    bool described; /* something was given that a run to be resumed knows by itself */
    unsigned given; /* bits by enum study_option: given in words, so no study overrules it */
    struct study *study; /* owned; NULL where none is run */
    struct problem_list problems;
};

/* The arguments as they are before any is given. */
struct run_arguments run_arguments_default(void);

/* 0, or the exit status + 1 to leave with. Words are permuted and must stay. */
int run_arguments_parse(struct run_arguments *self, int n, char **words);
/* Where a study stands in the place of the scenarios, takes all that it says and the
 * words do not: false (and problems) where it is wrong. */
bool run_arguments_read_study(struct run_arguments *self);
void run_arguments_check(struct run_arguments *self);

/* All that one run holds on to. */
struct run_job {
    struct run_arguments arguments;
    struct names names;
    struct model *model;
    struct policy **policies; /* [n], owned, each of them too */
    struct program **programs; /* [n], owned, each of them too */
    struct people *people;
    enum behaviour_level level;
    struct behaviour *behaviour; /* by year, where level is not BEHAVIOUR_OFF; owned */
    struct run_inputs inputs;
    char **ids; /* [n], owned, each of them too */
    char *command, *compiler; /* owned */
    struct run_text **texts; /* [n + 1], the last the model's; owned, each of them too */
    struct run_options options;
    struct progress progress;
    struct result result;
    struct worlds worlds; /* where asked for */
    struct sensitivity sensitivity; /* likewise */
    int n;
    char *description; /* owned: see struct progress_origin */
    char **words; /* not owned: a permuted copy of recorded words; owned is the array */
    char *directory; /* owned: where arguments.directory was made absolute */
};

/* Reads every file, names the scenarios, compiles: false (and all problems) where
 * that cannot be. */
bool run_job_prepare(struct run_job *self);
void run_job_free(struct run_job *self);

/* Takes the command line and the working directory of a run that was recorded;
 * directory, where not NULL, goes on meaning what it means now. */
bool run_job_recall(struct run_job *self, const struct progress_origin *origin,
    const char *directory);

/* Problems where two descriptions differ: file is what is wrong then, and other
 * (NULL: what there is now) what it should agree with. */
bool run_job_same(const char *description, const char *wanted, const char *file,
    const char *other, struct problem_list *problems);

/* The worlds, once the result is there; progress and its context as in run_options; keep
 * may be NULL. */
bool run_job_make_worlds(struct run_job *self,
    void (*progress)(void *context, int64_t done, int64_t all), void *context,
    const struct worlds_keep *keep, struct problem_list *problems);

/* What a reader of the figures must know of the dates, to stderr. */
void run_job_note_dates(const struct run_job *self);

/* The directory that results, or a shard, appear in; self->directory is as in
 * file_directory_open. */
enum run_product { RUN_RESULTS, RUN_SHARD };
extern const char run_shard_name[]; /* "shard.state" */
bool run_job_open(const struct run_job *self, enum run_product product,
    struct file_directory *out, struct problem_list *problems);
bool run_job_write(const struct run_job *self, enum run_product product,
    struct file_directory *directory, struct problem_list *problems);

#endif
