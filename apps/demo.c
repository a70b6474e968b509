/* The main job, shown: a real server and a real client in two processes, what each of them printed, and whether that is exactly what the
 * design promises. Exits with 0 when it is. */
#include "pal/clock.h"
#include "pal/console.h"
#include "pal/process.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_NS (30 * PAL_SECOND_NS)
#define LISTENING "listening on "
#define CLIENT_TRANSCRIPT "-->>hello,im server\n-->>loop_msg:hello,im client!\n"

static void print(const char *text) {
    (void)pal_console_write(PAL_STANDARD_OUTPUT, text, strlen(text));
}

static void complain(const char *text, const char *detail) {
    (void)pal_console_write(PAL_STANDARD_ERROR, text, strlen(text));
    (void)pal_console_write(PAL_STANDARD_ERROR, detail, strlen(detail));
    (void)pal_console_write(PAL_STANDARD_ERROR, "\n", 1);
}

static pal_process *program_start(const char *const *arguments) {
    pal_process *process = NULL;
    pal_error error = pal_process_start(&process, arguments);
    if (error.status != PAL_OK) {
        char text[PAL_ERROR_TEXT_SIZE];
        complain("demo: cannot start the program: ", pal_error_text(error, text, sizeof text));
        return NULL;
    }
    pal_process_end_input(process);
    return process;
}

/* Waits for the server's line that tells where it listens, and writes the address to TEXT. */
static bool address_await(pal_process *server, char *text, size_t size) {
    if (!pal_process_wait_text(server, PAL_PROCESS_ERROR, "\n", pal_clock_now_ns() + WAIT_NS))
        return false;
    char *told = pal_process_text(server, PAL_PROCESS_ERROR, NULL);
    const char *address = told != NULL ? strstr(told, LISTENING) : NULL;
    if (address != NULL) {
        address += strlen(LISTENING);
        snprintf(text, size, "%.*s", (int)strcspn(address, "\r\n"), address);
    }
    free(told);
    return address != NULL;
}

/* Prints what PROCESS wrote to standard output under HEADING, and compares it. */
static bool transcript_show(pal_process *process, const char *heading, const char *expected) {
    char *text = pal_process_text(process, PAL_PROCESS_OUTPUT, NULL);
    print(heading);
    print(text != NULL ? text : "");
    print("\n");
    bool is_right = text != NULL && strcmp(text, expected) == 0;
    if (!is_right)
        complain("demo: that is not what was expected:\n", expected);
    free(text);
    return is_right;
}

/* The client's own address, which no one else knows, is taken from the server's transcript; everything else must be as the design says. */
static void server_expected(pal_process *server, char *expected, size_t size) {
    char peer[100] = "";
    char *text = pal_process_text(server, PAL_PROCESS_OUTPUT, NULL);
    const char *from = text != NULL ? strstr(text, "connection from ") : NULL;
    const char *end = from != NULL ? strstr(from, "...\n") : NULL;
    if (end != NULL) {
        from += strlen("connection from ");
        snprintf(peer, sizeof peer, "%.*s", (int)(end - from), from);
    }
    free(text);
    snprintf(expected, size,
             "waiting for connection...\nAccept new connection from %s...\n-->>hello,im client!\nConnection from %s closed\n", peer,
             peer);
}

static bool is_done(pal_process *process, const char *who) {
    int code = -1;
    if (!pal_process_wait(process, pal_clock_now_ns() + WAIT_NS, &code)) {
        complain("demo: it did not end: ", who);
        return false;
    }
    if (code == 0)
        return true;
    char *text = pal_process_text(process, PAL_PROCESS_ERROR, NULL);
    complain("demo: it failed: ", who);
    complain(text != NULL ? text : "", "");
    free(text);
    return false;
}

static bool conversation_show(const char *program, pal_process *server) {
    char address[100];
    if (!address_await(server, address, sizeof address)) {
        is_done(server, "the server, before it listened");
        return false;
    }
    const char *talk[] = {program, "talk", address, "hello,im client", NULL};
    pal_process *client = program_start(talk);
    if (client == NULL)
        return false;
    bool is_right = is_done(client, "the client");
    is_right = pal_process_wait_text(server, PAL_PROCESS_OUTPUT, " closed\n", pal_clock_now_ns() + WAIT_NS) && is_right;
    pal_process_interrupt(server);
    is_right = is_done(server, "the server") && is_right;
    char expected[400];
    server_expected(server, expected, sizeof expected);
    is_right = transcript_show(server, "loopmsg serve 127.0.0.1:0\n-------------------------\n", expected) && is_right;
    is_right = transcript_show(client, "loopmsg talk ADDRESS \"hello,im client\"\n--------------------------------------\n",
                               CLIENT_TRANSCRIPT) &&
               is_right;
    pal_process_close(client);
    return is_right;
}

int main(int argc, char **argv) {
    if (pal_console_open(&argc, &argv).status != PAL_OK || argc != 2) {
        complain("usage: loopmsg_demo PROGRAM", "");
        return 2;
    }
    const char *serve[] = {argv[1], "serve", "127.0.0.1:0", NULL};
    pal_process *server = program_start(serve);
    if (server == NULL)
        return 1;
    bool is_right = conversation_show(argv[1], server);
    pal_process_close(server);
    print(is_right ? "Both transcripts are as they should be.\n" : "The demo failed.\n");
    return is_right ? 0 : 1;
}
