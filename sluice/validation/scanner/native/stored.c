#include "stored.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "format.h"
#include "layout.h"

struct stored_rows {
    char **paths;
    int64_t files, columns;
    struct name *names;
};

static int read_at(int file, void *into, int64_t size, int64_t at) {
    const ssize_t got = pread(file, into, (size_t)size, at);
    return got == size ? 0 : got < 0 ? errno : EINVAL;
}

static int take_names(struct stored_rows *s, int file) {
    struct head head;
    int error = read_at(file, &head, sizeof head, 0);
    if (error) return error;
    s->columns = head.columns;
    s->names = calloc((size_t)head.columns, sizeof *s->names);
    if (!s->names) return ENOMEM;
    return read_at(file, s->names, head.columns * (int64_t)sizeof *s->names, sizeof head);
}

static struct stored_rows *of_paths(const char *const *paths, int64_t files) {
    struct stored_rows *const s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->paths = calloc((size_t)files + 1, sizeof *s->paths);
    bool is_whole = s->paths != NULL;
    for (int64_t i = 0; is_whole && i < files; i++, s->files++)
        is_whole = (s->paths[i] = strdup(paths[i])) != NULL;
    if (is_whole) return s;
    stored_free(s);
    return NULL;
}

int stored_new(const char *const *paths, int64_t files, struct stored_rows **out) {
    struct stored_rows *const s = of_paths(paths, files);
    if (!s) return ENOMEM;
    const int file = open(paths[0], O_RDONLY | O_CLOEXEC);
    const int error = file < 0 ? errno : take_names(s, file);
    if (file >= 0) close(file);
    if (error) return stored_free(s), error;
    return *out = s, 0;
}

int stored_copy(const struct stored_rows *from, struct stored_rows **out) {
    struct stored_rows *const s = of_paths((const char *const *)from->paths, from->files);
    if (!s) return ENOMEM;
    const size_t size = (size_t)(from->columns + 1) * sizeof *s->names;
    s->columns = from->columns;
    s->names = malloc(size);
    if (!s->names) return stored_free(s), ENOMEM;
    memcpy(s->names, from->names, size - sizeof *s->names);
    return *out = s, 0;
}

void stored_free(struct stored_rows *s) {
    if (!s) return;
    for (int64_t i = 0; i < s->files; i++) free(s->paths[i]);
    free(s->paths);
    free(s->names);
    free(s);
}

int64_t stored_columns(const struct stored_rows *s) { return s->columns; }

const char *stored_format(const struct stored_rows *s, int64_t column) {
    static const char *const OF_ADDED[ADDED] = {"L", "b"};
    return column < s->columns ? s->names[column].format : OF_ADDED[column - s->columns];
}

/* ---- batches ---- */

struct cursor cursor_of(const struct stored_rows *s, const int64_t *places, int64_t count) {
    return (struct cursor){.stored = s, .places = places, .count = count, .file = -1};
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
    const struct stored_rows *const s = c->stored;
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
            .n_buffers = is_text(stored_format(s, place)) ? 3 : 2,
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
            if (c->at_file == c->stored->files) return 0;
            c->file = open(c->stored->paths[c->at_file++], O_RDONLY | O_CLOEXEC);
            if (c->file < 0) return errno;
            c->at = 0;
        }
        const ssize_t got = pread(c->file, &head, sizeof head, c->at);
        if (got < 0) return errno;
        if (got == 0) cursor_end(c);
        else if (got != sizeof head || head.columns != c->stored->columns) return EINVAL;
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
