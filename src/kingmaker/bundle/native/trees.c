/* The sum of many binary trees for many rows, in double, tree after tree: the order in which onnxruntime adds them.
 *
 * The caller (packing.py) has checked every number in these arrays; nothing is checked here. A node is two words of 8 bytes,
 * the children of a node lie side by side, and a leaf is its own child: its threshold is NaN, so that no comparison leaves it.
 * All rows of a tree therefore take the same number of steps, without a branch, and sixteen of them are under way at once.
 */
#include "trees.h"

#include <math.h>

enum { LANES = 16, NODE_SHIFT = 4 };

/* What a column of a block holds where the value is missing, and otherwise. */
enum { MISSING_LOWEST = 0, MISSING_HIGHEST = 1, IS_MISSING = 2, IS_PRESENT = 3 };

#define EACH_LANE _Pragma("GCC unroll 16") for (int lane = 0; lane < LANES; lane++)
#define CHILD(PARENT, GOES_RIGHT)                                                                                     \
    ((PARENT).left + ((uint32_t)(values[(PARENT).column + (uint64_t)lane] GOES_RIGHT(PARENT).threshold) << NODE_SHIFT))

/* Adds one tree's leaves to `sums`, for the rows of one block. The first step is the same node for all rows. */
#define TREE_OF(NAME, GOES_RIGHT)                                                                                     \
    static void NAME(const double *block, int rows, const char *tree, const double *leaf, int64_t depth, double *sums) \
    {                                                                                                                 \
        const node root = *(const node *)tree;                                                                        \
        for (int row = 0; row < rows; row += LANES) {                                                                 \
            const double *values = block + row;                                                                       \
            uint32_t at[LANES];                                                                                       \
            EACH_LANE at[lane] = CHILD(root, GOES_RIGHT);                                                             \
            for (int64_t step = 1; step < depth; step++)                                                              \
                EACH_LANE at[lane] = CHILD(*(const node *)(tree + at[lane]), GOES_RIGHT);                             \
            EACH_LANE sums[row + lane] += leaf[at[lane] >> NODE_SHIFT];                                               \
        }                                                                                                             \
    }

TREE_OF(add_tree_of_less, >=)
TREE_OF(add_tree_of_less_or_equal, >)

/* The same for ROWS rows or fewer: sixteen steps are under way at once here too, in LANES / ROWS trees side by side, each as
 * deep as the deepest of them. What is left of the trees is added one by one; so every row's sum runs in the trees' order. */
#define FEW_ROWS_OF(NAME, ROWS, GOES_RIGHT, ONE_TREE)                                                                 \
    static void NAME(const double *block, const node *nodes, const double *leaves, const int64_t *roots,              \
                     const int64_t *depths, int64_t trees, double *sums)                                              \
    {                                                                                                                 \
        enum { SIDE_BY_SIDE = LANES / (ROWS) };                                                                       \
        int64_t tree = 0;                                                                                             \
        for (; tree + SIDE_BY_SIDE <= trees; tree += SIDE_BY_SIDE) {                                                  \
            const char *first[SIDE_BY_SIDE];                                                                          \
            int64_t depth = 1;                                                                                        \
            for (int one = 0; one < SIDE_BY_SIDE; one++) {                                                            \
                first[one] = (const char *)(nodes + roots[tree + one]);                                               \
                if (depths[tree + one] > depth) depth = depths[tree + one];                                           \
            }                                                                                                         \
            uint32_t at[LANES] = {0};                                                                                 \
            for (int64_t step = 0; step < depth; step++)                                                              \
                EACH_LANE                                                                                             \
                {                                                                                                     \
                    const node parent = *(const node *)(first[lane / (ROWS)] + at[lane]);                             \
                    const double value = block[parent.column + (uint32_t)(lane % (ROWS))];                            \
                    at[lane] = parent.left + ((uint32_t)(value GOES_RIGHT parent.threshold) << NODE_SHIFT);           \
                }                                                                                                     \
            EACH_LANE sums[lane % (ROWS)] += leaves[roots[tree + lane / (ROWS)] + (at[lane] >> NODE_SHIFT)];          \
        }                                                                                                             \
        for (; tree < trees; tree++)                                                                                  \
            ONE_TREE(block, ROWS, (const char *)(nodes + roots[tree]), leaves + roots[tree], depths[tree], sums);     \
    }

#define FEW_ROWS(ROWS)                                                                                                \
    FEW_ROWS_OF(few_of_less_##ROWS, ROWS, >=, add_tree_of_less)                                                       \
    FEW_ROWS_OF(few_of_less_or_equal_##ROWS, ROWS, >, add_tree_of_less_or_equal)
FEW_ROWS(2)
FEW_ROWS(4)
FEW_ROWS(8)

static double laid_out(double value, int kind)
{
    const int missing = value != value;
    switch (kind) {
    case MISSING_LOWEST: return missing ? -INFINITY : value;
    case MISSING_HIGHEST: return missing ? INFINITY : value;
    case IS_MISSING: return missing ? 1.0 : -1.0;
    default: return missing ? -1.0 : 1.0;
    }
}

void lay_out(const double *from, int64_t apart, int count, int kind, double *to)
{
    for (int row = 0; row < count; row++) to[row] = laid_out(from[row * apart], kind);
    for (int row = count; row < BLOCK; row++) to[row] = 0.0;
}

void sum_block(const forest *of, const double *block, int count, double *sums)
{
    for (int row = 0; row < BLOCK; row++) sums[row] = 0.0;
#define FEW(ROWS)                                                                                                     \
    (of->less_or_equal ? few_of_less_or_equal_##ROWS : few_of_less_##ROWS)(block, of->nodes, of->leaves, of->roots,   \
                                                                           of->depths, of->trees, sums)
    if (count <= 2) FEW(2);
    else if (count <= 4) FEW(4);
    else if (count <= 8) FEW(8);
    else for (int64_t tree = 0; tree < of->trees; tree++) {
        const char *first = (const char *)(of->nodes + of->roots[tree]);
        const double *leaf = of->leaves + of->roots[tree];
        (of->less_or_equal ? add_tree_of_less_or_equal : add_tree_of_less)(block, count, first, leaf, of->depths[tree], sums);
    }
}

/* Which arrays this library takes; packing.py must say the same number. */
int64_t kingmaker_trees_layout(void) { return 2; }

int64_t kingmaker_trees_block(void) { return BLOCK; }

/* values [rows, width]; features and kinds [columns]; nodes and leaves [nodes]; roots and depths [trees];
 * block is room for [columns, BLOCK]; sums [rows]. */
void kingmaker_trees_sum(const double *values, int64_t rows, int64_t width, const int32_t *features, const int32_t *kinds,
                         int64_t columns, const node *nodes, const double *leaves, const int64_t *roots,
                         const int64_t *depths, int64_t trees, int64_t less_or_equal, double *block, double *sums)
{
    const forest of = {nodes, leaves, roots, depths, trees, less_or_equal};
    for (int64_t start = 0; start < rows; start += BLOCK) {
        const int count = rows - start < BLOCK ? (int)(rows - start) : BLOCK;
        double total[BLOCK];
        for (int64_t column = 0; column < columns; column++)
            lay_out(values + start * width + features[column], width, count, kinds[column], block + column * BLOCK);
        sum_block(&of, block, count, total);
        for (int row = 0; row < count; row++) sums[start + row] = total[row];
    }
}
