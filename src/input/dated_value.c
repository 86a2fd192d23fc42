/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "input/policy_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const int dimension_counts[DIMENSION_COUNT] = { [DIMENSION_STATUS] = STATUS_COUNT,
    [DIMENSION_SECTOR] = SECTOR_COUNT,
    [DIMENSION_PLACE] = PLACE_COUNT,
    [DIMENSION_PROVIDER] = PROVIDER_COUNT,
    [DIMENSION_CHANNEL] = CHANNEL_COUNT };

int
dimension_size(const struct dated_value *self, enum dimension dimension)
{
    if ((self->dimensions & 1u << dimension) == 0)
        return 1;
    return dimension == DIMENSION_AGE ? self->n_ages : dimension_counts[dimension];
}

void
dated_value_free(struct dated_value *self)
{
    free(self->ages);
    free(self->table);
    free(self->source.article);
    free(self->source.note);
    free(self->source.range);
}

static char *
text_or_null(const char *text)
{
    return text != NULL ? memory_text(text) : NULL;
}

size_t
dated_value_cells(const struct dated_value *self)
{
    size_t size = 1;
    for (int d = 0; d < DIMENSION_COUNT; d++)
        size *= (size_t)dimension_size(self, (enum dimension)d);
    return size;
}

struct dated_value
dated_value_copy(const struct dated_value *self)
{
    struct dated_value copy = *self;
    size_t size = dated_value_cells(self);
    copy.table = memory_alloc(size, sizeof *copy.table);
    memcpy(copy.table, self->table, size * sizeof *copy.table);
    copy.ages = memory_alloc((size_t)self->n_ages, sizeof *copy.ages);
    if (self->n_ages != 0)
        memcpy(copy.ages, self->ages, (size_t)self->n_ages * sizeof *copy.ages);
    copy.source.article = memory_text(self->source.article);
    copy.source.note = text_or_null(self->source.note);
    copy.source.range = text_or_null(self->source.range);
    return copy;
}

int64_t
dated_value_at(const struct dated_value *self, const struct value_at *at)
{
    int index = 0;
    if (self->dimensions & 1u << DIMENSION_STATUS)
        index = (int)at->status;
    if (self->dimensions & 1u << DIMENSION_SECTOR)
        index = index * SECTOR_COUNT + (int)at->sector;
    if (self->dimensions & 1u << DIMENSION_PLACE)
        index = index * PLACE_COUNT + (int)at->place;
    if (self->dimensions & 1u << DIMENSION_PROVIDER)
        index = index * PROVIDER_COUNT + (int)at->provider;
    if (self->dimensions & 1u << DIMENSION_CHANNEL)
        index = index * CHANNEL_COUNT + (int)at->channel;
    if (self->dimensions & 1u << DIMENSION_AGE) {
        int band = self->n_ages - 1;
        while (band > 0 && at->age < self->ages[band])
            band--;
        index = index * self->n_ages + band;
    }
    return self->table[index];
}

const struct dated_value *
parameter_on(const struct parameter *self, day_t day)
{
    for (int i = self->n_values - 1; i >= 0; i--)
        if (self->values[i].from <= day)
            return &self->values[i];
    return NULL;
}
