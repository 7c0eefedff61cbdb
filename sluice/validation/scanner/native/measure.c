#include "measure.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "format.h"
#include "hash.h"
#include "value_counts.h"

typedef __int128 wide;

enum {
    REGISTER_BITS = 12, /* of HyperLogLog (Flajolet et al. 2007): 1.04 / sqrt(2^12) = 1.6 % */
    REGISTERS = 1 << REGISTER_BITS,
    MOST_TEXT = 1 << 20, /* bytes of a column's different values: longer ones are no categories */
};

struct column {
    struct summary summary;
    struct value_counts counts;
    uint8_t registers[REGISTERS];
    int64_t least_distinct;       /* that were counted before they were too many */
    wide total;                   /* of integers */
    double sum, lost, run, above; /* of floats, by Neumaier; mean and squares, by Welford */
};

struct measures {
    int64_t columns;
    struct column **column;
};

static void note(struct column *c, uint64_t hash) {
    const uint64_t rest = hash << REGISTER_BITS | 1ull << (REGISTER_BITS - 1);
    const uint8_t rank = (uint8_t)(__builtin_clzll(rest) + 1);
    uint8_t *const most = &c->registers[hash >> (64 - REGISTER_BITS)];
    if (rank > *most) *most = rank;
}

/* From here on the different values are estimated. */
static void give_up(struct column *c) {
    for (int64_t i = 0; i < c->counts.count; i++) note(c, c->counts.hashes[i]);
    c->least_distinct = c->counts.count;
    value_counts_free(&c->counts);
    c->counts.is_full = true;
}

/* Count the values one by one, while they are few; false where memory is short. */
static bool tell_apart(struct column *c, const struct ArrowArray *column, const char *format,
                       const uint64_t *hashes, const uint8_t *holdout) {
    const uint8_t *const valid = validity(column);
    const int64_t rows = column->length;
    int64_t row = 0;
    for (; row < rows && !c->counts.is_full; row++) {
        if (!is_valid(valid, row)) continue;
        struct value *const value = value_counts_find(&c->counts, hashes[row]);
        if (!value) return false;
        if (value->count && is_text(format) && !is_same_text(value, column, row)) {
            give_up(c);
            break;
        }
        if (!value->count++ && !copy_value(value, column, format, row)) return false;
        value->holdout += is_set(holdout, row);
        if (value->count == 1) c->counts.bytes += value->size;
        if (c->counts.count > c->counts.most || c->counts.bytes > MOST_TEXT) give_up(c);
    }
    for (; row < rows; row++)
        if (is_valid(valid, row)) note(c, hashes[row]);
    return true;
}

/* ---- all values ---- */

static int64_t estimated(const struct column *c) {
    double sum = 0;
    int64_t empty = 0;
    for (int64_t i = 0; i < REGISTERS; i++) {
        sum += ldexp(1, -c->registers[i]);
        empty += c->registers[i] == 0;
    }
    const double m = REGISTERS, raw = 0.7213 / (1 + 1.079 / m) * m * m / sum;
    return llround(raw <= 2.5 * m && empty ? m * log(m / (double)empty) : raw);
}

static void add_deviation(struct column *c, double value) {
    const double before = value - c->run;
    c->run += before * (1 / (double)c->summary.present); /* which waits for no other sum */
    c->above += before * (value - c->run);
}

static void add_integer(struct column *c, int64_t value) {
    struct summary *const s = &c->summary;
    if (!s->present || value < s->least) s->least = value;
    if (!s->present || value > s->most) s->most = value;
    s->present++;
}

static void add_number(struct column *c, int64_t value) {
    add_integer(c, value);
    c->total += value;
    add_deviation(c, (double)value);
}

static void add_float(struct column *c, double value) {
    struct summary *const s = &c->summary;
    if (!s->present || value < s->lowest) s->lowest = value;
    if (!s->present || value > s->highest) s->highest = value;
    s->present++;
    const double sum = c->sum + value;
    c->lost += fabs(c->sum) >= fabs(value) ? c->sum - sum + value : value - sum + c->sum;
    c->sum = sum;
    if (s->is_whole && value != trunc(value)) s->is_whole = false;
    add_deviation(c, value);
}

static void add_text(struct column *c, const uint8_t *text, int64_t size) {
    struct summary *const s = &c->summary;
    int64_t blanks = 0, letters = 0;
    for (int64_t i = 0; i < size; i++) {
        blanks += text[i] == ' ';
        letters += (text[i] & 0xC0) != 0x80;
    }
    s->present++;
    s->spaced += blanks > 0;
    s->letters += letters;
}

#define EACH(add)                                                                                  \
    for (int64_t row = 0; row < rows; row++)                                                       \
        if (is_valid(valid, row)) add

static void add_values_of(struct column *c, const struct ArrowArray *column, const char *format) {
    const int32_t *const short_ones = column->buffers[1];
    const int64_t *const long_ones = column->buffers[1];
    const double *const floats = column->buffers[1];
    const uint8_t *const text = column->buffers[2];
    const uint8_t *const valid = validity(column);
    const int64_t rows = column->length;
    if (*format == 'u') {
        EACH(add_text(c, text + short_ones[row], short_ones[row + 1] - short_ones[row]));
    } else if (*format == 'z') {
        EACH(c->summary.present++);
    } else if (*format == 'g') {
        EACH(add_float(c, floats[row]));
    } else if (*format == 'l') {
        EACH(add_number(c, long_ones[row]));
    } else if (is_bits(format)) {
        EACH(add_integer(c, is_set(column->buffers[1], row)));
    } else if (width_of(format) == 4) {
        EACH(add_integer(c, short_ones[row]));
    } else {
        EACH(add_integer(c, long_ones[row]));
    }
}

static void finish(struct column *c, const char *format) {
    struct summary *const s = &c->summary;
    const double present = (double)s->present;
    s->is_counted = !c->counts.is_full;
    s->distinct = s->is_counted ? c->counts.count : estimated(c);
    if (s->distinct < c->least_distinct) s->distinct = c->least_distinct;
    s->mean = (*format == 'l' ? (double)c->total : c->sum + c->lost) / present;
    s->deviation = s->present > 1 ? sqrt(c->above / (present - 1)) : NAN;
}

static int measure_batch(struct measures *m, const struct stored_rows *stored,
                         const struct batch *b) {
    uint64_t *const hashes = malloc((size_t)b->rows * sizeof *hashes);
    const uint8_t *const holdout = b->columns[m->columns].buffers[1];
    const struct seeds seeds = seeds_of(NULL, 0);
    bool is_kept = hashes != NULL;
    for (int64_t i = 0; is_kept && i < m->columns; i++) {
        struct column *const c = m->column[i];
        const char *const format = stored_format(stored, i);
        hash_values(hashes, &b->columns[i], format, &seeds);
        add_values_of(c, &b->columns[i], format);
        is_kept = tell_apart(c, &b->columns[i], format, hashes, holdout);
    }
    free(hashes);
    return is_kept ? 0 : ENOMEM;
}

int measure(const struct stored_rows *stored, int64_t most, struct measures **out) {
    struct measures *const m = calloc(1, sizeof *m);
    if (!m) return ENOMEM;
    m->columns = stored_columns(stored);
    m->column = calloc((size_t)m->columns, sizeof *m->column);
    int64_t *const places = calloc((size_t)m->columns + 1, sizeof *places);
    int error = m->column && places ? 0 : ENOMEM;
    for (int64_t i = 0; !error && i < m->columns; i++) {
        struct column *const c = m->column[i] = calloc(1, sizeof *c);
        if (!c) error = ENOMEM;
        else c->counts.most = most, c->summary.is_whole = true, places[i] = i;
    }
    if (!error) places[m->columns] = m->columns + 1; /* s */
    struct cursor cursor = cursor_of(stored, places, m->columns + 1);
    while (!error) {
        struct batch batch;
        error = next_batch(&cursor, &batch);
        if (error || !batch.rows) break;
        error = measure_batch(m, stored, &batch);
        batch_end(&batch);
    }
    cursor_end(&cursor);
    free(places);
    for (int64_t i = 0; !error && i < m->columns; i++)
        finish(m->column[i], stored_format(stored, i));
    if (error) return measures_free(m), error;
    return *out = m, 0;
}

void measures_free(struct measures *m) {
    if (!m) return;
    for (int64_t i = 0; m->column && i < m->columns; i++) {
        if (m->column[i]) value_counts_free(&m->column[i]->counts);
        free(m->column[i]);
    }
    free(m->column);
    free(m);
}

const struct summary *measures_summary(const struct measures *m, int64_t column) {
    return &m->column[column]->summary;
}

const struct value *measures_values(const struct measures *m, int64_t column, int64_t *count) {
    *count = m->column[column]->counts.count;
    return m->column[column]->counts.values;
}

int64_t measures_place(const struct measures *m, int64_t column, uint64_t hash) {
    return value_counts_place(&m->column[column]->counts, hash);
}
