/* JSON Lines as programs write them, turned into rows of a CSV: every line one flat object, with
   the same keys in the same order and one kind of value a key. A line that is anything else is left
   to a slower reader, which says what it is. */

#ifndef OBJECTS_H
#define OBJECTS_H

#include <stdint.h>

enum value_kind { TEXTS, NUMBERS, BOOLEANS, VALUE_KINDS };

struct object_shape {
    const char *const *keys; /* as they stand between their quotes */
    const int32_t *kinds;    /* of their values, each an `enum value_kind`; null fits all */
    int64_t fields;
};

struct object_rows {
    int64_t lines; /* that were turned into rows */
    int64_t read;  /* bytes of those lines */
    int64_t size;  /* bytes of the rows */
};

/* Turn the lines of `data` into rows, up to the first line that is not of the shape. `rows` has
   room for `size` bytes and one. `first_empty` gets, for each field that has a text without
   characters and holds -1, the line of the first one, from 0. Bytes beyond ASCII are taken as they
   are. */
void rows_of_objects(const char *data, int64_t size, const struct object_shape *shape, char *rows,
                     int64_t *first_empty, struct object_rows *out);

#endif
