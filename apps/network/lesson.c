#include "network/lesson.h"

#include <assert.h>

static const char *const server_steps[] = {"create and bind", "listen", "accept", "receive and send", "close"};
static const char *const client_steps[] = {"create and connect", "send and receive", "close"};

static int server_step(pal_trace_operation operation, pal_trace_role role) {
    switch (operation) {
    case PAL_TRACE_CREATE:
        return role == PAL_TRACE_ACCEPTED ? 3 : 1; /* for a pending accept */
    case PAL_TRACE_BIND:
        return 1;
    case PAL_TRACE_LISTEN:
        return 2;
    case PAL_TRACE_ACCEPT:
        return 3;
    case PAL_TRACE_CONNECT: /* never a server's */
    case PAL_TRACE_RECEIVE:
    case PAL_TRACE_SEND:
        return 4;
    case PAL_TRACE_SHUTDOWN:
    case PAL_TRACE_CLOSE:
    case PAL_TRACE_RESET:
    case PAL_TRACE_OPERATION_COUNT:
        break;
    }
    return 5;
}

static int client_step(pal_trace_operation operation) {
    switch (operation) {
    case PAL_TRACE_CREATE:
    case PAL_TRACE_BIND:
    case PAL_TRACE_LISTEN: /* these two are never a client's */
    case PAL_TRACE_ACCEPT:
    case PAL_TRACE_CONNECT:
        return 1;
    case PAL_TRACE_RECEIVE:
    case PAL_TRACE_SEND:
        return 2;
    case PAL_TRACE_SHUTDOWN:
    case PAL_TRACE_CLOSE:
    case PAL_TRACE_RESET:
    case PAL_TRACE_OPERATION_COUNT:
        break;
    }
    return 3;
}

lesson_step lesson_step_of(pal_trace_operation operation, pal_trace_role role) {
    if (role == PAL_TRACE_CONNECTING) {
        int number = client_step(operation);
        return (lesson_step){"client", number, client_steps[number - 1]};
    }
    int number = server_step(operation, role);
    return (lesson_step){"server", number, server_steps[number - 1]};
}

const char *lesson_advice(pal_error error) {
    assert(error.status != PAL_OK && error.status != PAL_END);
    switch (error.status) {
    case PAL_CANCELLED:
        return "the program itself cancelled the call; look at what it did just before";
    case PAL_REFUSED:
        return "nobody listens there; start the server, or check address and port";
    case PAL_RESET:
        return "the other side, or something between, reset the connection; "
               "check whether the other side crashed, or closed before it read everything";
    case PAL_TIMED_OUT:
        return "no answer came: the host may be off or behind a firewall; check the address, and try from another machine";
    case PAL_UNREACHABLE:
        return "no route leads there; check the address, the network and its routes";
    case PAL_ADDRESS_IN_USE:
        return "another socket is bound there; end its program, or choose another port, or 0 for any free one";
    case PAL_ADDRESS_UNAVAILABLE:
        return "this machine does not have that address, or has no free port for it; 'loopmsg addresses' lists its addresses";
    case PAL_DENIED:
        return "the system reserves the port, or a firewall forbids it; choose a port above 1023, or check the firewall's rules";
    case PAL_NO_DESCRIPTORS:
        return "too many files and sockets are open; close some, or raise the limit (ulimit -n)";
    case PAL_NO_MEMORY:
        return "the system is out of memory; close some connections, or end other programs";
    case PAL_UNSUPPORTED:
        return "this system lacks that kind of address or call; try -4 or -6";
    case PAL_OK:
    case PAL_END:
    case PAL_NAME_NOT_FOUND: /* not from a socket */
    case PAL_INVALID:
    case PAL_OTHER:
        break;
    }
    return "this error is not expected here; look up its number in the system's documentation";
}
