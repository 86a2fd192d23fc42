/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The steps of one settlement, for people to read: what `explain` prints. The
 * judge notes amounts and which rule, cap and parameter were at work; words and
 * articles are looked up afterwards. */
#ifndef GONGJI_ENGINE_TRACE_H
#define GONGJI_ENGINE_TRACE_H

#include "engine/adjudicate.h"

enum trace_kind {
    TRACE_ADVANCE, /* amount of eligible cost paid in advance; ratio */
    TRACE_DEDUCTIBLE, /* amount borne; limit: due by the rules; before, after: accumulator */
    TRACE_CAP_ON_ELIGIBLE, /* amount let through; limit: what was left; before, after: pool used */
    TRACE_PAYMENT, /* amount due on `of` at ratio */
    TRACE_SECOND_BAND, /* amount due on `of` at ratio, within the payment */
    TRACE_CAP, /* amount paid within the cap; limit: its value; before, after: used */
    TRACE_OVERFLOW, /* amount due on `of` at ratio, by rule `rule` */
    TRACE_OVERFLOW_CAP, /* as TRACE_CAP */
    TRACE_OWN_ACCOUNT, /* amount; before, after: balance */
    TRACE_FAMILY_ACCOUNT, /* amount; who; before, after: balance */
    TRACE_CASH /* amount */
};

struct trace_step {
    enum trace_kind kind;
    int rule, cap, who; /* indices, where the kind has one */
    ratio_t ratio;
    fen_t of, amount, limit, before, after;
};

enum { TRACE_STEPS = 256 };

struct trace {
    struct trace_step steps[TRACE_STEPS];
    int n;
    int rule; /* -1 where the benefit is not covered */
    class_t class;
    enum status status; /* on the settling day */
    int age;
};

#endif
