/* What the test programs say when something does not hold. They then end: a test that fails has nothing to add. */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <eventwire.h>

/* What is being tested, for the message of CHECK; a program with several cases sets it. */
static const char *check_case = "";

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s: does not hold: %s\n", __FILE__, __LINE__, check_case, #condition);             \
            exit(1);                                                                                                   \
        }                                                                                                              \
    } while (0)

/* For memory that the tests themselves need. */
static inline void *check_malloc(size_t size) {
    void *memory = malloc(size != 0 ? size : 1);
    CHECK(memory != NULL);
    return memory;
}

static inline int same_bytes(ew_span a, ew_span b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline ew_span span_of(const char *text) {
    ew_span span;
    span.ptr = (const uint8_t *)text;
    span.len = strlen(text);
    return span;
}

static inline ew_input input_of(const void *bytes, size_t len) {
    ew_input input;
    memset(&input, 0, sizeof input);
    input.ptr = (const uint8_t *)bytes;
    input.len = len;
    return input;
}

#endif
