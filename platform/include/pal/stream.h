/* A TCP connection. Requests complete through callbacks on the loop's thread.
 *
 * 1. Each request (connect, receive, send, close) is answered by exactly one callback, never from inside the request's call.
 * 2. One receive and one send may be under way on a stream. A second one is a programming error: it asserts.
 * 3. `received` lends bytes of the loop, valid only during the callback: an idle connection owns no buffer.
 * 4. A send takes all bytes or fails. The caller may free or change them on return.
 * 5. A close cancels requests under way (each is answered with PAL_CANCELLED), waits until the system has released them, then calls
 *    `closed` once. Only then may the stream's memory be freed.
 * 6. A stream gets a bounded share of each pass.
 *
 * Call these functions on the loop's thread, or while the loop does not run. */
#ifndef PAL_STREAM_H
#define PAL_STREAM_H

#include "pal/address.h"
#include "pal/loop.h"
#include "pal/public.h"
#include "pal/status.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>

PAL_PUBLIC_BEGIN

/* A socket that no stream or listener owns: a connection that was accepted, or a socket that listens (pal/listener.h). It owns a
 * system resource until it is given to pal_stream_open, pal_listener_adopt or pal_socket_close. May cross threads. */
typedef struct pal_socket {
    uintptr_t handle;
} pal_socket;

/* Closes a socket that no stream or listener owns. Any thread. */
void pal_socket_close(pal_socket socket);

typedef struct pal_stream pal_stream;

typedef struct pal_stream_handler {
    /* Answers pal_stream_connect: PAL_OK, or why it cannot connect (REFUSED, TIMED_OUT, UNREACHABLE, RESET ...). May be NULL for
     * streams that do not connect. After an error, only pal_stream_close may follow. */
    void (*connected)(pal_stream *stream, pal_error error);

    /* Answers pal_stream_receive: PAL_OK with SIZE > 0 bytes, lent for this call; PAL_END when the peer has ended its half;
     * otherwise the reason why no more bytes can arrive. */
    void (*received)(pal_stream *stream, pal_error error, const uint8_t *bytes, size_t size);

    /* Answers pal_stream_send: PAL_OK when the system has taken every byte, otherwise why it cannot. */
    void (*sent)(pal_stream *stream, pal_error error);

    /* Answers pal_stream_close and pal_stream_reset. The memory is the caller's again. */
    void (*closed)(pal_stream *stream);
} pal_stream_handler;

struct pal_stream {
    const pal_stream_handler *handler;
    alignas(8) unsigned char storage[320];
};

#define PAL_RECEIVE_SIZE 65536 /* the most bytes that one `received` lends */

/* Opens a stream on a connected socket and owns the socket from now on. Small sends leave immediately (TCP_NODELAY).
 * On failure the socket is closed and the stream is not open. Errors: NO_MEMORY, NO_DESCRIPTORS, OTHER. */
pal_error pal_stream_open(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, pal_socket socket);

/* Starts to connect to ADDRESS. On PAL_OK, `connected` answers, and the caller must close the stream in the end. On any other
 * return, the stream is not open (NO_DESCRIPTORS, NO_MEMORY, UNSUPPORTED ...). */
pal_error pal_stream_connect(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, const pal_address *address);

/* Asks for the next bytes; `received` answers. */
void pal_stream_receive(pal_stream *stream);

/* Sends all SIZE > 0 bytes; `sent` answers. The stream copies what the system does not take immediately: at most SIZE bytes of
 * memory. */
void pal_stream_send(pal_stream *stream, const void *bytes, size_t size);

/* Ends the sending half (FIN, shutdown(2)) after the bytes sent before. Receiving continues. No send may be under way. The next
 * receive reports a connection that is already broken. */
void pal_stream_shutdown(pal_stream *stream);

/* Closes the stream. If bytes arrived that were not read, the system sends a reset, which can destroy an answer still on its way.
 * Where that matters, shut down and read to PAL_END first (RFC 9293, 3.6). */
void pal_stream_close(pal_stream *stream);

/* Closes the stream immediately with a reset (RST). Drops unsent bytes. */
void pal_stream_reset(pal_stream *stream);

PAL_PUBLIC_END

#endif
