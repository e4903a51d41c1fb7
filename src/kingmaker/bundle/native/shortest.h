/* A double as the shortest text that is read back as the same double. */
#ifndef KINGMAKER_SHORTEST_H
#define KINGMAKER_SHORTEST_H

#include <stdint.h>

enum { LONGEST_NUMBER = 26 };

/* `powers` [617, 2] are 10^-292 to 10^324 as 128 leading bits, the high half first. `value` is finite. Returns the text's end. */
char *write_number(double value, const uint64_t *powers, char *to);

char *write_whole(uint64_t value, char *to);

#endif
