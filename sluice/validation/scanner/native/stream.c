#include "stream.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "layout.h"

struct source {
    struct stored_rows *stored; /* its own copy */
    struct cursor cursor;
    int64_t *places; /* of the columns, h and s behind them */
    int error;
};

/* ---- batches ---- */

/* A batch with n before its columns. */
struct numbered {
    struct batch batch;
    struct ArrowArray n, **children;
    int64_t *numbers;
    const void *n_buffers[2], *no_buffer[1];
};

static void numbered_free(struct numbered *b) {
    batch_end(&b->batch);
    free(b->children);
    free(b->numbers);
    free(b);
}

static void release_numbered(struct ArrowArray *array) {
    numbered_free(array->private_data);
    array->release = NULL;
}

/* Its parent frees it. */
static void release_child(struct ArrowArray *array) { array->release = NULL; }

static int number(const struct source *s, struct numbered *b, struct ArrowArray *out) {
    const int64_t rows = b->batch.rows;
    b->children = calloc((size_t)s->cursor.count + 1, sizeof *b->children);
    b->numbers = malloc((size_t)rows * sizeof *b->numbers);
    if (!b->children || !b->numbers) return ENOMEM;
    for (int64_t i = 0; i < rows; i++) b->numbers[i] = b->batch.before + i + 1;
    b->n_buffers[1] = b->numbers;
    b->n = (struct ArrowArray){
        .length = rows, .n_buffers = 2, .buffers = b->n_buffers, .release = release_child};
    b->children[0] = &b->n;
    for (int64_t i = 0; i < s->cursor.count; i++) b->children[i + 1] = &b->batch.columns[i];
    *out = (struct ArrowArray){
        .length = rows,
        .n_buffers = 1,
        .buffers = b->no_buffer,
        .n_children = s->cursor.count + 1,
        .children = b->children,
        .release = release_numbered,
        .private_data = b,
    };
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    struct source *const s = stream->private_data;
    struct numbered *const b = calloc(1, sizeof *b);
    out->release = NULL;
    s->error = b ? next_batch(&s->cursor, &b->batch) : ENOMEM;
    if (!s->error && b->batch.rows) s->error = number(s, b, out);
    if (b && !out->release) numbered_free(b);
    return s->error;
}

/* ---- the schema ---- */

struct field {
    char name[24], format[sizeof(struct name)];
};

struct fields {
    struct ArrowSchema *children, **pointers;
    struct field *texts;
};

static void release_field(struct ArrowSchema *schema) { schema->release = NULL; }

static void release_schema(struct ArrowSchema *schema) {
    struct fields *const f = schema->private_data;
    free(f->children);
    free(f->pointers);
    free(f->texts);
    free(f);
    schema->release = NULL;
}

static struct field field_of(const struct stored_rows *stored, int64_t place) {
    static const char *const ADDED_NAMES[ADDED] = {"h", "s"};
    const int64_t columns = stored_columns(stored);
    struct field f;
    strcpy(f.format, stored_format(stored, place));
    if (place < columns) snprintf(f.name, sizeof f.name, "c%lld", (long long)place + 1);
    else strcpy(f.name, ADDED_NAMES[place - columns]);
    return f;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    const struct source *const s = stream->private_data;
    const int64_t all = s->cursor.count + 1;
    struct fields *const f = calloc(1, sizeof *f);
    if (!f) return ENOMEM;
    f->children = calloc((size_t)all, sizeof *f->children);
    f->pointers = calloc((size_t)all, sizeof *f->pointers);
    f->texts = calloc((size_t)all, sizeof *f->texts);
    *out = (struct ArrowSchema){
        .format = "+s", .name = "", .private_data = f, .release = release_schema};
    if (!f->children || !f->pointers || !f->texts) return release_schema(out), ENOMEM;
    for (int64_t i = 0; i < all; i++) {
        const struct field n = {.name = "n", .format = "l"};
        f->texts[i] = i ? field_of(s->stored, s->places[i - 1]) : n;
        f->children[i] = (struct ArrowSchema){
            .format = f->texts[i].format,
            .name = f->texts[i].name,
            .flags = ARROW_FLAG_NULLABLE,
            .release = release_field,
        };
        f->pointers[i] = &f->children[i];
    }
    out->n_children = all;
    out->children = f->pointers;
    return 0;
}

/* ---- the stream ---- */

static const char *get_last_error(struct ArrowArrayStream *stream) {
    const struct source *const s = stream->private_data;
    return s->error ? strerror(s->error) : NULL;
}

static void source_free(struct source *s) {
    if (!s) return;
    cursor_end(&s->cursor);
    stored_free(s->stored);
    free(s->places);
    free(s);
}

static void release_stream(struct ArrowArrayStream *stream) {
    source_free(stream->private_data);
    stream->release = NULL;
}

static int source_new(const struct stored_rows *stored, const int64_t *places, int64_t count,
                      struct source **out) {
    struct source *const s = *out = calloc(1, sizeof *s);
    if (!s) return ENOMEM;
    s->cursor.file = -1;
    s->places = calloc((size_t)count + ADDED, sizeof *s->places);
    if (!s->places) return ENOMEM;
    for (int64_t i = 0; i < count; i++) s->places[i] = places[i];
    for (int64_t i = 0; i < ADDED; i++) s->places[count + i] = stored_columns(stored) + i;
    const int error = stored_copy(stored, &s->stored);
    if (!error) s->cursor = cursor_of(s->stored, s->places, count + ADDED);
    return error;
}

int stream_new(const struct stored_rows *stored, const int64_t *places, int64_t count,
               struct ArrowArrayStream **out) {
    struct ArrowArrayStream *const stream = malloc(sizeof *stream);
    struct source *source = NULL;
    const int error = stream ? source_new(stored, places, count, &source) : ENOMEM;
    if (error) return source_free(source), free(stream), error;
    *stream = (struct ArrowArrayStream){
        .get_schema = get_schema,
        .get_next = get_next,
        .get_last_error = get_last_error,
        .release = release_stream,
        .private_data = source,
    };
    return *out = stream, 0;
}

void stream_end(struct ArrowArrayStream *stream) {
    if (stream->release) stream->release(stream);
}

void stream_free(struct ArrowArrayStream *stream) {
    stream_end(stream);
    free(stream);
}

/* ---- the capsule ---- */

static capsule_pointer *pointer_of; /* set once, when Python loads the library */

void capsule_pointer_is(capsule_pointer *function) { pointer_of = function; }

void capsule_end(void *capsule) { stream_free(pointer_of(capsule, "arrow_array_stream")); }
