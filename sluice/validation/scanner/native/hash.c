#include "hash.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "format.h"
#include "values.h"

static const uint64_t MICROSECONDS_OF_DAY = 86400000000;

struct seeds seeds_of(const uint8_t *name, size_t size) {
    return (struct seeds){
        .text = XXH3_64bits_withSeed(name, size, 0),
        .whole = XXH3_64bits_withSeed(name, size, 1),
        .fraction = XXH3_64bits_withSeed(name, size, 2),
    };
}

uint64_t hash_bytes(const uint8_t *bytes, size_t size) { return XXH3_64bits(bytes, size); }

/* Of eight bytes XXH3 makes as many different hashes as there are numbers. */
static uint64_t hash_word(uint64_t word, uint64_t seed) {
    return XXH3_64bits_withSeed(&word, sizeof word, seed);
}

/* A float that is whole counts as the integer it equals, so that a column keeps its rows' sides
   when it turns from integers to floats. */
static uint64_t hash_float(double value, const struct seeds *seeds) {
    uint64_t bits;
    if (value > -9007199254740992.0 && value < 9007199254740992.0) {
        const int64_t whole = (int64_t)value;
        if ((double)whole == value) return hash_word((uint64_t)whole, seeds->whole);
    }
    memcpy(&bits, &value, sizeof bits);
    return hash_word(bits, seeds->fraction);
}

/* Text that is an integer counts as that, so that a column keeps its rows' sides when one of its
   values turns it from integers to text. */
static uint64_t hash_text(const uint8_t *text, size_t size, const struct seeds *seeds) {
    int64_t integer;
    return as_integer(text, size, &integer) ? hash_word((uint64_t)integer, seeds->whole)
                                            : XXH3_64bits_withSeed(text, size, seeds->text);
}

#define EACH(hash)                                                                                 \
    for (int64_t row = 0; row < rows; row++)                                                       \
        if (is_valid(valid, row)) out[row] = hash

void hash_values(uint64_t *out, const struct ArrowArray *column, const char *format,
                 const struct seeds *seeds) {
    const void *const values = column->buffers[1];
    const uint8_t *const valid = validity(column);
    const int64_t rows = column->length;
    const uint64_t whole = seeds->whole;
    if (is_text(format)) {
        const int32_t *const ends = values;
        const uint8_t *const bytes = column->buffers[2];
        EACH(hash_text(bytes + ends[row], (size_t)(ends[row + 1] - ends[row]), seeds));
    } else if (is_bits(format)) {
        EACH(hash_word(is_set(values, row), whole));
    } else if (*format == 'g') {
        EACH(hash_float(((const double *)values)[row], seeds));
    } else if (width_of(format) == 4) {
        /* A date is its midnight: a column of them may turn into timestamps. */
        EACH(hash_word((uint64_t)((const int32_t *)values)[row] * MICROSECONDS_OF_DAY, whole));
    } else {
        EACH(hash_word(((const uint64_t *)values)[row], whole));
    }
}

void add_values(uint64_t *rows, const uint64_t *values, const struct ArrowArray *column) {
    const uint8_t *const valid = validity(column);
    const int64_t count = column->length;
    for (int64_t row = 0; row < count; row++)
        if (is_valid(valid, row)) rows[row] += values[row];
}

bool is_holdout(uint64_t hash, uint64_t salt, uint64_t percent) {
    return hash_word(hash, salt) % 100 < percent;
}
