/* The loops over a stream through the C interface: an event a call, and many. */

#include "contestant.h"

#include <eventwire.h>
#include <stdlib.h>

/* Events of a call of ew_parser_next_many: 3.5 KiB of them. */
enum { BATCH = 32 };

static ew_parser *new_parser(void) {
    ew_parser *parser;
    if (ew_parser_new(NULL, &parser) != EW_OK) {
        abort();
    }
    return parser;
}

struct counts next_pass(const uint8_t *stream, size_t len, size_t chunk) {
    ew_parser *parser = new_parser();
    struct counts counts = {0, 0};
    size_t begin;
    for (begin = 0; begin < len; begin += chunk) {
        ew_input input = {.ptr = stream + begin, .len = len - begin < chunk ? len - begin : chunk};
        ew_event event;
        while (ew_parser_next(parser, &input, &event) != EW_NEED_INPUT) {
            counts.events++;
            counts.data_bytes += event.data.len;
        }
    }
    ew_parser_free(parser);
    return counts;
}

struct counts next_many_pass(const uint8_t *stream, size_t len, size_t chunk) {
    ew_parser *parser = new_parser();
    struct counts counts = {0, 0};
    size_t begin, i, count;
    for (begin = 0; begin < len; begin += chunk) {
        ew_input input = {.ptr = stream + begin, .len = len - begin < chunk ? len - begin : chunk};
        ew_event events[BATCH];
        while (ew_parser_next_many(parser, &input, events, BATCH, &count) != EW_NEED_INPUT) {
            for (i = 0; i < count; i++) {
                counts.data_bytes += events[i].data.len;
            }
            counts.events += count;
        }
    }
    ew_parser_free(parser);
    return counts;
}
