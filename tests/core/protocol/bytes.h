/* Bytes for tables of a test: a string literal may hold zeros, and its terminator does not count. */
#ifndef TEST_CORE_PROTOCOL_BYTES_H
#define TEST_CORE_PROTOCOL_BYTES_H

#include <stddef.h>

typedef struct test_bytes {
    const void *bytes; /* NULL after the last of several */
    size_t size;
} test_bytes;

#define B(literal)                                                                                                                 \
    { (literal), sizeof(literal) - 1 }

#endif
