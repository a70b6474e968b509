/* A program of another project: a server and a client of the installed library exchange one message. */
#include <loopmsg/client.h>
#include <loopmsg/server.h>
#include <loopmsg/version.h>
#include <pal/clock.h>
#include <pal/thread.h>
#include <stdio.h>
#include <string.h>

typedef struct exchange {
    pal_loop loop;
    lm_client client;
    int message_count;
    bool is_right;
} exchange;

static exchange the_exchange;

static void end(void) {
    lm_client_close(&the_exchange.client);
}

static void connected(lm_client *client, pal_error error, const pal_address *address) {
    (void)client, (void)address;
    if (error.status != PAL_OK)
        end();
}

static void message(lm_client *client, const lm_message *what) {
    static const char *const expected[] = {LM_GREETING, "loop_msg:hello,im client!"};
    size_t size = strlen(expected[the_exchange.message_count]);
    bool is_expected = what->size == size && memcmp(what->bytes, expected[the_exchange.message_count], size) == 0;
    printf("-->>%.*s\n", (int)what->size, (const char *)what->bytes);
    the_exchange.message_count++;
    the_exchange.is_right = is_expected && the_exchange.message_count == 2;
    if (!is_expected || the_exchange.is_right || !lm_client_send(client, "hello,im client", 15, LM_ENDING_NONE))
        end();
}

static void sent(lm_client *client, pal_error error) {
    (void)client;
    if (error.status != PAL_OK)
        end();
}

static void ended(lm_client *client, lm_cause cause, pal_error error) {
    (void)client, (void)cause, (void)error;
    end();
}

static void closed(lm_client *client) {
    (void)client;
    pal_loop_stop(&the_exchange.loop);
}

static void serve(void *server) {
    lm_server_run((lm_server *)server);
}

static void converse(const pal_address *address) {
    static const lm_client_handler handler = {
        .connected = connected, .message = message, .sent = sent, .ended = ended, .closed = closed};
    lm_client_settings settings = {.addresses = address, .address_count = 1, .connect_timeout_ns = 10 * PAL_SECOND_NS};
    if (pal_loop_open(&the_exchange.loop).status != PAL_OK)
        return;
    lm_client_open(&the_exchange.client, &the_exchange.loop, &handler, &settings);
    pal_loop_run(&the_exchange.loop);
    pal_loop_close(&the_exchange.loop);
}

int main(void) {
    pal_address address;
    pal_thread thread;
    lm_server *server;
    lm_server_settings settings = lm_server_defaults();
    if (!pal_address_parse("127.0.0.1", 0, &address))
        return 2;
    settings.addresses = &address;
    settings.address_count = 1;
    settings.threads = 1;
    if (lm_server_open(&server, &settings, NULL).status != PAL_OK)
        return 3;
    lm_server_addresses(server, &address, 1);
    if (pal_thread_start(&thread, serve, server).status != PAL_OK)
        return 4;
    converse(&address);
    lm_server_stop(server);
    pal_thread_join(&thread);
    lm_server_close(server);
    printf("loopmsg %s: %s\n", lm_version(), the_exchange.is_right ? "as expected" : "not as expected");
    return the_exchange.is_right ? 0 : 1;
}
