/* Rows of CSV files in UTF-8, each taken apart into its fields, where they lie in the buffer.

   Nothing is guessed, nothing skipped: a row with too few or too many fields is set aside with
   its place, and a quote that does not close ends the reading. */

#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SPARE_BYTES = 64 /* behind a field, that may be read without a look at the buffer's end */ };

struct reader_options {
    const char *const *paths;
    int64_t files;
    int64_t columns;
    int64_t longest;       /* bytes of a row */
    int64_t most_bad_rows; /* then the reading ends */
    uint8_t delimiter, quote;
    bool has_header; /* the first row of each file that is not blank */
};

/* A row that was set aside. Numbers are from 1, the offset from 0. */
struct bad_row {
    int64_t file, row, line, offset, size, fields;
};

enum status { DONE = 0, BROKEN_QUOTE = 1, TOO_LONG = 2, TOO_MANY_BAD_ROWS = 3, FAILED = 4 };

struct result {
    int64_t status;
    int64_t error;      /* FAILED: an errno */
    int64_t file, line; /* where the reading ended early */
    int64_t rows;       /* that were passed */
    int64_t bad_rows;
};

/* A field without its quotes. It may be changed in place. */
struct span {
    uint8_t *at;
    size_t size;
    bool has_doubled; /* two quotes that stand for one */
};

struct row {
    uint8_t *next; /* where the row behind it begins */
    int64_t fields;
    int64_t lines; /* that end in it */
};

struct reader {
    struct reader_options how; /* its paths are the reader's own */
    char **paths;
    struct span *spans; /* of the row that was last read, one a column */
    struct bad_row *bad_rows;
    struct result result;

    int file;                   /* -1: none open */
    int64_t at_file;            /* the next to be opened, from 0 */
    int64_t at_row, line, base; /* of `begin`: number and line in the file; offset of `buffer` */
    uint8_t *buffer, *begin, *end;
    size_t room;
    bool is_whole; /* the buffer holds the file's end */
    int64_t bad_rows_room;
};

/* False where memory is short; to be closed in any case. */
bool reader_open(struct reader *reader, const struct reader_options *how);
void reader_close(struct reader *reader);

/* The next row of the right width, in `spans` until it is passed; false at the end, see `result`.
 */
bool reader_next(struct reader *reader, struct row *row);
void reader_pass(struct reader *reader, const struct row *row);

/* End the reading for a reason of the caller's. */
void reader_stop(struct reader *reader, enum status status, int error);

/* Make two quotes one, in place. */
void undouble(struct span *field, uint8_t quote);

#endif
