/*
 * rexxars/eventsource-c, a parser in C99 that takes a byte at a time and calls back. Its source is not part of this
 * project; the benchmark is given the folder of a checkout.
 */

#include "contestant.h"

#include <eventsource/sse_parser.h>

static void on_event(void *counts, const sse_parser_event_t *event) {
    ((struct counts *)counts)->events++;
    ((struct counts *)counts)->data_bytes += event->data_len;
}

struct counts eventsource_c_pass(const uint8_t *stream, size_t len, size_t chunk) {
    /* As large as the largest event, which it needs however the stream is cut. */
    static char data[1 << 20], id[4096], type[4096];
    struct counts counts = {0, 0};
    const sse_parser_callbacks_t callbacks = {.userdata = &counts, .on_event = on_event};
    const sse_parser_buffers_t buffers = {data, sizeof data, id, sizeof id, type, sizeof type};
    sse_parser_t parser;
    size_t begin;
    sse_parser_init(&parser, &callbacks, &buffers);
    for (begin = 0; begin < len; begin += chunk) {
        sse_parser_feed(&parser, stream + begin, len - begin < chunk ? len - begin : chunk);
    }
    return counts;
}
