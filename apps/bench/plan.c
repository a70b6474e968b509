#include "bench/plan.h"

#include "loopmsg/framing.h"
#include "loopmsg/template.h"
#include "network/spoken.h"
#include "output/output.h"
#include "output/units.h"
#include "pal/system.h"

#include <string.h>

#define SIZE_TEXT_SIZE 24 /* of one size on the command line */

static bool options_check(const command_line *line, const bench_settings *settings) {
    static const char *const single[] = {"messages", "hgrm", "report", NULL};
    const char *given = option_first_given(line, single);
    if (settings->compare != NULL && given != NULL) {
        error_line("--", given, " cannot go with --compare, ",
                   strcmp(given, "messages") == 0 ? "where --duration and --interval set the length of turns"
                                                  : "which measures two servers; --json has the results of both");
        return false;
    }
    return true;
}

static bool size_refuse(const char *text, const char *why) {
    error_line("--size: '", text, "' ", why);
    return false;
}

static bool size_read(const char *text, uint64_t *size_min, uint64_t *size_max) {
    char first[SIZE_TEXT_SIZE];
    const char *dash = strchr(text, '-');
    size_t size = dash != NULL ? (size_t)(dash - text) : strlen(text);
    bool is_size = size < sizeof first;
    if (is_size) {
        memcpy(first, text, size);
        first[size] = '\0';
        is_size = size_parse(first, size_min) && size_parse(dash != NULL ? dash + 1 : first, size_max);
    }
    if (!is_size || *size_min > LM_MESSAGE_SIZE_MAX || *size_max > LM_MESSAGE_SIZE_MAX)
        return size_refuse(text, "is not a size; expected bytes such as 64 or 16k, or a range such as 16-1k, at most 64M");
    if (*size_min > *size_max)
        return size_refuse(text, "begins with the larger size; expected the smaller one first, as in 16-1k");
    return true;
}

/* Whether the framing can send an empty message. Where lines are possible, bench sends lines. */
static bool can_carry_nothing(const lm_framing_traits *traits) {
    return traits->keeps_bounds || traits->ends_at_lines;
}

/* The server must see each message as one. */
static bool size_check(const bench_settings *settings, const bench_plan *plan) {
    const lm_framing_traits *traits = lm_framing_traits_of(plan->load.framing);
    if (traits->chunk_size > 0 && plan->load.size_max > traits->chunk_size) {
        error_line("--size: '", settings->size, "' is over 1k; with --framing ", traits->name,
                   " such a message may arrive in parts, and each part counts as a message; use line or length on both sides");
        return false;
    }
    if (!can_carry_nothing(traits) && plan->load.size_min == 0) {
        error_line("--size: '", settings->size, "' includes empty messages, which cannot be sent with --framing ", traits->name,
                   "; line and length can send them");
        return false;
    }
    return true;
}

/* Bytes of the answer to a message of SIZE, without framing; UINT64_MAX if out of memory. */
static uint64_t answer_size(const lm_template *reply, uint64_t size) {
    lm_buffer none = {0}, one = {0};
    lm_template_append(reply, &none, "", 0);
    lm_template_append(reply, &one, "x", 1);
    bool has_failed = none.failed || one.failed;
    uint64_t answer = none.size + (uint64_t)(one.size - none.size) * size;
    lm_buffer_free(&none);
    lm_buffer_free(&one);
    return has_failed ? UINT64_MAX : answer;
}

static bool reply_check(const bench_plan *plan) {
    const lm_framing_traits *traits = lm_framing_traits_of(plan->load.framing);
    lm_template reply;
    if (!spoken_reply_read(plan->load.reply, &reply))
        return false;
    if (!can_carry_nothing(traits) && answer_size(&reply, plan->load.size_min) == 0) {
        error_line("--reply: '", plan->load.reply, "' is an empty answer, which cannot be seen with --framing ", traits->name,
                   "; line and length show it");
        return false;
    }
    if (traits->has_count && answer_size(&reply, plan->load.size_max) > UINT32_MAX) {
        error_line("--reply: '", plan->load.reply,
                   "' makes answers over 4 GiB from these messages, more than the count of --framing ", traits->name, " can hold");
        return false;
    }
    return true;
}

static bool pipeline_check(const command_line *line, const bench_plan *plan) {
    bool is_open_loop = plan->load.rate > 0;
    const lm_framing_traits *traits = lm_framing_traits_of(plan->load.framing);
    if (!option_is_given(line, "pipeline") || plan->load.pipeline == 1)
        return true;
    char written[UNIT_TEXT_SIZE];
    count_format(plan->load.pipeline, written);
    if (!traits->may_pipeline) {
        error_line("--pipeline ", written, " cannot go with --framing ", traits->name,
                   ", where messages that arrive together are one; use line, length or raw");
        return false;
    }
    if (traits->turns_to_lines && !is_open_loop) {
        error_line("--pipeline ", written, " cannot go with --framing ", traits->name,
                   ", where the server cannot yet separate messages that arrive together; use line, length or raw");
        return false;
    }
    return true;
}

static bool times_check(const bench_settings *settings, const bench_plan *plan) {
    char interval[UNIT_TEXT_SIZE], duration[UNIT_TEXT_SIZE], limit[UNIT_TEXT_SIZE];
    time_format(plan->load.interval_ns, interval);
    time_format(plan->duration_ns, duration);
    if (settings->compare != NULL && plan->load.interval_ns > plan->duration_ns / 2) {
        error_line("--interval ", interval, " leaves each server fewer than two turns of a --duration of ", duration,
                   "; a comparison needs at least two");
        return false;
    }
    if (plan->duration_ns / plan->load.interval_ns > BENCH_SLICES_MAX) {
        error_line("--interval ", interval, " cuts a --duration of ", duration, " into more than ",
                   number_format(BENCH_SLICES_MAX, limit), " slices; use a longer interval");
        return false;
    }
    return true;
}

/* Defaults that depend on other options. */
static void defaults_fill(const command_line *line, bench_plan *plan) {
    lm_load_settings *load = &plan->load;
    if (option_is_given(line, "messages") && !option_is_given(line, "duration"))
        plan->duration_ns = 0;
    if (!option_is_given(line, "threads"))
        load->workers = pal_processor_count();
    if (load->workers > LM_LOAD_WORKERS_MAX)
        load->workers = LM_LOAD_WORKERS_MAX;
    if (load->workers > load->connections)
        load->workers = load->connections;
    if (!option_is_given(line, "pipeline"))
        load->pipeline = load->rate > 0 && lm_framing_traits_of(load->framing)->may_pipeline ? LM_LOAD_PIPELINE_MAX : 1;
}

bool bench_plan_read(const command_line *line, bench_plan *plan) {
    const bench_settings *settings = line->settings;
    *plan = settings->plan;
    plan->load.framing = (lm_framing_kind)settings->framing;
    if (!spoken_echo_read(line, settings->is_echo, &plan->load.framing, &plan->load.greeting, &plan->load.reply) ||
        !options_check(line, settings))
        return false;
    defaults_fill(line, plan);
    return size_read(settings->size, &plan->load.size_min, &plan->load.size_max) && size_check(settings, plan) &&
           reply_check(plan) && pipeline_check(line, plan) && times_check(settings, plan);
}
