/* Quantiles of a column's values, of all or of a share of the rows that their numbers choose. */

#ifndef QUANTILES_H
#define QUANTILES_H

#include "stored.h"

/* For each of `ranks` (0 to 1) the value there, between two values in proportion, as most programs
   have it (type 7 of Hyndman and Fan 1996). Of numbers, dates or timestamps (in seconds since
   1970). About `most` of the column's `rows` rows are looked at. Nothing is set where no row has a
   value. 0, or an errno. */
int quantiles(const struct stored_rows *stored, int64_t column, int64_t rows, int64_t most,
              const double *ranks, int64_t count, double *out);

#endif
