#include "report/page/figure.h"

#include "output/append.h"

#include <stdbool.h>
#include <string.h>

void figure_begin(lm_buffer *output, const char *heading) {
    text_append(output, "<figure><h2>", heading, "</h2>\n");
}

void figure_legend_append(lm_buffer *output, const char *name, const char *words) {
    bool is_box = strcmp(name, "bars") == 0 || strcmp(name, "failing") == 0;
    text_append(output, "<span><svg aria-hidden=\"true\" viewBox=\"0 0 26 12\"><path class=\"", is_box ? "" : "line ", name,
                "\" d=\"", is_box ? "M4 0H22V12H4Z" : "M0 6H26", "\"/></svg>", words, "</span>\n");
}
