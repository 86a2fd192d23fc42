/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands: arguments in, exit status out. The only room that prints to
 * stdout and stderr and that decides an exit status. */
#ifndef GONGJI_COMMAND_COMMAND_H
#define GONGJI_COMMAND_COMMAND_H

#include <argp.h>

#include "base/problem.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_BAD_INPUT = 2 };

struct command {
    const char *name;
    const char *en, *zh; /* one line */
    int (*run)(int argc, char **argv); /* argv[0] is the command's name */
};
extern const struct command commands[];
extern const int n_commands;

int command_run(int argc, char **argv);
int command_adjudicate(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_check(int argc, char **argv);
int command_show(int argc, char **argv);
int command_population(int argc, char **argv);
int command_ledger(int argc, char **argv);

/* Parses with argp in our manner: usage errors end with status 2, --help and
 * --lang are understood. Long-only
 * option keys start at 256. Returns 0, or the exit status + 1 to leave with. */
int command_parse(const struct argp *argp, int argc, char **argv, void *input);

/* Prints the problems to stderr; the exit status that they mean. Frees them. */
int command_finish(struct problem_list *problems);

#endif
