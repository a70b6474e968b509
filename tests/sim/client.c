/* One conversation, and the oracle that knows the answer to each of its messages. */
#include "sim/run.h"

#include "pal/clock.h"
#include "pal/container.h"
#include "support/random.h"

#include <string.h>

#define SPREAD_NS (20 * PAL_MILLISECOND_NS) /* in which conversations begin */
#define RACE_NS PAL_SECOND_NS               /* in which several attempts to connect are under way */
#define REPLY_BEFORE "loop_msg:"
#define REPLY_AFTER UINT8_C(33) /* '!' */

/* Where messages have no bounds: what may come next. */
enum { PART_GREETING, PART_BEFORE, PART_MESSAGE };

static sim_client *client_of(lm_client *client) {
    return PAL_CONTAINER_OF(client, sim_client, client);
}

static const lm_framing_traits *traits_of(const sim_client *client) {
    return lm_framing_traits_of(client->run->server_settings.conversation.framing);
}

/* Letters that are in neither farewell nor reply, so that a piece never looks like one of them. */
static uint8_t message_byte(const sim_client *client, uint32_t index, size_t offset) {
    static const char letters[] = "ABCDFGHJKMNPQRSTUVWXYZ234567";
    uint64_t random = (client->run->settings.seed << 32 ^ (uint64_t)client->number << 16 ^ (uint64_t)index << 13) + offset;
    return (uint8_t)letters[test_random_below(&random, sizeof letters - 1)];
}

static size_t message_write(const sim_client *client, uint32_t index, uint8_t *bytes) {
    for (uint32_t i = 0; i < client->sizes[index]; i++)
        bytes[i] = message_byte(client, index, i);
    return client->sizes[index];
}

static void client_close(sim_client *client) {
    if (client->is_closing)
        return;
    client->is_closing = true;
    pal_timer_stop(&client->run->loop, &client->begin);
    lm_client_close(&client->client);
}

static void client_fail(sim_client *client, const char *text) {
    sim_fail(client->run, text, client->number);
    client_close(client);
}

/* It ends early, which only some faults excuse. */
static void client_cut(sim_client *client, const char *text) {
    if (!client->run->may_break && client->ending != SIM_END_ABANDON)
        sim_fail(client->run, text, client->number);
    client->is_cut = true;
    client_close(client);
}

/* How its messages end. */
static lm_ending ending_of(const sim_client *client) {
    const lm_framing_traits *traits = traits_of(client);
    if (traits->ends_at_lines && traits->keeps_bounds)
        return client->number % 2 == 0 ? LM_ENDING_CRLF : LM_ENDING_LF;
    return traits->ends_at_lines ? LM_ENDING_LF : LM_ENDING_NONE;
}

/* -- saying -- */

static void client_take_leave(sim_client *client) {
    client->has_said_all = true;
    if (client->ending == SIM_END_NEVER)
        return;
    if (client->ending == SIM_END_FAREWELL) {
        client->is_sending = lm_client_send(&client->client, LM_FAREWELL, strlen(LM_FAREWELL), LM_ENDING_LF);
        if (!client->is_sending)
            client_cut(client, "no memory for a farewell, of client");
    } else {
        lm_client_shutdown(&client->client);
    }
}

static void client_send_next(sim_client *client) {
    if (client->is_closing || client->is_sending || client->has_said_all || client->has_ended)
        return;
    if (!client->is_pipelined && (client->answered_count < client->sent_count || !client->is_greeted))
        return;
    if (client->sent_count == client->message_count) {
        client_take_leave(client);
        return;
    }
    static uint8_t bytes[SIM_MESSAGE_SIZE_MAX];
    size_t size = message_write(client, client->sent_count, bytes);
    client->is_sending = true;
    client->sent_count++;
    if (!lm_client_send(&client->client, bytes, size, ending_of(client))) {
        client->is_sending = false;
        client_cut(client, "no memory for a message, of client");
    }
}

/* -- hearing -- */

static void client_answered(sim_client *client) {
    client->answered_count++;
    client->run->totals->exchanges++;
    client_send_next(client);
}

static void client_hear_whole(sim_client *client, const lm_message *message) {
    static uint8_t expected[SIM_MESSAGE_SIZE_MAX + 32];
    size_t size = 0;
    if (!client->is_greeted) {
        size = strlen(LM_GREETING);
        memcpy(expected, LM_GREETING, size);
    } else if (client->answered_count == client->sent_count) {
        client_fail(client, "an answer came to nothing, at client");
        return;
    } else {
        memcpy(expected, REPLY_BEFORE, strlen(REPLY_BEFORE));
        size = strlen(REPLY_BEFORE);
        size += message_write(client, client->answered_count, expected + size);
        expected[size++] = REPLY_AFTER;
    }
    /* A server that cannot continue ends the stream. The bytes before the end are a last line, without an ending or with half of
     * it. */
    expected[size] = '\r';
    size_t torn_size = size + (ending_of(client) == LM_ENDING_CRLF ? 1 : 0);
    bool is_torn = client->run->may_break && traits_of(client)->ends_at_lines && message->ending == LM_ENDING_NONE &&
                   message->size <= torn_size && memcmp(message->bytes, expected, message->size) == 0;
    if (is_torn) {
        client->is_torn = true;
    } else if (client->is_torn || message->size != size || memcmp(message->bytes, expected, size) != 0) {
        client_fail(client, "another message came than was due, at client");
    } else if (client->is_greeted && message->ending != ending_of(client)) {
        client_fail(client, "an answer ended otherwise than its message, at client");
    } else if (!client->is_greeted) {
        client->is_greeted = true;
        client_send_next(client);
    } else {
        client_answered(client);
    }
}

/* One byte of the echo of all messages. */
static void client_hear_echo(sim_client *client, uint8_t byte) {
    if (client->answered_count == client->sent_count || message_byte(client, client->answered_count, client->offset) != byte) {
        client_fail(client, "another byte came back than was sent, at client");
        return;
    }
    if (++client->offset < client->sizes[client->answered_count])
        return;
    client->offset = 0;
    client_answered(client);
}

/* One byte of a fixed text; the part that follows it comes next. */
static void client_hear_text(sim_client *client, const char *text, uint8_t byte) {
    if (byte != (uint8_t)text[client->text_offset]) {
        client_fail(client, "another byte came than stands in the reply, at client");
        return;
    }
    if (text[++client->text_offset] != '\0')
        return;
    client->text_offset = 0;
    client->part = client->part == PART_GREETING ? PART_BEFORE : PART_MESSAGE;
    if (client->is_greeted)
        return;
    client->is_greeted = true;
    client_send_next(client);
}

static void client_hear_byte(sim_client *client, uint8_t byte) {
    if (!traits_of(client)->has_messages || (client->part == PART_MESSAGE && byte != REPLY_AFTER))
        client_hear_echo(client, byte);
    else if (client->part == PART_MESSAGE)
        client->part = PART_BEFORE;
    else
        client_hear_text(client, client->part == PART_GREETING ? LM_GREETING : REPLY_BEFORE, byte);
}

/* -- the client's callbacks -- */

static bool client_is_called(sim_client *client) {
    if (client->is_closing)
        sim_fail(client->run, "a callback came after close, to client", client->number);
    return !client->is_closing;
}

static void on_attempt_begun(lm_client *lm, const pal_address *address) {
    sim_client *client = client_of(lm);
    if (client_is_called(client))
        sim_race_begun(&client->race, address);
}

static void on_attempt_failed(lm_client *lm, const pal_address *address, pal_error error) {
    sim_client *client = client_of(lm);
    if (!client_is_called(client))
        return;
    sim_race_failed(&client->race, address, error);
    if (client->ending == SIM_END_ABANDON && test_random_below(&client->random, 2) == 0)
        client_close(client);
}

static void on_connected(lm_client *lm, pal_error error, const pal_address *address) {
    sim_client *client = client_of(lm);
    if (!client_is_called(client))
        return;
    sim_race_connected(&client->race, error, address);
    if (client->is_connected)
        sim_fail(client->run, "connected was reported twice, to client", client->number);
    client->is_connected = true;
    /* The server's own addresses may answer too late for the client. */
    bool may_time_out = client->race.timeout_ns > 0 && (client->run->settings.faults & 1u << PAL_SIM_DELAYS) != 0;
    if (error.status != PAL_OK && may_time_out) {
        client->is_cut = true;
        client_close(client);
    } else if (error.status != PAL_OK) {
        client_cut(client, "could not connect: client");
    } else {
        client_send_next(client);
    }
}

static void on_message(lm_client *lm, const lm_message *message) {
    sim_client *client = client_of(lm);
    if (!client_is_called(client))
        return;
    if (traits_of(client)->keeps_bounds) {
        client_hear_whole(client, message);
        return;
    }
    for (size_t i = 0; i < message->size && !client->is_closing; i++)
        client_hear_byte(client, message->bytes[i]);
}

static void on_sent(lm_client *lm, pal_error error) {
    sim_client *client = client_of(lm);
    if (!client_is_called(client))
        return;
    if (!client->is_sending)
        sim_fail(client->run, "sent came without a send, to client", client->number);
    client->is_sending = false;
    if (error.status != PAL_OK)
        client_cut(client, "could not send: client");
    else
        client_send_next(client);
}

static void on_ended(lm_client *lm, lm_cause cause, pal_error error) {
    sim_client *client = client_of(lm);
    (void)error;
    if (!client_is_called(client))
        return;
    if (client->has_ended)
        sim_fail(client->run, "the end was reported twice, to client", client->number);
    client->has_ended = true;
    bool is_whole = client->is_greeted && !client->is_torn && client->has_said_all &&
                    client->answered_count == client->message_count && client->part != PART_MESSAGE && client->text_offset == 0;
    if (cause == LM_CAUSE_END && is_whole)
        client_close(client);
    else
        client_cut(client, "not everything was answered: client");
}

static void on_closed(lm_client *lm) {
    sim_client *client = client_of(lm);
    sim_run *run = client->run;
    if (!client->is_closing || client->is_gone)
        sim_fail(run, "closed was reported without a close, or twice, to client", client->number);
    client->is_gone = true;
    if (client->is_cut)
        run->totals->ended_early++;
    else if (client->has_ended)
        run->totals->completed++;
    else
        run->totals->abandoned++;
    sim_run_client_gone(run);
}

static const lm_client_handler handler = {.attempt_begun = on_attempt_begun,
                                          .attempt_failed = on_attempt_failed,
                                          .connected = on_connected,
                                          .message = on_message,
                                          .sent = on_sent,
                                          .ended = on_ended,
                                          .closed = on_closed};

/* The first time it connects, the second time it leaves. */
static void begin_expired(pal_timer *timer) {
    sim_client *client = PAL_CONTAINER_OF(timer, sim_client, begin);
    sim_run *run = client->run;
    if (client->is_open) {
        client_close(client);
        return;
    }
    client->is_open = true;
    uint64_t stay_ns = client->race.count > 1 && test_random_below(&client->random, 2) == 0 ? RACE_NS : SPREAD_NS / 20;
    if (client->ending == SIM_END_ABANDON)
        pal_timer_start(&run->loop, timer, pal_loop_now_ns(&run->loop) + test_random_below(&client->random, stay_ns));
    lm_client_settings settings = {.addresses = client->race.addresses,
                                   .address_count = client->race.count,
                                   .framing = run->server_settings.conversation.framing,
                                   .connect_timeout_ns = client->race.timeout_ns};
    lm_client_open(&client->client, &run->loop, &handler, &settings);
}

static uint32_t size_draw(sim_client *client) {
    uint64_t drawn = test_random_below(&client->random, 16);
    uint32_t least = traits_of(client)->keeps_bounds ? 0 : 1;
    if (drawn == 0)
        return 1 + (uint32_t)test_random_below(&client->random, SIM_MESSAGE_SIZE_MAX - 1);
    return least + (uint32_t)test_random_below(&client->random, drawn < 8 ? 8 : 200);
}

void sim_client_begin(sim_client *client, sim_run *run, uint32_t number) {
    client->run = run;
    client->number = number;
    client->random = run->settings.seed * UINT64_C(1000003) + number;
    client->begin.expired = begin_expired;
    client->is_greeted = !traits_of(client)->has_messages;
    client->is_pipelined = test_random_below(&client->random, 3) == 0;
    uint64_t ending = test_random_below(&client->random, 8);
    client->ending = ending == 0 ? SIM_END_ABANDON : ending < 4 ? SIM_END_SHUTDOWN : SIM_END_FAREWELL;
    if (!traits_of(client)->keeps_bounds && client->ending == SIM_END_FAREWELL)
        client->ending = SIM_END_SHUTDOWN; /* which the network might cut in two */
    if (run->stops_early && test_random_below(&client->random, 4) == 0)
        client->ending = SIM_END_NEVER;
    client->message_count = (uint32_t)test_random_below(&client->random, SIM_MESSAGES_MAX + 1);
    for (uint32_t i = 0; i < client->message_count; i++)
        client->sizes[i] = size_draw(client);
    sim_race_draw(&client->race, run, &client->random);
    pal_timer_start(&run->loop, &client->begin, pal_loop_now_ns(&run->loop) + test_random_below(&client->random, SPREAD_NS));
}

void sim_client_end(sim_client *client) {
    if (client->is_open) {
        client->is_cut = true;
        client_close(client);
    }
}
