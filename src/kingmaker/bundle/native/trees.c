/* The sum of many binary trees for many rows, in double, tree after tree: the order in which onnxruntime adds them.
 *
 * The caller (packing.py) has checked every number in these arrays; nothing is checked here. A node is two words of 8 bytes,
 * the children of a node lie side by side, and a leaf is its own child: its threshold is NaN, so that no comparison leaves it.
 * All rows of a tree therefore take the same number of steps, without a branch, and sixteen of them are under way at once.
 */
#include <math.h>
#include <stdint.h>

enum { BLOCK = 32, LANES = 16, NODE_SHIFT = 4 };

/* What a column of a block holds where the value is missing, and otherwise. */
enum { MISSING_LOWEST = 0, MISSING_HIGHEST = 1, IS_MISSING = 2, IS_PRESENT = 3 };

typedef struct {
    double threshold;
    uint32_t left;   /* bytes from the tree's first node to the left child; the right one follows */
    uint32_t column; /* where in a block the column begins that the node reads */
} node;

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

/* Which arrays this library takes; packing.py must say the same number. */
int64_t kingmaker_trees_layout(void) { return 2; }

int64_t kingmaker_trees_block(void) { return BLOCK; }

/* values [rows, width]; features and kinds [columns]; nodes and leaves [nodes]; roots and depths [trees];
 * block is room for [columns, BLOCK]; sums [rows]. */
void kingmaker_trees_sum(const double *values, int64_t rows, int64_t width, const int32_t *features, const int32_t *kinds,
                         int64_t columns, const node *nodes, const double *leaves, const int64_t *roots,
                         const int64_t *depths, int64_t trees, int64_t less_or_equal, double *block, double *sums)
{
    for (int64_t start = 0; start < rows; start += BLOCK) {
        const int count = rows - start < BLOCK ? (int)(rows - start) : BLOCK;
        double total[BLOCK] = {0.0};
        for (int64_t column = 0; column < columns; column++) {
            const double *from = values + start * width + features[column];
            double *to = block + column * BLOCK;
            for (int row = 0; row < count; row++) to[row] = laid_out(from[row * width], kinds[column]);
            for (int row = count; row < BLOCK; row++) to[row] = 0.0;
        }
        for (int64_t tree = 0; tree < trees; tree++) {
            const char *first = (const char *)(nodes + roots[tree]);
            const double *leaf = leaves + roots[tree];
            if (less_or_equal)
                add_tree_of_less_or_equal(block, count, first, leaf, depths[tree], total);
            else
                add_tree_of_less(block, count, first, leaf, depths[tree], total);
        }
        for (int row = 0; row < count; row++) sums[start + row] = total[row];
    }
}
