/* What the values of stored rows amount to, column by column and row after row, so that the same
   rows give the same numbers to the last bit, however they were cut into batches.

   Functions return 0 or an errno. */

#ifndef MEASURE_H
#define MEASURE_H

#include <stdbool.h>
#include <stdint.h>

#include "stored.h"

struct summary {
    int64_t present;
    int64_t distinct;    /* an estimate with a standard error of 1.6 %, unless they are counted */
    bool is_counted;     /* the different values are few: see `measures_values` */
    bool is_whole;       /* floats: none has a fraction */
    int64_t least, most; /* all but floats and texts: days, microseconds, 0 or 1 */
    double lowest, highest;  /* floats */
    double mean, deviation;  /* integers and floats; of a sample, not a number for a single value */
    int64_t spaced, letters; /* texts: those with a blank; characters of all */
};

/* One of few different values. Which of its parts count is up to the column's format. */
struct value {
    int64_t integer;
    double number;
    uint8_t *text;
    int64_t size;
    int64_t count, holdout; /* how often; how often in the holdout */
};

struct measures;

/* Measure all columns; up to `most` different values of a column are counted one by one. */
int measure(const struct stored_rows *stored, int64_t most, struct measures **out);
void measures_free(struct measures *measures);
const struct summary *measures_summary(const struct measures *measures, int64_t column);
const struct value *measures_values(const struct measures *measures, int64_t column,
                                    int64_t *count);

/* The place among them, from 0, of the value of this hash (see hash.h), or -1. */
int64_t measures_place(const struct measures *measures, int64_t column, uint64_t hash);

/* Bins of a column of numbers, dates or timestamps (in seconds since 1970): `edges` are one more
   than the bins. A bin holds its upper edge, the first both; what lies outside counts to the
   nearest. */
struct histogram {
    int64_t column;
    int64_t bins;
    const double *edges;
    int64_t *counts;
};

int measure_histograms(const struct stored_rows *stored, const struct histogram *histograms,
                       int64_t count);

/* How many different values a column of so many rows has, or how many different rows there are
   (column -1), told apart by their hashes, about `at_a_time` of them. `seed` is to be a secret. */
int measure_distinct(const struct stored_rows *stored, int64_t column, int64_t rows,
                     int64_t at_a_time, uint64_t seed, int64_t *distinct);

#endif
