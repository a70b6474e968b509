/* Child processes: posix_spawn(3) and pipe(2). */
#include "posix/native.h"
#include "process/process.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Not every system has pipe2(2). Without it, a child started between pipe(2) and fcntl(2) could keep a copy of our end, and this
 * child's input would never end. So children are started one at a time. */
static pthread_mutex_t start_mutex = PTHREAD_MUTEX_INITIALIZER;

static void pipes_close(int (*pipes)[2]) {
    for (size_t i = 0; i < 3; i++) {
        for (size_t end = 0; end < 2; end++) {
            if (pipes[i][end] >= 0)
                close(pipes[i][end]);
        }
    }
}

/* Opens pipes, all close-on-exec: dup2(2) in the child makes the copies that stay open. Returns 0 or errno. */
static int pipes_open(int (*pipes)[2]) {
    for (size_t i = 0; i < 3; i++)
        pipes[i][0] = pipes[i][1] = -1;
    for (size_t i = 0; i < 3; i++) {
        if (pipe(pipes[i]) != 0 || fcntl(pipes[i][0], F_SETFD, FD_CLOEXEC) != 0 || fcntl(pipes[i][1], F_SETFD, FD_CLOEXEC) != 0) {
            int code = errno;
            pipes_close(pipes);
            return code;
        }
    }
    return 0;
}

/* A child starts with no signal blocked or ignored, whatever this process does: SIGINT must reach it. */
static int attributes_set(posix_spawnattr_t *attributes) {
    sigset_t none;
    sigset_t defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    const int numbers[] = {SIGINT, SIGTERM, SIGPIPE, SIGHUP, SIGQUIT, SIGCHLD, SIGUSR1, SIGUSR2};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaddset(&defaults, numbers[i]);
    int code = posix_spawnattr_setsigmask(attributes, &none);
    if (code == 0)
        code = posix_spawnattr_setsigdefault(attributes, &defaults);
    if (code == 0)
        code = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    return code;
}

static int child_spawn(pid_t *id, int (*pipes)[2], const char *const *arguments) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0)
        return code;
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    code = attributes_set(&attributes);
    for (int i = 0; i < 3 && code == 0; i++)
        code = posix_spawn_file_actions_adddup2(&actions, pipes[i][i == 0 ? 0 : 1], i);
    if (code == 0) {
        /* The prototype lacks the const that posix_spawn(3) promises. */
        union {
            const char *const *given;
            char *const *wanted;
        } argv = {.given = arguments};
        code = posix_spawnp(id, arguments[0], &actions, &attributes, argv.wanted, environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* A write to a child that has closed its input must be an error and not end this process. */
static void sigpipe_ignore(void) {
    struct sigaction action;
    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL) {
        action.sa_handler = SIG_IGN;
        sigaction(SIGPIPE, &action, NULL);
    }
}

pal_error pal_child_start(pal_child *child, const char *const *arguments) {
    *child = (pal_child){0};
    int pipes[3][2];
    pid_t id = -1;
    pthread_mutex_lock(&start_mutex);
    sigpipe_ignore();
    int code = pipes_open(pipes);
    if (code == 0) {
        code = child_spawn(&id, pipes, arguments);
        if (code != 0)
            pipes_close(pipes);
    }
    pthread_mutex_unlock(&start_mutex);
    if (code != 0)
        return pal_error_from_os(code);
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
    child->handle = id;
    child->input = pipes[0][1];
    child->outputs[0] = pipes[1][0];
    child->outputs[1] = pipes[2][0];
    return pal_ok();
}

size_t pal_pipe_read(pal_pipe pipe, void *bytes, size_t size) {
    ssize_t count;
    do
        count = read((int)pipe, bytes, size);
    while (count < 0 && errno == EINTR);
    return count > 0 ? (size_t)count : 0;
}

pal_error pal_pipe_write(pal_pipe pipe, const void *bytes, size_t size) {
    const char *next = bytes;
    while (size > 0) {
        ssize_t count = write((int)pipe, next, size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return pal_error_last();
        next += count;
        size -= (size_t)count;
    }
    return pal_ok();
}

void pal_pipe_close(pal_pipe pipe) {
    close((int)pipe);
}

void pal_child_await(const pal_child *child) {
    siginfo_t info;
    while (waitid(P_PID, (id_t)child->handle, &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
}

int pal_child_release(pal_child *child) {
    int status = 0;
    pid_t id;
    do
        id = waitpid((pid_t)child->handle, &status, 0);
    while (id < 0 && errno == EINTR);
    assert(id == (pid_t)child->handle);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void pal_child_interrupt(const pal_child *child) {
    kill((pid_t)child->handle, SIGINT);
}

void pal_child_kill(const pal_child *child) {
    kill((pid_t)child->handle, SIGKILL);
}
