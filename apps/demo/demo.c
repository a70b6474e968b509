/* loopmsg demo: runs the acts of a scenario and shows what happened. */
#include "demo/demo.h"

#include "command_line/exit_codes.h"
#include "command_line/words.h"
#include "demo/acts.h"
#include "demo/picture.h"
#include "demo/record.h"
#include "demo/run.h"
#include "demo/svg.h"
#include "demo/text.h"
#include "network/interrupt.h"
#include "output/output.h"
#include "output/output_file.h"
#include "pal/console.h"

#include <stdlib.h>
#include <string.h>

#define SCENARIOS_MAX 8

typedef struct demo_settings {
    const char *svg;
} demo_settings;

/* Too large for a stack. */
typedef struct demo_memory {
    demo_recorder recorder;
    demo_picture picture;
} demo_memory;

/* Reports an unknown name and returns NULL. */
static const demo_scenario *scenario_find(const char *name) {
    const char *names[SCENARIOS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < demo_scenario_count && i < SCENARIOS_MAX; i++) {
        if (strcmp(demo_scenarios[i].name, name) == 0)
            return &demo_scenarios[i];
        if (demo_scenarios[i].name[0] != '\0')
            names[count++] = demo_scenarios[i].name;
    }
    word_unknown_report("scenario", name, names, count, "expected coalesce, half-close or reset");
    return NULL;
}

static unsigned width_of_output(void) {
    unsigned width = pal_console_width(PAL_STANDARD_OUTPUT);
    return width < DEMO_WIDTH_MIN ? DEMO_WIDTH_MIN : width > DEMO_WIDTH_MAX ? DEMO_WIDTH_MAX : width;
}

/* Runs one act and shows its record, also if it failed. */
static int act_show(const demo_act *act, bool is_first, demo_memory *memory, demo_svg *svg) {
    int code = demo_act_run(act, &memory->recorder);
    if (memory->recorder.record.count == 0)
        return code;
    demo_picture_make(&memory->picture, &memory->recorder.record);
    demo_scene scene = {.title = act->title, .introduction = act->introduction, .picture = &memory->picture};
    if (code == EXIT_DONE)
        act->describe(&memory->picture, &scene.summary);
    lm_buffer output = {0};
    lm_buffer_append_text(&output, is_first ? "" : "\n\n");
    demo_text_append(&output, &scene, width_of_output());
    if (svg != NULL)
        demo_svg_append(svg, &scene);
    bool is_written = output_write(&output);
    lm_buffer_free(&output);
    lm_buffer_free(&scene.summary);
    return code != EXIT_DONE || is_written ? code : EXIT_FAILED;
}

static int scenario_show(const demo_scenario *scenario, demo_memory *memory, demo_svg *svg) {
    for (size_t i = 0; i < scenario->act_count; i++) {
        int code = act_show(&scenario->acts[i], i == 0, memory, svg);
        if (code != EXIT_DONE)
            return code;
    }
    return EXIT_DONE;
}

/* FILE is open, and changes only if everything was drawn. */
static int scenario_draw(const demo_scenario *scenario, output_file *file) {
    demo_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL) {
        error_line("out of memory");
        return EXIT_FAILED;
    }
    demo_svg svg = {0};
    int code = scenario_show(scenario, memory, file->path != NULL ? &svg : NULL);
    if (code == EXIT_DONE && file->path != NULL) {
        lm_buffer drawing = {0};
        demo_svg_end(&svg, &drawing);
        code = output_file_write(file, &drawing) ? EXIT_DONE : EXIT_FAILED;
        lm_buffer_free(&drawing);
    }
    lm_buffer_free(&svg.body);
    free(memory);
    return code;
}

static int demo_run(const command_line *line) {
    const demo_settings *settings = line->settings;
    const demo_scenario *scenario = scenario_find(line->positional_count > 0 ? line->positionals[0] : "");
    if (scenario == NULL)
        return EXIT_USAGE;
    int code = interrupt_watch(NULL);
    if (code != EXIT_DONE)
        return code;
    output_file file;
    if (!output_file_open(&file, settings->svg))
        return EXIT_FAILED;
    code = scenario_draw(scenario, &file);
    output_file_close(&file);
    return code;
}

static const option demo_options[] = {
    {.name = "svg",
     .kind = OPTION_TEXT,
     .offset = offsetof(demo_settings, svg),
     .value_name = "FILE",
     .help = "also draw a sequence diagram into FILE, an SVG for light and dark backgrounds and for phones"},
    OPTION_HELP_ROW,
};

static const char *const demo_examples[] = {
    "loopmsg demo",
    "show one conversation, call by call",
    "loopmsg demo coalesce",
    "show why TCP needs a framing",
    "loopmsg demo half-close --svg half-close.svg",
    "show a half-close, and draw it into a file",
    NULL,
};

const command_row demo_command = {
    .name = "demo",
    .summary = "show a server and a client side by side, call by call",
    .arguments = "[coalesce|half-close|reset]",
    .description = "Runs a real server and a real client in this process, on a free port of the loopback interface. "
                   "Draws the calls on their sockets side by side, with an arrow for everything that crosses between them. "
                   "It shows only what happened.\n\n"
                   "Without a scenario, it shows a whole conversation. The scenarios are:\n"
                   "coalesce: two sends arrive as one receive, and one send arrives as several.\n"
                   "half-close: one side stops sending and still receives.\n"
                   "reset: a connection is reset instead of ended.\n\n"
                   "The drawing is as wide as the terminal, from 44 to 100 columns; without a terminal it has 80 columns. "
                   "The number before a call is its step, which the top of the column names.",
    .examples = demo_examples,
    .options = demo_options,
    .option_count = sizeof demo_options / sizeof demo_options[0],
    .positional_max = 1,
    .settings_size = sizeof(demo_settings),
    .run = demo_run,
};
