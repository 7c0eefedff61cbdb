/* The scanner: CSV files in, typed columns out, in one pass.

   Every value is proved to be of the type that is planned for its column. Rows come in batches, as
   an Arrow stream without names. What does not parse is set aside, see reader.h. */

#ifndef SCAN_H
#define SCAN_H

#include "arrow.h"
#include "cells.h"
#include "reader.h"

struct plan {
    int32_t kind;
    uint32_t asked; /* questions only: the kinds to be counted, a bit each */
    struct reading reading;
};

/* Write Unicode's composed form (NFC) of `size` bytes to `out`, which has `room`; its size, or -1
   where that is not enough. */
typedef int64_t (*compose_text)(const uint8_t *text, int64_t size, uint8_t *out, int64_t room);

struct scan_options {
    struct reader_options reader;
    const struct plan *plans;   /* a column each */
    const char *const *missing; /* spellings of a missing value */
    int64_t spellings;
    compose_text compose;
};

/* What was found in one column. A missing value is empty, or spelled. */
struct tally {
    int64_t present;
    int64_t spelled;
    int64_t other; /* values that are not of the kind; of TEXT, those that were trimmed */
    /* Questions only: of the values present, how many are of each asked kind, and the first row of
       one that is not, from 1; the same of values that are of none of them. */
    int64_t fits[KINDS], first_unlike[KINDS];
    int64_t unlike_all, first_unlike_all;
    int64_t thousands, commas; /* values that are groups of thousands; that hold a comma */
};

struct scan;

/* NULL where memory is short. What the options point to is copied. */
struct scan *scan_new(const struct scan_options *how);
void scan_free(struct scan *scan);

/* Count what the plans ask of every value, instead of a stream. */
void scan_ask(struct scan *scan);

/* The rows, as a stream that can be consumed once. It reads out of the scan, which must outlive
   it. */
void scan_stream(struct scan *scan, struct ArrowArrayStream *out);

const struct result *scan_result(const struct scan *scan);
const struct tally *scan_tallies(const struct scan *scan);
const struct bad_row *scan_bad_rows(const struct scan *scan);

#endif
