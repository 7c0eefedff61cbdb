#include <errno.h>
#include <stdlib.h>

#include "format.h"
#include "hash.h"
#include "layout.h"
#include "measure.h"
#include "mix.h"

/* A set of hashes, 0 kept apart, since it marks an empty slot. */
struct set {
    uint64_t seed; /* where a hash goes cannot be known beforehand, so nobody can crowd the slots */
    uint64_t *slots;
    uint64_t last; /* of them, a power of two less one */
    int64_t count;
    bool has_zero;
};

static uint64_t slot_of(const struct set *s, uint64_t hash) {
    return mixed(hash ^ s->seed) & s->last;
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

static int count_share(const struct stored_rows *stored, int64_t column, uint64_t share,
                       uint64_t shares, struct set *set) {
    const bool is_rows = column < 0;
    const int64_t place = is_rows ? stored_columns(stored) : column;
    struct cursor cursor = cursor_of(stored, &place, 1);
    struct batch batch;
    const struct seeds seeds = seeds_of(NULL, 0);
    int error;
    while (!(error = next_batch(&cursor, &batch)) && batch.rows) {
        const struct ArrowArray *const values = &batch.columns[0];
        uint64_t *const own = is_rows ? NULL : malloc((size_t)batch.rows * sizeof *own);
        if (own) hash_values(own, values, stored_format(stored, column), &seeds);
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

int measure_distinct(const struct stored_rows *stored, int64_t column, int64_t rows,
                     int64_t at_a_time, uint64_t seed, int64_t *distinct) {
    const uint64_t shares = (uint64_t)((rows + at_a_time - 1) / at_a_time);
    int error = 0;
    *distinct = 0;
    for (uint64_t share = 0; !error && share < shares; share++) {
        struct set set;
        if (!set_new(&set, rows / (int64_t)shares + 1, seed)) return ENOMEM;
        error = count_share(stored, column, share, shares, &set);
        *distinct += set.count;
        free(set.slots);
    }
    return error;
}
