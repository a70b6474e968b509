/* The yardstick: the least that a single-threaded epoll echo server can do. Linux only; errors end it; none of our code is in it,
 * on purpose. Prints its port, and serves until it is killed. */
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static int check(int result, const char *what) {
    if (result < 0) {
        perror(what);
        exit(1);
    }
    return result;
}

static void watch(int poller, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    check(epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

static void echo(int descriptor) {
    static char buffer[65536];
    ssize_t size = recv(descriptor, buffer, sizeof buffer, 0);
    if (size <= 0 || send(descriptor, buffer, (size_t)size, MSG_NOSIGNAL) != size)
        close(descriptor);
}

int main(void) {
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);

    int listener = check(socket(AF_INET, SOCK_STREAM, 0), "socket");
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    check(bind(listener, (struct sockaddr *)&address, size), "bind");
    check(listen(listener, SOMAXCONN), "listen");
    check(getsockname(listener, (struct sockaddr *)&address, &size), "getsockname");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);

    int poller = check(epoll_create1(0), "epoll_create1");
    watch(poller, listener);
    for (;;) {
        struct epoll_event events[256];
        int count = check(epoll_wait(poller, events, 256, -1), "epoll_wait");
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd != listener) {
                echo(events[i].data.fd);
                continue;
            }
            int descriptor = check(accept(listener, NULL, NULL), "accept");
            int on = 1;
            setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            watch(poller, descriptor);
        }
    }
}
