#include "values.h"

/* What each letter stands for, with the highest bit set; 0 for what is no letter. */
#define CODE(letter, value) [letter] = 0x80 | (value)
#define EIGHT(letter, value)                                                                       \
    CODE(letter, value), CODE(letter + 1, value + 1), CODE(letter + 2, value + 2),                 \
        CODE(letter + 3, value + 3), CODE(letter + 4, value + 4), CODE(letter + 5, value + 5),     \
        CODE(letter + 6, value + 6), CODE(letter + 7, value + 7)
#define TWO(letter, value) CODE(letter, value), CODE(letter + 1, value + 1)
static const uint8_t CODES[256] = {
    EIGHT('A', 0),  EIGHT('I', 8), EIGHT('Q', 16), TWO('Y', 24), EIGHT('a', 26), EIGHT('i', 34),
    EIGHT('q', 42), TWO('y', 50),  EIGHT('0', 52), TWO('8', 60), CODE('+', 62),  CODE('/', 63),
};

bool from_base64(uint8_t *text, size_t *size) {
    if (*size % 4) return false;
    size_t kept = 0;
    for (size_t at = 0; at < *size; at += 4) {
        const bool is_last = at + 4 == *size;
        const int blanks = is_last ? (text[at + 3] == '=') + (text[at + 2] == '=') : 0;
        uint32_t word = 0;
        for (int i = 0; i < 4; i++) {
            const uint8_t code = CODES[text[at + (size_t)i]];
            if (!code && i < 4 - blanks) return false;
            word = word << 6 | (code & 0x3F);
        }
        for (int i = 0; i < 3 - blanks; i++) text[kept++] = (uint8_t)(word >> (16 - 8 * i));
    }
    *size = kept;
    return true;
}
