/* One loop accepts, others converse: an accepted socket crosses to another thread's loop with pal_loop_post and is opened there. */
#include "pal/container.h"
#include "pal/thread.h"
#include "platform/listener/groups.h"
#include "support/listener.h"
#include "support/random.h"
#include "support/stream.h"

#define WORKERS 3
#define CLIENTS 12
#define MESSAGE_SIZE ((size_t)200000)

typedef struct worker {
    test_loop loop; /* its thread's, once that runs */
    pal_thread thread;
    uint64_t wanted, closed_count;
} worker;

/* One connection: handed over by the accepting thread, then the worker's alone. */
typedef struct handover {
    pal_post post;
    worker *to;
    pal_socket socket;
    test_stream stream;
} handover;

static worker workers[WORKERS];
static handover handovers[CLIENTS];
static uint8_t message[MESSAGE_SIZE];

static void server_closed(test_stream *stream) {
    worker *owner = stream->context;
    owner->closed_count++;
}

static void take_over(pal_post *post) {
    handover *given = PAL_CONTAINER_OF(post, handover, post);
    test_stream_init(&given->stream, &given->to->loop);
    given->stream.context = given->to;
    given->stream.on_closed = server_closed;
    if (test_stream_open(&given->stream, given->socket).status != PAL_OK)
        test_loop_fail(&given->to->loop, "a socket from another thread could not be opened");
    else
        test_stream_serve(&given->stream);
}

static void work(void *context) {
    worker *self = context;
    test_loop_run_until(&self->loop, &self->closed_count, self->wanted, "the worker's streams to be closed");
}

static void hand_over(test_listener *listener, pal_socket socket, const pal_address *peer) {
    (void)peer;
    uint64_t index = listener->accepted_count - 1;
    if (index >= CLIENTS) {
        pal_socket_close(socket);
        test_loop_fail(listener->loop, "more connections were accepted than made");
        return;
    }
    handover *given = &handovers[index];
    given->post.run = take_over;
    given->to = &workers[index % WORKERS];
    given->socket = socket;
    pal_loop_post(&given->to->loop.loop, &given->post);
}

static void client_received(test_stream *stream, const uint8_t *bytes, size_t size) {
    (void)bytes;
    if (size == 0)
        return;
    if (stream->received_bytes == MESSAGE_SIZE)
        test_stream_shutdown(stream);
    test_stream_receive(stream);
}

static void converse(test_loop *loop, const pal_address *address) {
    static test_stream clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        test_stream_connect_wait(&clients[i], loop, address);
        test_stream_expect_pattern(&clients[i], 77);
        clients[i].on_received = client_received;
        test_stream_send(&clients[i], message, MESSAGE_SIZE);
        test_stream_receive(&clients[i]);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        test_loop_until(loop, clients[i].ended_count, 1);
        assert_status(clients[i].received_error, PAL_END);
        assert_int_equal(clients[i].received_bytes, MESSAGE_SIZE);
        test_stream_close_wait(&clients[i]);
    }
}

static void accepted_sockets_converse_on_other_threads(void **state) {
    (void)state;
    test_pattern_fill(77, 0, message, MESSAGE_SIZE);
    test_loop loop;
    test_listener listener;
    test_listener_begin(&listener, &loop);
    listener.on_accepted = hand_over;
    for (size_t i = 0; i < WORKERS; i++) {
        test_loop_open(&workers[i].loop);
        workers[i].wanted = CLIENTS / WORKERS;
        workers[i].closed_count = 0;
        assert_ok(pal_thread_start(&workers[i].thread, work, &workers[i]));
    }
    pal_address address = pal_listener_address(&listener.listener);
    converse(&loop, &address);
    for (size_t i = 0; i < WORKERS; i++) {
        pal_thread_join(&workers[i].thread);
        assert_int_equal(workers[i].closed_count, CLIENTS / WORKERS);
        test_loop_close(&workers[i].loop);
    }
    test_listener_end(&listener);
}

int listener_handover_run(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_sockets_converse_on_other_threads),
    };
    return cmocka_run_group_tests_name("listener hand-over", tests, NULL, NULL);
}
