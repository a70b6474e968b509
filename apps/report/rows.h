/* Rows of the text table: a label, then text or cells. One thread. */
#ifndef APPS_REPORT_ROWS_H
#define APPS_REPORT_ROWS_H

#include "report/report.h"

#define BENCH_WIDTH_MIN 60u
#define BENCH_WIDTH_MAX 100u /* longer lines are hard to read */
#define BENCH_LABEL_SIZE 12u /* columns of a label, its blank included */
#define BENCH_CELL_SIZE 12u  /* four and a label fit BENCH_WIDTH_MIN */

/* Appends a row of TEXT, sanitised and wrapped at blanks to WIDTH columns (a longer word stays whole). Empties TEXT. */
void bench_row_append(lm_buffer *output, unsigned width, const char *label, lm_buffer *text);

/* Appends a row of COUNT cells, aligned right, and NOTE after them ("" for none). */
void bench_cells_append(lm_buffer *output, const char *label, const char *const *cells, size_t count, const char *note);

/* Rows to judge one server's results by: whether answers were right, errors, whether the generator was the limit. MARK follows each
 * label: "", or the server's letter. */
void bench_judgement_append(lm_buffer *output, unsigned width, const bench_report *report, const bench_server *server,
                            const char *mark);

#endif
