#include "quantiles.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "mix.h"

/* The bits of a float, so that they have the floats' order. */
static uint64_t ordered(double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | 1ull << 63;
}

static double unordered(uint64_t bits) {
    double value;
    bits = bits >> 63 ? bits & ~(1ull << 63) : ~bits;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Sort by one byte after the other, the lowest first; `spare` is as long. */
static void sort(uint64_t *keys, uint64_t *spare, int64_t count) {
    enum { BYTES = 8, VALUES = 256 };
    int64_t seen[BYTES][VALUES] = {0};
    for (int64_t i = 0; i < count; i++)
        for (int byte = 0; byte < BYTES; byte++) seen[byte][keys[i] >> (8 * byte) & 0xFF]++;
    uint64_t *from = keys, *to = spare;
    for (int byte = 0; byte < BYTES; byte++) {
        if (count && seen[byte][from[0] >> (8 * byte) & 0xFF] == count) continue;
        int64_t at[VALUES], sum = 0;
        for (int value = 0; value < VALUES; value++) {
            at[value] = sum;
            sum += seen[byte][value];
        }
        for (int64_t i = 0; i < count; i++) to[at[from[i] >> (8 * byte) & 0xFF]++] = from[i];
        uint64_t *const sorted = to;
        to = from;
        from = sorted;
    }
    if (from != keys) memcpy(keys, from, (size_t)count * sizeof *keys);
}

struct sample {
    uint64_t *keys;
    int64_t count, room;
};

static bool hold(struct sample *s, uint64_t key) {
    if (s->count == s->room) {
        const int64_t room = s->room ? 2 * s->room : 1024;
        uint64_t *const wider = realloc(s->keys, (size_t)room * sizeof *wider);
        if (!wider) return false;
        s->keys = wider;
        s->room = room;
    }
    s->keys[s->count++] = key;
    return true;
}

static int take(struct sample *s, const struct stored_rows *stored, int64_t column, int64_t rows,
                int64_t most) {
    const uint64_t below = rows <= most ? 0 : (uint64_t)(ldexp((double)most / (double)rows, 64));
    const char *const format = stored_format(stored, column);
    struct cursor cursor = cursor_of(stored, &column, 1);
    struct batch batch;
    int error;
    while (!(error = next_batch(&cursor, &batch)) && batch.rows) {
        const struct ArrowArray *const values = &batch.columns[0];
        const uint8_t *const valid = validity(values);
        bool is_held = true;
        for (int64_t row = 0; is_held && row < batch.rows; row++)
            if ((!below || mixed((uint64_t)(batch.before + row)) < below) && is_valid(valid, row))
                is_held = hold(s, ordered(on_axis(values->buffers[1], format, row)));
        batch_end(&batch);
        if (!is_held) {
            error = ENOMEM;
            break;
        }
    }
    cursor_end(&cursor);
    return error;
}

static double at_rank(const struct sample *s, double rank) {
    const double place = rank * (double)(s->count - 1);
    const int64_t below = (int64_t)place;
    const double low = unordered(s->keys[below]), share = place - (double)below;
    if (share == 0) return low;
    /* Weighted, not low + share * width: the width itself may be beyond what a float holds. */
    return low * (1 - share) + unordered(s->keys[below + 1]) * share;
}

int quantiles(const struct stored_rows *stored, int64_t column, int64_t rows, int64_t most,
              const double *ranks, int64_t count, double *out) {
    struct sample s = {0};
    int error = take(&s, stored, column, rows, most);
    uint64_t *const spare = malloc((size_t)(s.count + 1) * sizeof *spare);
    if (!error && !spare) error = ENOMEM;
    if (!error && s.count) {
        sort(s.keys, spare, s.count);
        for (int64_t i = 0; i < count; i++) out[i] = at_rank(&s, ranks[i]);
    }
    free(spare);
    free(s.keys);
    return error;
}
