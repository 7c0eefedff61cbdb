/* What a row is known by: a hash of its values, whatever format they came in and whatever order its
   columns have. Equal rows have equal hashes; that two others share one is 1 : 2^64, unless
   somebody chose them so.

   A value is hashed by XXH3 (64 bits), seeded by its column's name and by what it is; the hash of a
   row is the sum of those of its values, so it is made a column at a time. It decides a row's side
   of the split too, so it must never change: docs/architecture/02-validate.md is the recipe for
   outsiders, and tests/unit/validate/test_split_recipe.py follows it with a library of others. */

#ifndef HASH_H
#define HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arrow.h"

/* Of a column: for texts and bytes, for whole numbers, for numbers with a fraction. */
struct seeds {
    uint64_t text, whole, fraction;
};

struct seeds seeds_of(const uint8_t *name, size_t size);

uint64_t hash_bytes(const uint8_t *bytes, size_t size);

/* Hash each value of a column of a format of format.h. Values that differ have different hashes,
   but for texts, and for whole numbers beside fractions, of which two share one with a chance of
   1 : 2^64. What stands for a missing value is left as it is. */
void hash_values(uint64_t *out, const struct ArrowArray *column, const char *format,
                 const struct seeds *seeds);

/* Add a column's values to the hashes of their rows. */
void add_values(uint64_t *rows, const uint64_t *values, const struct ArrowArray *column);

/* Whether the row is one of the holdout, so many of a hundred. `salt` is the hash of a text. */
bool is_holdout(uint64_t hash, uint64_t salt, uint64_t percent);

#endif
