#include "rows.h"

#include <string.h>

#include "format.h"
#include "values.h"

typedef unsigned __int128 wide;

/* The fractional part of the golden ratio, and the multipliers of the SplitMix64 generator (Steele,
   Lea and Flood 2014), whose every output bit hangs on every input bit. */
static const uint64_t GOLDEN = 0x9E3779B97F4A7C15ull;

static uint64_t mixed(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

uint64_t hash_number(int64_t number) { return mixed((uint64_t)number + GOLDEN); }

/* Both halves of a product, one over the other. */
static uint64_t folded(uint64_t x) {
    const wide product = (wide)x * GOLDEN;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* So many bytes, at most eight, little-endian, with zeros behind them. */
static uint64_t word_of(const uint8_t *bytes, size_t size) {
    uint64_t word = 0;
    if (size >= 4) {
        uint32_t low, high;
        memcpy(&low, bytes, 4);
        memcpy(&high, bytes + size - 4, 4);
        return low | (uint64_t)high >> (8 * (8 - size)) << 32;
    }
    for (size_t i = 0; i < size; i++) word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

uint64_t hash_bytes(const uint8_t *bytes, size_t size) {
    uint64_t hash = size + GOLDEN;
    for (; size >= 8; bytes += 8, size -= 8) hash = folded(hash ^ word_of(bytes, 8)) + GOLDEN;
    return folded(hash ^ word_of(bytes, size));
}

/* A float that is whole counts as the integer it equals, so that a column keeps its rows' sides
   when it turns from integers to floats. */
static uint64_t bits_of(double value) {
    uint64_t bits;
    if (value > -9007199254740992.0 && value < 9007199254740992.0) {
        const int64_t whole = (int64_t)value;
        if ((double)whole == value) return (uint64_t)whole;
    }
    memcpy(&bits, &value, 8);
    return mixed(bits ^ GOLDEN); /* elsewhere than the integers */
}

/* Text that is an integer counts as that, so that a column keeps its rows' sides when one of its
   values turns it from integers to text. */
static uint64_t of_text(const uint8_t *text, size_t size) {
    int64_t integer;
    return as_integer(text, size, &integer) ? (uint64_t)integer : hash_bytes(text, size);
}

#define EACH(value)                                                                                \
    for (int64_t row = 0; row < rows; row++)                                                       \
        if (is_valid(valid, row)) out[row] = mixed((value) + GOLDEN)

void hash_values(uint64_t *out, const struct ArrowArray *column, const char *format) {
    const void *const values = column->buffers[1];
    const uint8_t *const valid = validity(column);
    const int64_t rows = column->length;
    if (is_text(format)) {
        const int32_t *const ends = values;
        const uint8_t *const bytes = column->buffers[2];
        EACH(of_text(bytes + ends[row], (size_t)(ends[row + 1] - ends[row])));
    } else if (is_bits(format)) {
        EACH((uint64_t)is_set(values, row));
    } else if (*format == 'g') {
        EACH(bits_of(((const double *)values)[row]));
    } else if (width_of(format) == 4) {
        EACH((uint64_t)((const int32_t *)values)[row]);
    } else {
        EACH(((const uint64_t *)values)[row]);
    }
}

void add_values(uint64_t *rows, const uint64_t *values, const struct ArrowArray *column,
                uint64_t name) {
    const uint8_t *const valid = validity(column);
    const int64_t count = column->length;
    for (int64_t row = 0; row < count; row++)
        if (is_valid(valid, row)) rows[row] += mixed(values[row] ^ name);
}

bool is_holdout(uint64_t hash, uint64_t salt, uint64_t percent) {
    return mixed(hash ^ salt) % 100 < percent;
}
