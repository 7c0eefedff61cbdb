/* Stored rows as an Arrow stream, and its owner on the way to Python.

   A stream owns all that it reads from; a batch of it owns its mapping, a schema its texts. So
   each of the three may outlive what it came from, and whoever holds one releases it. */

#ifndef STREAM_H
#define STREAM_H

#include <stdint.h>

#include "arrow.h"
#include "stored.h"

/* All rows: n, the row's number from 1, then the columns c1, c2, ... at so many `places` (from 0),
   then h and s. The stream is allocated, and ended by `stream_free`. 0, or an errno. */
int stream_new(const struct stored_rows *stored, const int64_t *places, int64_t count,
               struct ArrowArrayStream **out);

/* Release a stream, unless somebody took it over, and free it. */
void stream_free(struct ArrowArrayStream *stream);

/* The same for one that stays where it is. */
void stream_end(struct ArrowArrayStream *stream);

/* A capsule (https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html) owns the
   stream in it. A consumer moves the stream out and leaves one that is released; what is left when
   Python drops the capsule, this destructor frees. `capsule_pointer_is` is to be told of
   PyCapsule_GetPointer before the first: the library is linked to no Python. */
typedef void *capsule_pointer(void *capsule, const char *name);
void capsule_pointer_is(capsule_pointer *function);
void capsule_end(void *capsule);

#endif
