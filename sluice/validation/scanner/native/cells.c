#include "cells.h"

#include <stdlib.h>
#include <string.h>

#include "values.h"

const char *format_of(enum kind kind) {
    switch (kind) {
        case INTEGER: return "l";
        case NUMBER:
        case FIGURE:
        case DURATION:
        case DECIMAL_COMMA: return "g";
        case BOOLEAN: return "b";
        case WRITTEN_DATE:
        case DATE: return "tdD";
        case WRITTEN_TIMESTAMP:
        case TIMESTAMP:
        case INSTANT: return "tsu:";
        case BASE64: return "z";
        default: return "u";
    }
}

bool is_padded(const struct span *text) {
    return text->size && (text->at[0] == ' ' || text->at[text->size - 1] == ' ');
}

void trim(struct span *text) {
    while (text->size && text->at[0] == ' ') text->at++, text->size--;
    while (text->size && text->at[text->size - 1] == ' ') text->size--;
}

bool may_compose(const struct span *text) {
    /* Letters below U+0300 have lead bytes below 0xCC; no combining mark is among them. */
    enum { FIRST_LEAD = 0xCC, WORD = sizeof(uint64_t) };
    static const uint64_t HIGH_BITS = 0x8080808080808080;
    uint64_t seen = 0, word;
    size_t i = 0;
    for (; i + WORD <= text->size; i += WORD) {
        memcpy(&word, text->at + i, WORD);
        seen |= word;
    }
    /* Behind a field lie SPARE_BYTES. */
    memcpy(&word, text->at + i, WORD);
    if (i < text->size) seen |= word & (UINT64_MAX >> 8 * (WORD - (text->size - i)));
    if (!(seen & HIGH_BITS)) return false;
    for (i = 0; i < text->size; i++)
        if (text->at[i] >= FIRST_LEAD) return true;
    return false;
}

/* A day by the column's reading. */
static bool as_written_date(const struct reading *how, const struct span *text, int32_t *days) {
    static const int64_t DAY = 86400000000;
    int64_t micros;
    if (!as_patterned(how, text->at, text->size, &micros)) return false;
    *days = (int32_t)(micros / DAY - (micros % DAY < 0));
    return true;
}

bool convert(enum kind kind, const struct reading *how, const struct span *text, void *values,
             int64_t row) {
    bool truth;
    switch (kind) {
        case INTEGER: return as_integer(text->at, text->size, (int64_t *)values + row);
        case NUMBER: return as_number(text->at, text->size, (double *)values + row);
        case DECIMAL_COMMA: return as_decimal_comma(text->at, text->size, (double *)values + row);
        case DATE: return as_date(text->at, text->size, (int32_t *)values + row);
        case TIMESTAMP: return as_timestamp(text->at, text->size, (int64_t *)values + row);
        case INSTANT: return as_instant(text->at, text->size, (int64_t *)values + row);
        case FIGURE: return as_figure(how, text->at, text->size, (double *)values + row);
        case DURATION: return as_duration(text->at, text->size, (double *)values + row);
        case WRITTEN_DATE: return as_written_date(how, text, (int32_t *)values + row);
        case WRITTEN_TIMESTAMP:
            return as_patterned(how, text->at, text->size, (int64_t *)values + row);
        case BOOLEAN:
            if (!as_boolean(text->at, text->size, &truth)) return false;
            if (truth) ((uint8_t *)values)[row >> 3] |= (uint8_t)(1u << (row & 7));
            return true;
        default: return false;
    }
}

bool is_missing(const struct spellings *s, const struct span *text) {
    if (text->size == 0) return true;
    if (text->size > s->longest || !s->by_first_byte[text->at[0]]) return false;
    for (int64_t i = 0; i < s->count; i++)
        if (s->texts[i].size == text->size && !memcmp(s->texts[i].at, text->at, text->size))
            return true;
    return false;
}

bool spellings_new(struct spellings *s, const char *const *texts, int64_t count) {
    *s = (struct spellings){.texts = calloc((size_t)count + 1, sizeof *s->texts)};
    if (!s->texts) return false;
    for (; s->count < count; s->count++) {
        char *const text = strdup(texts[s->count]);
        if (!text) return false;
        const struct span spelling = {.at = (uint8_t *)text, .size = strlen(text)};
        s->texts[s->count] = spelling;
        if (spelling.size > s->longest) s->longest = spelling.size;
        if (spelling.size) s->by_first_byte[spelling.at[0]] = true;
        for (int kind = INTEGER; kind < KINDS; kind++) {
            uint64_t value = 0;
            /* What a column's own reading takes is not known here. */
            if (kind >= FIGURE || convert(kind, NULL, &spelling, &value, 0))
                s->by_kind[kind] = true;
        }
    }
    return true;
}

void spellings_free(struct spellings *s) {
    for (int64_t i = 0; i < s->count; i++) free(s->texts[i].at);
    free(s->texts);
    *s = (struct spellings){0};
}
