/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Parameters of a policy in words: labels, units and values as a person writes
 * them ("一级及以下 500 元；二级及以上 800 元"). The language is an argument,
 * since the report holds both. */
#ifndef GONGJI_OUTPUT_PARAMETER_TEXT_H
#define GONGJI_OUTPUT_PARAMETER_TEXT_H

#include "base/language.h"
#include "input/policy.h"

extern const struct word parameter_section_words[SECTION_COUNT];

/* What a parameter is about: the benefit ("普通门诊"), special diseases' rule or
 * cap by its name, else the section. Owned by the caller. */
char *parameter_subject_text(const struct policy *policy, const struct parameter *parameter,
    enum language language);

/* The unit that values are written in: "元", "%", or the descriptor's own; ""
 * for words. */
const char *parameter_unit(const struct descriptor *descriptor, enum language language);

/* One number with its unit: "1,800 元", "2.15%". policy names the caps of
 * VALUE_NAMES. Owned by the caller. */
char *parameter_number_text(const struct descriptor *descriptor, const struct policy *policy,
    int64_t value, enum language language);

/* A whole dated value: equal cells are said once, the dimension that splits the
 * table into the fewest parts comes first. Owned by the caller. */
char *parameter_value_text(const struct descriptor *descriptor, const struct policy *policy,
    const struct dated_value *value, enum language language);

#endif
