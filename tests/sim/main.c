/* loopmsg-sim: runs the server and its clients on the simulated network, seed after seed.
 *
 * Without --one it runs itself as another process, so that it finds and shrinks a seed that crashes like any other. */
#include "sim/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define COMMAND_SIZE 1024

typedef struct arguments {
    sim_settings run;
    uint64_t seeds;
    const char *faults; /* as given */
    bool is_one;        /* runs here, all seeds in one process */
    bool is_quiet;
} arguments;

static int usage(void) {
    fprintf(stderr,
            "loopmsg-sim --seed N --conversations M [--seeds COUNT] [--faults all|none|NAME,NAME...] [--log] [--quiet] [--one]\n");
    return 2;
}

/* A list of names as a set; false if one of them is unknown. */
static bool faults_parse(const char *text, uint32_t *faults) {
    *faults = PAL_SIM_NO_FAULTS;
    if (strcmp(text, "all") == 0)
        *faults = PAL_SIM_ALL_FAULTS;
    if (strcmp(text, "all") == 0 || strcmp(text, "none") == 0)
        return true;
    for (const char *name = text;; name++) {
        size_t size = strcspn(name, ",");
        uint32_t fault = 0;
        while (fault < PAL_SIM_FAULT_COUNT && (strlen(pal_sim_fault_name((pal_sim_fault)fault)) != size ||
                                               memcmp(pal_sim_fault_name((pal_sim_fault)fault), name, size) != 0))
            fault++;
        if (fault == PAL_SIM_FAULT_COUNT)
            return false;
        *faults |= 1u << fault;
        name += size;
        if (*name == '\0')
            return true;
    }
}

static bool number_parse(const char *text, uint64_t least, uint64_t most, uint64_t *number) {
    char *end;
    if (text == NULL || text[0] < '0' || text[0] > '9')
        return false;
    *number = strtoull(text, &end, 10);
    return *end == '\0' && *number >= least && *number <= most;
}

static bool arguments_parse(int count, char **words, arguments *given) {
    uint64_t conversations = 20;
    *given = (arguments){.run = {.seed = 1}, .seeds = 1, .faults = "none"};
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? words[i + 1] : NULL;
        bool is_right = true, has_value = true;
        if (strcmp(words[i], "--seed") == 0) {
            is_right = number_parse(value, 0, UINT64_MAX / 2, &given->run.seed);
        } else if (strcmp(words[i], "--seeds") == 0) {
            is_right = number_parse(value, 1, UINT64_MAX / 2, &given->seeds);
        } else if (strcmp(words[i], "--conversations") == 0) {
            is_right = number_parse(value, 1, SIM_CONVERSATIONS_MAX, &conversations);
        } else if (strcmp(words[i], "--faults") == 0) {
            is_right = value != NULL && faults_parse(value, &given->run.faults);
            given->faults = value;
        } else {
            has_value = false;
            given->run.prints_log = given->run.prints_log || strcmp(words[i], "--log") == 0;
            given->is_quiet = given->is_quiet || strcmp(words[i], "--quiet") == 0;
            given->is_one = given->is_one || strcmp(words[i], "--one") == 0;
            is_right = strcmp(words[i], "--log") == 0 || strcmp(words[i], "--quiet") == 0 || strcmp(words[i], "--one") == 0;
        }
        if (!is_right)
            return false;
        i += has_value;
    }
    given->run.conversations = (uint32_t)conversations;
    return true;
}

static void totals_print(const sim_totals *totals, double seconds) {
    printf("%" PRIu64 " seeds, %" PRIu64 " conversations: %" PRIu64 " complete, %" PRIu64 " ended early, %" PRIu64 " abandoned\n",
           totals->runs, totals->conversations, totals->completed, totals->ended_early, totals->abandoned);
    printf("%" PRIu64 " attempts to connect, %" PRIu64 " of them beside another one: %" PRIu64 " failed, %" PRIu64 " given up\n",
           totals->attempts, totals->raced, totals->attempts_failed, totals->given_up);
    printf("%" PRIu64 " exchanges, %" PRIu64 " events, %" PRIu64 " turns, %.1f virtual hours in %.1f s of processor time\n",
           totals->exchanges, totals->events, totals->switches, (double)totals->virtual_ns / 3.6e12, seconds);
    printf("digest: %016" PRIx64 "\nfaults:", totals->digest);
    for (uint32_t i = 0; i < PAL_SIM_FAULT_COUNT; i++)
        printf(" %s %" PRIu64, pal_sim_fault_name((pal_sim_fault)i), totals->injected[i]);
    printf("\n");
}

static int run_here(const arguments *given) {
    sim_totals totals = {0};
    sim_settings settings = given->run;
    clock_t begin = clock();
    for (uint64_t i = 0; i < given->seeds && totals.failures == 0; i++) {
        settings.seed = given->run.seed + i;
        sim_run_once(&settings, &totals);
    }
    if (!given->is_quiet)
        totals_print(&totals, (double)(clock() - begin) / CLOCKS_PER_SEC);
    return totals.failures > 0 || totals.runs < given->seeds;
}

/* -- from outside -- */

/* Returns what system() does: 0 when all is well. */
static int run_elsewhere(const char *program, const arguments *given, uint64_t seed, uint64_t seeds, uint32_t conversations,
                         const char *options) {
    char command[COMMAND_SIZE];
    const char *quote = strchr(program, ' ') != NULL ? "\"" : "";
    snprintf(command, sizeof command,
             "%s%s%s --one --seed %" PRIu64 " --seeds %" PRIu64 " --conversations %" PRIu32 " --faults %s %s", quote, program,
             quote, seed, seeds, conversations, given->faults, options);
    fflush(stdout);
    return system(command); /* NOLINT(cert-env33-c): its words are numbers, names of faults and of our own program */
}

/* The seeds together did not hold, as RESULT says: finds the first that does not, and the fewest conversations with which it still
 * does not. */
static void find_smallest(const char *program, const arguments *given, int result) {
    uint64_t seed = given->run.seed, end = given->run.seed + given->seeds;
    while (seed < end && run_elsewhere(program, given, seed, 1, given->run.conversations, "--quiet") == 0)
        seed++;
    if (seed == end) {
        printf("\nthe run ended with %d, but each of its seeds holds alone\n", result);
        return;
    }
    uint32_t conversations = 1;
    while (conversations < given->run.conversations && run_elsewhere(program, given, seed, 1, conversations, "--quiet") == 0)
        conversations++;
    printf("\nfailing: --seed %" PRIu64 " --conversations %" PRIu32 " --faults %s, whose log follows\n\n", seed, conversations,
           given->faults);
    run_elsewhere(program, given, seed, 1, conversations, "--log");
}

int main(int count, char **words) {
    arguments given;
    if (!arguments_parse(count, words, &given))
        return usage();
    if (given.is_one)
        return run_here(&given);
    int result =
        run_elsewhere(words[0], &given, given.run.seed, given.seeds, given.run.conversations, given.run.prints_log ? "--log" : "");
    if (result != 0)
        find_smallest(words[0], &given, result);
    return result != 0;
}
