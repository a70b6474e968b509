/* A thousand clients at once, each holding ten exchanges in which every byte is checked, while one client floods and never reads,
 * and another never writes. All of them stay connected until the last one has its last answer. */
#include "apps/program.h"
#include "pal/system.h"
#include "support/random.h"
#include "support/stream.h"

#include <stdio.h>
#include <string.h>

enum { CROWD = 1000, EXCHANGES = 10, MESSAGE_MAX = 400, FLOOD_LINE = 4000, FLOOD_SIZE = 1 << 20 };

#define GREETING "hello,im server\n"

typedef struct crowd {
    test_loop loop;
    uint64_t greeted, answered, ended, closed;
    bool is_open_for_exchanges, is_leaving;
} crowd;

typedef struct client {
    test_stream stream;
    crowd *crowd;
    uint64_t random;
    unsigned exchanges; /* begun */
    bool is_waiting;    /* for the bytes of `expected` from `position` on */
    size_t position;
    char expected[MESSAGE_MAX + 20];
} client;

static client clients[CROWD];

static void client_say(client *self) {
    char message[MESSAGE_MAX + 2];
    size_t size =
        (size_t)snprintf(message, sizeof message, "exchange %u of client %u ", self->exchanges, (unsigned)(self - clients));
    size_t padding = (size_t)test_random_below(&self->random, MESSAGE_MAX - size);
    for (size_t i = 0; i < padding; i++)
        message[size++] = (char)('a' + test_random_below(&self->random, 26));
    message[size] = '\0';
    snprintf(self->expected, sizeof self->expected, "loop_msg:%s!\n", message);
    self->position = 0;
    self->is_waiting = true;
    self->exchanges++;
    message[size] = '\n';
    test_stream_send(&self->stream, message, size + 1);
}

/* Sends the next message when the last answer is there and the last message is sent. */
static void client_go_on(client *self) {
    if (self->is_waiting || self->stream.is_sending)
        return;
    if (self->crowd->is_open_for_exchanges && self->exchanges < EXCHANGES)
        client_say(self);
    else if (self->crowd->is_leaving && self->exchanges == EXCHANGES) {
        self->exchanges++;
        test_stream_send(&self->stream, "exit\n", 5);
    }
}

static void client_connected(test_stream *stream) {
    client *self = stream->context;
    if (stream->connected_error.status != PAL_OK) {
        test_loop_fail(&self->crowd->loop, "a client could not connect");
        return;
    }
    memcpy(self->expected, GREETING, sizeof GREETING);
    self->is_waiting = true;
    test_stream_receive(stream);
}

static void client_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    client *self = stream->context;
    if (size == 0) {
        if (stream->received_error.status != PAL_END || !self->crowd->is_leaving)
            test_loop_fail(&self->crowd->loop, "a conversation ended before its time");
        self->crowd->ended++;
        return;
    }
    size_t length = strlen(self->expected);
    if (!self->is_waiting || size > length - self->position || memcmp(self->expected + self->position, bytes, size) != 0) {
        test_loop_fail(&self->crowd->loop, "an answer differs from what its message asks for");
        return;
    }
    self->position += size;
    if (self->position == length) {
        self->is_waiting = false;
        if (self->exchanges == 0)
            self->crowd->greeted++;
        else
            self->crowd->answered++;
    }
    test_stream_receive(stream);
    client_go_on(self);
}

static void client_sent(test_stream *stream) {
    client_go_on(stream->context);
}

static void client_closed(test_stream *stream) {
    client *self = stream->context;
    self->crowd->closed++;
}

static void crowd_connect(crowd *all, const pal_address *address) {
    for (size_t i = 0; i < CROWD; i++) {
        client *self = &clients[i];
        *self = (client){.crowd = all, .random = i};
        test_stream_init(&self->stream, &all->loop);
        self->stream.context = self;
        self->stream.on_connected = client_connected;
        self->stream.on_received = client_received;
        self->stream.on_sent = client_sent;
        self->stream.on_closed = client_closed;
        assert_ok(test_stream_connect(&self->stream, address));
    }
}

static void crowd_go_on(void) {
    for (size_t i = 0; i < CROWD; i++)
        client_go_on(&clients[i]);
}

static char flood[FLOOD_SIZE];

static void flood_on(test_stream *stream) {
    test_stream_send(stream, flood, sizeof flood);
}

/* Sends without end and never reads, until the server stops reading from it. */
static void flooder_start(test_stream *stream, test_loop *loop, const pal_address *address) {
    for (size_t i = 0; i < sizeof flood; i++)
        flood[i] = i % FLOOD_LINE == FLOOD_LINE - 1 ? '\n' : 'f';
    test_stream_init(stream, loop);
    stream->on_connected = flood_on;
    stream->on_sent = flood_on;
    assert_ok(test_stream_connect(stream, address));
}

static void a_thousand_clients_converse_beside_a_flooder_and_a_silent_one(void **state) {
    (void)state;
    if (pal_system_raise_descriptor_limit() < CROWD + 100) {
        print_message("skipped: the system allows fewer than %d open descriptors\n", CROWD + 100);
        skip();
    }
    uint16_t port;
    pal_process *server = server_start(&port, "127.0.0.1:0", "--framing", "line");
    pal_address address;
    assert_true(pal_address_parse("127.0.0.1", port, &address));
    static crowd all;
    test_loop_open(&all.loop);

    test_stream silent;
    test_stream_init(&silent, &all.loop);
    assert_ok(test_stream_connect(&silent, &address));
    test_stream flooder;
    flooder_start(&flooder, &all.loop, &address);
    crowd_connect(&all, &address);
    test_loop_until(&all.loop, all.greeted, CROWD); /* all are in before the first one speaks */
    all.is_open_for_exchanges = true;
    crowd_go_on();
    test_loop_until(&all.loop, all.answered, CROWD * EXCHANGES);
    assert_int_equal(silent.connected_count, 1);
    assert_true(flooder.is_sending);
    all.is_leaving = true;
    crowd_go_on();
    test_loop_until(&all.loop, all.ended, CROWD);

    for (size_t i = 0; i < CROWD; i++)
        test_stream_close(&clients[i].stream);
    test_loop_until(&all.loop, all.closed, CROWD);
    test_stream_close_wait(&silent);
    flooder.on_sent = NULL; /* is answered with its cancellation now */
    test_stream_close_wait(&flooder);
    test_loop_close(&all.loop);
    server_stop(server);
}

int main(void) {
    const struct CMUnitTest tests[] = {program_test(a_thousand_clients_converse_beside_a_flooder_and_a_silent_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
