/* Rows that writer.h has stored, read again, batch after batch. A batch is mapped, not copied, so a
   column that nobody looks at costs nothing.

   Functions return 0 or an errno. */

#ifndef STORED_H
#define STORED_H

#include <stdint.h>

#include "arrow.h"

/* Some files, as one table. Nothing in it changes, so threads may share it. */
struct stored_rows;

/* EINVAL where a file holds no stored rows. The paths are copied. */
int stored_new(const char *const *paths, int64_t files, struct stored_rows **out);
int stored_copy(const struct stored_rows *stored, struct stored_rows **out);
void stored_free(struct stored_rows *stored);

int64_t stored_columns(const struct stored_rows *stored); /* those of the drop */

/* The Arrow format of a column, of h and s too (layout.h), as long as `stored` lives. */
const char *stored_format(const struct stored_rows *stored, int64_t column);

/* Goes over the rows, and lays out some columns of every batch: those at `places`, from 0; behind
   the drop's own stand h and s. What it points to must outlive it. */
struct cursor {
    const struct stored_rows *stored;
    const int64_t *places;
    int64_t count;
    int file; /* -1: none open */
    int64_t at_file, at, rows;
};

struct batch {
    int64_t rows;
    int64_t before;             /* rows of all batches before it */
    struct ArrowArray *columns; /* in the order of the places */
    const void **buffers;
    void *mapped;
    int64_t size;
};

struct cursor cursor_of(const struct stored_rows *stored, const int64_t *places, int64_t count);

/* The next batch, which is the caller's until `batch_end`; of no rows at the end. */
int next_batch(struct cursor *cursor, struct batch *out);
void batch_end(struct batch *batch);
void cursor_end(struct cursor *cursor);

#endif
