/* Load for the yardstick and for our server, and itself the yardstick for `loopmsg bench`: every connection sends a message, waits
 * for the number of bytes of its answer, and sends the next. It checks no byte and times no message. Linux only; none of our code
 * is in it, on purpose.
 *
 * Usage: bare_load PORT CONNECTIONS MESSAGES GREETING_SIZE ANSWER_SIZE line|raw. Prints the time from the first message to the last
 * answer and its own processor time in that, in nanoseconds. Exits with 0 when every answer came whole. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_SIZE 64

static int check(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static long long now_ns(clockid_t clock) {
    struct timespec time;
    check(clock_gettime(clock, &time), "clock_gettime");
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

typedef struct connection {
    int descriptor;
    long waiting; /* bytes still to come before the next message may go */
    long left;    /* messages still to send */
} connection;

static char message[MESSAGE_SIZE];

/* Opens a connection and takes its greeting. */
static void connection_open(connection *new, const struct sockaddr_in *address, int poller, long greeting_size) {
    new->descriptor = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    check(connect(new->descriptor, (const struct sockaddr *)address, sizeof *address), "connect");
    int on = 1;
    setsockopt(new->descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    static char greeting[256];
    long received = 0;
    if (greeting_size > 0 && greeting_size <= (long)sizeof greeting)
        received = check((int)recv(new->descriptor, greeting, (size_t)greeting_size, MSG_WAITALL), "recv");
    if (received != greeting_size) {
        fprintf(stderr, "bare_load: there is no such greeting\n");
        exit(1);
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = new};
    check(epoll_ctl(poller, EPOLL_CTL_ADD, new->descriptor, &event), "epoll_ctl");
}

/* Sends the next message when the last answer is whole; false when this connection has done its share. */
static int connection_go_on(connection *connection_, long answer_size) {
    if (connection_->waiting > 0)
        return 1;
    if (connection_->left-- == 0)
        return 0;
    check((int)send(connection_->descriptor, message, sizeof message, MSG_NOSIGNAL), "send");
    connection_->waiting = answer_size;
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 7)
        return 2;
    long count = strtol(argv[2], NULL, 10);
    long messages = strtol(argv[3], NULL, 10);
    long greeting_size = strtol(argv[4], NULL, 10);
    long answer_size = strtol(argv[5], NULL, 10);
    memset(message, 'm', sizeof message);
    if (strcmp(argv[6], "line") == 0)
        message[MESSAGE_SIZE - 1] = '\n';
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons((unsigned short)strtol(argv[1], NULL, 10));
    int poller = check(epoll_create1(0), "epoll_create1");
    connection *connections = calloc((size_t)count, sizeof *connections);
    if (connections == NULL)
        return 1;
    for (long i = 0; i < count; i++) {
        connections[i].left = messages / count + (i < messages % count);
        connection_open(&connections[i], &address, poller, greeting_size);
    }
    long long begin_ns = now_ns(CLOCK_MONOTONIC);
    long long begin_processor_ns = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    long active = 0;
    for (long i = 0; i < count; i++)
        active += connection_go_on(&connections[i], answer_size);
    while (active > 0) {
        static char buffer[65536];
        struct epoll_event events[256];
        int ready = check(epoll_wait(poller, events, 256, -1), "epoll_wait");
        for (int i = 0; i < ready; i++) {
            connection *one = events[i].data.ptr;
            long size = check((int)recv(one->descriptor, buffer, sizeof buffer, 0), "recv");
            if (size == 0 || size > one->waiting) {
                fprintf(stderr, "bare_load: %s\n", size == 0 ? "the server closed early" : "the server sent too much");
                exit(1);
            }
            one->waiting -= size;
            active -= !connection_go_on(one, answer_size);
        }
    }
    printf("%lld %lld\n", now_ns(CLOCK_MONOTONIC) - begin_ns, now_ns(CLOCK_PROCESS_CPUTIME_ID) - begin_processor_ns);
    free(connections);
    return 0;
}
