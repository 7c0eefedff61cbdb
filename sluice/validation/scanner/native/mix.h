/* A number of which every bit hangs on every bit of another: the finaliser of the SplitMix64
   generator (Steele, Lea and Flood 2014). For places in tables and for samples; nothing that lasts
   hangs on it. */

#ifndef MIX_H
#define MIX_H

#include <stdint.h>

static inline uint64_t mixed(uint64_t x) {
    x += 0x9E3779B97F4A7C15ull; /* the fractional part of the golden ratio */
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

#endif
