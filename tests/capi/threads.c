/*
 * Parsers in several threads at once, each its own, over one chunk that all of them read; the first call of the process
 * into the library is made by all of them together. Meant for ThreadSanitizer, too.
 */

#define _POSIX_C_SOURCE 200809L

#include <pthread.h>

#include "check.h"

enum { THREADS = 4, ROUNDS = 200, EVENTS = 100 };

struct shared {
    pthread_barrier_t start;
    ew_input chunk;
};

static void *work(void *argument) {
    struct shared *shared = (struct shared *)argument;
    size_t round, events = 0;
    ew_parser *parser;
    pthread_barrier_wait(&shared->start);
    CHECK(ew_parser_new(NULL, &parser) == EW_OK);
    for (round = 0; round < ROUNDS; round++) {
        ew_input input = shared->chunk;
        ew_event event;
        /* In a cut of its own for each round, so that memory is allocated, too. */
        input.len = input.len * round / ROUNDS;
        while (ew_parser_next(parser, &input, &event) == EW_EVENT) {
            events++;
        }
        input = shared->chunk;
        input.ptr += shared->chunk.len * round / ROUNDS;
        input.len -= shared->chunk.len * round / ROUNDS;
        while (ew_parser_next(parser, &input, &event) == EW_EVENT) {
            events++;
        }
    }
    CHECK(events == (size_t)ROUNDS * EVENTS);
    CHECK(same_bytes(ew_parser_last_event_id(parser), span_of("17")));
    ew_parser_free(parser);
    return NULL;
}

int main(void) {
    static const char event[] = "event: type\nid: 17\ndata: one\ndata: two\n\n";
    const size_t len = strlen(event);
    struct shared shared;
    pthread_t threads[THREADS];
    char *chunk = (char *)check_malloc(EVENTS * len);
    int i;
    for (i = 0; i < EVENTS; i++) {
        memcpy(chunk + (size_t)i * len, event, len);
    }
    shared.chunk = input_of(chunk, EVENTS * len);
    CHECK(pthread_barrier_init(&shared.start, NULL, THREADS) == 0);
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, &shared) == 0);
    }
    for (i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    pthread_barrier_destroy(&shared.start);
    free(chunk);
    puts("threads agree");
    return 0;
}
