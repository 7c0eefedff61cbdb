#include "count.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LANES = 64, BLOCK_BYTES = 1 << 18 };

static const uint8_t BYTE_ORDER_MARK[] = {0xEF, 0xBB, 0xBF};

typedef uint8_t bytes64 __attribute__((ext_vector_type(LANES)));
typedef _Bool bits64 __attribute__((ext_vector_type(LANES)));

/* One bit a byte, the first byte's the lowest. */
typedef uint64_t mask;

/* What one block leaves to the next. Each `was_` is 1 or 0, and tells of the byte before. */
struct state {
    mask was_inside, was_end, was_return, was_blank_return, was_break, was_closing;
    int64_t since_end; /* bytes since the last row's end */
    bool has_odd_quotes, has_inner_ends, is_wrong;
    uint32_t utf8_left;          /* continuation bytes still to come */
    uint8_t utf8_low, utf8_high; /* bounds of the next one */
};

static mask packed(bits64 bits) {
    mask out;
    memcpy(&out, &bits, sizeof out);
    return out;
}

static mask equal(bytes64 block, uint8_t to) {
    return packed(__builtin_convertvector(block == (bytes64)to, bits64));
}

static bool has_high_bits(bytes64 block) {
    return packed(__builtin_convertvector(block >= (bytes64)0x80, bits64)) != 0;
}

/* Bit i of the result is the parity of the bits 0 to i. */
static mask parities(mask bits) {
    for (int shift = 1; shift < LANES; shift *= 2) bits ^= bits << shift;
    return bits;
}

/* The bytes behind those of `bits`; `was` is carried from block to block. */
static mask behind(mask bits, mask *was) {
    const mask moved = bits << 1 | *was;
    *was = bits >> (LANES - 1);
    return moved;
}

static int64_t number(mask bits) { return __builtin_popcountll(bits); }

/* Well-formed UTF-8, as table 3-7 of the Unicode standard has it. */
static void check_utf8(struct state *s, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++) {
        const uint8_t c = bytes[i];
        if (s->utf8_left) {
            if (c < s->utf8_low || c > s->utf8_high) s->is_wrong = true;
            s->utf8_left--;
            s->utf8_low = 0x80, s->utf8_high = 0xBF;
        } else if (c >= 0x80) {
            if (c < 0xC2 || c > 0xF4) s->is_wrong = true;
            s->utf8_left = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
            s->utf8_low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
            s->utf8_high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        }
    }
}

/* Count in `size` bytes, at most 64, which are followed by zeros up to 64. */
static void count_block(struct state *s, struct count *out, const uint8_t *bytes, int size,
                        uint8_t delimiter, uint8_t quote, int64_t longest) {
    bytes64 block;
    memcpy(&block, bytes, LANES);
    const mask ours = size < LANES ? ((mask)1 << size) - 1 : ~(mask)0;
    if (equal(block, 0) & ours) s->is_wrong = true;
    if (s->utf8_left || has_high_bits(block)) check_utf8(s, bytes, (size_t)size);

    const mask quotes = equal(block, quote), ends = equal(block, '\n');
    const mask returns = equal(block, '\r'), breaks = equal(block, delimiter) | ends | quotes;
    const mask inside = parities(quotes) ^ (0 - s->was_inside);
    s->was_inside = inside >> (LANES - 1);
    const mask outer = ends & ~inside;
    if (ends & inside) s->has_inner_ends = true;
    if (quotes & inside & ~behind(breaks, &s->was_break)) s->has_odd_quotes = true;
    const mask behind_quoted = behind(quotes & ~inside, &s->was_closing);
    if (behind_quoted & ours & ~(breaks | returns)) s->has_odd_quotes = true;

    const mask behind_return = behind(returns & ~inside, &s->was_return);
    /* Not of ours alone: behind the last byte stands a zero, no line's end. */
    if (behind_return & ~ends) s->is_wrong = true;
    const mask behind_end = behind(outer, &s->was_end);
    const mask behind_blank_return = behind(returns & behind_end, &s->was_blank_return);
    const int64_t blank = number(outer & (behind_end | behind_blank_return));
    const int64_t dos = number(outer & behind_return), all = number(outer);
    out->rows += all - blank;
    out->blank += blank;
    out->dos_ends += dos;
    out->unix_ends += all - dos;
    out->lines += number(ends);

    const int first = outer ? __builtin_ctzll(outer) : size;
    if (s->since_end + first > longest) s->is_wrong = true;
    s->since_end = outer ? size - (LANES - __builtin_clzll(outer)) : s->since_end + size;
}

/* As read(2), but less than `size` only at the end of the file; negative: an error. */
static int64_t read_full(int file, uint8_t *into, size_t size) {
    size_t have = 0;
    while (have < size) {
        const ssize_t got = read(file, into + have, size - have);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        if (got == 0) break;
        have += (size_t)got;
    }
    return (int64_t)have;
}

static int count_file(int file, uint8_t *buffer, uint8_t delimiter, uint8_t quote, int64_t longest,
                      struct count *out) {
    struct state s = {.was_end = 1, .was_break = 1};
    const size_t mark = sizeof BYTE_ORDER_MARK;
    int64_t have = read_full(file, buffer, mark);
    if (have < 0) return errno;
    const bool has_mark = have == (int64_t)mark && !memcmp(buffer, BYTE_ORDER_MARK, mark);
    if (!has_mark && lseek(file, 0, SEEK_SET) < 0) return errno;
    do {
        have = read_full(file, buffer, BLOCK_BYTES);
        if (have < 0) return errno;
        memset(buffer + have, 0, LANES);
        for (int64_t at = 0; at < have; at += LANES) {
            const int size = have - at < LANES ? (int)(have - at) : LANES;
            count_block(&s, out, buffer + at, size, delimiter, quote, longest);
        }
    } while (have == BLOCK_BYTES);
    out->is_ended = out->lines > 0 && s.since_end == 0;
    out->rows += s.since_end > 0;
    out->is_plain = !s.is_wrong && !s.utf8_left && !s.was_inside && !s.was_return &&
                    !(s.has_odd_quotes && s.has_inner_ends);
    return 0;
}

int count_rows(const char *path, uint8_t delimiter, uint8_t quote, int64_t longest,
               struct count *out) {
    *out = (struct count){0};
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return errno;
    uint8_t *const buffer = malloc(BLOCK_BYTES + LANES);
    const int error = buffer ? count_file(file, buffer, delimiter, quote, longest, out) : ENOMEM;
    free(buffer);
    close(file);
    return error;
}
