/* Raffaele Giulietti, The Schubfach way to render doubles (2020): the shortest decimal in a double's rounding interval, and of
 * those the nearest. Laid out as msgspec does: 0.00001 and 1000000000000000.0 with a point, what is smaller or larger with e.
 */
#include "shortest.h"

#include <string.h>

enum { LOWEST_POWER = -292 };

__extension__ typedef unsigned __int128 wide;

typedef struct {
    uint64_t digits;
    int32_t power;
} decimal;

/* The upper 64 of the 192 bits of a product, with its last bit set if anything was cut off. */
static uint64_t product(const uint64_t *power, uint64_t factor)
{
    const wide low = (wide)power[1] * factor, high = (wide)power[0] * factor + (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

static int32_t down(int64_t value, int bits) { return (int32_t)(value >= 0 ? value >> bits : ~(~value >> bits)); }

static decimal shortest(uint64_t fraction, int32_t exponent, const uint64_t *powers)
{
    const uint64_t hidden = 1ULL << 52, c = exponent ? fraction | hidden : fraction;
    const int32_t q = (exponent ? exponent : 1) - 1075;
    if (exponent && q <= 0 && q > -53 && (c & ((1ULL << -q) - 1)) == 0) return (decimal){c >> -q, 0};
    const int odd = (int)(c & 1), is_closer = fraction == 0 && exponent > 1;
    const int32_t k = down((int64_t)q * 1262611 - (is_closer ? 524031 : 0), 22);
    const int32_t h = q + down((int64_t)-k * 1741647, 19) + 1;
    const uint64_t *power = powers + 2 * (int64_t)(-k - LOWEST_POWER);
    const uint64_t lower = product(power, (4 * c - 2 + (uint64_t)is_closer) << h) + (uint64_t)odd;
    const uint64_t middle = product(power, (4 * c) << h);
    const uint64_t upper = product(power, (4 * c + 2) << h) - (uint64_t)odd;
    const uint64_t s = middle / 4;
    if (s >= 10) {
        const uint64_t tens = s / 10;
        const int below = lower <= 40 * tens, above = 40 * tens + 40 <= upper;
        if (below != above) return (decimal){tens + (uint64_t)above, k + 1};
    }
    const int below = lower <= 4 * s, above = 4 * s + 4 <= upper;
    if (below != above) return (decimal){s + (uint64_t)above, k};
    const uint64_t half = 4 * s + 2;
    return (decimal){s + (uint64_t)(middle > half || (middle == half && (s & 1))), k};
}

char *write_whole(uint64_t value, char *to)
{
    char digits[20];
    int count = 0;
    do digits[count++] = (char)('0' + value % 10);
    while (value /= 10);
    while (count) *to++ = digits[--count];
    return to;
}

static char *zeros(char *to, int32_t count)
{
    memset(to, '0', (size_t)count);
    return to + count;
}

/* A number of at most 15 digits, of which at most six behind the point: no other decimal that short is the same double. NULL
 * for any other. Most numbers that people write are such, and need no search. */
static char *write_few_digits(double size, char *to)
{
    static const uint64_t tens[] = {1, 10, 100, 1000, 10000, 100000, 1000000};
    if (!(size < 1e9 && size >= 1e-5)) return NULL;
    uint64_t whole = (uint64_t)(size * 1e6 + 0.5);
    if ((double)whole / 1e6 != size) return NULL;
    int behind = 6;
    while (behind > 0 && whole % 10 == 0) whole /= 10, behind--;
    if (behind == 0) return (char *)memcpy(write_whole(whole, to), ".0", 2) + 2;
    uint64_t part = whole % tens[behind];
    to = write_whole(whole / tens[behind], to);
    *to++ = '.';
    for (int place = behind; place-- > 0; part /= 10) to[place] = (char)('0' + part % 10);
    return to + behind;
}

char *write_number(double value, const uint64_t *powers, char *to)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (bits >> 63) *to++ = '-';
    bits &= ~(1ULL << 63);
    if (bits == 0) return (char *)memcpy(to, "0.0", 3) + 3;
    char *end = write_few_digits(value < 0.0 ? -value : value, to);
    if (end != NULL) return end;
    decimal found = shortest(bits & ((1ULL << 52) - 1), (int32_t)(bits >> 52), powers);
    while (found.digits % 10 == 0) found.digits /= 10, found.power++;
    char digits[20];
    const int32_t count = (int32_t)(write_whole(found.digits, digits) - digits), point = count + found.power;
    if (found.power >= 0 && point <= 16) { /* 1234000.0 */
        memcpy(to, digits, (size_t)count);
        to = zeros(to + count, found.power);
        return (char *)memcpy(to, ".0", 2) + 2;
    }
    if (point > 0 && point <= 16) { /* 12.34 */
        memcpy(to, digits, (size_t)point);
        to[point] = '.';
        memcpy(to + point + 1, digits + point, (size_t)(count - point));
        return to + count + 1;
    }
    if (point > -5 && point <= 0) { /* 0.001234 */
        to = zeros((char *)memcpy(to, "0.", 2) + 2, -point);
        return (char *)memcpy(to, digits, (size_t)count) + count;
    }
    *to++ = digits[0]; /* 1.234e-30 */
    if (count > 1) {
        *to++ = '.';
        memcpy(to, digits + 1, (size_t)(count - 1));
        to += count - 1;
    }
    *to++ = 'e';
    if (point < 1) *to++ = '-';
    return write_whole((uint64_t)(point < 1 ? 1 - point : point - 1), to);
}
