/* Which addresses a client is given, and what must hold of its attempts to connect: their order, their times, and that each is
 * reported once. */
#include "sim/run.h"

#include "pal/clock.h"
#include "support/random.h"

#include <string.h>

#define SLACK_NS (10 * PAL_MILLISECOND_NS) /* for other work of the clients' thread */
#define READING_NS PAL_MILLISECOND_NS      /* between the connector's look at the clock and ours */

static bool address_is_same(const pal_address *one, const pal_address *other) {
    return one->family == other->family && one->port == other->port && memcmp(one->bytes, other->bytes, sizeof one->bytes) == 0;
}

static pal_address address_of(const char *host, uint16_t port) {
    pal_address address = {0};
    pal_address_parse(host, port, &address);
    return address;
}

/* -- what is drawn -- */

/* An address at which nobody answers: refused, unreachable or silent. None comes twice. */
static pal_address draw_dead(const sim_race *race, uint64_t *random) {
    static const char *const hosts[] = {"127.0.0.1", "::1", "192.0.2.1", "2001:db8::1"};
    const sim_hole *hole = &race->run->hole;
    bool has_hole = !hole->is_open;
    for (uint32_t i = 0; i < race->count; i++)
        has_hole = has_hole || address_is_same(&race->addresses[i], &hole->address);
    uint64_t drawn = test_random_below(random, 8);
    return drawn >= 4 && !has_hole ? hole->address : address_of(hosts[drawn % 4], (uint16_t)race->count);
}

/* The families in turn, beginning with that of the first. */
static void expected_order(sim_race *race) {
    bool is_taken[SIM_ADDRESSES_MAX] = {false};
    pal_family wanted = race->addresses[0].family;
    for (uint32_t taken = 0; taken < race->count; taken++) {
        uint32_t pick = SIM_ADDRESSES_MAX;
        for (uint32_t i = race->count; i-- > 0;) {
            if (!is_taken[i] &&
                (pick == SIM_ADDRESSES_MAX || race->addresses[i].family == wanted || race->addresses[pick].family != wanted))
                pick = i;
        }
        is_taken[pick] = true;
        race->expected[taken] = pick;
        wanted = race->addresses[pick].family == PAL_IPV4 ? PAL_IPV6 : PAL_IPV4;
    }
}

void sim_race_draw(sim_race *race, sim_run *run, uint64_t *random) {
    race->run = run;
    uint32_t dead_count = test_random_below(random, 3) == 0 ? 1 + (uint32_t)test_random_below(random, 3) : 0;
    race->count = run->bound_count;
    memcpy(race->addresses, run->bound, race->count * sizeof *race->addresses);
    for (uint32_t i = 0; i < dead_count; i++) {
        pal_address dead = draw_dead(race, random);
        uint32_t place = (uint32_t)test_random_below(random, race->count + 1);
        memmove(&race->addresses[place + 1], &race->addresses[place], (race->count - place) * sizeof *race->addresses);
        race->addresses[place] = dead;
        race->count++;
    }
    expected_order(race);
    if (dead_count > 0 && test_random_below(random, 2) == 0)
        race->timeout_ns = PAL_MILLISECOND_NS + test_random_below(random, PAL_SECOND_NS);
}

/* -- what must hold -- */

/* The last attempt waited alone for too long, although another one could have started. */
static void race_check_delay(const sim_race *race, uint64_t now_ns) {
    const sim_attempt *last = &race->attempts[race->begun - 1];
    uint64_t due_ns = last->begun_ns + LM_ATTEMPT_DELAY_NS;
    if (last->has_failed && last->failed_ns < due_ns)
        due_ns = last->failed_ns;
    if (race->begun < race->count && now_ns > due_ns + SLACK_NS)
        sim_fail(race->run, "the next attempt to connect did not begin in time, the last one being", race->begun);
}

void sim_race_begun(sim_race *race, const pal_address *address) {
    uint64_t now_ns = pal_loop_now_ns(&race->run->loop);
    if (race->is_over || race->begun == race->count) {
        sim_fail(race->run, "an attempt to connect began after the last one:", race->begun);
        return;
    }
    if (!address_is_same(address, &race->addresses[race->expected[race->begun]]))
        sim_fail(race->run, "another address was tried than was due, in attempt", race->begun);
    if (race->begun > 0) {
        const sim_attempt *last = &race->attempts[race->begun - 1];
        race_check_delay(race, now_ns);
        if (!last->has_failed && now_ns + READING_NS < last->begun_ns + LM_ATTEMPT_DELAY_NS)
            sim_fail(race->run, "an attempt to connect began before its time:", race->begun);
    }
    race->attempts[race->begun++].begun_ns = now_ns;
    race->in_flight++;
    race->run->totals->attempts++;
    race->run->totals->raced += race->in_flight > 1;
}

/* The attempt at an address that was begun and has not failed; NULL, and a failure of the run, if there is none. */
static sim_attempt *race_find(sim_race *race, const pal_address *address) {
    for (uint32_t i = 0; i < race->begun; i++) {
        if (!race->attempts[i].has_failed && address_is_same(address, &race->addresses[race->expected[i]]))
            return &race->attempts[i];
    }
    sim_fail(race->run, "an address was reported that is not being tried, after attempts:", race->begun);
    return NULL;
}

void sim_race_failed(sim_race *race, const pal_address *address, pal_error error) {
    uint64_t now_ns = pal_loop_now_ns(&race->run->loop);
    sim_attempt *attempt = race_find(race, address);
    if (race->is_over)
        sim_fail(race->run, "an attempt to connect failed after the last one:", race->begun);
    if (attempt == NULL)
        return;
    attempt->has_failed = true;
    attempt->failed_ns = now_ns;
    race->in_flight--;
    race->run->totals->attempts_failed++;
    uint64_t passed_ns = now_ns - attempt->begun_ns;
    if (error.status == PAL_TIMED_OUT && race->timeout_ns > 0 && passed_ns + READING_NS < race->timeout_ns)
        sim_fail(race->run, "an attempt to connect was given up before its time:", race->begun);
    if (race->timeout_ns > 0 && passed_ns > race->timeout_ns + SLACK_NS)
        sim_fail(race->run, "an attempt to connect was given up after its time:", race->begun);
}

void sim_race_connected(sim_race *race, pal_error error, const pal_address *address) {
    race->is_over = true;
    if (error.status != PAL_OK) {
        if (race->begun < race->count || race->in_flight > 0)
            sim_fail(race->run, "connecting was given up too early, after attempts:", race->begun);
        return;
    }
    race_check_delay(race, pal_loop_now_ns(&race->run->loop));
    bool is_server = false;
    for (uint32_t i = 0; i < race->run->bound_count; i++)
        is_server = is_server || address_is_same(address, &race->run->bound[i]);
    if (race_find(race, address) == NULL || !is_server)
        sim_fail(race->run, "connected to where nobody answers, in attempt", race->begun);
    race->run->totals->given_up += race->in_flight - 1;
}
