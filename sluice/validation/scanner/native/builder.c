#include "builder.h"

#include <stdlib.h>
#include <string.h>

#include "format.h"

enum { SHORT_TEXT = 16 };

void builder_free(struct builder *b) {
    if (!b) return;
    for (int64_t i = 0; b->columns && i < b->width; i++) {
        free(b->columns[i].valid);
        free(b->columns[i].values);
        free(b->columns[i].text);
    }
    free(b->columns);
    free(b->children);
    free(b->pointers);
    free(b);
}

static bool hold_rows(struct column_builder *column, const char *format, int64_t rows) {
    const size_t bitmap = (size_t)rows / 8 + 1;
    column->valid = malloc(bitmap);
    column->values =
        is_bits(format) ? calloc(bitmap, 1) : malloc((size_t)((rows + 1) * width_of(format)));
    if (!column->valid || !column->values) return false;
    memset(column->valid, 0xFF, bitmap);
    if (!is_text(format)) return true;
    *(int32_t *)column->values = 0;
    column->room = (size_t)rows * SHORT_TEXT;
    column->text = malloc(column->room + SPARE_BYTES);
    return column->text != NULL;
}

struct builder *builder_new(const char *const *formats, int64_t width, int64_t rows) {
    struct builder *const b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->width = width;
    b->columns = calloc((size_t)width, sizeof *b->columns);
    b->children = calloc((size_t)width, sizeof *b->children);
    b->pointers = calloc((size_t)width, sizeof *b->pointers);
    bool is_whole = b->columns && b->children && b->pointers;
    for (int64_t i = 0; is_whole && i < width; i++)
        is_whole = hold_rows(&b->columns[i], formats[i], rows);
    if (is_whole) return b;
    builder_free(b);
    return NULL;
}

bool append(struct column_builder *column, const struct span *text) {
    if (column->used + text->size > column->room) {
        const size_t room = 2 * (column->used + text->size);
        uint8_t *const wider = realloc(column->text, room + SPARE_BYTES);
        if (!wider) return false;
        column->text = wider;
        column->room = room;
    }
    /* A copy of a constant size is one instruction; both buffers have bytes to spare. */
    if (text->size <= SHORT_TEXT) memcpy(column->text + column->used, text->at, SHORT_TEXT);
    else memcpy(column->text + column->used, text->at, text->size);
    column->used += text->size;
    return true;
}

void end_text(struct column_builder *column, int64_t row) {
    ((int32_t *)column->values)[row + 1] = (int32_t)column->used;
}

void put_null(struct column_builder *column, int64_t row) {
    column->valid[row >> 3] &= (uint8_t)~(1u << (row & 7));
    column->nulls++;
}

static void release_array(struct ArrowArray *array) {
    builder_free(array->private_data);
    array->release = NULL;
}

/* Its parent frees it. */
static void release_child(struct ArrowArray *array) { array->release = NULL; }

void builder_export(struct builder *b, struct ArrowArray *out) {
    for (int64_t i = 0; i < b->width; i++) {
        struct column_builder *const column = &b->columns[i];
        column->buffers[0] = column->nulls ? column->valid : NULL;
        column->buffers[1] = column->values;
        column->buffers[2] = column->text;
        b->children[i] = (struct ArrowArray){
            .length = b->rows,
            .null_count = column->nulls,
            .n_buffers = column->text ? 3 : 2,
            .buffers = column->buffers,
            .release = release_child,
        };
        b->pointers[i] = &b->children[i];
    }
    *out = (struct ArrowArray){
        .length = b->rows,
        .n_buffers = 1,
        .buffers = b->no_buffer,
        .n_children = b->width,
        .children = b->pointers,
        .release = release_array,
        .private_data = b,
    };
}
