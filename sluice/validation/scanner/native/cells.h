/* What one field of a row is: missing, or a value of a kind. Fields are trimmed and undoubled
   before they get here; nothing here holds memory but the spellings of a missing value. */

#ifndef CELLS_H
#define CELLS_H

#include <stdbool.h>
#include <stdint.h>

#include "reader.h"
#include "reading.h"

/* The order is that of `KINDS` in interface.py. */
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
    FIGURE, /* these four by the column's reading */
    DURATION,
    WRITTEN_DATE,
    WRITTEN_TIMESTAMP,
    KINDS
};

/* The Arrow format of a column of the kind; see format.h. */
const char *format_of(enum kind kind);

bool is_padded(const struct span *text);
void trim(struct span *text);

/* Convert a text to one of the kinds behind TEXT; false where it is not of it. Bits are set in
   place, so they begin as zeros. */
bool convert(enum kind kind, const struct reading *how, const struct span *text, void *values,
             int64_t row);

/* Whether Unicode's composed form (NFC) may differ from the text. */
bool may_compose(const struct span *text);

/* The ways in which a missing value is written. */
struct spellings {
    struct span *texts; /* their own copies */
    int64_t count;
    size_t longest;
    bool by_first_byte[256];
    bool by_kind[KINDS]; /* whether a spelling is of the kind, as -999 is */
};

/* False where memory is short; to be freed in any case. */
bool spellings_new(struct spellings *spellings, const char *const *texts, int64_t count);
void spellings_free(struct spellings *spellings);

bool is_missing(const struct spellings *spellings, const struct span *text);

#endif
