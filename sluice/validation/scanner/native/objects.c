#include "objects.h"

#include <stdbool.h>
#include <string.h>

/* What is left of a line, and where its row is written. */
struct cursor {
    const char *at, *end;
    char *row;
};

static void skip_blanks(struct cursor *c) {
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t')) c->at++;
}

static bool take(struct cursor *c, const char *text, size_t size) {
    if ((size_t)(c->end - c->at) < size || memcmp(c->at, text, size) != 0) return false;
    c->at += size;
    return true;
}

static bool take_mark(struct cursor *c, const char *mark) {
    skip_blanks(c);
    return take(c, mark, 1);
}

static void write_from(struct cursor *c, const char *begin) {
    const size_t size = (size_t)(c->at - begin);
    memcpy(c->row, begin, size);
    c->row += size;
}

static bool take_key(struct cursor *c, const char *key) {
    return take_mark(c, "\"") && take(c, key, strlen(key)) && take(c, "\"", 1) && take_mark(c, ":");
}

/* A text without escapes and quotes is the same in JSON and in a CSV. */
static bool take_text(struct cursor *c, bool *is_empty) {
    const char *begin = c->at;
    if (!take(c, "\"", 1)) return false;
    while (c->at < c->end && *c->at != '"') {
        if (*c->at == '\\' || (unsigned char)*c->at < 0x20) return false;
        c->at++;
    }
    *is_empty = c->at == begin + 1;
    if (!take(c, "\"", 1)) return false;
    write_from(c, begin);
    return true;
}

static bool take_digits(struct cursor *c) {
    const char *begin = c->at;
    while (c->at < c->end && *c->at >= '0' && *c->at <= '9') c->at++;
    return c->at > begin;
}

/* The grammar of RFC 8259, section 6. */
static bool take_number(struct cursor *c) {
    const char *begin = c->at;
    take(c, "-", 1);
    if (!take(c, "0", 1) && !take_digits(c)) return false;
    if (take(c, ".", 1) && !take_digits(c)) return false;
    if (take(c, "e", 1) || take(c, "E", 1)) {
        if (!take(c, "+", 1)) take(c, "-", 1);
        if (!take_digits(c)) return false;
    }
    write_from(c, begin);
    return true;
}

static bool take_boolean(struct cursor *c) {
    const char *begin = c->at;
    if (!take(c, "true", 4) && !take(c, "false", 5)) return false;
    write_from(c, begin);
    return true;
}

static bool take_value(struct cursor *c, int32_t kind, bool *is_empty) {
    skip_blanks(c);
    if (take(c, "null", 4)) return true;
    switch (kind) {
        case TEXTS: return take_text(c, is_empty);
        case NUMBERS: return take_number(c);
        case BOOLEANS: return take_boolean(c);
        default: return false;
    }
}

static bool take_line(struct cursor *c, const struct object_shape *shape, int64_t line,
                      int64_t *first_empty) {
    if (!take_mark(c, "{")) return false;
    for (int64_t field = 0; field < shape->fields; field++) {
        bool is_empty = false;
        if (field > 0 && !take_mark(c, ",")) return false;
        if (field > 0) *c->row++ = ',';
        if (!take_key(c, shape->keys[field])) return false;
        if (!take_value(c, shape->kinds[field], &is_empty)) return false;
        if (is_empty && first_empty[field] < 0) first_empty[field] = line;
    }
    if (!take_mark(c, "}")) return false;
    skip_blanks(c);
    take(c, "\r", 1);
    *c->row++ = '\n';
    return c->at == c->end;
}

void rows_of_objects(const char *data, int64_t size, const struct object_shape *shape, char *rows,
                     int64_t *first_empty, struct object_rows *out) {
    const char *at = data, *end = data + size;
    char *row = rows;
    *out = (struct object_rows){0};
    while (at < end) {
        const char *found = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = found ? found : end;
        struct cursor c = {.at = at, .end = line_end, .row = row};
        if (!take_line(&c, shape, out->lines, first_empty)) break;
        row = c.row;
        at = found ? found + 1 : end;
        out->lines++;
    }
    out->read = at - data;
    out->size = row - rows;
}
