#include "staged.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format.h"
#include "layout.h"

struct staged {
    char **paths;
    int64_t files, columns;
    struct name *names;
};

static int read_at(int file, void *into, int64_t size, int64_t at) {
    const ssize_t got = pread(file, into, (size_t)size, at);
    return got == size ? 0 : got < 0 ? errno : EINVAL;
}

static int take_names(struct staged *s, int file) {
    struct head head;
    int error = read_at(file, &head, sizeof head, 0);
    if (error) return error;
    s->columns = head.columns;
    s->names = calloc((size_t)head.columns, sizeof *s->names);
    if (!s->names) return ENOMEM;
    return read_at(file, s->names, head.columns * (int64_t)sizeof *s->names, sizeof head);
}

int staged_new(const char *const *paths, int64_t files, struct staged **out) {
    struct staged *const s = calloc(1, sizeof *s);
    if (!s) return ENOMEM;
    s->paths = calloc((size_t)files, sizeof *s->paths);
    int error = s->paths ? 0 : ENOMEM;
    for (int64_t i = 0; !error && i < files; i++, s->files++)
        if (!(s->paths[i] = strdup(paths[i]))) error = ENOMEM;
    const int file = error ? -1 : open(paths[0], O_RDONLY | O_CLOEXEC);
    if (!error) error = file < 0 ? errno : take_names(s, file);
    if (file >= 0) close(file);
    if (error) return staged_free(s), error;
    return *out = s, 0;
}

void staged_free(struct staged *s) {
    if (!s) return;
    for (int64_t i = 0; i < s->files; i++) free(s->paths[i]);
    free(s->paths);
    free(s->names);
    free(s);
}

int64_t staged_columns(const struct staged *s) { return s->columns; }

const char *staged_format(const struct staged *s, int64_t column) {
    return s->names[column].format;
}

/* ---- batches ---- */

struct cursor cursor_of(const struct staged *s, const int64_t *places, int64_t count) {
    return (struct cursor){.staged = s, .places = places, .count = count, .file = -1};
}

void cursor_end(struct cursor *c) {
    if (c->file >= 0) close(c->file);
    c->file = -1;
}

void batch_end(struct batch *b) {
    if (b->mapped) munmap(b->mapped, (size_t)b->size);
    free(b->columns);
    free(b->buffers);
    *b = (struct batch){0};
}

static void release_nothing(struct ArrowArray *array) { array->release = NULL; }

/* The columns of a batch that is mapped. */
static int lay_out(const struct cursor *c, struct batch *b) {
    const struct staged *const s = c->staged;
    const char *const begin = b->mapped;
    const struct layout *const layouts = (const void *)(begin + sizeof(struct head));
    b->columns = calloc((size_t)c->count + 1, sizeof *b->columns);
    b->buffers = calloc((size_t)c->count * PARTS + 1, sizeof *b->buffers);
    if (!b->columns || !b->buffers) return ENOMEM;
    for (int64_t i = 0; i < c->count; i++) {
        const int64_t place = c->places[i];
        const struct layout *const layout = &layouts[place];
        const void **const buffers = b->buffers + i * PARTS;
        const char *at = begin + layout->at;
        for (int part = 0; part < PARTS; part++) {
            if (part || layout->bytes[part]) buffers[part] = at;
            at += padded(layout->bytes[part], ALIGNED);
        }
        b->columns[i] = (struct ArrowArray){
            .length = b->rows,
            .null_count = layout->nulls,
            .n_buffers = place < s->columns && is_text(s->names[place].format) ? 3 : 2,
            .buffers = buffers,
            .release = release_nothing,
        };
    }
    return 0;
}

int next_batch(struct cursor *c, struct batch *out) {
    struct head head;
    *out = (struct batch){0};
    for (;;) {
        if (c->file < 0) {
            if (c->at_file == c->staged->files) return 0;
            c->file = open(c->staged->paths[c->at_file++], O_RDONLY | O_CLOEXEC);
            if (c->file < 0) return errno;
            c->at = 0;
        }
        const ssize_t got = pread(c->file, &head, sizeof head, c->at);
        if (got < 0) return errno;
        if (got == 0) cursor_end(c);
        else if (got != sizeof head || head.columns != c->staged->columns) return EINVAL;
        else if (head.rows) break;
        else c->at += head.size;
    }
    void *const mapped = mmap(NULL, (size_t)head.size, PROT_READ, MAP_PRIVATE, c->file, c->at);
    if (mapped == MAP_FAILED) return errno;
    *out =
        (struct batch){.rows = head.rows, .before = c->rows, .mapped = mapped, .size = head.size};
    c->at += head.size;
    c->rows += head.rows;
    const int error = lay_out(c, out);
    if (error) batch_end(out);
    return error;
}

/* ---- the stream ---- */

struct streamed {
    struct cursor cursor;
    int64_t *places; /* of the columns, h and s behind them */
    int error;
};

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

static int number(const struct streamed *t, struct numbered *b, struct ArrowArray *out) {
    const int64_t rows = b->batch.rows;
    b->children = calloc((size_t)t->cursor.count + 1, sizeof *b->children);
    b->numbers = malloc((size_t)rows * sizeof *b->numbers);
    if (!b->children || !b->numbers) return ENOMEM;
    for (int64_t i = 0; i < rows; i++) b->numbers[i] = b->batch.before + i + 1;
    b->n_buffers[1] = b->numbers;
    b->n = (struct ArrowArray){
        .length = rows, .n_buffers = 2, .buffers = b->n_buffers, .release = release_nothing};
    b->children[0] = &b->n;
    for (int64_t i = 0; i < t->cursor.count; i++) b->children[i + 1] = &b->batch.columns[i];
    *out = (struct ArrowArray){
        .length = rows,
        .n_buffers = 1,
        .buffers = b->no_buffer,
        .n_children = t->cursor.count + 1,
        .children = b->children,
        .release = release_numbered,
        .private_data = b,
    };
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    struct streamed *const t = stream->private_data;
    struct numbered *const b = calloc(1, sizeof *b);
    out->release = NULL;
    t->error = b ? next_batch(&t->cursor, &b->batch) : ENOMEM;
    if (!t->error && b->batch.rows) t->error = number(t, b, out);
    if (b && !out->release) numbered_free(b);
    return t->error;
}

struct fields {
    struct ArrowSchema *children, **pointers;
    char (*names)[24];
};

static void release_field(struct ArrowSchema *schema) { schema->release = NULL; }

static void release_schema(struct ArrowSchema *schema) {
    struct fields *const f = schema->private_data;
    free(f->children);
    free(f->pointers);
    free(f->names);
    free(f);
    schema->release = NULL;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    const struct streamed *const t = stream->private_data;
    const struct staged *const s = t->cursor.staged;
    const int64_t all = t->cursor.count + 1;
    struct fields *const f = calloc(1, sizeof *f);
    if (!f) return ENOMEM;
    f->children = calloc((size_t)all, sizeof *f->children);
    f->pointers = calloc((size_t)all, sizeof *f->pointers);
    f->names = calloc((size_t)all, sizeof *f->names);
    *out = (struct ArrowSchema){
        .format = "+s", .name = "", .private_data = f, .release = release_schema};
    if (!f->children || !f->pointers || !f->names) return release_schema(out), ENOMEM;
    for (int64_t i = 0; i < all; i++) {
        const int64_t place = i ? t->places[i - 1] : -1;
        const char *format = "l", *name = "n";
        if (place == s->columns) format = "L", name = "h";
        if (place == s->columns + 1) format = "b", name = "s";
        if (place >= 0 && place < s->columns) {
            format = s->names[place].format;
            snprintf(f->names[i], sizeof *f->names, "c%lld", (long long)place + 1);
        } else {
            strcpy(f->names[i], name);
        }
        f->children[i] = (struct ArrowSchema){
            .format = format,
            .name = f->names[i],
            .flags = ARROW_FLAG_NULLABLE,
            .release = release_field,
        };
        f->pointers[i] = &f->children[i];
    }
    out->n_children = all;
    out->children = f->pointers;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    const struct streamed *const t = stream->private_data;
    return t->error ? strerror(t->error) : NULL;
}

static void release_stream(struct ArrowArrayStream *stream) {
    struct streamed *const t = stream->private_data;
    cursor_end(&t->cursor);
    free(t->places);
    free(t);
    stream->release = NULL;
}

int staged_stream(const struct staged *s, const int64_t *places, int64_t count,
                  struct ArrowArrayStream *out) {
    struct streamed *const t = calloc(1, sizeof *t);
    if (!t) return ENOMEM;
    t->places = calloc((size_t)count + ADDED, sizeof *t->places);
    if (!t->places) return free(t), ENOMEM;
    for (int64_t i = 0; i < count; i++) t->places[i] = places[i];
    for (int64_t i = 0; i < ADDED; i++) t->places[count + i] = s->columns + i;
    t->cursor = cursor_of(s, t->places, count + ADDED);
    *out = (struct ArrowArrayStream){
        .get_schema = get_schema,
        .get_next = get_next,
        .get_last_error = get_last_error,
        .release = release_stream,
        .private_data = t,
    };
    return 0;
}

void stream_end(struct ArrowArrayStream *stream) {
    if (stream->release) stream->release(stream);
}
