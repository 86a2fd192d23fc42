/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The processes of one run and what they tell each other: the only home of MPI.
 * Built without it, or started without mpirun, there is one process, and all of
 * this does nothing. What is marked collective must be called by every process. */
#ifndef GONGJI_ENGINE_CLUSTER_H
#define GONGJI_ENGINE_CLUSTER_H

#include "engine/progress_file.h"

/* Collective. A process that ends between the two takes the others with it. */
void cluster_begin(void);
void cluster_end(void);

int cluster_rank(void); /* 0 is the one that reads, prints and writes for all */
int cluster_size(void);

/* Collective: whether it is so on every process. */
bool cluster_all(bool here);

/* Collective: n bytes of process 0 to everyone. */
void cluster_spread(void *bytes, size_t n);

/* Collective: process 0 learns the text of the first process that has one that is
 * not empty; owned by the caller, with that process in *rank. Elsewhere, and where
 * there is none, NULL. */
char *cluster_first_text(const char *text, int *rank);

/* Collective: the sums of all processes, which have done different blocks, into
 * process 0's. What the others hold is spent. */
void cluster_gather(struct progress *progress);

#endif
