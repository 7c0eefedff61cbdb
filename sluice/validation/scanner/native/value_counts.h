/* The different values of a column while they are few, each with how often it occurs. */

#ifndef VALUE_COUNTS_H
#define VALUE_COUNTS_H

#include "measure.h"

/* Slots point to values, by hash. It owns the values and their texts. */
struct value_counts {
    int64_t most, count, slots; /* slots: a power of two, at most half of them taken */
    int32_t *places;            /* of a value, from 1; 0: an empty slot */
    uint64_t *hashes;
    struct value *values;
    int64_t bytes; /* of texts */
    bool is_full;  /* there were more than `most`, or they were too long */
};

void value_counts_free(struct value_counts *counts);

/* The value of this hash, perhaps a new one without a count; NULL where memory is short. */
struct value *value_counts_find(struct value_counts *counts, uint64_t hash);

/* Copy the value of a row into a new one; false where memory is short. */
bool copy_value(struct value *value, const struct ArrowArray *column, const char *format,
                int64_t row);

/* Whether a row's text is the value's: two texts may share a hash, above all where somebody wants
   them to. */
bool is_same_text(const struct value *value, const struct ArrowArray *column, int64_t row);

/* The place of the value of this hash, from 0, or -1. */
int64_t value_counts_place(const struct value_counts *counts, uint64_t hash);

#endif
