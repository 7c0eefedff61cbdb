/* The scanner: CSV files in, typed columns out, in one pass.

   Every value is proved to be of the type that is planned for its column. Rows come in batches, as
   an Arrow stream without names. What does not parse is set aside, see reader.h. */

#ifndef SCAN_H
#define SCAN_H

#include "arrow.h"
#include "reader.h"

/* The order is that of `KINDS` in library.py. */
enum kind {
    AS_IS,  /* text; no value but the empty one is missing */
    BASE64, /* the same, of bytes */
    TEXT,
    INTEGER,
    NUMBER,
    DECIMAL_COMMA,
    BOOLEAN,
    DATE,
    TIMESTAMP,
    INSTANT,
    KINDS
};

struct plan {
    int32_t kind;
    uint32_t asked; /* questions only: the kinds to be counted, a bit each */
};

struct request {
    struct reading reading;
    const struct plan *plans;   /* a column each */
    const char *const *missing; /* spellings of a missing value */
    int64_t spellings;
};

/* What was found in one column. A missing value is empty, or spelled. */
struct found {
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

/* NULL where memory is short. What the request points to is copied. */
struct scan *scan_new(const struct request *request);
void scan_free(struct scan *scan);

/* Count what the plans ask of every value, instead of a stream. */
void scan_ask(struct scan *scan);

/* The rows, as a stream that can be consumed once. `scan` must outlive it. */
void scan_stream(struct scan *scan, struct ArrowArrayStream *out);

const struct result *scan_result(const struct scan *scan);
const struct found *scan_found(const struct scan *scan);
const struct reject *scan_rejects(const struct scan *scan);

#endif
