/* The Arrow formats of a dataset's columns: l (BIGINT), g (DOUBLE), b (BOOLEAN), tdD (DATE), tsu:
   (TIMESTAMP), u (VARCHAR) and z (BLOB). */

#ifndef FORMAT_H
#define FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "arrow.h"

static inline bool is_known(const char *format) {
    static const char *const FORMATS[] = {"l", "g", "b", "tdD", "tsu:", "u", "z"};
    for (size_t i = 0; i < sizeof FORMATS / sizeof *FORMATS; i++)
        if (!strcmp(format, FORMATS[i])) return true;
    return false;
}

static inline bool is_text(const char *format) { return *format == 'u' || *format == 'z'; }

static inline bool is_bits(const char *format) { return *format == 'b'; }

/* Bytes of one value; of a text, of where it ends. Not for bits. */
static inline int64_t width_of(const char *format) {
    return is_text(format) || !strcmp(format, "tdD") ? 4 : 8;
}

static inline bool is_set(const uint8_t *bitmap, int64_t at) {
    return bitmap[at >> 3] >> (at & 7) & 1;
}

/* A number, or a date or timestamp in seconds since 1970. */
static inline double on_axis(const void *values, const char *format, int64_t row) {
    if (*format == 'g') return ((const double *)values)[row];
    if (*format == 'l') return (double)((const int64_t *)values)[row];
    if (width_of(format) == 4) return ((const int32_t *)values)[row] * 86400.0;
    return (double)((const int64_t *)values)[row] / 1e6;
}

/* A bit a value, set where it is there; NULL where all are. Taken once, before the loop over rows.
 */
static inline const uint8_t *validity(const struct ArrowArray *column) {
    return column->null_count ? column->buffers[0] : NULL;
}

static inline bool is_valid(const uint8_t *validity, int64_t row) {
    return !validity || is_set(validity, row);
}

#endif
