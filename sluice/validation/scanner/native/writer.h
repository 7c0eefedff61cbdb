/* Stored rows: the columns of a drop as a file of Arrow buffers, written once and read many times
   (stored.h), just as they lay in memory. Beside the columns stand h, a hash of the row's values,
   and s, whether it is one of the holdout (hash.h). The file is for this machine alone.

   Functions return 0 or an errno. */

#ifndef WRITER_H
#define WRITER_H

#include <stdint.h>

#include "arrow.h"
#include "hash.h"

struct writer_options {
    const char *path;
    const struct seeds *seeds; /* a column each */
    int64_t columns;
    uint64_t salt;
    uint64_t percent; /* of the rows are the holdout */
    uint8_t *unclean; /* a column each, set to 1 where a text is to be cleaned: a space stands
                         around it, it is empty, or may have a composed form. NULL: not asked */
};

struct writer;

/* Begin a file. What `how` points to must outlive the writer. */
int writer_new(const struct writer_options *how, struct writer **out);

/* Add all that a stream yields, and release it. EINVAL for columns that are not those of the first
   stream, or of a format that no dataset has. */
int writer_add(struct writer *writer, struct ArrowArrayStream *in);

/* What the stream said when `writer_add` failed; "" where it said nothing. */
const char *writer_said(const struct writer *writer);

/* End the file and free the writer; `rows` are those that were added. */
int writer_end(struct writer *writer, int64_t *rows);

#endif
