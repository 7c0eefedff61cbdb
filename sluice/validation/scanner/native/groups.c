#include "groups.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "format.h"
#include "hash.h"

/* The groups of a batch's rows, from 0; -1 for rows without a value. */
struct grouped {
    const struct measures *measures;
    const struct stored_rows *stored;
    int64_t *groups;
    uint64_t *hashes;
    int64_t room;
};

static int group_rows(struct grouped *g, const struct batch *batch, int64_t at, int64_t column) {
    const struct ArrowArray *const values = &batch->columns[at];
    if (batch->rows > g->room) {
        free(g->groups);
        free(g->hashes);
        g->groups = malloc((size_t)batch->rows * sizeof *g->groups);
        g->hashes = malloc((size_t)batch->rows * sizeof *g->hashes);
        g->room = g->groups && g->hashes ? batch->rows : 0;
        if (!g->room) return ENOMEM;
    }
    const uint8_t *const valid = validity(values);
    const struct seeds seeds = seeds_of(NULL, 0);
    hash_values(g->hashes, values, stored_format(g->stored, column), &seeds);
    for (int64_t row = 0; row < batch->rows; row++)
        g->groups[row] =
            is_valid(valid, row) ? measures_place(g->measures, column, g->hashes[row]) : -1;
    return 0;
}

static void grouped_end(struct grouped *g) {
    free(g->groups);
    free(g->hashes);
}

/* The column that others are held against, and these. */
static int64_t *places_of(int64_t first, const int64_t *columns, int64_t count) {
    int64_t *const places = calloc((size_t)count + 1, sizeof *places);
    if (!places) return NULL;
    places[0] = first;
    for (int64_t i = 0; i < count; i++) places[i + 1] = columns[i];
    return places;
}

static bool is_few(const struct measures *m, int64_t column) {
    return measures_summary(m, column)->is_counted;
}

/* ---- numbers ---- */

static void add_moment(struct moments *m, double value) {
    const double before = value - m->mean;
    m->mean += before * (1 / (double)++m->count);
    m->variance += before * (value - m->mean); /* the sum of squares, until all are there */
}

int group_moments(const struct measures *measures, const struct stored_rows *stored, int64_t by,
                  const int64_t *columns, int64_t count, struct moments *out) {
    if (!is_few(measures, by)) return EINVAL;
    const int64_t groups = measures_summary(measures, by)->distinct;
    int64_t *const places = places_of(by, columns, count);
    if (!places) return ENOMEM;
    struct grouped g = {.measures = measures, .stored = stored};
    struct cursor cursor = cursor_of(stored, places, count + 1);
    struct batch batch;
    int error;
    while (!(error = next_batch(&cursor, &batch)) && batch.rows) {
        error = group_rows(&g, &batch, 0, by);
        for (int64_t i = 0; !error && i < count; i++) {
            const struct ArrowArray *const values = &batch.columns[i + 1];
            const char *const format = stored_format(stored, columns[i]);
            const uint8_t *const valid = validity(values);
            for (int64_t row = 0; row < batch.rows; row++)
                if (g.groups[row] >= 0 && is_valid(valid, row))
                    add_moment(&out[i * groups + g.groups[row]],
                               on_axis(values->buffers[1], format, row));
        }
        batch_end(&batch);
        if (error) break;
    }
    cursor_end(&cursor);
    free(places);
    grouped_end(&g);
    for (int64_t i = 0; i < count * groups; i++)
        if (out[i].count) out[i].variance /= (double)out[i].count;
    return error;
}

/* ---- values ---- */

int group_counts(const struct measures *measures, const struct stored_rows *stored, int64_t by,
                 const int64_t *columns, int64_t count, int64_t *const *out) {
    for (int64_t i = 0; i < count; i++)
        if (!is_few(measures, columns[i])) return EINVAL;
    if (!is_few(measures, by)) return EINVAL;
    int64_t *const places = places_of(by, columns, count);
    if (!places) return ENOMEM;
    struct grouped g = {.measures = measures, .stored = stored}, of_column = g;
    struct cursor cursor = cursor_of(stored, places, count + 1);
    struct batch batch;
    int error;
    while (!(error = next_batch(&cursor, &batch)) && batch.rows) {
        error = group_rows(&g, &batch, 0, by);
        for (int64_t i = 0; !error && i < count; i++) {
            const int64_t values = measures_summary(measures, columns[i])->distinct;
            error = group_rows(&of_column, &batch, i + 1, columns[i]);
            for (int64_t row = 0; !error && row < batch.rows; row++)
                if (g.groups[row] >= 0 && of_column.groups[row] >= 0)
                    out[i][g.groups[row] * values + of_column.groups[row]]++;
        }
        batch_end(&batch);
        if (error) break;
    }
    cursor_end(&cursor);
    free(places);
    grouped_end(&g);
    grouped_end(&of_column);
    return error;
}

/* ---- numbers with numbers ---- */

struct pair {
    int64_t rows;
    double x, y;       /* means */
    double xx, xy, yy; /* sums of the products of what is beside the means */
};

static void add_pair(struct pair *p, double x, double y) {
    const double by_x = x - p->x, by_y = y - p->y, rows = (double)++p->rows;
    p->x += by_x / rows;
    p->y += by_y / rows;
    p->xx += by_x * (x - p->x);
    p->xy += by_x * (y - p->y);
    p->yy += by_y * (y - p->y);
}

int correlate(const struct stored_rows *stored, int64_t goal, const int64_t *columns, int64_t count,
              struct correlation *out) {
    struct pair *const pairs = calloc((size_t)count + 1, sizeof *pairs);
    int64_t *const places = places_of(goal, columns, count);
    if (!pairs || !places) return free(pairs), free(places), ENOMEM;
    struct cursor cursor = cursor_of(stored, places, count + 1);
    struct batch batch;
    int error;
    while (!(error = next_batch(&cursor, &batch)) && batch.rows) {
        const struct ArrowArray *const y = &batch.columns[0];
        const char *const of_y = stored_format(stored, goal);
        for (int64_t i = 0; i < count; i++) {
            const struct ArrowArray *const x = &batch.columns[i + 1];
            const char *const of_x = stored_format(stored, columns[i]);
            for (int64_t row = 0; row < batch.rows; row++)
                if (is_valid(validity(x), row) && is_valid(validity(y), row))
                    add_pair(&pairs[i], on_axis(x->buffers[1], of_x, row),
                             on_axis(y->buffers[1], of_y, row));
        }
        batch_end(&batch);
    }
    cursor_end(&cursor);
    for (int64_t i = 0; i < count; i++)
        out[i] = (struct correlation){
            .rows = pairs[i].rows,
            .value = pairs[i].xy / (sqrt(pairs[i].xx) * sqrt(pairs[i].yy)),
        };
    free(pairs);
    free(places);
    return error;
}
