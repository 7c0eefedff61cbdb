#include <errno.h>
#include <stdlib.h>

#include "format.h"
#include "measure.h"

static void count_bins(const struct histogram *h, const struct ArrowArray *column,
                       const char *format) {
    const double *const edges = h->edges;
    const int64_t last = h->bins - 1;
    /* A guess, as if all bins were of one width; then the edges decide. */
    const double low = edges[0] / 2, scale = (double)h->bins / (edges[h->bins] / 2 - low);
    const uint8_t *const valid = validity(column);
    const int64_t rows = column->length;
    for (int64_t row = 0; row < rows; row++) {
        if (!is_valid(valid, row)) continue;
        const double value = on_axis(column->buffers[1], format, row);
        const double guess = (value / 2 - low) * scale;
        int64_t bin = guess > 0 ? guess < (double)last ? (int64_t)guess : last : 0;
        while (bin < last && value > edges[bin + 1]) bin++;
        while (bin > 0 && value <= edges[bin]) bin--;
        h->counts[bin]++;
    }
}

int measure_histograms(const struct stored_rows *stored, const struct histogram *histograms,
                       int64_t count) {
    int64_t *const places = calloc((size_t)count + 1, sizeof *places);
    if (!places) return ENOMEM;
    for (int64_t i = 0; i < count; i++) places[i] = histograms[i].column;
    struct cursor cursor = cursor_of(stored, places, count);
    struct batch batch;
    int error;
    while (!(error = next_batch(&cursor, &batch)) && batch.rows) {
        for (int64_t i = 0; i < count; i++)
            count_bins(&histograms[i], &batch.columns[i], stored_format(stored, places[i]));
        batch_end(&batch);
    }
    cursor_end(&cursor);
    free(places);
    return error;
}
