/* A whole graph as a list of steps over columns: raw values in, the trees' sum in the middle, answers out.
 *
 * compiling.py makes the steps of the graph's own nodes and has checked every number in these arrays; nothing is checked here.
 * A column is BLOCK doubles, one for each row of a block: in the room of a call, or among the constants. Truth is 1 and 0.
 */
#include "trees.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    LESS, GREATER, EQUAL, AND, NOT, IS_MISSING, IS_INFINITE, WHERE, ADD, SUBTRACT, MULTIPLY, DIVIDE, NEGATE, EXPONENTIAL,
    ROUND, TRUNCATE, TO_SINGLE
};

/* Columns below zero are constants: -1 is the first. */
typedef struct {
    int32_t kind, first, second, third, result;
} step;

typedef struct {
    const step *before;
    int64_t before_steps;
    const step *after;
    int64_t after_steps;
    const double *constants;
    int64_t columns;          /* in the room of a call */
    int64_t width;            /* raw values of a row, the first columns of the room */
    const int32_t *read;      /* [read_columns] what the trees read */
    const int32_t *kinds;     /* [read_columns] how missing values are laid out there */
    int64_t read_columns;
    int64_t sums;             /* the column of the trees' sums */
    const int32_t *outputs;   /* [output_columns] */
    int64_t output_columns;
    forest trees;
} program;

/* e to the power of x as onnxruntime computes it for two doubles at once (Cephes' rational function, for |x| < 700). */
static double exponential(double x)
{
    if (!(fabs(x) < 700.0)) return exp(x);
    const double whole = floor(1.4426950408889634073599 * x + 0.5);
    x -= whole * 0.693145751953125;
    x -= whole * 1.42860682030941723212e-6;
    const double square = x * x;
    double above = 1.26177193074810590878e-4;
    above = above * square + 3.02994407707441961300e-2;
    above = above * square + 9.99999999999999999910e-1;
    above = above * x;
    double below = 3.00198505138664455042e-6;
    below = below * square + 2.52448340349684104192e-3;
    below = below * square + 2.27265548208155028766e-1;
    below = below * square + 2.00000000000000000009e0;
    return ldexp(2.0 * (above / (below - above)) + 1.0, (int)whole);
}

static const double *column_of(int32_t at, const double *room, const double *constants)
{
    return at >= 0 ? room + (int64_t)at * BLOCK : constants + (-1 - (int64_t)at) * BLOCK;
}

#define EACH_ROW(VALUE)                                                                                               \
    for (int row = 0; row < count; row++) to[row] = (VALUE);                                                          \
    break

static void run(const step *steps, int64_t number, const double *constants, double *room, int count)
{
    for (const step *one = steps; one < steps + number; one++) {
        const double *a = column_of(one->first, room, constants), *b = column_of(one->second, room, constants);
        const double *c = column_of(one->third, room, constants);
        double *to = room + (int64_t)one->result * BLOCK;
        switch (one->kind) {
        case LESS: EACH_ROW(a[row] < b[row]);
        case GREATER: EACH_ROW(a[row] > b[row]);
        case EQUAL: EACH_ROW(a[row] == b[row]);
        case AND: EACH_ROW(a[row] != 0.0 && b[row] != 0.0);
        case NOT: EACH_ROW(a[row] == 0.0);
        case IS_MISSING: EACH_ROW(a[row] != a[row]);
        case IS_INFINITE: EACH_ROW(isinf(a[row]) != 0);
        case WHERE: EACH_ROW(a[row] != 0.0 ? b[row] : c[row]);
        case ADD: EACH_ROW(a[row] + b[row]);
        case SUBTRACT: EACH_ROW(a[row] - b[row]);
        case MULTIPLY: EACH_ROW(a[row] * b[row]);
        case DIVIDE: EACH_ROW(a[row] / b[row]);
        case NEGATE: EACH_ROW(-a[row]);
        case EXPONENTIAL: EACH_ROW(exponential(a[row]));
        case ROUND: EACH_ROW(rint(a[row]));
        case TRUNCATE: EACH_ROW(trunc(a[row]));
        default: EACH_ROW((double)(float)a[row]);
        }
    }
}

/* Which arrays this library takes; program.py must say the same number. */
int64_t kingmaker_program_layout(void) { return 1; }

/* values [rows, width]; answers [output_columns, rows]. Returns 0, or 1 when there was no memory. */
int64_t kingmaker_program_run(const program *of, const double *values, int64_t rows, double *answers)
{
    double *room = malloc(sizeof(double) * BLOCK * (size_t)(of->columns + of->read_columns));
    if (room == NULL) return 1;
    double *block = room + of->columns * BLOCK;
    for (int64_t start = 0; start < rows; start += BLOCK) {
        const int count = rows - start < BLOCK ? (int)(rows - start) : BLOCK;
        const double *from = values + start * of->width;
        for (int64_t column = 0; column < of->width; column++)
            for (int row = 0; row < count; row++) room[column * BLOCK + row] = from[row * of->width + column];
        run(of->before, of->before_steps, of->constants, room, count);
        if (of->trees.trees) {
            for (int64_t column = 0; column < of->read_columns; column++)
                lay_out(column_of(of->read[column], room, of->constants), 1, count, of->kinds[column], block + column * BLOCK);
            sum_block(&of->trees, block, count, room + of->sums * BLOCK);
        }
        run(of->after, of->after_steps, of->constants, room, count);
        for (int64_t output = 0; output < of->output_columns; output++)
            memcpy(answers + output * rows + start, column_of(of->outputs[output], room, of->constants),
                   sizeof(double) * (size_t)count);
    }
    free(room);
    return 0;
}
