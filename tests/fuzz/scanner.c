/* Any bytes are a file to the scanner: it reads them without a fault, and what it says of them in
   several ways agrees. For libFuzzer (`make fuzz`): the last bytes of an input choose how the rest
   is to be read, so that any file is a seed. */

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "count.h"
#include "format.h"
#include "groups.h"
#include "objects.h"
#include "quantiles.h"
#include "scan.h"
#include "stream.h"
#include "writer.h"

enum { MOST_COLUMNS = 6, MOST_VALUES = 5 };

#define AGREE(claim)                                                                               \
    do {                                                                                           \
        if (!(claim)) {                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #claim);                            \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static char paths[2][64], stored_path[64];
static const char *const FILES[] = {paths[0], paths[1]};
static const char *const MISSING[] = {"NA", "-999", "", "1.5", "true", "2024-01-01"};

struct input {
    const uint8_t *bytes;
    size_t size;
    struct plan plans[MOST_COLUMNS];
    struct scan_options how;
};

/* The next of the bytes at the end; 0 where there are no more. */
static uint8_t choice(struct input *in) { return in->size ? in->bytes[--in->size] : 0; }

static struct input input_of(const uint8_t *bytes, size_t size) {
    static const char DELIMITERS[] = ",;\t| ,", QUOTES[] = "\"\"\"'";
    struct input in = {.bytes = bytes, .size = size};
    const uint8_t how = choice(&in), more = choice(&in);
    const int64_t columns = 1 + more % MOST_COLUMNS;
    for (int64_t i = 0; i < columns; i++)
        in.plans[i] = (struct plan){.kind = choice(&in) % KINDS, .asked = (1 << KINDS) - 8};
    in.how = (struct scan_options){
        .reader =
            {
                .paths = FILES,
                .files = 1 + (how >> 7),
                .columns = columns,
                .longest = how & 64 ? 40 : 1 << 20,
                .most_bad_rows = how & 32 ? 3 : 1 << 20,
                .delimiter = (uint8_t)DELIMITERS[how % 6],
                .quote = (uint8_t)QUOTES[more >> 6],
                .has_header = how & 16,
            },
        .missing = MISSING,
        .spellings = how & 8 ? 6 : 0,
    };
    return in;
}

static void write_files(const struct input *in) {
    const size_t files = (size_t)in->how.reader.files, half = in->size / files;
    for (size_t i = 0; i < files; i++) {
        const size_t begin = i * half, end = i + 1 == files ? in->size : begin + half;
        const int file = open(paths[i], O_WRONLY | O_CREAT | O_TRUNC, 0600);
        AGREE(file >= 0);
        AGREE(write(file, in->bytes + begin, end - begin) == (ssize_t)(end - begin));
        close(file);
    }
}

/* ---- what must agree ---- */

static struct scan *ask(const struct scan_options *how) {
    struct scan *const scan = scan_new(how);
    AGREE(scan);
    scan_ask(scan);
    return scan;
}

static struct scan *store(const struct scan_options *how, const struct seeds *seeds) {
    const struct writer_options options = {
        .path = stored_path, .seeds = seeds, .columns = how->reader.columns, .percent = 20};
    struct scan *const scan = scan_new(how);
    struct writer *writer;
    struct ArrowArrayStream stream;
    int64_t rows;
    AGREE(scan && !writer_new(&options, &writer));
    scan_stream(scan, &stream);
    AGREE(!writer_add(writer, &stream) && !stream.release);
    AGREE(!writer_end(writer, &rows));
    AGREE(rows == scan_result(scan)->rows);
    return scan;
}

static void compare_counts(const struct scan_options *how, const struct result *read) {
    int64_t counted = 0;
    bool is_plain = true;
    for (int64_t i = 0; i < how->reader.files; i++) {
        struct count count;
        AGREE(!count_rows(FILES[i], how->reader.delimiter, how->reader.quote, how->reader.longest,
                          &count));
        counted += count.rows - (how->reader.has_header && count.rows);
        is_plain = is_plain && count.is_plain;
    }
    if (is_plain && read->status == DONE) AGREE(counted == read->rows + read->bad_rows);
}

static void compare_scans(const struct scan_options *how, struct scan *asked, struct scan *stored) {
    const struct result *const one = scan_result(asked), *const other = scan_result(stored);
    AGREE(!memcmp(one, other, sizeof *one));
    AGREE(!one->bad_rows || !memcmp(scan_bad_rows(asked), scan_bad_rows(stored),
                                    (size_t)one->bad_rows * sizeof(struct bad_row)));
    for (int64_t i = 0; i < how->reader.columns; i++) {
        const enum kind kind = how->plans[i].kind;
        const struct tally *const question = scan_tallies(asked) + i;
        const struct tally *const tally = scan_tallies(stored) + i;
        if (kind >= INTEGER) AGREE(tally->present == question->fits[kind]);
        if (kind == TEXT) AGREE(tally->present == question->present);
    }
}

static void measure_columns(const struct stored_rows *stored, int64_t columns, int64_t rows,
                            const struct tally *tallies) {
    static const double RANKS[] = {0, 0.5, 1};
    struct measures *measures;
    AGREE(!measure(stored, MOST_VALUES, &measures));
    for (int64_t i = 0; i < columns; i++) {
        const struct summary *const summary = measures_summary(measures, i);
        int64_t values, counted = 0, distinct;
        const struct value *const value = measures_values(measures, i, &values);
        AGREE(summary->present == tallies[i].present);
        for (int64_t v = 0; v < values; v++) counted += value[v].count;
        if (summary->is_counted) AGREE(counted == summary->present && values == summary->distinct);
        AGREE(!measure_distinct(stored, i, rows, rows / 2 + 1, 7, &distinct));
        AGREE(distinct <= summary->present && (!summary->is_counted || distinct == values));
        if (is_text(stored_format(stored, i)) || is_bits(stored_format(stored, i))) continue;
        double edges[] = {-1000, 0, 0.5, 1e9}, ranked[3] = {NAN};
        int64_t counts[3] = {0};
        const struct histogram histogram = {i, 3, edges, counts};
        AGREE(!measure_histograms(stored, &histogram, 1));
        AGREE(counts[0] + counts[1] + counts[2] == summary->present);
        AGREE(!quantiles(stored, i, rows, rows, RANKS, 3, ranked));
        AGREE(!summary->present || (ranked[0] <= ranked[1] && ranked[1] <= ranked[2]));
        struct correlation correlation;
        AGREE(!correlate(stored, i, &i, 1, &correlation));
        AGREE(correlation.rows == summary->present);
        if (!measures_summary(measures, 0)->is_counted) continue;
        struct moments moments[MOST_VALUES];
        memset(moments, 0, sizeof moments);
        AGREE(!group_moments(measures, stored, 0, &i, 1, moments));
    }
    measures_free(measures);
}

/* All three outlive one another; the order of their releases is no order of their making. */
static void stream_rows(const struct stored_rows *stored, int64_t rows) {
    const int64_t places[] = {0};
    struct ArrowArrayStream *stream;
    struct ArrowSchema schema;
    struct ArrowArray first = {0}, next = {0};
    AGREE(!stream_new(stored, places, 1, &stream));
    AGREE(!stream->get_schema(stream, &schema));
    AGREE(!stream->get_next(stream, &first));
    int64_t seen = first.release ? first.length : 0;
    for (bool is_end = !first.release; !is_end;) {
        AGREE(!stream->get_next(stream, &next));
        is_end = !next.release;
        if (is_end) break;
        seen += next.length;
        next.release(&next);
    }
    AGREE(seen == rows);
    stream_free(stream);
    AGREE(!strcmp(schema.children[1]->name, "c1") && is_known(schema.children[1]->format));
    schema.release(&schema);
    if (first.release) first.release(&first);
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc, (void)argv;
    const char *const folder = access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm";
    for (int i = 0; i < 2; i++)
        snprintf(paths[i], sizeof paths[i], "%s/sluice-fuzz-%d-%d", folder, (int)getpid(), i);
    snprintf(stored_path, sizeof stored_path, "%s/sluice-fuzz-%d", folder, (int)getpid());
    return 0;
}

/* The rows are no longer than the lines they are of, one a line, and the lines are whole. */
static void read_objects(const uint8_t *bytes, size_t size) {
    static const char *const KEYS[] = {"a", "b", "c"};
    static const int32_t KINDS_OF[] = {NUMBERS, TEXTS, BOOLEANS};
    const struct object_shape shape = {.keys = KEYS, .kinds = KINDS_OF, .fields = 3};
    /* Copies of just these sizes, so that a byte too many is a fault. */
    char *const data = malloc(size ? size : 1), *const rows = malloc(size + 1);
    AGREE(data && rows);
    if (size) memcpy(data, bytes, size);
    int64_t empty[] = {-1, -1, -1}, ends = 0;
    struct object_rows out;
    rows_of_objects(data, (int64_t)size, &shape, rows, empty, &out);
    for (int64_t i = 0; i < out.size; i++) ends += rows[i] == '\n';
    AGREE(ends == out.lines && out.size <= out.read + 1 && out.read <= (int64_t)size);
    AGREE(out.read == 0 || out.read == (int64_t)size || data[out.read - 1] == '\n');
    AGREE(empty[0] < 0 && empty[1] < out.lines + 1 && empty[2] < 0);
    free(data);
    free(rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    read_objects(bytes, size);
    struct input in = input_of(bytes, size);
    in.how.plans = in.plans;
    struct seeds seeds[MOST_COLUMNS];
    for (uint8_t i = 0; i < MOST_COLUMNS; i++) seeds[i] = seeds_of(&i, 1);
    write_files(&in);
    struct scan *const asked = ask(&in.how), *const scan = store(&in.how, seeds);
    const struct result *const result = scan_result(scan);
    compare_counts(&in.how, result);
    compare_scans(&in.how, asked, scan);
    struct stored_rows *stored;
    const char *const files[] = {stored_path};
    AGREE(!stored_new(files, 1, &stored));
    if (result->rows)
        measure_columns(stored, in.how.reader.columns, result->rows, scan_tallies(scan));
    stream_rows(stored, result->rows);
    stored_free(stored);
    scan_free(asked);
    scan_free(scan);
    return 0;
}
