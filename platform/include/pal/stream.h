/* A TCP connection: requests that complete through callbacks on the loop's thread.
 *
 * 1. Each request (connect, receive, send, close) is answered by exactly one callback, never from inside the call that made it.
 * 2. One receive and one send may be under way on a stream. Asking twice is a programming error: it asserts.
 * 3. `received` lends bytes that belong to the loop and are valid during the callback only: an idle connection owns no buffer.
 * 4. `send` takes everything or fails: the caller's bytes are free on return.
 * 5. `close` cancels what is under way (each such request is answered with PAL_CANCELLED), waits until the system has let go of it,
 *    then calls `closed` once; only then may the stream's memory go.
 * 6. A stream gets a bounded share of each pass.
 *
 * Every function here must be called on the loop's thread, or while the loop does not run. */
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

/* A connected socket between its accept and its stream: an integer that owns a system resource until it is given to
 * pal_stream_open or pal_socket_close. May cross threads. */
typedef struct pal_socket {
    uintptr_t handle;
} pal_socket;

/* Closes a socket that no stream took. Any thread. */
void pal_socket_close(pal_socket socket);

typedef struct pal_stream pal_stream;

typedef struct pal_stream_handler {
    /* Answers pal_stream_connect. Only streams that connect need it. After an error only pal_stream_close may follow. */
    void (*connected)(pal_stream *stream, pal_error error);

    /* Answers pal_stream_receive: PAL_OK with SIZE > 0 bytes, lent for this call; PAL_END when the peer has sent its last byte;
     * otherwise why nothing more can come. */
    void (*received)(pal_stream *stream, pal_error error, const uint8_t *bytes, size_t size);

    /* Answers pal_stream_send: the system has taken every byte, or why it will not. */
    void (*sent)(pal_stream *stream, pal_error error);

    /* Answers pal_stream_close and pal_stream_reset: the memory is the caller's again. */
    void (*closed)(pal_stream *stream);
} pal_stream_handler;

struct pal_stream {
    const pal_stream_handler *handler;
    alignas(8) unsigned char storage[320];
};

#define PAL_RECEIVE_SIZE 65536 /* the most bytes that one `received` lends */

/* Makes a stream of a connected socket, which it owns from then on, and of which it sends small writes at once (TCP_NODELAY).
 * On failure the socket is closed and the stream is not open. */
pal_error pal_stream_open(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, pal_socket socket);

/* Begins to connect to ADDRESS. PAL_OK means that `connected` will answer and that the stream must be closed in the end; any other
 * return means that the stream is not open (NO_DESCRIPTORS, NO_MEMORY, UNSUPPORTED ...). */
pal_error pal_stream_connect(pal_stream *stream, pal_loop *loop, const pal_stream_handler *handler, const pal_address *address);

/* Asks for the next bytes. */
void pal_stream_receive(pal_stream *stream);

/* Sends SIZE > 0 bytes, all of them. What the system does not take at once the stream copies: SIZE bounds that memory. */
void pal_stream_send(pal_stream *stream, const void *bytes, size_t size);

/* Ends the sending half (FIN) after what was sent; receiving goes on. No send may be under way. A connection that is already
 * broken tells so in its next receive. shutdown(2). */
void pal_stream_shutdown(pal_stream *stream);

/* Ends the stream. Bytes that arrived unread make the system send a reset, which can destroy an answer still on its way: shut down
 * and read to PAL_END first where that matters (RFC 9293, 3.6). */
void pal_stream_close(pal_stream *stream);

/* Ends the stream at once with a reset (RST), whatever is still unsent. */
void pal_stream_reset(pal_stream *stream);

PAL_PUBLIC_END

#endif
