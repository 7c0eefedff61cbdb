#include "scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "builder.h"
#include "values.h"

#ifndef BATCH_ROWS /* few in tests, so that there are several batches */
#define BATCH_ROWS (1 << 15)
#endif

enum {
    BATCH_CELLS = 1 << 21,
    BATCH_BYTES = 1 << 22, /* of the rows in it, as they are written */
};

struct scan {
    struct reader reader;
    struct plan *plans;
    const char **formats;
    struct tally *tallies;
    struct spellings missing;
    compose_text compose;
    uint8_t *composed; /* the last text that was composed */
    size_t composed_room;
};

/* ---- questions ---- */

static void ask(struct scan *s, int64_t column) {
    struct span *const text = &s->reader.spans[column];
    struct tally *const tally = &s->tallies[column];
    const int64_t row = s->reader.result.rows + 1;
    if (text->has_doubled) undouble(text, s->reader.how.quote);
    trim(text);
    if (is_missing(&s->missing, text)) return;
    tally->present++;
    bool is_like_one = false;
    for (int kind = INTEGER; kind < KINDS; kind++) {
        uint64_t value = 0;
        if (!(s->plans[column].asked >> kind & 1)) continue;
        if (convert(kind, &s->plans[column].reading, text, &value, 0)) {
            tally->fits[kind]++;
            is_like_one = true;
        } else if (!tally->first_unlike[kind]) {
            tally->first_unlike[kind] = row;
        }
    }
    if (!is_like_one && !tally->unlike_all++) tally->first_unlike_all = row;
    tally->thousands += is_thousands(text->at, text->size);
    tally->commas += memchr(text->at, ',', text->size) != NULL;
}

void scan_ask(struct scan *s) {
    struct row row;
    while (reader_next(&s->reader, &row)) {
        for (int64_t column = 0; column < s->reader.how.columns; column++)
            if (s->plans[column].asked) ask(s, column);
        reader_pass(&s->reader, &row);
    }
}

/* ---- values ---- */

/* Compose the letters of a text; false where memory is short. */
static bool compose(struct scan *s, struct span *text) {
    enum { MOST_TIMES = 3 /* that composing lengthens a text, in bytes of UTF-8 */ };
    const size_t room = MOST_TIMES * text->size;
    if (room > s->composed_room) {
        uint8_t *const wider = realloc(s->composed, room + SPARE_BYTES);
        if (!wider) return false;
        s->composed = wider;
        s->composed_room = room;
    }
    const int64_t size =
        s->compose(text->at, (int64_t)text->size, s->composed, (int64_t)s->composed_room);
    if (size >= 0) *text = (struct span){.at = s->composed, .size = (size_t)size};
    return true;
}

/* Store a text; false where memory is short. */
static bool put_text(struct scan *s, struct column_builder *column, int64_t at, int64_t row,
                     bool *is_null) {
    struct span *const text = &s->reader.spans[at];
    const enum kind kind = s->plans[at].kind;
    if (!*is_null && kind == TEXT) {
        const bool was_padded = is_padded(text);
        if (was_padded) trim(text);
        if (may_compose(text) && !compose(s, text)) return false;
        *is_null = is_missing(&s->missing, text);
        s->tallies[at].spelled += *is_null;
        s->tallies[at].other += was_padded && !*is_null;
    }
    if (!*is_null && kind == BASE64 && !from_base64(text->at, &text->size)) {
        s->tallies[at].other++;
        *is_null = true;
    }
    if (!*is_null && !append(column, text)) return false;
    end_text(column, row);
    return true;
}

static void put_value(struct scan *s, struct column_builder *column, int64_t at, int64_t row,
                      bool *is_null) {
    struct span *const text = &s->reader.spans[at];
    const enum kind kind = s->plans[at].kind;
    const struct reading *const how = &s->plans[at].reading;
    const bool is_spelled = s->missing.by_kind[kind] && is_missing(&s->missing, text);
    if (*is_null || (!is_spelled && convert(kind, how, text, column->values, row))) return;
    const bool was_padded = is_padded(text);
    if (was_padded) trim(text);
    if (is_missing(&s->missing, text)) s->tallies[at].spelled++;
    else if (was_padded && convert(kind, how, text, column->values, row)) return;
    else s->tallies[at].other++;
    *is_null = true;
}

/* Store one field; false where memory is short. */
static bool put(struct scan *s, struct builder *b, int64_t at) {
    struct span *const text = &s->reader.spans[at];
    struct column_builder *const column = &b->columns[at];
    bool is_null = text->size == 0;
    if (text->has_doubled) undouble(text, s->reader.how.quote);
    if (!column->text) put_value(s, column, at, b->rows, &is_null);
    else if (!put_text(s, column, at, b->rows, &is_null)) return false;
    if (is_null) put_null(column, b->rows);
    else s->tallies[at].present++;
    return true;
}

/* ---- the stream ---- */

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    struct scan *const s = stream->private_data;
    struct reader *const r = &s->reader;
    const int64_t most = BATCH_CELLS / r->how.columns;
    const int64_t rows = most < 1 ? 1 : most < BATCH_ROWS ? most : BATCH_ROWS;
    struct row row;
    out->release = NULL;
    if (!reader_next(r, &row)) return 0;
    struct builder *const b = builder_new(s->formats, r->how.columns, rows);
    if (!b) return reader_stop(r, FAILED, ENOMEM), ENOMEM;
    int64_t bytes = 0;
    do {
        for (int64_t at = 0; at < b->width; at++)
            if (!put(s, b, at)) {
                builder_free(b);
                return reader_stop(r, FAILED, ENOMEM), ENOMEM;
            }
        b->rows++;
        bytes += row.next - r->begin;
        reader_pass(r, &row);
    } while (b->rows < rows && bytes < BATCH_BYTES && reader_next(r, &row));
    builder_export(b, out);
    return 0;
}

static void release_schema(struct ArrowSchema *schema) {
    free(schema->private_data);
    free(schema->children);
    schema->release = NULL;
}

static void release_field(struct ArrowSchema *schema) { schema->release = NULL; }

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    const struct scan *const s = stream->private_data;
    const size_t width = (size_t)s->reader.how.columns;
    struct ArrowSchema *const fields = calloc(width, sizeof *fields);
    *out = (struct ArrowSchema){
        .format = "+s",
        .name = "",
        .n_children = (int64_t)width,
        .children = calloc(width, sizeof *out->children),
        .release = release_schema,
        .private_data = fields,
    };
    if (!fields || !out->children) return release_schema(out), ENOMEM;
    for (size_t i = 0; i < width; i++) {
        fields[i] = (struct ArrowSchema){
            .format = s->formats[i],
            .name = "",
            .flags = ARROW_FLAG_NULLABLE,
            .release = release_field,
        };
        out->children[i] = &fields[i];
    }
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    const struct result *const result = scan_result(stream->private_data);
    return result->status == FAILED ? strerror((int)result->error) : NULL;
}

static void release_stream(struct ArrowArrayStream *stream) { stream->release = NULL; }

void scan_stream(struct scan *s, struct ArrowArrayStream *out) {
    *out = (struct ArrowArrayStream){
        .get_schema = get_schema,
        .get_next = get_next,
        .get_last_error = get_last_error,
        .release = release_stream,
        .private_data = s,
    };
}

/* ---- the scan itself ---- */

struct scan *scan_new(const struct scan_options *how) {
    const size_t columns = (size_t)how->reader.columns;
    struct scan *const s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->plans = calloc(columns, sizeof *s->plans);
    s->formats = calloc(columns, sizeof *s->formats);
    s->tallies = calloc(columns, sizeof *s->tallies);
    if (!reader_open(&s->reader, &how->reader) || !s->plans || !s->formats || !s->tallies ||
        !spellings_new(&s->missing, how->missing, how->spellings))
        return scan_free(s), NULL;
    s->compose = how->compose;
    for (size_t i = 0; i < columns; i++) {
        const struct reading *const reading = &how->plans[i].reading;
        s->plans[i] = how->plans[i];
        s->plans[i].reading.format = reading->format ? strdup(reading->format) : NULL;
        s->plans[i].reading.unit = reading->unit ? strdup(reading->unit) : NULL;
        s->formats[i] = format_of(s->plans[i].kind);
    }
    return s;
}

void scan_free(struct scan *s) {
    if (!s) return;
    reader_close(&s->reader);
    spellings_free(&s->missing);
    for (int64_t i = 0; s->plans && i < s->reader.how.columns; i++) {
        free((char *)s->plans[i].reading.format);
        free((char *)s->plans[i].reading.unit);
    }
    free(s->composed);
    free(s->plans);
    free(s->formats);
    free(s->tallies);
    free(s);
}

const struct result *scan_result(const struct scan *s) { return &s->reader.result; }
const struct tally *scan_tallies(const struct scan *s) { return s->tallies; }
const struct bad_row *scan_bad_rows(const struct scan *s) { return s->reader.bad_rows; }
