/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file of ours is, and where it belongs when it is met in another's place. */
#ifndef GONGJI_INPUT_KIND_H
#define GONGJI_INPUT_KIND_H

#include "input/yaml.h"

enum file_kind { FILE_SCENARIO, FILE_MODEL, FILE_STUDY, FILE_TARGETS, FILE_KINDS };

/* By what the file says under 'kind', or by what only scenarios have, which need not say
 * it; FILE_KINDS where that is none of ours or cannot be read: what is wrong with it is
 * for its reader to tell. */
enum file_kind kind_of_file(const char *path);

/* false where a file is not to be read as one of the kind: of another one every key would
 * be unknown, so one problem says what it is, where it belongs and what is wanted. Where
 * 'kind' is missing or says something unknown, that is a problem, but the rest can be
 * read. */
bool kind_check(const struct yaml *yaml, enum file_kind wanted, struct problem_list *problems);

/* The same of a word on a command line that names a file of another kind; typed: how
 * that file is to be named where it belongs. */
void kind_report(const char *word, const char *typed, enum file_kind found, enum file_kind wanted,
    struct problem_list *problems);

#endif
