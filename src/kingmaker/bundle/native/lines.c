/* Lines of the log of answers: texts that many rows share are handed in ready, and only numbers are written here. */
#include "shortest.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* names [numbers + texts]: each as `,"name":`, the first without its comma. All texts end with a zero. */
typedef struct {
    const uint64_t *powers;
    const char *const *names;
    int64_t numbers;
    int64_t texts;
} layout;

/* One entry for each of `rows`, with numbers from `first` on. `starts` and `endings` hold different texts, and `start_of` and
 * `ending_of` [rows] say which is a row's; ids [rows] or NULL; num [rows, numbers]; texts [rows, texts]. Texts are JSON already. */
typedef struct {
    int64_t rows;
    int64_t first;
    const char *entry;
    const char *const *starts;
    const int32_t *start_of;
    const char *const *ids;
    const double *pd;
    const int64_t *score;
    const char *const *endings;
    const int32_t *ending_of;
    const double *num;
    const char *const *texts;
} answers;

/* NULL stands for what is missing. */
static const char *text_of(const char *text) { return text == NULL ? "null" : text; }

static char *write_text(const char *text, char *to)
{
    const size_t length = strlen(text);
    return (char *)memcpy(to, text, length) + length;
}

static char *write_value(double value, const uint64_t *powers, char *to)
{
    if (isnan(value)) return write_text("null", to);
    if (isinf(value)) value = value < 0.0 ? -DBL_MAX : DBL_MAX; /* JSON has no infinity */
    return write_number(value, powers, to);
}

static char *write_score(int64_t score, char *to)
{
    if (score < 0) *to++ = '-';
    return write_whole(score < 0 ? -(uint64_t)score : (uint64_t)score, to);
}

/* Which arrays this library takes; lines.py must say the same number. */
int64_t kingmaker_lines_layout(void) { return 1; }

/* Returns how many bytes were written, or -1 when they might not fit into `room`. */
int64_t kingmaker_lines_write(const layout *of, const answers *told, char *out, int64_t room)
{
    const int64_t columns = of->numbers + of->texts;
    size_t names = 64;
    for (int64_t column = 0; column < columns; column++) names += strlen(of->names[column]);
    char *to = out;
    for (int64_t row = 0; row < told->rows; row++) {
        const char *start = told->starts[told->start_of[row]], *ending = told->endings[told->ending_of[row]];
        const char *id = told->ids == NULL ? NULL : told->ids[row];
        const char *const *texts = told->texts + row * of->texts;
        size_t most = names + strlen(told->entry) + strlen(start) + strlen(text_of(id)) + strlen(ending)
                    + (size_t)(of->numbers + 3) * LONGEST_NUMBER;
        for (int64_t text = 0; text < of->texts; text++) most += strlen(text_of(texts[text]));
        if (most > (size_t)(out + room - to)) return -1;
        to = write_whole((uint64_t)(told->first + row), write_text(told->entry, to));
        to = write_text(text_of(id), write_text(start, to));
        to = write_value(told->pd[row], of->powers, write_text(",\"pd\":", to));
        to = write_score(told->score[row], write_text(",\"score\":", to));
        to = write_text(ending, to);
        for (int64_t column = 0; column < columns; column++) {
            to = write_text(of->names[column], to);
            to = column < of->numbers ? write_value(told->num[row * of->numbers + column], of->powers, to)
                                      : write_text(text_of(texts[column - of->numbers]), to);
        }
        to = write_text("}}\n", to);
    }
    return to - out;
}
