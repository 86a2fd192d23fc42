/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The commands: arguments in, exit status out. The only room that prints to
 * stdout and stderr and that decides an exit status. */
#ifndef GONGJI_COMMAND_COMMAND_H
#define GONGJI_COMMAND_COMMAND_H

#include <argp.h>
#include <stdio.h>

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
int command_outlay(int argc, char **argv);
int command_merge(int argc, char **argv);
int command_adjudicate(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_check(int argc, char **argv);
int command_show(int argc, char **argv);
int command_population(int argc, char **argv);
int command_describe(int argc, char **argv);
int command_ledger(int argc, char **argv);
int command_calibrate(int argc, char **argv);
int command_validate(int argc, char **argv);
int command_verify(int argc, char **argv);

/* A text of an argp table in both languages: an option's doc and arg, args_doc
 * and doc. Texts are wrapped where they are printed, but for lines that begin with
 * a blank (examples). In argp.doc, "\v" divides what comes
 * before the options from what comes after them:
 *
 *     .doc = BOTH("Reckons the books.\vExamples:\n  gongji ledger …", "…") */
#define BOTH(en, zh) en "\1" zh

/* Parses with argp in our manner: usage errors end with status 2, --help and
 * --lang are understood. Long-only
 * option keys start at 256. Returns 0, or the exit status + 1 to leave with. */
int command_parse(const struct argp *argp, int argc, char **argv, void *input);

/* Takes the word after --lang; false (and a problem) where it is no language. */
bool command_set_language(const char *word, struct problem_list *problems);

/* For the parser of an argp: what is wrong with the usage and what would be
 * right, given through tr(); ends the program with status 2. */
void command_usage_error(const struct argp_state *state, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* Prints the problems to stderr; the exit status that they mean. Frees them. */
int command_finish(struct problem_list *problems);

/* Prints what argp says of a command, in the current language. */
void command_help(const struct argp *argp, const char *name, FILE *stream);

#endif
