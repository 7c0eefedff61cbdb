/* How people write numbers and times where that is not the plain way; sluice/cells.py is the
   reference, and what is taken here is what is taken there. */

#ifndef READING_H
#define READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reading {
    const char *format; /* of times, in strptime's directives; NULL where there is none */
    const char *unit;   /* that numbers carry before or behind them; NULL where there is none */
    uint8_t decimal;    /* . or , */
    uint8_t thousands;  /* between groups of three digits; 0 where there is none */
};

/* -$1,234.50, 1.234,50 EUR, 1,234.50-, (1,234.50); 5 % is 0.05. */
bool as_figure(const struct reading *how, const uint8_t *text, size_t size, double *value);

/* A moment by `how->format`, which check_format of moments.py has found good; microseconds since
   1970. What is not told is the first: of the month, of the day. */
bool as_patterned(const struct reading *how, const uint8_t *text, size_t size, int64_t *micros);

/* 25:05:00 or -0:01:30.5, in seconds. */
bool as_duration(const uint8_t *text, size_t size, double *seconds);

#endif
