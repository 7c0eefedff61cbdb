/* An independent count of the rows of a CSV file, to be held against the scanner's.

   It shares nothing with the scanner: it never looks for fields. It takes 64 bytes at a time as bit
   masks, and every quote turns the state between inside and outside of quotes; a line end outside
   ends a row. Where that is not beyond doubt, it says so, and a slower count decides. */

#ifndef COUNT_H
#define COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct count {
    int64_t rows; /* that are not blank */
    int64_t blank;
    int64_t unix_ends; /* rows that end in LF */
    int64_t dos_ends;  /* rows that end in CRLF */
    int64_t lines;     /* line ends, those in quotes among them */
    bool is_ended;     /* whether the last line ends as others do */
    bool is_plain;     /* whether all of this is beyond doubt */
};

/* Count the rows of the UTF-8 file at `path`. Not plain are bytes that are no UTF-8, NULs,
   carriage returns alone, quotes elsewhere than around a field where some quotes hold a line's end,
   quotes that never close, and rows longer than `longest` bytes. 0, or an errno. */
int count_rows(const char *path, uint8_t delimiter, uint8_t quote, int64_t longest,
               struct count *out);

#endif
