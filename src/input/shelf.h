/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are found by an id and may extend each other: scenarios, models. */
#ifndef GONGJI_INPUT_SHELF_H
#define GONGJI_INPUT_SHELF_H

#include "input/kind.h"
#include "input/policy.h"
#include "input/yaml.h"

/* One kind of file and the folder that its ids are looked for in. */
struct shelf {
    const char *folder; /* "scenarios" */
    enum file_kind kind;
    const char *en, *zh; /* what one file is called */
    const char *example; /* an id there is */
};
extern const struct shelf shelf_scenarios, shelf_models, shelf_targets;

/* The path of a file or id, owned by the caller; NULL and a problem where there is none:
 * what it is where it is the id of another kind, else the nearest id. */
char *shelf_find(const struct shelf *shelf, const char *file_or_id, struct problem_list *problems);

/* The file that the one at path extends by that name: beside it first, so that
 * drafts may extend each other anywhere. Owned by the caller; NULL where none is. */
char *shelf_find_extended(const struct shelf *shelf, const char *path, const char *name);

/* The id of a file: its name without folder and ending. Owned by the caller. */
char *shelf_id(const char *file_or_id);

/* What ids[n], a scenario's, is called beside those before it: the second "yantai" of a run
 * is "yantai#2". Owned by the caller. */
char *shelf_id_among(const char *const *ids, int n);

/* A file under way, with what it extends. */
struct shelf_reading {
    const struct shelf *shelf;
    struct problem_list *problems;
    /* Takes in one file: the extended ones first, each with the path that texts keeps. */
    void (*take)(void *context, const struct yaml *yaml, const char *path);
    void *context;
    struct policy_text **texts; /* grows: the file itself first, then what it extends */
    int *n_texts;
    char **extends; /* set to what the first file names; NULL where nothing */
    const char *visited[16]; /* files under way, to find a circle */
    int depth;
};

/* Reads the file at path and all that it extends; false where one could not be
 * read at all (what is wrong inside is among the problems all the same). */
bool shelf_read(struct shelf_reading *self, const char *path);

void shelf_texts_free(struct policy_text *texts, int n);

#endif
