/* The real program in processes of its own. Every wait has a deadline that fails the test. The teardown ends what a test leaves
 * running. */
#ifndef TEST_APPS_PROGRAM_H
#define TEST_APPS_PROGRAM_H

#include "pal/clock.h"
#include "pal/process.h"
#include "support/check.h"
#include "support/peer.h"

#include <stddef.h>
#include <stdint.h>

#define PROGRAM_WAIT_NS (60 * PAL_SECOND_NS) /* far longer than any wait here on a slow machine */

/* Starts `loopmsg ARGUMENT...`. At most 8 at once in a test. */
#define program_start(...) program_start_with((const char *const[]){LOOPMSG_PROGRAM, __VA_ARGS__, NULL})
pal_process *program_start_with(const char *const *arguments);

/* Runs `loopmsg ARGUMENT...` to its end, with SIZE bytes on standard input; fails unless it exits with CODE. */
#define program_run(code, input, size, ...)                                                                                        \
    program_run_with((code), (input), (size), (const char *const[]){LOOPMSG_PROGRAM, __VA_ARGS__, NULL})
pal_process *program_run_with(int code, const void *input, size_t size, const char *const *arguments);

/* Starts `loopmsg serve ARGUMENT...` and waits until it listens on 127.0.0.1; *PORT is its real port. */
#define server_start(port, ...) server_start_with((port), (const char *const[]){LOOPMSG_PROGRAM, "serve", __VA_ARGS__, NULL})
pal_process *server_start_with(uint16_t *port, const char *const *arguments);

/* The same for a test that needs the address as text: ADDRESS, of PROGRAM_ADDRESS_SIZE, becomes "127.0.0.1:PORT". */
#define server_start_address(address, ...)                                                                                         \
    server_start_address_with((address), (const char *const[]){LOOPMSG_PROGRAM, "serve", __VA_ARGS__, NULL})
pal_process *server_start_address_with(char *address, const char *const *arguments);

/* The same for a test with one PEER, which is then connected. */
#define server_connect(peer, ...) server_connect_with((peer), (const char *const[]){LOOPMSG_PROGRAM, "serve", __VA_ARGS__, NULL})
pal_process *server_connect_with(test_peer *peer, const char *const *arguments);

/* The same, and the server has greeted PEER with "hello,im server". */
#define server_meet(peer, ...) server_meet_with((peer), (const char *const[]){LOOPMSG_PROGRAM, "serve", __VA_ARGS__, NULL})
pal_process *server_meet_with(test_peer *peer, const char *const *arguments);

/* Connects PEER to the server at PORT, which greets it with "hello,im server". */
void peer_meet(test_peer *peer, uint16_t port);

/* Starts `loopmsg COMMAND ADDRESS ARGUMENT...` without input, and PEER accepts its connection to ADDRESS. */
#define program_meet(peer, command, ...)                                                                                           \
    program_meet_with((peer), (const char *const[]){LOOPMSG_PROGRAM, command,                                                      \
                                                    program_address(test_peer_listen(peer), (char[PROGRAM_ADDRESS_SIZE]){0}),      \
                                                    __VA_ARGS__, NULL})
pal_process *program_meet_with(test_peer *peer, const char *const *arguments);

/* Interrupts it and waits for its end with exit code 0. */
void server_stop(pal_process *server);

/* Writes "127.0.0.1:PORT". Returns BUFFER. */
#define PROGRAM_ADDRESS_SIZE 32
const char *program_address(uint16_t port, char *buffer);

/* Waits until TEXT has been printed. */
void program_await(pal_process *process, pal_process_stream stream, const char *text);

/* Waits for the end; fails unless the exit code is CODE. */
void program_expect_exit(pal_process *process, int code);

/* What it has printed is TEXT to the byte; after its end. */
void program_expect(pal_process *process, pal_process_stream stream, const char *text);

/* What it has printed so far contains TEXT, or does not. */
void program_expect_part(pal_process *process, pal_process_stream stream, const char *text);
void program_expect_no_part(pal_process *process, pal_process_stream stream, const char *text);

/* Standard error is one line that begins with "loopmsg: " and holds TEXT; after its end. */
void program_expect_error_line(pal_process *process, const char *text);

/* A CMocka test that ends everything it started. */
#define program_test(function) cmocka_unit_test_teardown(function, programs_end)
int programs_end(void **state);

#endif
