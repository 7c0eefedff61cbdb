/* Columns that grow row by row in memory, until they leave as one Arrow array.

   A builder belongs to who made it, up to `builder_export`: then the array does, and its `release`
   frees it. */

#ifndef BUILDER_H
#define BUILDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arrow.h"
#include "reader.h"

/* `values` are numbers, bits, or where each text ends. */
struct column_builder {
    uint8_t *valid;
    void *values;
    uint8_t *text; /* NULL unless the column is of texts or bytes */
    size_t used, room;
    int64_t nulls;
    const void *buffers[3];
};

struct builder {
    int64_t rows, width;
    struct column_builder *columns;
    struct ArrowArray *children, **pointers;
    const void *no_buffer[1];
};

/* Columns of these Arrow formats (format.h), with room for so many rows; NULL where memory is
   short. All values count as there until `put_null`. */
struct builder *builder_new(const char *const *formats, int64_t width, int64_t rows);
void builder_free(struct builder *builder);

/* The next text of a column of them; behind it lie SPARE_BYTES that may be read. False where memory
   is short. */
bool append(struct column_builder *column, const struct span *text);

/* Where the text of this row ends: where the last that was appended does. */
void end_text(struct column_builder *column, int64_t row);

void put_null(struct column_builder *column, int64_t row);

/* Hand all over to `out`. */
void builder_export(struct builder *builder, struct ArrowArray *out);

#endif
