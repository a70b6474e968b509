/* The contract of pal/trace.h: every operation is reported once, in order, and nothing else is. */
#include "pal/trace.h"
#include "support/pair.h"
#include "support/random.h"
#include "support/stream.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_MAX 4096
#define KEPT_SIZE 16

/* What was reported, with the first bytes and the address of each event kept. */
typedef struct trace_entry {
    pal_trace_event event;
    pal_address address;
    uint8_t bytes[KEPT_SIZE];
} trace_entry;

static trace_entry events[EVENTS_MAX];
static size_t event_count;
static uint64_t digests[PAL_TRACE_OPERATION_COUNT]; /* one per operation, of all its bytes */

static uint64_t digest_of(uint64_t digest, const uint8_t *bytes, size_t size) {
    for (size_t i = 0; i < size; i++)
        digest = (digest ^ bytes[i]) * UINT64_C(1099511628211);
    return digest;
}

static void record(void *context, const pal_trace_event *event) {
    (void)context;
    if (event_count == EVENTS_MAX)
        return; /* the balance finds it */
    trace_entry *entry = &events[event_count++];
    entry->event = *event;
    if (event->address != NULL)
        entry->address = *event->address;
    if (event->bytes != NULL) {
        memcpy(entry->bytes, event->bytes, event->done < KEPT_SIZE ? event->done : KEPT_SIZE);
        digests[event->operation] = digest_of(digests[event->operation], event->bytes, event->done);
    }
}

static void trace_begin(void) {
    event_count = 0;
    memset(digests, 0, sizeof digests);
    pal_trace_set(record, NULL);
}

/* Each socket that was created or accepted was closed once, and nothing was reported of it after that. */
static void assert_each_socket_ended_once(void) {
    assert_true(event_count < EVENTS_MAX);
    for (size_t i = 0; i < event_count; i++) {
        const pal_trace_event *event = &events[i].event;
        bool is_end = event->operation == PAL_TRACE_CLOSE || event->operation == PAL_TRACE_RESET;
        int open = 0;
        for (size_t j = 0; j <= i; j++) {
            const pal_trace_event *before = &events[j].event;
            bool begins = before->operation == PAL_TRACE_CREATE && before->error.status == PAL_OK;
            bool ends = before->operation == PAL_TRACE_CLOSE || before->operation == PAL_TRACE_RESET;
            if (begins && before->socket == event->socket)
                open++;
            if (before->accepted == event->socket && before->accepted != 0 && open == 0)
                open++; /* on Windows it was created before */
            if (ends && before->socket == event->socket)
                open--;
        }
        if (event->operation != PAL_TRACE_CREATE || event->error.status == PAL_OK)
            assert_int_equal(open, is_end ? 0 : 1);
    }
    for (size_t i = 0; i < event_count; i++) {
        bool is_ended = events[i].event.operation == PAL_TRACE_CREATE && events[i].event.error.status != PAL_OK;
        for (size_t j = i; j < event_count && !is_ended; j++)
            is_ended = events[j].event.socket == events[i].event.socket &&
                       (events[j].event.operation == PAL_TRACE_CLOSE || events[j].event.operation == PAL_TRACE_RESET);
        assert_true(is_ended);
    }
}

/* What only some systems do: wait, bind before they connect, create what they will accept, end their half before they close. */
static bool is_besides(size_t index) {
    const pal_trace_event *event = &events[index].event;
    if (event->is_pending || (event->operation == PAL_TRACE_BIND && event->role == PAL_TRACE_CONNECTING) ||
        (event->operation == PAL_TRACE_CREATE && event->role == PAL_TRACE_ACCEPTED))
        return true;
    if (event->operation != PAL_TRACE_SHUTDOWN)
        return false;
    size_t next = index + 1;
    while (next < event_count && events[next].event.socket != event->socket)
        next++;
    return next < event_count && events[next].event.operation == PAL_TRACE_CLOSE;
}

/* The events of ROLE that every system reports, one letter each. */
static const char *letters_of(pal_trace_role role, uintptr_t socket, char *letters, size_t size) {
    static const char alphabet[PAL_TRACE_OPERATION_COUNT + 1] = "CBLANRSHXZ";
    size_t count = 0;
    for (size_t i = 0; i < event_count && count + 2 < size; i++) {
        const pal_trace_event *event = &events[i].event;
        if (event->role != role || event->socket != socket || is_besides(i))
            continue;
        letters[count++] = alphabet[event->operation];
        if (event->error.status != PAL_OK)
            letters[count++] = event->error.status == PAL_END ? '0' : '!';
    }
    letters[count] = '\0';
    return letters;
}

static const trace_entry *entry_of(pal_trace_role role, pal_trace_operation operation) {
    for (size_t i = 0; i < event_count; i++) {
        const pal_trace_event *event = &events[i].event;
        if (event->role == role && event->operation == operation && !event->is_pending)
            return &events[i];
    }
    fail_msg("operation %d of role %d was not reported", (int)operation, (int)role);
    return NULL;
}

static int count_of(pal_trace_role role, pal_trace_operation operation) {
    int count = 0;
    for (size_t i = 0; i < event_count; i++)
        count += events[i].event.role == role && events[i].event.operation == operation;
    return count;
}

#define assert_letters(role, socket, expected)                                                                                     \
    do {                                                                                                                           \
        char letters_text[128];                                                                                                    \
        assert_string_equal(letters_of((role), (socket), letters_text, sizeof letters_text), (expected));                          \
    } while (0)

static void assert_names(pal_error error, const char *expected_posix, const char *expected_winsock) {
    const char *posix, *winsock;
    assert_true(pal_error_names(error, &posix, &winsock));
    assert_string_equal(posix, expected_posix);
    assert_string_equal(winsock, expected_winsock);
}

/* One exchange of "ping" and "pong!", which the client ends. */
static void exchange(test_loop *loop, pal_address *address) {
    test_listener listener;
    test_pair pair;
    assert_ok(test_listener_open(&listener, loop, "127.0.0.1", 0, 7));
    *address = pal_listener_address(&listener.listener);
    test_pair_connect(&pair, &listener);
    test_stream_send(&pair.client, "ping", 4);
    test_stream_receive(&pair.server);
    test_loop_until(loop, pair.server.received_count, 1);
    test_stream_send(&pair.server, "pong!", 5);
    test_stream_receive(&pair.client);
    test_loop_until(loop, pair.client.received_count, 1);
    test_stream_shutdown(&pair.client);
    test_stream_receive(&pair.server);
    test_loop_until(loop, pair.server.ended_count, 1);
    test_stream_close_wait(&pair.server);
    test_stream_receive(&pair.client);
    test_loop_until(loop, pair.client.ended_count, 1);
    test_stream_close_wait(&pair.client);
    test_listener_close_wait(&listener);
}

static void an_exchange_reports_every_step_of_both_sides_once_and_in_order(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    trace_begin();
    exchange(&loop, &address);
    pal_trace_set(NULL, NULL);

    uintptr_t listening = entry_of(PAL_TRACE_LISTENING, PAL_TRACE_CREATE)->event.socket;
    uintptr_t connecting = entry_of(PAL_TRACE_CONNECTING, PAL_TRACE_CREATE)->event.socket;
    const trace_entry *accepted = entry_of(PAL_TRACE_LISTENING, PAL_TRACE_ACCEPT);
    assert_letters(PAL_TRACE_LISTENING, listening, "CBLAX");
    assert_letters(PAL_TRACE_CONNECTING, connecting, "CNSRHR0X");
    assert_letters(PAL_TRACE_ACCEPTED, accepted->event.accepted, "RSR0X");
    assert_int_equal(count_of(PAL_TRACE_CONNECTING, PAL_TRACE_SHUTDOWN), 1); /* and not once more by its close */
    assert_each_socket_ended_once();
    test_loop_close(&loop);
}

static void an_event_has_the_arguments_and_the_result_of_its_call(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    uint64_t begin_ns = pal_clock_now_ns();
    trace_begin();
    exchange(&loop, &address);
    pal_trace_set(NULL, NULL);

    const trace_entry *connect = entry_of(PAL_TRACE_CONNECTING, PAL_TRACE_CONNECT);
    assert_int_equal(connect->address.port, address.port);
    assert_memory_equal(connect->address.bytes, address.bytes, 4);
    assert_int_equal(entry_of(PAL_TRACE_LISTENING, PAL_TRACE_BIND)->address.family, PAL_IPV4);
    assert_int_equal(entry_of(PAL_TRACE_LISTENING, PAL_TRACE_CREATE)->address.family, PAL_IPV4);
    assert_int_equal(entry_of(PAL_TRACE_LISTENING, PAL_TRACE_LISTEN)->event.size, 7);
    const trace_entry *accept = entry_of(PAL_TRACE_LISTENING, PAL_TRACE_ACCEPT);
    assert_int_equal(pal_address_kind_of(&accept->address), PAL_KIND_LOOPBACK);
    assert_int_not_equal(accept->address.port, 0);

    const trace_entry *send = entry_of(PAL_TRACE_CONNECTING, PAL_TRACE_SEND);
    const trace_entry *receive = entry_of(PAL_TRACE_ACCEPTED, PAL_TRACE_RECEIVE);
    assert_int_equal(send->event.size, 4);
    assert_int_equal(send->event.done, 4);
    assert_memory_equal(send->bytes, "ping", 4);
    assert_int_equal(receive->event.size, PAL_RECEIVE_SIZE);
    assert_int_equal(receive->event.done, 4);
    assert_memory_equal(receive->bytes, "ping", 4);
    assert_memory_equal(entry_of(PAL_TRACE_CONNECTING, PAL_TRACE_RECEIVE)->bytes, "pong!", 5);

    assert_true(begin_ns <= events[0].event.time_ns && events[event_count - 1].event.time_ns <= pal_clock_now_ns());
    assert_true(send->event.time_ns <= receive->event.time_ns);
    for (size_t i = 1; i < event_count; i++) /* one thread; no send here is so slow that another event comes before it */
        assert_true(events[i - 1].event.time_ns <= events[i].event.time_ns);
    test_loop_close(&loop);
}

static void a_connect_that_waits_is_reported_twice_and_a_refusal_once(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_stream client;
    test_stream_init(&client, &loop);
    pal_address address;
    assert_true(pal_address_parse("127.0.0.1", TEST_REFUSING_PORT, &address));
    trace_begin();
    assert_ok(test_stream_connect(&client, &address));
    test_loop_until(&loop, client.connected_count, 1);
    test_stream_close_wait(&client);
    pal_trace_set(NULL, NULL);

    size_t pending = 0, refused = 0;
    for (size_t i = 0; i < event_count; i++) {
        const pal_trace_event *event = &events[i].event;
        assert_int_equal(event->role, PAL_TRACE_CONNECTING);
        if (event->operation != PAL_TRACE_CONNECT)
            continue;
        assert_int_equal(events[i].address.port, TEST_REFUSING_PORT);
        pending += event->is_pending;
        refused += event->error.status == PAL_REFUSED;
        if (event->error.os_code != 0) /* which the simulation has not */
            assert_names(event->error, "ECONNREFUSED", "WSAECONNREFUSED");
        assert_true(event->is_pending != (event->error.status == PAL_REFUSED));
    }
    assert_between(pending, 0, 1); /* a system may refuse at once */
    assert_int_equal(refused, 1);
    assert_letters(PAL_TRACE_CONNECTING, events[0].event.socket, "CN!X");
    assert_int_equal(count_of(PAL_TRACE_CONNECTING, PAL_TRACE_SHUTDOWN), 0); /* of what was never connected */
    assert_each_socket_ended_once();
    test_loop_close(&loop);
}

static void an_address_in_use_is_reported_by_its_bind(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_listener listener, other;
    uint16_t port = test_listener_start(&listener, &loop).port;
    trace_begin();
    pal_error error = test_listener_open(&other, &loop, "127.0.0.1", port, 0);
    pal_trace_set(NULL, NULL);
    assert_status(error, PAL_ADDRESS_IN_USE);
    const trace_entry *bind = entry_of(PAL_TRACE_LISTENING, PAL_TRACE_BIND);
    /* Linux lets both bind, and refuses the second listen where both allow the reuse. */
    const trace_entry *failed = bind->event.error.status != PAL_OK ? bind : entry_of(PAL_TRACE_LISTENING, PAL_TRACE_LISTEN);
    assert_int_equal(bind->address.port, port);
    assert_int_equal(failed->event.error.status, PAL_ADDRESS_IN_USE);
    assert_int_equal(failed->event.error.os_code, error.os_code);
    if (error.os_code != 0)
        assert_names(error, "EADDRINUSE", "WSAEADDRINUSE");
    assert_int_equal(events[event_count - 1].event.operation, PAL_TRACE_CLOSE);
    assert_each_socket_ended_once();
    test_listener_close_wait(&listener);
    test_loop_close(&loop);
}

static void a_reset_is_reported_on_both_sides(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_pair pair;
    trace_begin();
    test_pair_open(&pair, &loop);
    test_stream_receive(&pair.client);
    test_loop_passes(&loop, 3);
    test_stream_reset(&pair.server);
    test_loop_until(&loop, pair.client.ended_count, 1);
    test_pair_close(&pair);
    pal_trace_set(NULL, NULL);
    uintptr_t connecting = entry_of(PAL_TRACE_CONNECTING, PAL_TRACE_CREATE)->event.socket;
    assert_letters(PAL_TRACE_CONNECTING, connecting, "CNR!X");
    assert_letters(PAL_TRACE_ACCEPTED, entry_of(PAL_TRACE_LISTENING, PAL_TRACE_ACCEPT)->event.accepted, "Z");
    assert_int_equal(entry_of(PAL_TRACE_CONNECTING, PAL_TRACE_RECEIVE)->event.error.status, PAL_RESET);
    assert_each_socket_ended_once();
    test_loop_close(&loop);
}

#define LARGE_SIZE ((size_t)6 << 20)

/* It takes more than one call on every system, and each byte is reported once on each side. */
static void the_pieces_of_a_large_send_are_reported_once_each(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_pair pair;
    uint8_t *bytes = test_pattern_new(5, LARGE_SIZE);
    trace_begin();
    test_pair_open(&pair, &loop);
    test_stream_send(&pair.client, bytes, LARGE_SIZE);
    test_stream_drain(&pair.server);
    test_loop_until(&loop, pair.server.received_bytes, LARGE_SIZE);
    test_loop_until(&loop, pair.client.sent_count, 1);
    test_pair_close(&pair);
    pal_trace_set(NULL, NULL);

    size_t sent = 0, received = 0;
    for (size_t i = 0; i < event_count; i++) {
        const pal_trace_event *event = &events[i].event;
        assert_true(event->done <= event->size);
        assert_true((event->done > 0) == (event->bytes != NULL));
        assert_false(event->is_pending && (event->done > 0 || event->error.status != PAL_OK));
        sent += event->operation == PAL_TRACE_SEND ? event->done : 0;
        received += event->operation == PAL_TRACE_RECEIVE ? event->done : 0;
    }
    assert_int_equal(sent, LARGE_SIZE);
    assert_int_equal(received, LARGE_SIZE);
    assert_int_equal(digests[PAL_TRACE_SEND], digest_of(0, bytes, LARGE_SIZE));
    assert_int_equal(digests[PAL_TRACE_RECEIVE], digest_of(0, bytes, LARGE_SIZE));
    assert_each_socket_ended_once();
    free(bytes);
    test_loop_close(&loop);
}

static void a_socket_that_no_stream_took_is_reported_closed(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    test_listener listener;
    test_stream client;
    trace_begin();
    pal_address address = test_listener_start(&listener, &loop);
    test_stream_connect_wait(&client, &loop, &address);
    test_loop_until(&loop, listener.accepted_count, 1);
    pal_socket_close(test_listener_take(&listener));
    test_stream_close_wait(&client);
    test_listener_close_wait(&listener);
    pal_trace_set(NULL, NULL);
    assert_letters(PAL_TRACE_ACCEPTED, entry_of(PAL_TRACE_LISTENING, PAL_TRACE_ACCEPT)->event.accepted, "X");
    assert_each_socket_ended_once();
    test_loop_close(&loop);
}

static void a_socket_that_listens_and_is_closed_without_a_listener_is_reported_as_listening(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    pal_socket socket;
    assert_true(pal_address_parse("127.0.0.1", 0, &address));
    trace_begin();
    assert_ok(pal_socket_listen(&address, 0, &socket));
    pal_socket_close(socket);
    pal_trace_set(NULL, NULL);
    const pal_trace_event *last = &events[event_count - 1].event;
    assert_letters(PAL_TRACE_LISTENING, last->socket, "CBLX");
    assert_each_socket_ended_once();
    test_loop_close(&loop);
}

static void nothing_is_reported_once_it_is_switched_off(void **state) {
    (void)state;
    test_loop loop;
    test_loop_open(&loop);
    pal_address address;
    trace_begin();
    pal_trace_set(NULL, NULL);
    exchange(&loop, &address);
    assert_int_equal(event_count, 0);
    test_loop_close(&loop);
}

static void each_operation_has_a_name_on_both_systems(void **state) {
    (void)state;
    for (int i = 0; i < PAL_TRACE_OPERATION_COUNT; i++) {
        assert_int_not_equal(pal_trace_bsd_name((pal_trace_operation)i)[0], '\0');
        assert_int_not_equal(pal_trace_winsock_name((pal_trace_operation)i)[0], '\0');
    }
    assert_string_equal(pal_trace_bsd_name(PAL_TRACE_RECEIVE), "recv");
    assert_string_equal(pal_trace_winsock_name(PAL_TRACE_RECEIVE), "WSARecv");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exchange_reports_every_step_of_both_sides_once_and_in_order),
        cmocka_unit_test(an_event_has_the_arguments_and_the_result_of_its_call),
        cmocka_unit_test(a_connect_that_waits_is_reported_twice_and_a_refusal_once),
        cmocka_unit_test(an_address_in_use_is_reported_by_its_bind),
        cmocka_unit_test(a_reset_is_reported_on_both_sides),
        cmocka_unit_test(the_pieces_of_a_large_send_are_reported_once_each),
        cmocka_unit_test(a_socket_that_no_stream_took_is_reported_closed),
        cmocka_unit_test(a_socket_that_listens_and_is_closed_without_a_listener_is_reported_as_listening),
        cmocka_unit_test(nothing_is_reported_once_it_is_switched_off),
        cmocka_unit_test(each_operation_has_a_name_on_both_systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
