/* A process that really runs out of memory, in an event without end: the event is dropped, and the stream goes on. */

#define _XOPEN_SOURCE 700

#include <sys/resource.h>

#include "check.h"

enum { CHUNK = 1 << 20, LIMIT = 256 << 20 };

int main(void) {
    static char chunk[CHUNK];
    ew_config config = EW_CONFIG_INIT;
    const struct rlimit limit = {LIMIT, LIMIT};
    ew_input input = input_of("data: ", 6);
    ew_parser *parser;
    ew_event event;
    ew_status status;
    size_t chunks = 0;
    CHECK(setrlimit(RLIMIT_AS, &limit) == 0);
    config.max_event_size = SIZE_MAX;
    CHECK(ew_parser_new(&config, &parser) == EW_OK);
    CHECK(ew_parser_next(parser, &input, &event) == EW_NEED_INPUT);
    memset(chunk, 'x', sizeof chunk);
    do {
        input = input_of(chunk, sizeof chunk);
        status = ew_parser_next(parser, &input, &event);
        chunks++;
    } while (status == EW_NEED_INPUT && chunks < LIMIT / CHUNK);
    CHECK(status == EW_ERR_NO_MEMORY);
    /* The rest of the event is passed over without a word, and what follows is delivered. */
    CHECK(ew_parser_next(parser, &input, &event) == EW_NEED_INPUT);
    input = input_of("xxx\ndata: y\n\ndata: small\n\n", 26);
    CHECK(ew_parser_next(parser, &input, &event) == EW_EVENT && same_bytes(event.data, span_of("small")));
    CHECK(ew_parser_next(parser, &input, &event) == EW_NEED_INPUT);
    ew_parser_free(parser);
    printf("out of memory after %lu MiB, and on\n", (unsigned long)(chunks * (CHUNK >> 20)));
    return 0;
}
