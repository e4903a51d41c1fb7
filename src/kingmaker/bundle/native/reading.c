/* Plain JSON rows of numbers, read without a copy: {"name": number or null, ...}.
 *
 * Only what can have one meaning is read: every name known and given once, no escapes, numbers of at most 2^53 as a whole and
 * within 10^-22 to 10^22, whose product with a power of ten is rounded once and so is exactly what the text says. Anything else
 * is left to the general reader, which knows what to do with it or what to tell its sender. Nothing is read beyond a body's
 * end, whatever it holds: each step looks where the end is, or at a byte that is not the one behind the end, which is zero.
 */
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { MOST_COLUMNS = 1024, MOST_DIGITS = 19 };

/* names [columns] with their lengths: the numbers in order, then those of an id. */
typedef struct {
    const char *const *names;
    const int64_t *lengths;
    int64_t numbers;
    int64_t columns;
} inputs;

static const double POWERS[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static const char *past_blanks(const char *at)
{
    while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
    return at;
}

static int is_digit(char one) { return one >= '0' && one <= '9'; }

/* Past a number, or NULL. */
static const char *past_number(const char *at, double *number)
{
    const int negative = *at == '-';
    at += negative;
    const char *first = at;
    uint64_t whole = 0;
    int64_t power = 0;
    while (is_digit(*at)) whole = whole * 10 + (uint64_t)(*at++ - '0');
    int64_t digits = at - first;
    if (digits == 0 || (*first == '0' && digits > 1)) return NULL;
    if (*at == '.') {
        const char *point = at++;
        while (is_digit(*at)) whole = whole * 10 + (uint64_t)(*at++ - '0');
        power = point + 1 - at;
        if (power == 0) return NULL;
        digits -= power;
    }
    if (digits > MOST_DIGITS || whole > (1ULL << 53) || (negative && whole == 0)) return NULL;
    if (*at == 'e' || *at == 'E') {
        at++;
        const int down = *at == '-';
        if (*at == '-' || *at == '+') at++;
        int64_t told = 0;
        const char *exponent = at;
        while (is_digit(*at) && at - exponent < 4) told = told * 10 + (*at++ - '0');
        if (at == exponent || is_digit(*at)) return NULL;
        power += down ? -told : told;
    }
    if (power < -22 || power > 22) return NULL;
    const double size = power < 0 ? (double)whole / POWERS[-power] : (double)whole * POWERS[power];
    *number = negative ? -size : size;
    return at;
}

/* Past a text of plain ASCII without its quotes, at the closing one; or NULL. */
static const char *past_text(const char *at)
{
    while ((signed char)*at >= ' ' && *at != '"' && *at != '\\' && *at != 127) at++;
    return *at == '"' ? at : NULL;
}

/* Past a whole number that a long integer holds, or NULL. */
static const char *past_whole(const char *at)
{
    const char *first = at += *at == '-';
    while (is_digit(*at)) at++;
    return at == first || at - first > 18 || *first == '0' ? NULL : at;
}

/* Which column a name is, or -1: most often the one that is expected next. */
static int64_t column_named(const inputs *of, const char *name, const char *end, int64_t expected, const char **past)
{
    for (int64_t turn = 0; turn < of->columns; turn++) {
        const int64_t column = expected + turn < of->columns ? expected + turn : expected + turn - of->columns;
        const int64_t length = of->lengths[column];
        if (end - name > length && name[length] == '"' && memcmp(name, of->names[column], (size_t)length) == 0) {
            *past = name + length + 1;
            return column;
        }
    }
    return -1;
}

/* Whether a body of `size` bytes is one plain row. `ids` gets where each id begins and ends, quotes included; 0, 0 without. */
static int is_read(const inputs *of, const char *body, int64_t size, double *values, int64_t *ids)
{
    uint8_t given[MOST_COLUMNS] = {0};
    const char *const end = body + size;
    const char *at = past_blanks(body);
    if (*at++ != '{') return 0;
    at = past_blanks(at);
    for (int64_t expected = 0; *at != '}';) {
        if (*at++ != '"') return 0;
        const int64_t column = column_named(of, at, end, expected, &at);
        if (column < 0 || given[column]) return 0;
        given[column] = 1;
        expected = column + 1 < of->columns ? column + 1 : 0;
        at = past_blanks(at);
        if (*at++ != ':') return 0;
        at = past_blanks(at);
        if (*at == 'n') {
            if (end - at < 4 || memcmp(at, "null", 4) != 0) return 0;
            at += 4;
        } else if (column < of->numbers) {
            if ((at = past_number(at, values + column)) == NULL) return 0;
        } else {
            const char *first = at;
            at = *at == '"' ? past_text(at + 1) : past_whole(at);
            if (at == NULL) return 0;
            at += *first == '"';
            ids[2 * (column - of->numbers)] = first - body;
            ids[2 * (column - of->numbers) + 1] = at - body;
        }
        at = past_blanks(at);
        if (*at == ',') {
            at = past_blanks(at + 1);
            if (*at != '"') return 0;
        } else if (*at != '}')
            return 0;
    }
    return past_blanks(at + 1) == end;
}

/* Which arrays this library takes; reader.py must say the same number. */
int64_t kingmaker_rows_layout(void) { return 2; }

/* bodies: `rows` of them with a zero behind each; values [rows, numbers]; ids [rows, columns - numbers, 2]; read [rows].
 * Returns how many rows were not read, or have an id: with none, neither `ids` nor `read` need be looked at. -1 when a body
 * holds a zero, so that nobody knows where it ends. */
int64_t kingmaker_rows_read(const inputs *of, const char *bodies, int64_t size, int64_t rows, double *values, int64_t *ids,
                            int8_t *read)
{
    const int64_t wide = of->columns - of->numbers;
    const int exact = FLT_EVAL_METHOD == 0 && of->columns <= MOST_COLUMNS;
    const char *body = bodies, *const end = bodies + size;
    int64_t special = 0;
    for (int64_t row = 0; row < rows; row++) {
        double *numbers = values + row * of->numbers;
        int64_t *found = ids + row * wide * 2;
        const char *zero = body > end ? NULL : memchr(body, 0, (size_t)(end - body) + 1);
        if (zero == NULL || (row == rows - 1 && zero != end)) return -1;
        for (int64_t column = 0; column < of->numbers; column++) numbers[column] = NAN;
        memset(found, 0, sizeof(int64_t) * 2 * (size_t)wide);
        read[row] = (int8_t)(exact && is_read(of, body, zero - body, numbers, found));
        int has_id = 0;
        for (int64_t id = 0; id < wide; id++) has_id |= found[2 * id + 1] != 0;
        special += !read[row] || has_id;
        body = zero + 1;
    }
    return special;
}
