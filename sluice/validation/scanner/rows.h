/* What a row is known by: a hash of its values, whatever format they came in and whatever order its
   columns have. Equal rows have equal hashes; that two others share one is 1 : 2^64, unless
   somebody chose them so.

   The hash is the sum, over the values that are not missing, of each value mixed with its column's
   name, so it can be made a column at a time. It decides a row's side of the split too, so it must
   never change; tests/unit/validate/test_split.py holds its twin in Python. */

#ifndef ROWS_H
#define ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arrow.h"

uint64_t hash_bytes(const uint8_t *bytes, size_t size);

/* Different numbers have different hashes. */
uint64_t hash_number(int64_t number);

/* Hash each value of a column of a format of format.h; two values of one column that differ have
   different hashes, but for texts, of which two share one with a chance of 1 : 2^64. What stands
   for a missing value is left as it is. */
void hash_values(uint64_t *out, const struct ArrowArray *column, const char *format);

/* Add a column's values to the hashes of their rows. */
void add_values(uint64_t *rows, const uint64_t *values, const struct ArrowArray *column,
                uint64_t name);

/* Whether the row is one of those that judge, so many of a hundred. */
bool is_holdout(uint64_t hash, uint64_t salt, uint64_t percent);

#endif
