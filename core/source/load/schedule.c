#include "load/schedule.h"

#include "pal/clock.h"

uint64_t lm_load_schedule_ns(uint64_t index, uint64_t rate) {
    return index / rate * PAL_SECOND_NS + index % rate * PAL_SECOND_NS / rate;
}

uint64_t lm_load_schedule_due_ns(const lm_load_worker *worker, const lm_load_connection *connection, uint64_t message) {
    const lm_load_settings *settings = &worker->plan->settings;
    uint64_t index = (message - connection->phase_message) * settings->connections + connection->number;
    return worker->phase.begin_ns + lm_load_schedule_ns(index, settings->rate);
}

uint64_t lm_load_schedule_index(const lm_load_worker *worker) {
    return worker->schedule_round * worker->plan->settings.connections + worker->connections[worker->schedule_index].number;
}

void lm_load_schedule_advance(lm_load_worker *worker) {
    if (++worker->schedule_index == worker->connection_count) {
        worker->schedule_index = 0;
        worker->schedule_round++;
    }
}
