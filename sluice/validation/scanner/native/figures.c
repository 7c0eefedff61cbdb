#include <string.h>

#include "reading.h"
#include "values.h"

enum { LONGEST_FIGURE = 512 };

static bool is_digit(char c) { return (uint8_t)(c - '0') < 10; }

/* The text with plain spaces for the others that part groups (U+00A0 and U+202F), and a NUL behind
   it; its size, or 0 where it is too long. */
static size_t plain(const uint8_t *text, size_t size, char *out) {
    static const char no_break[] = "\xC2\xA0", narrow[] = "\xE2\x80\xAF";
    size_t length = 0;
    if (size > LONGEST_FIGURE) return 0;
    for (size_t i = 0; i < size; i++) {
        if (size - i >= 2 && !memcmp(text + i, no_break, 2)) out[length++] = ' ', i += 1;
        else if (size - i >= 3 && !memcmp(text + i, narrow, 3)) out[length++] = ' ', i += 2;
        else out[length++] = (char)text[i];
    }
    out[length] = 0;
    return length;
}

static const char *skip_spaces(const char *at) {
    while (*at == ' ') at++;
    return at;
}

static bool take(const char **at, char mark) {
    if (**at != mark) return false;
    ++*at;
    return true;
}

static bool take_unit(const char **at, const char *unit) {
    const size_t size = unit ? strlen(unit) : 0;
    if (!size || strncmp(*at, unit, size)) return false;
    *at += size;
    return true;
}

/* Digits, in groups where the first of them has at most three; how many. */
static size_t take_whole(const char **at, char thousands, char *out) {
    size_t count = 0;
    const char *p = *at;
    while (is_digit(*p)) out[count++] = *p++;
    if (thousands && count && count <= 3 && out[0] != '0')
        while (*p == thousands && is_digit(p[1]) && is_digit(p[2]) && is_digit(p[3])) {
            memcpy(out + count, p + 1, 3);
            count += 3;
            p += 4;
        }
    *at = p;
    return count;
}

bool as_figure(const struct reading *how, const uint8_t *text, size_t size, double *value) {
    char copy[LONGEST_FIGURE + 1], digits[LONGEST_FIGURE + 2];
    if (!plain(text, size, copy)) return false;
    const char *at = copy;
    const bool is_open = take(&at, '(');
    at = skip_spaces(at);
    const bool is_plus = take(&at, '+'), is_minus = !is_plus && take(&at, '-');
    at = skip_spaces(at);
    const bool has_unit = take_unit(&at, how->unit);
    at = skip_spaces(at);
    const bool is_inner = take(&at, '-');
    size_t count = take_whole(&at, (char)how->thousands, digits);
    const size_t whole = count;
    if (take(&at, (char)how->decimal)) {
        digits[count++] = '.';
        while (is_digit(*at)) digits[count++] = *at++;
    }
    if (count == 0 || (whole == 0 && count == 1)) return false;
    at = skip_spaces(at);
    const bool has_unit_behind = take_unit(&at, how->unit);
    if (has_unit_behind && has_unit) return false;
    const bool is_behind = take(&at, '-');
    at = skip_spaces(at);
    const bool is_closed = take(&at, ')');
    if (*at || at != copy + strlen(copy) || is_open != is_closed) return false;
    if (is_open + is_plus + is_minus + is_inner + is_behind > 1) return false;
    if (!as_number((const uint8_t *)digits, count, value)) return false;
    if (how->unit && !strcmp(how->unit, "%")) {
        /* Beside 22 %, nobody knows whether 0.28 is a share or 0.28 %. */
        if (!has_unit && !has_unit_behind) return false;
        *value /= 100;
    }
    if (is_open || is_minus || is_inner || is_behind) *value = *value == 0 ? 0 : -*value;
    return true;
}
