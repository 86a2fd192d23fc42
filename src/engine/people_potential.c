/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many outpatient visits a person might make beyond those of the static model. */
#include <stdlib.h>

#include "base/language.h"
#include "base/memory.h"
#include "engine/people_tables.h"

/* For given frailty visits are Poisson, and so are `more` times as many further ones.
 * The frailty being gamma of shape size, that of a person with n visits is gamma of
 * shape size + n: further visits are negative binomial of that size, the sum of one
 * of size `size` and of n of size 1. */
bool
people_further(struct further *out, const struct count_key *visits, double more)
{
    if (visits->poisson)
        return variate_poisson(&out->person, more * visits->mean);
    double of_one = more * visits->mean / (visits->size + visits->mean);
    return variate_negative_binomial(&out->person, of_one * visits->size, visits->size)
        && variate_negative_binomial(&out->visit, of_one, 1);
}

bool
people_allow_potential(struct people *self, double largest, struct problem_list *problems)
{
    const struct stream *stream = &self->streams[STREAM_OUTPATIENT];
    bool ok = true;
    people_forget_counts(self);
    people_free_potential(self);
    self->further_more = largest - 1;
    if (largest <= 1)
        return true;
    self->n_further = self->n_counts;
    self->further = memory_alloc((size_t)self->n_counts, sizeof *self->further);
    for (int status = 0; status < STATUS_COUNT; status++)
        for (int age = 0; age < PEOPLE_AGES; age++) {
            int table = stream->count[status][age];
            if (table >= 0 && self->further[table].person.threshold == NULL)
                ok = people_further(
                         &self->further[table], &self->count_keys[table], largest - 1)
                    && ok;
        }
    if (!ok)
        problem_add(problems, NULL, 0, 0,
            tr("behaviour.largest_factor: %g times the visits are more than a year can hold; a "
               "smaller factor is wanted",
                "behaviour.largest_factor：%g 倍的门诊次数一年容不下；应取更小的倍数"),
            largest);
    return ok;
}

void
people_free_potential(struct people *self)
{
    for (int i = 0; i < self->n_further; i++) {
        variate_count_free(&self->further[i].person);
        variate_count_free(&self->further[i].visit);
    }
    free(self->further);
    self->further = NULL;
    self->n_further = 0;
}
