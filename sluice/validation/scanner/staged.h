/* Staged files (stage.h), read: as a stream for DuckDB, or batch after batch in C. A batch is
   mapped, not copied, so a column that nobody looks at costs nothing.

   Functions return 0 or an errno. */

#ifndef STAGED_H
#define STAGED_H

#include <stdint.h>

#include "arrow.h"

/* Some files, as one table. */
struct staged;

/* EINVAL where a file is no staged one. The paths are copied. */
int staged_new(const char *const *paths, int64_t files, struct staged **out);
void staged_free(struct staged *staged);

/* All rows: n, the row's number from 1, then the columns c1, c2, ... at so many `places` (from 0),
   then h and s. `staged` must outlive the stream. */
int staged_stream(const struct staged *staged, const int64_t *places, int64_t count,
                  struct ArrowArrayStream *out);

/* Release a stream that nobody took over. */
void stream_end(struct ArrowArrayStream *stream);

int64_t staged_columns(const struct staged *staged); /* those of the drop */
const char *staged_format(const struct staged *staged, int64_t column);

/* Goes over the rows, and lays out some columns of every batch: those at `places`, from 0; behind
   the drop's own stand h and s. */
struct cursor {
    const struct staged *staged;
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

struct cursor cursor_of(const struct staged *staged, const int64_t *places, int64_t count);

/* The next batch, which `batch_end` gives back; of no rows at the end. */
int next_batch(struct cursor *cursor, struct batch *out);
void batch_end(struct batch *batch);
void cursor_end(struct cursor *cursor);

#endif
