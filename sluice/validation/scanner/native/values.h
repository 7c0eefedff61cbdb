/* The types that text can have. A value is never bent to fit: 007 is no integer, 1,000 no number,
   12345678901234567890 no float; such values stay text, exactly as they were written.

   Every function is told the text as `size` bytes at `text`, without a NUL behind them, and says
   whether it is of the type; else `value` may hold anything. */

#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool as_integer(const uint8_t *text, size_t size, int64_t *value);

/* Decimal point, exponent allowed. No longer than a float holds exactly: either below 2^53, or with
   at most 17 digits. */
bool as_number(const uint8_t *text, size_t size, double *value);

/* The same with a decimal comma, and without an exponent. */
bool as_decimal_comma(const uint8_t *text, size_t size, double *value);

/* Groups of three digits, parted by commas. */
bool is_thousands(const uint8_t *text, size_t size);

bool as_boolean(const uint8_t *text, size_t size, bool *value);

/* ISO 8601, years 0001 to 9999; days since 1970. */
bool as_date(const uint8_t *text, size_t size, int32_t *days);

/* Days since 1970 of a day of the calendar, years 1 to 9999; false where it is none. */
bool to_days(int year, int month, int day, int32_t *days);

/* ISO 8601 without a zone, a T or a space between, or a day alone, which is its beginning;
   microseconds since 1970. */
bool as_timestamp(const uint8_t *text, size_t size, int64_t *micros);

/* The same with a zone (Z or an offset); microseconds since 1970 in UTC. */
bool as_instant(const uint8_t *text, size_t size, int64_t *micros);

/* Decode base64 (RFC 4648, padded) in place; `size` is then that of the bytes. */
bool from_base64(uint8_t *text, size_t *size);

#endif
