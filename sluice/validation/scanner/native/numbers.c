#include "values.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef unsigned __int128 wide;

static const uint64_t POWERS[] = {
    1ull,
    10ull,
    100ull,
    1000ull,
    10000ull,
    100000ull,
    1000000ull,
    10000000ull,
    100000000ull,
    1000000000ull,
    10000000000ull,
    100000000000ull,
    1000000000000ull,
    10000000000000ull,
    100000000000000ull,
    1000000000000000ull,
    10000000000000000ull,
    100000000000000000ull,
    1000000000000000000ull,
    10000000000000000000ull,
};

static const double EXACT_POWERS[] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

enum {
    MOST_DIGITS = 19, /* that a uint64_t holds, whatever they are */
    LONGEST_NUMBER = 512,
    DOUBLE_DIGITS = 17,    /* that tell any two doubles apart */
    LONGEST_WITH_PLUS = 7, /* +4915112345678 is called, not counted */
    LARGEST_EXPONENT = 100000,
};

static const double FIRST_INEXACT = 9007199254740992.0; /* 2^53 */

static bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

bool as_integer(const uint8_t *text, size_t size, int64_t *value) {
    const bool minus = size && text[0] == '-';
    const uint8_t *at = text + minus, *end = text + size;
    const size_t digits = (size_t)(end - at);
    if (digits == 0 || digits > MOST_DIGITS) return false;
    if (*at == '0' && (minus || digits > 1)) return false;
    uint64_t sum = 0;
    for (; at < end; at++) {
        if (!is_digit(*at)) return false;
        sum = sum * 10 + (uint64_t)(*at - '0');
    }
    if (sum > (uint64_t)INT64_MAX + minus) return false;
    *value = minus ? (int64_t)(0 - sum) : (int64_t)sum;
    return true;
}

/* A decimal number taken apart: digits * 10^exponent. */
struct decimal {
    uint64_t digits;
    int64_t exponent;
    size_t significant; /* digits, from the first that is no zero; `digits` holds MOST_DIGITS */
    bool is_minus, is_plus, has_point, has_exponent, is_zero;
};

static bool take_apart(const uint8_t *at, const uint8_t *end, uint8_t point, struct decimal *out) {
    struct decimal d = {.is_zero = true};
    if (at < end && (*at == '+' || *at == '-')) {
        d.is_minus = *at == '-';
        d.is_plus = *at == '+';
        at++;
    }
    size_t whole = 0, fraction = 0, significant = 0;
    const uint8_t first = at < end ? *at : 0;
    for (; at < end && (is_digit(*at) || (*at == point && !d.has_point)); at++) {
        if (*at == point) {
            d.has_point = true;
            continue;
        }
        if (d.has_point) fraction++;
        else whole++;
        if (*at != '0') d.is_zero = false;
        if (significant || *at != '0') significant++;
        d.digits = d.digits * 10 + (uint64_t)(*at - '0');
    }
    if (whole + fraction == 0 || (whole > 1 && first == '0')) return false;
    d.significant = significant;
    if (at < end && (*at == 'e' || *at == 'E')) {
        d.has_exponent = true;
        at++;
        const bool minus = at < end && *at == '-';
        if (at < end && (*at == '+' || *at == '-')) at++;
        if (at == end) return false;
        for (; at < end && is_digit(*at); at++)
            if (d.exponent < LARGEST_EXPONENT) d.exponent = d.exponent * 10 + (*at - '0');
        if (minus) d.exponent = -d.exponent;
    }
    d.exponent -= (int64_t)fraction;
    *out = d;
    return at == end;
}

/* The double nearest to the number, ties to even. Integer division keeps more bits than a double
   has, and the lowest of them stands for all that is left; what is beyond it is strtod's. */
static double nearest(const struct decimal *d, const uint8_t *text, size_t size, uint8_t point) {
    if (d->is_zero) return 0;
    const int64_t e = d->exponent;
    if (d->significant <= MOST_DIGITS) {
        if (d->digits <= (1ull << 53) && e >= -22 && e <= 22)
            return e < 0 ? (double)d->digits / EXACT_POWERS[-e]
                         : (double)d->digits * EXACT_POWERS[e];
        if (e >= 0 && e <= MOST_DIGITS) return (double)((wide)d->digits * POWERS[e]);
        if (e < 0 && e >= -MOST_DIGITS) {
            const int shift = 64 + __builtin_clzll(d->digits);
            const wide divided = (wide)d->digits << shift;
            const wide quotient = divided / POWERS[-e];
            const wide rest = divided - quotient * POWERS[-e];
            return ldexp((double)(quotient | (rest != 0)), -shift);
        }
    }
    char copy[LONGEST_NUMBER + 1];
    size_t length = 0;
    for (size_t i = 0; i < size; i++)
        if (text[i] != '-' || length) copy[length++] = text[i] == point ? '.' : (char)text[i];
    copy[length] = 0;
    return strtod(copy, NULL);
}

static bool as_float(const uint8_t *text, size_t size, uint8_t point, struct decimal *d,
                     double *value) {
    if (size > LONGEST_NUMBER || !take_apart(text, text + size, point, d)) return false;
    if (d->is_plus && size > LONGEST_WITH_PLUS && !d->has_point) return false;
    const double magnitude = nearest(d, text, size, point);
    if (!isfinite(magnitude) || (magnitude == 0 && !d->is_zero)) return false;
    *value = d->is_minus ? -magnitude : magnitude;
    return magnitude < FIRST_INEXACT ||
           (d->significant <= DOUBLE_DIGITS && (d->has_point || d->has_exponent));
}

bool as_number(const uint8_t *text, size_t size, double *value) {
    struct decimal d;
    return size && text[size - 1] <= '9' && as_float(text, size, '.', &d, value);
}

bool as_decimal_comma(const uint8_t *text, size_t size, double *value) {
    struct decimal d;
    const bool has_sign = size && (text[0] == '+' || text[0] == '-');
    if (size < has_sign + 1u || !is_digit(text[has_sign]) || !is_digit(text[size - 1]))
        return false;
    return as_float(text, size, ',', &d, value) && !d.has_exponent;
}

bool is_thousands(const uint8_t *text, size_t size) {
    const bool has_sign = size && (text[0] == '+' || text[0] == '-');
    const uint8_t *at = text + has_sign, *end = text + size;
    if (at == end || *at == '0') return false;
    size_t head = 0;
    while (at < end && is_digit(*at)) at++, head++;
    if (head < 1 || head > 3 || at == end) return false;
    for (; at < end; at += 4)
        if (end - at < 4 || at[0] != ',' || !is_digit(at[1]) || !is_digit(at[2]) ||
            !is_digit(at[3]))
            return false;
    return true;
}

bool as_boolean(const uint8_t *text, size_t size, bool *value) {
    static const char *const WORDS[] = {"false", "true"};
    for (int which = 0; which < 2; which++) {
        if (size != strlen(WORDS[which])) continue;
        size_t same = 0;
        while (same < size && (text[same] | 0x20) == WORDS[which][same]) same++;
        if (same < size) continue;
        *value = which;
        return true;
    }
    return false;
}
