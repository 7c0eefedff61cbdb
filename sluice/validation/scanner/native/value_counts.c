#include "value_counts.h"

#include <stdlib.h>
#include <string.h>

#include "format.h"

void value_counts_free(struct value_counts *f) {
    for (int64_t i = 0; f->values && i < f->count; i++) free(f->values[i].text);
    free(f->places);
    free(f->hashes);
    free(f->values);
    f->places = NULL, f->hashes = NULL, f->values = NULL;
    f->count = 0;
}

/* The slot of this hash, or the empty one where it would be. */
static uint64_t slot_of(const struct value_counts *f, uint64_t hash) {
    uint64_t slot = hash & (uint64_t)(f->slots - 1);
    while (f->places[slot] && f->hashes[f->places[slot] - 1] != hash)
        slot = (slot + 1) & (uint64_t)(f->slots - 1);
    return slot;
}

static bool grow(struct value_counts *f) {
    const int64_t slots = f->slots ? 2 * f->slots : 16, room = slots / 2;
    uint64_t *const hashes = realloc(f->hashes, (size_t)room * sizeof *hashes);
    if (hashes) f->hashes = hashes;
    struct value *const values = realloc(f->values, (size_t)room * sizeof *values);
    if (values) f->values = values;
    int32_t *const places = calloc((size_t)slots, sizeof *places);
    if (!hashes || !values || !places) return free(places), false;
    free(f->places);
    f->places = places;
    f->slots = slots;
    for (int64_t i = 0; i < f->count; i++) f->places[slot_of(f, f->hashes[i])] = (int32_t)(i + 1);
    return true;
}

struct value *value_counts_find(struct value_counts *f, uint64_t hash) {
    uint64_t slot = f->slots ? slot_of(f, hash) : 0;
    if (f->slots && f->places[slot]) return &f->values[f->places[slot] - 1];
    if (2 * f->count >= f->slots) {
        if (!grow(f)) return NULL;
        slot = slot_of(f, hash);
    }
    f->hashes[f->count] = hash;
    f->values[f->count] = (struct value){0};
    f->places[slot] = (int32_t)++f->count;
    return &f->values[f->count - 1];
}

bool copy_value(struct value *value, const struct ArrowArray *column, const char *format,
                int64_t row) {
    const void *const values = column->buffers[1];
    if (is_text(format)) {
        const int32_t *const ends = values;
        value->size = ends[row + 1] - ends[row];
        value->text = malloc((size_t)value->size + 1);
        if (!value->text) return false;
        memcpy(value->text, (const uint8_t *)column->buffers[2] + ends[row], (size_t)value->size);
    } else if (is_bits(format)) {
        value->integer = is_set(values, row);
    } else if (*format == 'g') {
        value->number = ((const double *)values)[row];
    } else if (width_of(format) == 4) {
        value->integer = ((const int32_t *)values)[row];
    } else {
        value->integer = ((const int64_t *)values)[row];
    }
    return true;
}

bool is_same_text(const struct value *value, const struct ArrowArray *column, int64_t row) {
    const int32_t *const ends = column->buffers[1];
    const uint8_t *const text = column->buffers[2];
    const int64_t size = ends[row + 1] - ends[row];
    return size == value->size && !memcmp(text + ends[row], value->text, (size_t)size);
}

int64_t value_counts_place(const struct value_counts *f, uint64_t hash) {
    return f->count ? f->places[slot_of(f, hash)] - 1 : -1;
}
