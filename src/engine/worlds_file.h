/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finished worlds on the disk while the others are made. Within run_worlds.c. */
#ifndef GONGJI_ENGINE_WORLDS_FILE_H
#define GONGJI_ENGINE_WORLDS_FILE_H

#include "engine/worlds.h"

enum world_state {
    WORLD_OPEN,
    WORLD_FINISHED,
    WORLD_BROUGHT_BACK, /* finished, nearer to the central values than its place was */
    WORLD_STATES
};

/* All that the finished worlds say (states [world]: enum world_state) appears at path
 * whole or not at all. description: as in struct progress_origin. */
bool worlds_file_keep(const struct worlds *self, const uint8_t *states, const char *description,
    const char *path, struct problem_list *problems);

/* Fills the worlds that a file holds, where there is one of that description; false
 * (and a problem) where it is damaged. */
bool worlds_file_recall(struct worlds *self, uint8_t *states, const char *description,
    const char *path, struct problem_list *problems);

#endif
