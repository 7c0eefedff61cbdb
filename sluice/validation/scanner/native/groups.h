/* How columns go together: numbers and values within the groups that another column's few values
   make, and numbers with numbers. Row after row, so that the same rows give the same to the last
   bit.

   Functions return 0 or an errno; EINVAL where a column's values are not few. */

#ifndef GROUPS_H
#define GROUPS_H

#include "measure.h"

/* Of numbers, dates or timestamps (in seconds since 1970). */
struct moments {
    int64_t count;
    double mean, variance; /* of the population */
};

/* The moments of some columns within each group; `out` holds the groups of the first column, then
   those of the next. */
int group_moments(const struct measures *measures, const struct stored_rows *stored, int64_t by,
                  const int64_t *columns, int64_t count, struct moments *out);

/* How often each value of some columns of few values occurs in each group: for every column a table
   with a row a group. */
int group_counts(const struct measures *measures, const struct stored_rows *stored, int64_t by,
                 const int64_t *columns, int64_t count, int64_t *const *out);

/* Pearson's, over the rows that have both values; not a number where one of them is constant. */
struct correlation {
    int64_t rows;
    double value;
};

int correlate(const struct stored_rows *stored, int64_t goal, const int64_t *columns, int64_t count,
              struct correlation *out);

#endif
