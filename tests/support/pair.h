/* Two connected streams on one loop: what most tests of streams begin with. */
#ifndef TEST_SUPPORT_PAIR_H
#define TEST_SUPPORT_PAIR_H

#include "support/listener.h"
#include "support/stream.h"

typedef struct test_pair {
    test_stream client; /* has connected */
    test_stream server; /* was accepted */
} test_pair;

/* Connects them through LISTENER, which accepts nobody else meanwhile; or through one of their own. */
void test_pair_connect(test_pair *pair, test_listener *listener);
void test_pair_open(test_pair *pair, test_loop *loop);

/* Closes those of the two that are open and runs the loop until they are closed. */
void test_pair_close(test_pair *pair);

/* The begin and the end of a test of one pair: opens LOOP too, and closes both. */
void test_pair_begin(test_pair *pair, test_loop *loop);
void test_pair_end(test_pair *pair);

#endif
