#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef READ_BYTES /* few in tests, so that every field meets the end of a buffer */
#define READ_BYTES (1 << 20)
#endif

enum step { ROW, BLANK, MORE, END, BROKEN };

typedef uint8_t bytes32 __attribute__((ext_vector_type(32)));
typedef _Bool bits32 __attribute__((ext_vector_type(32)));

/* The delimiter or line's end that comes next; one stands behind the buffer. */
static uint8_t *field_end(uint8_t *at, uint8_t delimiter) {
    for (;; at += sizeof(bytes32)) {
        bytes32 bytes;
        memcpy(&bytes, at, sizeof bytes);
        const bits32 ends = __builtin_convertvector(
            (bytes == (bytes32)delimiter) | (bytes == (bytes32)'\n'), bits32);
        uint32_t mask;
        memcpy(&mask, &ends, sizeof mask);
        if (mask) return at + __builtin_ctz(mask);
    }
}

/* Take the row at `r->begin` apart; its spans are set up to the number of columns. */
static enum step take_row(struct reader *r, struct row *out) {
    const uint8_t delimiter = r->how.delimiter, quote = r->how.quote;
    uint8_t *at = r->begin, *const end = r->end;
    struct row row = {.lines = 1};
    if (at == end) return r->is_whole ? END : MORE;
    if (*at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n')) {
        out->next = at + 1 + (*at == '\r');
        return BLANK;
    }
    for (;;) {
        struct span field = {.at = at};
        uint8_t *first = at;
        while (first < end && *first == ' ' && delimiter != ' ') first++;
        if (first < end && *first == quote) {
            at = field.at = first + 1;
            for (;;) {
                uint8_t *const closing = memchr(at, quote, (size_t)(end - at));
                if (!closing) return r->is_whole ? BROKEN : MORE;
                at = closing + 1;
                if (at == end && !r->is_whole) return MORE;
                if (at == end || *at != quote) break;
                field.has_doubled = true;
                at++;
            }
            field.size = (size_t)(at - 1 - field.at);
            for (size_t i = 0; i < field.size; i++) row.lines += field.at[i] == '\n';
            while (at < end && *at == ' ' && delimiter != ' ') at++;
            if (at < end && *at == '\r') at++;
            if (at == end && !r->is_whole) return MORE;
            if (at < end && *at != '\n' && (*at != delimiter || at[-1] == '\r')) return BROKEN;
        } else {
            at = field_end(at, delimiter);
            if (at == end && !r->is_whole) return MORE;
            field.size = (size_t)(at - field.at);
            const bool is_last = at == end || *at == '\n';
            if (is_last && field.size && at[-1] == '\r') field.size--;
        }
        if (row.fields < r->how.columns) r->spans[row.fields] = field;
        row.fields++;
        if (at == end || *at == '\n') {
            row.next = at + (at < end);
            *out = row;
            return ROW;
        }
        at++;
    }
}

void reader_stop(struct reader *r, enum status status, int error) {
    r->result.status = status;
    r->result.error = error;
    r->result.file = r->at_file;
    r->result.line = r->line;
}

static ssize_t read_some(struct reader *r) {
    for (;;) {
        const size_t left = r->room - (size_t)(r->end - r->buffer);
        const ssize_t got = read(r->file, r->end, left < READ_BYTES ? left : READ_BYTES);
        if (got >= 0 || errno != EINTR) return got;
    }
}

/* More of the file into the buffer, what is left of it moved to the front. */
static bool refill(struct reader *r) {
    const size_t left = (size_t)(r->end - r->begin);
    if ((int64_t)left > r->how.longest) return reader_stop(r, TOO_LONG, 0), false;
    r->base += r->begin - r->buffer;
    memmove(r->buffer, r->begin, left);
    if (left + READ_BYTES > r->room) {
        uint8_t *const wider = realloc(r->buffer, 2 * r->room + SPARE_BYTES);
        if (!wider) return reader_stop(r, FAILED, ENOMEM), false;
        r->buffer = wider;
        r->room *= 2;
    }
    r->begin = r->buffer;
    r->end = r->buffer + left;
    const ssize_t got = read_some(r);
    if (got < 0) return reader_stop(r, FAILED, errno), false;
    r->is_whole = got == 0;
    r->end += got;
    memset(r->end, '\n', SPARE_BYTES);
    return true;
}

static void close_file(struct reader *r) {
    if (r->file >= 0) close(r->file);
    r->file = -1;
}

static bool open_next(struct reader *r) {
    static const uint8_t byte_order_mark[] = {0xEF, 0xBB, 0xBF};
    const size_t mark = sizeof byte_order_mark;
    close_file(r);
    r->file = open(r->paths[r->at_file], O_RDONLY | O_CLOEXEC);
    r->at_file++;
    if (r->file < 0) return reader_stop(r, FAILED, errno), false;
    r->at_row = 0;
    r->line = 1;
    r->base = 0;
    r->begin = r->end = r->buffer;
    if (!refill(r)) return false;
    if (r->end - r->begin >= (int64_t)mark && !memcmp(r->begin, byte_order_mark, mark))
        r->begin += mark;
    return true;
}

static bool set_aside(struct reader *r, const struct row *row) {
    if (r->result.bad_rows == r->bad_rows_room) {
        const int64_t room = r->bad_rows_room ? 2 * r->bad_rows_room : 64;
        struct bad_row *const wider = realloc(r->bad_rows, (size_t)room * sizeof *wider);
        if (!wider) return reader_stop(r, FAILED, ENOMEM), false;
        r->bad_rows = wider;
        r->bad_rows_room = room;
    }
    r->bad_rows[r->result.bad_rows++] = (struct bad_row){
        .file = r->at_file,
        .row = r->at_row,
        .line = r->line,
        .offset = r->base + (r->begin - r->buffer),
        .size = row->next - r->begin,
        .fields = row->fields,
    };
    if (r->result.bad_rows < r->how.most_bad_rows) return true;
    return reader_stop(r, TOO_MANY_BAD_ROWS, 0), false;
}

bool reader_next(struct reader *r, struct row *row) {
    while (r->result.status == DONE) {
        if (r->file < 0 && (r->at_file == r->how.files || !open_next(r))) return false;
        switch (take_row(r, row)) {
            case MORE:
                if (!refill(r)) return false;
                break;
            case END: close_file(r); break;
            case BLANK:
                r->begin = row->next;
                r->line++;
                break;
            case BROKEN: return reader_stop(r, BROKEN_QUOTE, 0), false;
            case ROW:
                if (row->next - r->begin > r->how.longest)
                    return reader_stop(r, TOO_LONG, 0), false;
                r->at_row++;
                if (r->how.has_header && r->at_row == 1) {
                    r->begin = row->next;
                    r->line += row->lines;
                } else if (row->fields != r->how.columns) {
                    if (!set_aside(r, row)) return false;
                    r->begin = row->next;
                    r->line += row->lines;
                } else {
                    return true;
                }
        }
    }
    return false;
}

void reader_pass(struct reader *r, const struct row *row) {
    r->begin = row->next;
    r->line += row->lines;
    r->result.rows++;
}

void undouble(struct span *text, uint8_t quote) {
    size_t kept = 0;
    for (size_t i = 0; i < text->size; i++) {
        text->at[kept++] = text->at[i];
        if (text->at[i] == quote) i++;
    }
    text->size = kept;
    text->has_doubled = false;
}

bool reader_open(struct reader *r, const struct reader_options *how) {
    *r = (struct reader){.how = *how, .file = -1, .room = 2 * READ_BYTES};
    r->paths = calloc((size_t)how->files, sizeof *r->paths);
    r->spans = calloc((size_t)how->columns, sizeof *r->spans);
    r->buffer = malloc(r->room + SPARE_BYTES);
    if (!r->paths || !r->spans || !r->buffer) return false;
    for (int64_t i = 0; i < how->files; i++)
        if (!(r->paths[i] = strdup(how->paths[i]))) return false;
    return true;
}

void reader_close(struct reader *r) {
    close_file(r);
    for (int64_t i = 0; r->paths && i < r->how.files; i++) free(r->paths[i]);
    free(r->paths);
    free(r->spans);
    free(r->buffer);
    free(r->bad_rows);
}
