#include "scan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "values.h"

enum {
    BATCH_ROWS = 1 << 15,
    BATCH_CELLS = 1 << 21,
    BATCH_BYTES = 1 << 22, /* of the records in it */
    SHORT_TEXT = 16,
};

struct scan {
    struct reader reader;
    struct plan *plans;
    struct found *found;
    struct span *missing;
    int64_t spellings;
    size_t longest_missing;
    bool may_be_missing[256];   /* by the first byte */
    bool may_be_spelled[KINDS]; /* whether a spelling is of the kind, as -999 is */
};

/* ---- values ---- */

static bool is_padded(const struct span *text) {
    return text->size && (text->at[0] == ' ' || text->at[text->size - 1] == ' ');
}

static void trim(struct span *text) {
    while (text->size && text->at[0] == ' ') text->at++, text->size--;
    while (text->size && text->at[text->size - 1] == ' ') text->size--;
}

static bool is_missing(const struct scan *s, const struct span *text) {
    if (text->size == 0) return true;
    if (text->size > s->longest_missing || !s->may_be_missing[text->at[0]]) return false;
    for (int64_t i = 0; i < s->spellings; i++)
        if (s->missing[i].size == text->size && !memcmp(s->missing[i].at, text->at, text->size))
            return true;
    return false;
}

/* Convert a text; false where it is not of the kind. Bits are set in place, so they begin as zeros.
 */
static bool convert(enum kind kind, const struct span *text, void *values, int64_t row) {
    bool truth;
    switch (kind) {
        case INTEGER: return as_integer(text->at, text->size, (int64_t *)values + row);
        case NUMBER: return as_number(text->at, text->size, (double *)values + row);
        case DECIMAL_COMMA: return as_decimal_comma(text->at, text->size, (double *)values + row);
        case DATE: return as_date(text->at, text->size, (int32_t *)values + row);
        case TIMESTAMP: return as_timestamp(text->at, text->size, (int64_t *)values + row);
        case INSTANT: return as_instant(text->at, text->size, (int64_t *)values + row);
        case BOOLEAN:
            if (!as_boolean(text->at, text->size, &truth)) return false;
            if (truth) ((uint8_t *)values)[row >> 3] |= (uint8_t)(1u << (row & 7));
            return true;
        default: return false;
    }
}

/* ---- questions ---- */

static void ask(struct scan *s, int64_t column) {
    struct span *const text = &s->reader.spans[column];
    struct found *const found = &s->found[column];
    const int64_t row = s->reader.result.rows + 1;
    if (text->has_doubled) undouble(text, s->reader.how.quote);
    trim(text);
    if (is_missing(s, text)) return;
    found->present++;
    bool is_like_one = false;
    for (int kind = INTEGER; kind < KINDS; kind++) {
        uint64_t value = 0;
        if (!(s->plans[column].asked >> kind & 1)) continue;
        if (convert(kind, text, &value, 0)) {
            found->fits[kind]++;
            is_like_one = true;
        } else if (!found->first_unlike[kind]) {
            found->first_unlike[kind] = row;
        }
    }
    if (!is_like_one && !found->unlike_all++) found->first_unlike_all = row;
    found->thousands += is_thousands(text->at, text->size);
    found->commas += memchr(text->at, ',', text->size) != NULL;
}

void scan_ask(struct scan *s) {
    struct record row;
    while (reader_next(&s->reader, &row)) {
        for (int64_t column = 0; column < s->reader.how.columns; column++)
            if (s->plans[column].asked) ask(s, column);
        reader_pass(&s->reader, &row);
    }
}

/* ---- batches ---- */

/* One column of a batch. `values` are numbers, bits, or where each text ends. */
struct column {
    uint8_t *valid;
    void *values;
    uint8_t *text;
    size_t used, room;
    int64_t nulls;
    const void *buffers[3];
};

struct batch {
    int64_t rows, width;
    struct column *columns;
    struct ArrowArray *children, **pointers;
    const void *no_buffer[1];
};

static const char *format_of(enum kind kind) {
    switch (kind) {
        case INTEGER: return "l";
        case NUMBER:
        case DECIMAL_COMMA: return "g";
        case BOOLEAN: return "b";
        case DATE: return "tdD";
        case TIMESTAMP:
        case INSTANT: return "tsu:";
        case BASE64: return "z";
        default: return "u";
    }
}

static void batch_free(struct batch *b) {
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

static bool hold_rows(struct column *column, const char *format, int64_t rows) {
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

static struct batch *batch_new(const struct scan *s, int64_t rows) {
    const size_t width = (size_t)s->reader.how.columns;
    struct batch *const b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->width = s->reader.how.columns;
    b->columns = calloc(width, sizeof *b->columns);
    b->children = calloc(width, sizeof *b->children);
    b->pointers = calloc(width, sizeof *b->pointers);
    bool is_whole = b->columns && b->children && b->pointers;
    for (int64_t i = 0; is_whole && i < b->width; i++)
        is_whole = hold_rows(&b->columns[i], format_of(s->plans[i].kind), rows);
    if (is_whole) return b;
    batch_free(b);
    return NULL;
}

static bool append(struct column *column, const struct span *text) {
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

/* Store a text; false where memory is short. */
static bool put_text(struct scan *s, struct column *column, int64_t at, int64_t row,
                     bool *is_null) {
    struct span *const text = &s->reader.spans[at];
    const enum kind kind = s->plans[at].kind;
    if (!*is_null && kind == TEXT) {
        const bool was_padded = is_padded(text);
        if (was_padded) trim(text);
        *is_null = is_missing(s, text);
        s->found[at].spelled += *is_null;
        s->found[at].other += was_padded && !*is_null;
    }
    if (!*is_null && kind == BASE64 && !from_base64(text->at, &text->size)) {
        s->found[at].other++;
        *is_null = true;
    }
    if (!*is_null && !append(column, text)) return false;
    ((int32_t *)column->values)[row + 1] = (int32_t)column->used;
    return true;
}

static void put_value(struct scan *s, struct column *column, int64_t at, int64_t row,
                      bool *is_null) {
    struct span *const text = &s->reader.spans[at];
    const enum kind kind = s->plans[at].kind;
    const bool is_spelled = s->may_be_spelled[kind] && is_missing(s, text);
    if (*is_null || (!is_spelled && convert(kind, text, column->values, row))) return;
    const bool was_padded = is_padded(text);
    if (was_padded) trim(text);
    if (is_missing(s, text)) s->found[at].spelled++;
    else if (was_padded && convert(kind, text, column->values, row)) return;
    else s->found[at].other++;
    *is_null = true;
}

/* Store one field; false where memory is short. */
static bool put(struct scan *s, struct batch *b, int64_t at) {
    struct span *const text = &s->reader.spans[at];
    struct column *const column = &b->columns[at];
    bool is_null = text->size == 0;
    if (text->has_doubled) undouble(text, s->reader.how.quote);
    if (!column->text) put_value(s, column, at, b->rows, &is_null);
    else if (!put_text(s, column, at, b->rows, &is_null)) return false;
    if (is_null) {
        column->valid[b->rows >> 3] &= (uint8_t)~(1u << (b->rows & 7));
        column->nulls++;
    } else {
        s->found[at].present++;
    }
    return true;
}

/* ---- the stream ---- */

static void release_batch(struct ArrowArray *array) {
    batch_free(array->private_data);
    array->release = NULL;
}

/* Its parent frees it. */
static void release_child(struct ArrowArray *array) { array->release = NULL; }

static void export(struct batch *b, struct ArrowArray *out) {
    for (int64_t i = 0; i < b->width; i++) {
        struct column *const column = &b->columns[i];
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
        .release = release_batch,
        .private_data = b,
    };
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    struct scan *const s = stream->private_data;
    struct reader *const r = &s->reader;
    const int64_t most = BATCH_CELLS / r->how.columns;
    const int64_t rows = most < 1 ? 1 : most < BATCH_ROWS ? most : BATCH_ROWS;
    struct record row;
    out->release = NULL;
    if (!reader_next(r, &row)) return 0;
    struct batch *const b = batch_new(s, rows);
    if (!b) return reader_stop(r, FAILED, ENOMEM), ENOMEM;
    int64_t bytes = 0;
    do {
        for (int64_t at = 0; at < b->width; at++)
            if (!put(s, b, at)) {
                batch_free(b);
                return reader_stop(r, FAILED, ENOMEM), ENOMEM;
            }
        b->rows++;
        bytes += row.next - r->begin;
        reader_pass(r, &row);
    } while (b->rows < rows && bytes < BATCH_BYTES && reader_next(r, &row));
    export(b, out);
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
            .format = format_of(s->plans[i].kind),
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

static bool learn_missing(struct scan *s, const struct request *request) {
    s->missing = calloc((size_t)request->spellings + 1, sizeof *s->missing);
    if (!s->missing) return false;
    for (; s->spellings < request->spellings; s->spellings++) {
        char *const text = strdup(request->missing[s->spellings]);
        if (!text) return false;
        const struct span spelling = {.at = (uint8_t *)text, .size = strlen(text)};
        s->missing[s->spellings] = spelling;
        if (spelling.size > s->longest_missing) s->longest_missing = spelling.size;
        if (spelling.size) s->may_be_missing[spelling.at[0]] = true;
        for (int kind = INTEGER; kind < KINDS; kind++) {
            uint64_t value = 0;
            if (convert(kind, &spelling, &value, 0)) s->may_be_spelled[kind] = true;
        }
    }
    return true;
}

struct scan *scan_new(const struct request *request) {
    const size_t columns = (size_t)request->reading.columns;
    struct scan *const s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->plans = calloc(columns, sizeof *s->plans);
    s->found = calloc(columns, sizeof *s->found);
    if (!reader_open(&s->reader, &request->reading) || !s->plans || !s->found ||
        !learn_missing(s, request))
        return scan_free(s), NULL;
    memcpy(s->plans, request->plans, columns * sizeof *s->plans);
    return s;
}

void scan_free(struct scan *s) {
    if (!s) return;
    reader_close(&s->reader);
    for (int64_t i = 0; i < s->spellings; i++) free(s->missing[i].at);
    free(s->missing);
    free(s->plans);
    free(s->found);
    free(s);
}

const struct result *scan_result(const struct scan *s) { return &s->reader.result; }
const struct found *scan_found(const struct scan *s) { return s->found; }
const struct reject *scan_rejects(const struct scan *s) { return s->reader.rejects; }
