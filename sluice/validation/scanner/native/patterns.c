#include <string.h>

#include "reading.h"
#include "values.h"

static bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

static bool is_letter(uint8_t c) { return (uint8_t)((c | 0x20) - 'a') < 26; }

/* What is left of a text. */
struct rest {
    const uint8_t *at, *end;
};

/* What a text told; -1 where it did not. */
struct told {
    int year, month, day, hour, minute, second, fraction, week_year, week;
    int half; /* 0: in the morning, 1: after noon */
    int64_t offset;
};

/* `least` to `most` digits; -1 where there are fewer. */
static int take_digits(struct rest *r, int least, int most, int *count) {
    int sum = 0, taken = 0;
    for (; taken < most && r->at < r->end && is_digit(*r->at); taken++, r->at++)
        sum = sum * 10 + (*r->at - '0');
    if (count) *count = taken;
    return taken < least ? -1 : sum;
}

static bool take_word(struct rest *r, const char *word) {
    const size_t size = strlen(word);
    if ((size_t)(r->end - r->at) < size || memcmp(r->at, word, size)) return false;
    r->at += size;
    return true;
}

static int take_month(struct rest *r, bool may_have_dot) {
    static const char *const NAMES[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    enum { LONGEST_NAME = 9, SHORT = 3 };
    char name[LONGEST_NAME + 1] = {0};
    size_t size = 0;
    for (; size < LONGEST_NAME && r->at < r->end && is_letter(*r->at); size++, r->at++)
        name[size] = (char)(*r->at | 0x20);
    if (size < SHORT) return -1;
    if (may_have_dot && r->at < r->end && *r->at == '.') r->at++;
    for (int month = 0; month < 12; month++) {
        const char *const full = NAMES[month];
        const bool is_short = size == SHORT && !memcmp(name, full, SHORT);
        if (is_short || !strcmp(name, full)) return month + 1;
    }
    return strcmp(name, "sept") ? -1 : 9;
}

static int take_half(struct rest *r) {
    if (r->at == r->end) return -1;
    const int half = (*r->at | 0x20) == 'p' ? 1 : (*r->at | 0x20) == 'a' ? 0 : -1;
    r->at++;
    if (r->at < r->end && *r->at == '.') r->at++;
    if (half < 0 || r->at == r->end || (*r->at | 0x20) != 'm') return -1;
    r->at++;
    if (r->at < r->end && *r->at == '.') r->at++;
    return half;
}

static bool take_offset(struct rest *r, int64_t *micros) {
    enum { FARTHEST_HOURS = 15 };
    *micros = 0;
    if (take_word(r, "Z")) return true;
    if (r->at == r->end || (*r->at != '+' && *r->at != '-')) return false;
    const int sign = *r->at++ == '-' ? -1 : 1;
    const int hours = take_digits(r, 2, 2, NULL);
    take_word(r, ":");
    const int minutes = take_digits(r, 2, 2, NULL);
    if (hours < 0 || hours > FARTHEST_HOURS || minutes < 0 || minutes > 59) return false;
    *micros = sign * (hours * 3600 + minutes * 60) * (int64_t)1000000;
    return true;
}

static bool is_number(const char *form) {
    return form[0] == '%' && form[1] && strchr("YymdHIMSfGV", form[1]);
}

/* One directive; `next` is what stands behind it in the format: digits that touch others are
   written in full. */
static bool take_directive(struct rest *r, char directive, const char *next, struct told *t) {
    const int least = is_number(next) ? 2 : 1;
    int places;
    switch (directive) {
        case 'Y': return (t->year = take_digits(r, 4, 4, NULL)) >= 0;
        case 'y':
            t->year = take_digits(r, 2, 2, NULL);
            /* Of 36 to 69 nobody can say the century. */
            if (t->year < 0 || (t->year >= 36 && t->year < 70)) return false;
            t->year += t->year < 36 ? 2000 : 1900;
            return true;
        case 'm': return (t->month = take_digits(r, least, 2, NULL)) >= 0;
        case 'd': return (t->day = take_digits(r, least, 2, NULL)) >= 0;
        case 'b':
        case 'B': return (t->month = take_month(r, *next != '.')) >= 0;
        case 'H': return (t->hour = take_digits(r, least, 2, NULL)) >= 0;
        case 'I':
            t->hour = take_digits(r, least, 2, NULL);
            if (t->hour < 1 || t->hour > 12) return false;
            t->hour %= 12;
            return true;
        case 'M': return (t->minute = take_digits(r, 2, 2, NULL)) >= 0;
        case 'S': return (t->second = take_digits(r, 2, 2, NULL)) >= 0;
        case 'f':
            t->fraction = take_digits(r, least == 2 ? 6 : 1, 6, &places);
            if (t->fraction < 0) return false;
            for (; places < 6; places++) t->fraction *= 10;
            return true;
        case 'p': return (t->half = take_half(r)) >= 0;
        case 'Z': return take_word(r, "UTC") || take_word(r, "GMT") || take_word(r, "Z");
        case 'z': return take_offset(r, &t->offset);
        case 'G': return (t->week_year = take_digits(r, 4, 4, NULL)) >= 0;
        case 'V': return (t->week = take_digits(r, 2, 2, NULL)) >= 0;
        case '%': return take_word(r, "%");
        default: return false;
    }
}

static bool take_all(struct rest *r, const char *form, struct told *t) {
    while (*form) {
        if (*form == '%' && form[1]) {
            if (!take_directive(r, form[1], form + 2, t)) return false;
            form += 2;
        } else if (*form == ' ') {
            if (r->at == r->end || *r->at != ' ') return false;
            while (r->at < r->end && *r->at == ' ') r->at++;
            while (*form == ' ') form++;
        } else {
            if (r->at == r->end || *r->at != (uint8_t)*form) return false;
            r->at++;
            form++;
        }
    }
    return r->at == r->end;
}

/* The day that was told. */
static bool day_of(const struct told *t, int32_t *days) {
    if (t->week_year < 0)
        return to_days(t->year, t->month < 0 ? 1 : t->month, t->day < 0 ? 1 : t->day, days);
    int32_t first, next;
    if (!to_days(t->week_year, 1, 4, &first) || t->week < 1 || t->week > 53) return false;
    /* 1970-01-01 was a Thursday; a year's first week holds the 4th of January. */
    const int32_t monday = first - (((first + 3) % 7) + 7) % 7 + 7 * (t->week - 1);
    if (t->week_year == 9999) next = INT32_MAX;
    else to_days(t->week_year + 1, 1, 1, &next);
    *days = monday;
    return monday + 3 < next && to_days(1, 1, 1, &first) && monday >= first;
}

bool as_patterned(const struct reading *how, const uint8_t *text, size_t size, int64_t *micros) {
    static const int64_t FIRST = -62135596800000000, LAST = 253402300799999999;
    struct rest r = {.at = text, .end = text + size};
    struct told t = {.month = -1, .day = -1, .half = -1, .week_year = -1};
    int32_t days;
    if (!how->format || !take_all(&r, how->format, &t) || !day_of(&t, &days)) return false;
    if (t.hour > 23 || t.minute > 59 || t.second > 59) return false;
    const int hour = t.hour + (t.half == 1 ? 12 : 0);
    const int64_t seconds = (int64_t)days * 86400 + hour * 3600 + t.minute * 60 + t.second;
    *micros = seconds * 1000000 + t.fraction - t.offset;
    return *micros >= FIRST && *micros <= LAST;
}

bool as_duration(const uint8_t *text, size_t size, double *seconds) {
    struct rest r = {.at = text, .end = text + size};
    const bool is_minus = take_word(&r, "-");
    const int hours = take_digits(&r, 1, 6, NULL);
    if (hours < 0 || !take_word(&r, ":")) return false;
    const int minutes = take_digits(&r, 2, 2, NULL);
    if (minutes < 0 || minutes > 59 || !take_word(&r, ":")) return false;
    const int whole = take_digits(&r, 2, 2, NULL);
    int fraction = 0, places = 6;
    if (whole < 0 || whole > 59) return false;
    if (take_word(&r, ".") && (fraction = take_digits(&r, 1, 6, &places)) < 0) return false;
    for (; places < 6; places++) fraction *= 10;
    if (r.at != r.end) return false;
    const int64_t micros = ((int64_t)hours * 3600 + minutes * 60 + whole) * 1000000 + fraction;
    *seconds = (is_minus && micros ? -1 : 1) * ((double)micros / 1e6);
    return true;
}
