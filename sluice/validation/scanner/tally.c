/* The second half of measure.h: questions that follow from the summaries. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "measure.h"
#include "rows.h"

/* ---- histograms ---- */

static void count_bins(const struct histogram *h, const struct ArrowArray *column,
                       const char *format) {
    const double *const edges = h->edges;
    const int64_t last = h->bins - 1;
    /* A guess, as if all bins were of one width; then the edges decide. */
    const double low = edges[0] / 2, scale = (double)h->bins / (edges[h->bins] / 2 - low);
    const uint8_t *const valid = validity(column);
    const int64_t rows = column->length;
    for (int64_t row = 0; row < rows; row++) {
        if (!is_valid(valid, row)) continue;
        const double value = on_axis(column->buffers[1], format, row);
        const double guess = (value / 2 - low) * scale;
        int64_t bin = guess > 0 ? guess < (double)last ? (int64_t)guess : last : 0;
        while (bin < last && value > edges[bin + 1]) bin++;
        while (bin > 0 && value <= edges[bin]) bin--;
        h->counts[bin]++;
    }
}

int measure_histograms(const struct staged *staged, const struct histogram *histograms,
                       int64_t count) {
    int64_t *const places = calloc((size_t)count + 1, sizeof *places);
    if (!places) return ENOMEM;
    for (int64_t i = 0; i < count; i++) places[i] = histograms[i].column;
    struct cursor cursor = cursor_of(staged, places, count);
    struct batch batch;
    int error;
    while (!(error = next_batch(&cursor, &batch)) && batch.rows) {
        for (int64_t i = 0; i < count; i++)
            count_bins(&histograms[i], &batch.columns[i], staged_format(staged, places[i]));
        batch_end(&batch);
    }
    cursor_end(&cursor);
    free(places);
    return error;
}

/* ---- different values ---- */

/* A set of hashes, 0 kept apart, since it marks an empty slot. */
struct set {
    uint64_t seed; /* where a hash goes cannot be known beforehand, so nobody can crowd the slots */
    uint64_t *slots;
    uint64_t last; /* of them, a power of two less one */
    int64_t count;
    bool has_zero;
};

static uint64_t slot_of(const struct set *s, uint64_t hash) {
    return hash_number((int64_t)(hash ^ s->seed)) & s->last;
}

static bool set_new(struct set *s, int64_t most, uint64_t seed) {
    uint64_t slots = 64;
    while (slots < 2 * (uint64_t)most) slots *= 2;
    *s = (struct set){.seed = seed, .slots = calloc(slots, sizeof *s->slots), .last = slots - 1};
    return s->slots != NULL;
}

/* False where the set is as full as it may be. */
static bool add(struct set *s, uint64_t hash) {
    if (hash == 0) {
        s->count += !s->has_zero;
        s->has_zero = true;
        return true;
    }
    uint64_t slot = slot_of(s, hash);
    while (s->slots[slot] && s->slots[slot] != hash) slot = (slot + 1) & s->last;
    if (s->slots[slot]) return true;
    s->slots[slot] = hash;
    return ++s->count <= (int64_t)(s->last - s->last / 8);
}

/* Those of the values whose hashes fall into one of so many shares. */
static bool add_share(struct set *set, const struct ArrowArray *column, const uint64_t *hashes,
                      uint64_t share, uint64_t shares) {
    enum { AHEAD = 16 }; /* slots on their way from memory */
    const uint8_t *const valid = validity(column);
    const int64_t rows = column->length;
    for (int64_t row = 0; row < rows; row++) {
        if (row + AHEAD < rows) __builtin_prefetch(&set->slots[slot_of(set, hashes[row + AHEAD])]);
        if (!is_valid(valid, row)) continue;
        if (shares > 1 && (hashes[row] >> 32) % shares != share) continue;
        if (!add(set, hashes[row])) return false;
    }
    return true;
}

static int count_share(const struct staged *staged, int64_t column, uint64_t share, uint64_t shares,
                       struct set *set) {
    const bool is_rows = column < 0;
    const int64_t place = is_rows ? staged_columns(staged) : column;
    struct cursor cursor = cursor_of(staged, &place, 1);
    struct batch batch;
    int error;
    while (!(error = next_batch(&cursor, &batch)) && batch.rows) {
        const struct ArrowArray *const values = &batch.columns[0];
        uint64_t *const own = is_rows ? NULL : malloc((size_t)batch.rows * sizeof *own);
        if (own) hash_values(own, values, staged_format(staged, column));
        const uint64_t *const hashes = is_rows ? values->buffers[1] : own;
        const bool is_added = hashes && add_share(set, values, hashes, share, shares);
        free(own);
        batch_end(&batch);
        if (!is_added) {
            error = ENOMEM;
            break;
        }
    }
    cursor_end(&cursor);
    return error;
}

int measure_distinct(const struct staged *staged, int64_t column, int64_t rows, int64_t at_a_time,
                     uint64_t seed, int64_t *distinct) {
    const uint64_t shares = (uint64_t)((rows + at_a_time - 1) / at_a_time);
    int error = 0;
    *distinct = 0;
    for (uint64_t share = 0; !error && share < shares; share++) {
        struct set set;
        if (!set_new(&set, rows / (int64_t)shares + 1, seed)) return ENOMEM;
        error = count_share(staged, column, share, shares, &set);
        *distinct += set.count;
        free(set.slots);
    }
    return error;
}
