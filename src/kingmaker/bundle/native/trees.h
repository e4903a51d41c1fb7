/* What trees.c tells steps.c: one block of rows, laid out column after column, summed through every tree. */
#ifndef KINGMAKER_TREES_H
#define KINGMAKER_TREES_H

#include <stdint.h>

enum { BLOCK = 32 };

typedef struct {
    double threshold;
    uint32_t left;   /* bytes from the tree's first node to the left child; the right one follows */
    uint32_t column; /* where in a block the column begins that the node reads */
} node;

/* nodes and leaves [nodes]; roots and depths [trees]. */
typedef struct {
    const node *nodes;
    const double *leaves;
    const int64_t *roots;
    const int64_t *depths;
    int64_t trees;
    int64_t less_or_equal;
} forest;

/* Lays `count` values that lie `apart` from one another out as a column of a block, missing ones as `kind` says. */
void lay_out(const double *from, int64_t apart, int count, int kind, double *to);

/* The sums of the first `count` rows of a block; `sums` has room for BLOCK. */
void sum_block(const forest *of, const double *block, int count, double *sums);

#endif
