/* The accepting loop and its workers. The accepting thread owns the listeners and every connection's memory. A worker borrows a
 * connection between two posts, there and back. So nothing is shared. */
#include "loopmsg/server.h"

#include "loopmsg/template.h"
#include "pal/clock.h"
#include "pal/container.h"
#include "pal/listener.h"
#include "pal/loop.h"
#include "pal/system.h"
#include "pal/thread.h"
#include "server/connection.h"

#include <assert.h>
#include <stdlib.h>

#define RESUME_NS (100 * PAL_MILLISECOND_NS) /* pause after a failed accept, unless a connection closes meanwhile */
#define FAILURE_NS PAL_SECOND_NS             /* a failing accept is reported once per this time */
#define PORT_TRIES 16                        /* free ports to try for several addresses until one is free on all */

typedef struct server_thread {
    lm_worker worker;
    pal_thread thread;
    pal_post drain_post, quit_post;
    pal_timer drain_timer;
} server_thread;

typedef struct server_listener {
    pal_listener listener;
    lm_server *server;
} server_listener;

struct lm_server {
    lm_server_settings settings;
    lm_lane lane; /* of the accepting thread */
    server_listener listeners[LM_ADDRESSES_MAX];
    size_t listener_count; /* that listen */
    size_t open_count;     /* those, or after closing them those that are not yet closed */
    server_thread *threads;
    unsigned thread_count; /* started */
    unsigned next_thread;
    uint64_t connection_count;
    pal_timer resume_timer;
    uint64_t failure_report_ns; /* when a failing accept may be reported again */
    bool is_stopping, has_run;
    pal_post stop_post;
    pal_mutex stop_mutex; /* guards is_stop_posted */
    bool is_stop_posted;
};

/* -- worker threads -- */

static void worker_abort_all(pal_timer *timer) {
    server_thread *thread = PAL_CONTAINER_OF(timer, server_thread, drain_timer);
    for (lm_connection *connection = thread->worker.connections; connection != NULL; connection = connection->next)
        lm_connection_abort(connection);
}

static void worker_drain(pal_post *post) {
    server_thread *thread = PAL_CONTAINER_OF(post, server_thread, drain_post);
    lm_worker *worker = &thread->worker;
    worker->is_draining = true;
    worker->drain_deadline_ns = pal_clock_now_ns() + worker->lane.settings->drain_ns;
    for (lm_connection *connection = worker->connections; connection != NULL; connection = connection->next)
        lm_connection_drain(connection);
    pal_timer_start(&worker->lane.loop, &thread->drain_timer, worker->drain_deadline_ns);
}

static void worker_quit(pal_post *post) {
    server_thread *thread = PAL_CONTAINER_OF(post, server_thread, quit_post);
    pal_timer_stop(&thread->worker.lane.loop, &thread->drain_timer);
    pal_loop_stop(&thread->worker.lane.loop);
}

static void worker_main(void *context) {
    server_thread *thread = context;
    pal_loop_run(&thread->worker.lane.loop);
    lm_buffer_free(&thread->worker.output);
}

static lm_connection *connection_of_post(pal_post *post) {
    return PAL_CONTAINER_OF(post, lm_connection, post);
}

static void connection_arrived(pal_post *post) {
    lm_connection_start(connection_of_post(post));
}

/* -- the accepting thread -- */

static void server_end_if_over(lm_server *server) {
    if (!server->is_stopping || server->open_count > 0 || server->connection_count > 0)
        return;
    for (unsigned i = 0; i < server->thread_count; i++)
        pal_loop_post(&server->threads[i].worker.lane.loop, &server->threads[i].quit_post);
    pal_loop_stop(&server->lane.loop);
}

static void server_resume(lm_server *server) {
    pal_timer_stop(&server->lane.loop, &server->resume_timer);
    for (size_t i = 0; i < server->listener_count; i++)
        pal_listener_resume(&server->listeners[i].listener);
}

static void resume_timer_expired(pal_timer *timer) {
    server_resume(PAL_CONTAINER_OF(timer, lm_server, resume_timer));
}

static void connection_returned(pal_post *post) {
    lm_connection *connection = connection_of_post(post);
    lm_server *server = connection->server;
    free(connection);
    server->connection_count--;
    if (server->resume_timer.running)
        server_resume(server); /* a descriptor and some memory are free again */
    server_end_if_over(server);
}

static void connection_released(lm_connection *connection) {
    connection->post.run = connection_returned;
    pal_loop_post(&connection->server->lane.loop, &connection->post);
}

static void server_accept_failed(lm_server *server, pal_error error) {
    uint64_t now_ns = pal_loop_now_ns(&server->lane.loop);
    if (now_ns >= server->failure_report_ns) {
        server->failure_report_ns = now_ns + FAILURE_NS;
        lm_event event = {.kind = LM_EVENT_ACCEPT_FAILED, .error = error};
        lm_lane_report(&server->lane, &event);
    }
    pal_timer_start(&server->lane.loop, &server->resume_timer, now_ns + RESUME_NS);
}

static void listener_accepted(pal_listener *listener, pal_error error, pal_socket socket, const pal_address *peer) {
    lm_server *server = PAL_CONTAINER_OF(listener, server_listener, listener)->server;
    if (error.status != PAL_OK) {
        server_accept_failed(server, error);
        return;
    }
    if (server->settings.max_connections > 0 && server->connection_count >= server->settings.max_connections) {
        pal_socket_close(socket);
        lm_event event = {.kind = LM_EVENT_TURNED_AWAY, .peer = peer};
        lm_lane_report(&server->lane, &event);
        return;
    }
    lm_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        pal_socket_close(socket);
        pal_listener_pause(listener);
        server_accept_failed(server, pal_error_of(PAL_NO_MEMORY));
        return;
    }
    server_thread *thread = &server->threads[server->next_thread];
    server->next_thread = (server->next_thread + 1) % server->thread_count;
    server->connection_count++;
    connection->server = server;
    connection->worker = &thread->worker;
    connection->socket = socket;
    connection->peer = *peer;
    connection->post.run = connection_arrived;
    pal_loop_post(&thread->worker.lane.loop, &connection->post);
}

static void listener_closed(pal_listener *listener) {
    lm_server *server = PAL_CONTAINER_OF(listener, server_listener, listener)->server;
    server->open_count--;
    if (server->is_stopping)
        server_end_if_over(server);
    else if (server->open_count == 0)
        pal_loop_stop(&server->lane.loop); /* server_unlisten waits for this */
}

static const pal_listener_handler listener_handler = {.accepted = listener_accepted, .closed = listener_closed};

static void server_close_listeners(lm_server *server) {
    for (size_t i = 0; i < server->listener_count; i++)
        pal_listener_close(&server->listeners[i].listener);
    server->listener_count = 0;
}

static void server_stop_run(pal_post *post) {
    lm_server *server = PAL_CONTAINER_OF(post, lm_server, stop_post);
    server->is_stopping = true;
    pal_timer_stop(&server->lane.loop, &server->resume_timer);
    server_close_listeners(server);
    /* This arrives after every connection handed over before: a loop keeps the order of one thread's posts. */
    for (unsigned i = 0; i < server->thread_count; i++)
        pal_loop_post(&server->threads[i].worker.lane.loop, &server->threads[i].drain_post);
    server_end_if_over(server);
}

/* -- opening -- */

static void answer_default(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    static const lm_template reply = {LM_REPLY};
    (void)context;
    (void)peer;
    lm_template_append(&reply, answer, message->bytes, message->size);
}

static void answer_echo(void *context, const pal_address *peer, const lm_message *message, lm_buffer *answer) {
    (void)context;
    (void)peer;
    lm_buffer_append(answer, message->bytes, message->size);
}

lm_server_settings lm_server_defaults(void) {
    return (lm_server_settings){
        .conversation = {.framing = LM_FRAMING_AUTO, .greeting = LM_GREETING, .farewell = LM_FAREWELL},
        .drain_ns = 5 * PAL_SECOND_NS,
    };
}

/* Closes every listener and waits until all are closed, on a loop that does nothing else yet. */
static void server_unlisten(lm_server *server) {
    if (server->open_count == 0)
        return;
    server_close_listeners(server);
    pal_loop_run(&server->lane.loop);
}

static void listener_opened(lm_server *server) {
    server->listener_count++;
    server->open_count++;
}

/* Adopts every socket. After a failure, closes the rest. */
static pal_error server_adopt(lm_server *server) {
    const lm_server_settings *settings = &server->settings;
    pal_error error = pal_ok();
    for (size_t i = 0; i < settings->socket_count; i++) {
        if (error.status != PAL_OK) {
            pal_socket_close(settings->sockets[i]);
            continue;
        }
        server_listener *listener = &server->listeners[server->listener_count];
        listener->server = server;
        error = pal_listener_adopt(&listener->listener, &server->lane.loop, &listener_handler, settings->sockets[i]);
        if (error.status == PAL_OK)
            listener_opened(server);
    }
    return error;
}

/* Binds every address. The first free port that the system picks also serves the others that ask for one. */
static pal_error server_listen(lm_server *server, pal_address *failed) {
    const lm_server_settings *settings = &server->settings;
    pal_error passed_over = pal_ok();
    uint16_t port = 0;
    for (size_t i = 0; i < settings->address_count; i++) {
        pal_address address = settings->addresses[i];
        if (address.port == 0)
            address.port = port;
        server_listener *listener = &server->listeners[server->listener_count];
        listener->server = server;
        pal_error error =
            pal_listener_open(&listener->listener, &server->lane.loop, &listener_handler, &address, settings->backlog);
        if (error.status == PAL_OK) {
            listener_opened(server);
            if (settings->addresses[i].port == 0)
                port = pal_listener_address(&listener->listener).port;
            continue;
        }
        if (failed != NULL)
            *failed = address;
        if (error.status != PAL_ADDRESS_UNAVAILABLE && error.status != PAL_UNSUPPORTED)
            return error;
        passed_over = error;
    }
    return server->listener_count > 0 ? pal_ok() : passed_over;
}

static pal_error server_listen_all(lm_server *server, pal_address *failed) {
    pal_error error = pal_ok();
    for (int i = 0; i < PORT_TRIES; i++) {
        error = server_listen(server, failed);
        if (error.status == PAL_OK)
            return error;
        /* A port that was free on the first address may be taken on the second. */
        bool is_worth_another =
            error.status == PAL_ADDRESS_IN_USE && server->listener_count > 0 && server->settings.addresses[0].port == 0;
        server_unlisten(server);
        if (!is_worth_another)
            break;
    }
    return error;
}

static pal_error thread_start(lm_server *server, unsigned number) {
    server_thread *thread = &server->threads[number];
    pal_error error = lm_lane_open(&thread->worker.lane, &server->settings, number);
    if (error.status != PAL_OK)
        return error;
    thread->worker.released = connection_released;
    thread->drain_post.run = worker_drain;
    thread->quit_post.run = worker_quit;
    thread->drain_timer.expired = worker_abort_all;
    error = pal_thread_start(&thread->thread, worker_main, thread);
    if (error.status != PAL_OK)
        lm_lane_close(&thread->worker.lane);
    return error;
}

static pal_error server_start_threads(lm_server *server, unsigned count) {
    server->threads = calloc(count, sizeof *server->threads);
    if (server->threads == NULL)
        return pal_error_of(PAL_NO_MEMORY);
    for (unsigned i = 0; i < count; i++) {
        pal_error error = thread_start(server, i);
        if (error.status != PAL_OK)
            return error;
        server->thread_count++;
    }
    return pal_ok();
}

/* Returns a server that has its lane and does not listen yet; NULL with an error. */
static lm_server *server_make(const lm_server_settings *settings, unsigned threads, pal_error *error) {
    lm_server *server = calloc(1, sizeof *server);
    *error = pal_error_of(PAL_NO_MEMORY);
    if (server == NULL)
        return NULL;
    server->settings = *settings;
    if (settings->answer == NULL)
        server->settings.answer = lm_framing_traits_of(settings->conversation.framing)->has_messages ? answer_default : answer_echo;
    server->stop_post.run = server_stop_run;
    server->resume_timer.expired = resume_timer_expired;

    *error = lm_lane_open(&server->lane, &server->settings, threads);
    if (error->status != PAL_OK) {
        free(server);
        return NULL;
    }
    pal_mutex_open(&server->stop_mutex);
    return server;
}

pal_error lm_server_open(lm_server **result, const lm_server_settings *settings, pal_address *failed) {
    assert(settings->address_count <= LM_ADDRESSES_MAX && settings->socket_count <= LM_ADDRESSES_MAX);
    assert((settings->address_count > 0) != (settings->socket_count > 0) && settings->threads <= LM_THREADS_MAX);
    unsigned threads = settings->threads > 0 ? settings->threads : pal_processor_count();
    if (threads > LM_THREADS_MAX)
        threads = LM_THREADS_MAX;
    pal_error error;
    lm_server *server = server_make(settings, threads, &error);
    if (server == NULL) {
        for (size_t i = 0; i < settings->socket_count; i++)
            pal_socket_close(settings->sockets[i]);
        return error;
    }
    error = settings->socket_count > 0 ? server_adopt(server) : server_listen_all(server, failed);
    if (error.status == PAL_OK)
        error = server_start_threads(server, threads);
    if (error.status != PAL_OK) {
        lm_server_close(server);
        return error;
    }
    *result = server;
    return pal_ok();
}

size_t lm_server_addresses(const lm_server *server, pal_address *addresses, size_t capacity) {
    for (size_t i = 0; i < server->listener_count && i < capacity; i++)
        addresses[i] = pal_listener_address(&server->listeners[i].listener);
    return server->listener_count;
}

void lm_server_run(lm_server *server) {
    assert(!server->has_run);
    server->has_run = true;
    pal_loop_run(&server->lane.loop);
}

void lm_server_stop(lm_server *server) {
    pal_mutex_lock(&server->stop_mutex);
    if (!server->is_stop_posted)
        pal_loop_post(&server->lane.loop, &server->stop_post);
    server->is_stop_posted = true;
    pal_mutex_unlock(&server->stop_mutex);
}

void lm_server_close(lm_server *server) {
    if (!server->has_run) { /* running it ends the threads and the listeners */
        lm_server_stop(server);
        lm_server_run(server);
    }
    for (unsigned i = 0; i < server->thread_count; i++) {
        pal_thread_join(&server->threads[i].thread);
        lm_lane_close(&server->threads[i].worker.lane);
    }
    lm_lane_close(&server->lane);
    pal_mutex_close(&server->stop_mutex);
    free(server->threads);
    free(server);
}
