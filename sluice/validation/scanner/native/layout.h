/* A file of stored rows as it lies on disk: a head of no rows and a `name` a column; then batches,
   each a head, a layout a column, of h and s too, and their buffers, one after the other. */

#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdint.h>

enum {
    PAGE = 1 << 14, /* where a batch may begin: a multiple of any machine's page */
    ALIGNED = 64,   /* where a buffer may begin, as Arrow recommends */
    PARTS = 3, /* buffers of a column: validity, values, text; of no bytes where there is none */
    ADDED = 2, /* columns beside those of the drop: h and s */
};

struct head {
    int64_t rows;
    int64_t columns; /* of the drop */
    int64_t size;    /* bytes up to the next head */
};

struct name {
    char format[8];
};

struct layout {
    int64_t nulls;
    int64_t bytes[PARTS];
    int64_t at; /* where its buffers begin, from the batch's begin */
};

static inline int64_t padded(int64_t size, int64_t to) { return (size + to - 1) / to * to; }

static inline int64_t bits(int64_t rows) { return (rows + 7) / 8; }

/* Where the buffers begin in a batch of so many columns. */
static inline int64_t front(int64_t columns) {
    const size_t size = sizeof(struct head) + (size_t)(columns + ADDED) * sizeof(struct layout);
    return padded((int64_t)size, ALIGNED);
}

#endif
