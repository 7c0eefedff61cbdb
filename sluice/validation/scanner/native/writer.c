#include "writer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "hash.h"
#include "layout.h"

enum { WRITE_BYTES = 1 << 20 };

struct writer {
    const struct writer_options *how;
    FILE *out;
    char *buffer; /* of `out` */
    int64_t at;   /* bytes written */
    int64_t rows;
    struct name *names;
    struct layout *layouts;
    uint64_t *values, *hashes; /* of one column; of the rows */
    uint8_t *holdout;
    int64_t room; /* rows that these three hold */
    char said[512];
};

static bool put(struct writer *w, const void *bytes, int64_t size) {
    w->at += size;
    return size == 0 || fwrite(bytes, (size_t)size, 1, w->out) == 1;
}

static bool pad(struct writer *w, int64_t to) {
    static const char zeros[PAGE];
    return put(w, zeros, padded(w->at, to) - w->at);
}

static bool put_names(struct writer *w) {
    const int64_t size = w->how->columns * (int64_t)sizeof *w->names;
    const struct head head = {
        .columns = w->how->columns,
        .size = padded((int64_t)sizeof head + size, PAGE),
    };
    return put(w, &head, sizeof head) && put(w, w->names, size) && pad(w, PAGE);
}

static struct layout layout_of(const struct ArrowArray *column, const char *format) {
    const int64_t rows = column->length;
    struct layout l = {.nulls = column->buffers[0] ? column->null_count : 0};
    if (l.nulls) l.bytes[0] = bits(rows);
    if (is_text(format)) {
        l.bytes[1] = (rows + 1) * width_of(format);
        l.bytes[2] = ((const int32_t *)column->buffers[1])[rows];
    } else {
        l.bytes[1] = is_bits(format) ? bits(rows) : rows * width_of(format);
    }
    return l;
}

static bool put_buffers(struct writer *w, const void *const *buffers, const struct layout *layout) {
    for (int i = 0; i < PARTS; i++)
        if (layout->bytes[i] && !(put(w, buffers[i], layout->bytes[i]) && pad(w, ALIGNED)))
            return false;
    return true;
}

static bool hold_rows(struct writer *w, int64_t rows) {
    if (rows > w->room) {
        free(w->values);
        free(w->hashes);
        free(w->holdout);
        w->values = malloc((size_t)rows * sizeof *w->values);
        w->hashes = malloc((size_t)rows * sizeof *w->hashes);
        w->holdout = malloc((size_t)bits(rows));
        w->room = w->values && w->hashes && w->holdout ? rows : 0;
        if (!w->room) return false;
    }
    memset(w->hashes, 0, (size_t)rows * sizeof *w->hashes);
    memset(w->holdout, 0, (size_t)bits(rows));
    return true;
}

static void split(struct writer *w, int64_t rows) {
    const struct writer_options *const how = w->how;
    for (int64_t row = 0; row < rows; row++)
        if (is_holdout(w->hashes[row], how->salt, how->percent))
            w->holdout[row >> 3] |= (uint8_t)(1u << (row & 7));
}

static bool is_unclean(const struct ArrowArray *column) {
    enum { FIRST_LEAD = 0xCC /* below are letters that no combining mark is among */ };
    const int32_t *const ends = column->buffers[1];
    const uint8_t *const text = column->buffers[2];
    const uint8_t *const valid = validity(column);
    uint8_t most = 0;
    for (int64_t row = 0; row < column->length; row++) {
        const int32_t begin = ends[row], end = ends[row + 1];
        if (!is_valid(valid, row)) continue;
        if (begin == end || text[begin] == ' ' || text[end - 1] == ' ') return true;
    }
    for (int32_t at = ends[0]; at < ends[column->length]; at++)
        most = text[at] > most ? text[at] : most;
    return most >= FIRST_LEAD;
}

static int put_batch(struct writer *w, const struct ArrowArray *batch) {
    const int64_t columns = w->how->columns, rows = batch->length;
    if (rows == 0) return 0;
    if (!hold_rows(w, rows)) return ENOMEM;
    for (int64_t i = 0; i < columns; i++) {
        if (batch->children[i]->offset) return EINVAL;
        w->layouts[i] = layout_of(batch->children[i], w->names[i].format);
        if (w->how->unclean && *w->names[i].format == 'u' && !w->how->unclean[i])
            w->how->unclean[i] = is_unclean(batch->children[i]);
        hash_values(w->values, batch->children[i], w->names[i].format, &w->how->seeds[i]);
        add_values(w->hashes, w->values, batch->children[i]);
    }
    split(w, rows);
    w->layouts[columns] = (struct layout){.bytes = {0, rows * 8, 0}};
    w->layouts[columns + 1] = (struct layout){.bytes = {0, bits(rows), 0}};
    struct head head = {.rows = rows, .columns = columns, .size = front(columns)};
    for (int64_t i = 0; i < columns + ADDED; i++) {
        w->layouts[i].at = head.size;
        for (int part = 0; part < PARTS; part++)
            head.size += padded(w->layouts[i].bytes[part], ALIGNED);
    }
    head.size = padded(head.size, PAGE);

    const void *const hashes[PARTS] = {NULL, w->hashes}, *const holdout[PARTS] = {NULL, w->holdout};
    const int64_t table = (columns + ADDED) * (int64_t)sizeof *w->layouts;
    bool is_put = put(w, &head, sizeof head) && put(w, w->layouts, table) && pad(w, ALIGNED);
    for (int64_t i = 0; is_put && i < columns; i++)
        is_put = put_buffers(w, batch->children[i]->buffers, &w->layouts[i]);
    is_put = is_put && put_buffers(w, hashes, &w->layouts[columns]) &&
             put_buffers(w, holdout, &w->layouts[columns + 1]) && pad(w, PAGE);
    if (!is_put) return errno;
    w->rows += rows;
    return 0;
}

static int take_names(struct writer *w, struct ArrowArrayStream *in) {
    struct ArrowSchema schema;
    int error = in->get_schema(in, &schema);
    if (error) return error;
    const bool is_first = w->at == 0;
    if (schema.n_children != w->how->columns) error = EINVAL;
    for (int64_t i = 0; !error && i < schema.n_children; i++) {
        const char *const format = schema.children[i]->format;
        char *const own = w->names[i].format;
        if (!is_known(format) || (!is_first && strcmp(format, own))) error = EINVAL;
        else strcpy(own, format);
    }
    schema.release(&schema);
    if (!error && is_first && !put_names(w)) error = errno;
    return error;
}

int writer_add(struct writer *w, struct ArrowArrayStream *in) {
    int error = take_names(w, in);
    while (!error) {
        struct ArrowArray batch = {0};
        error = in->get_next(in, &batch);
        if (error || !batch.release) break;
        error = put_batch(w, &batch);
        batch.release(&batch);
    }
    const char *const said = error ? in->get_last_error(in) : NULL;
    if (said) snprintf(w->said, sizeof w->said, "%s", said);
    in->release(in);
    return error;
}

const char *writer_said(const struct writer *w) { return w->said; }

static void writer_free(struct writer *w) {
    free(w->names);
    free(w->layouts);
    free(w->values);
    free(w->hashes);
    free(w->holdout);
    free(w->buffer);
    free(w);
}

int writer_new(const struct writer_options *how, struct writer **out) {
    struct writer *const w = calloc(1, sizeof *w);
    if (!w) return ENOMEM;
    w->how = how;
    w->names = calloc((size_t)how->columns, sizeof *w->names);
    w->layouts = calloc((size_t)how->columns + ADDED, sizeof *w->layouts);
    w->buffer = malloc(WRITE_BYTES);
    w->out = fopen(how->path, "wb");
    if (w->names && w->layouts && w->buffer && w->out) {
        setvbuf(w->out, w->buffer, _IOFBF, WRITE_BYTES);
        return *out = w, 0;
    }
    const int error = w->out ? ENOMEM : errno;
    if (w->out) fclose(w->out);
    return writer_free(w), error;
}

int writer_end(struct writer *w, int64_t *rows) {
    *rows = w->rows;
    const int error = fclose(w->out) ? errno : 0;
    writer_free(w);
    return error;
}
