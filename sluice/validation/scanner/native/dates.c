#include "values.h"

static bool is_digit(uint8_t c) { return (uint8_t)(c - '0') < 10; }

/* `count` digits as a number, or -1. */
static int digits(const uint8_t *text, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(text[i])) return -1;
        sum = sum * 10 + (text[i] - '0');
    }
    return sum;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that
   begin in March: https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
static int32_t days_from_civil(int year, int month, int day) {
    year -= month <= 2;
    const int era = year / 400;
    const int of_era = year - era * 400;
    const int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool to_days(int year, int month, int day, int32_t *days) {
    static const int LENGTHS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false;
    const bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (day > LENGTHS[month - 1] + (month == 2 && is_leap)) return false;
    *days = days_from_civil(year, month, day);
    return true;
}

bool as_date(const uint8_t *text, size_t size, int32_t *days) {
    if (size != 10 || text[4] != '-' || text[7] != '-') return false;
    return to_days(digits(text, 4), digits(text + 5, 2), digits(text + 8, 2), days);
}

/* A timestamp at the beginning of the text, and where it ends. */
static bool timestamp_at(const uint8_t *text, size_t size, int64_t *micros, size_t *ended) {
    int32_t days;
    if (size < 16 || !as_date(text, 10, &days) || (text[10] != ' ' && text[10] != 'T'))
        return false;
    const int hour = digits(text + 11, 2), minute = digits(text + 14, 2);
    if (hour < 0 || hour > 23 || text[13] != ':' || minute < 0 || minute > 59) return false;
    int second = 0, fraction = 0;
    size_t at = 16;
    if (at < size && text[at] == ':') {
        if (size < 19) return false;
        second = digits(text + 17, 2);
        if (second < 0 || second > 59) return false;
        at = 19;
        if (at < size && text[at] == '.') {
            int places = 0;
            for (at++; at < size && places < 6 && is_digit(text[at]); at++, places++)
                fraction = fraction * 10 + (text[at] - '0');
            if (places == 0) return false;
            for (; places < 6; places++) fraction *= 10;
        }
    }
    *micros = ((int64_t)days * 86400 + hour * 3600 + minute * 60 + second) * 1000000 + fraction;
    *ended = at;
    return true;
}

bool as_timestamp(const uint8_t *text, size_t size, int64_t *micros) {
    enum { DAY_ALONE = 10 };
    int32_t days;
    size_t ended;
    if (size == DAY_ALONE && as_date(text, size, &days)) {
        *micros = (int64_t)days * 86400 * 1000000;
        return true;
    }
    return timestamp_at(text, size, micros, &ended) && ended == size;
}

bool as_instant(const uint8_t *text, size_t size, int64_t *micros) {
    enum { FARTHEST_HOURS = 15 };
    static const int64_t FIRST = -62135596800000000, LAST = 253402300799999999;
    size_t at;
    if (!timestamp_at(text, size, micros, &at) || at == size) return false;
    if (text[at] == 'Z') return at + 1 == size;
    if (text[at] != '+' && text[at] != '-') return false;
    const int sign = text[at] == '-' ? -1 : 1;
    const size_t left = size - at - 1;
    const bool has_colon = left == 5;
    if ((left != 4 && left != 5) || (has_colon && text[at + 3] != ':')) return false;
    const int hours = digits(text + at + 1, 2), minutes = digits(text + at + 3 + has_colon, 2);
    if (hours < 0 || hours > FARTHEST_HOURS || minutes < 0 || minutes > 59) return false;
    *micros -= sign * (hours * 3600 + minutes * 60) * (int64_t)1000000;
    return *micros >= FIRST && *micros <= LAST;
}
