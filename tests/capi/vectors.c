/*
 * The vectors through ew_parser: from the heap and in the caller's memory, one event a call and many; each stream cut
 * in every way, and the connections of a vector one after the other through one parser.
 */

#include "cuts.h"
#include "flat.h"

enum way { HEAP, MEMORY, MANY, WAYS };
static const char *const way_names[] = {"heap", "memory", "many"};

/* The most events that a call of ew_parser_next_many is given room for. */
#define MOST 16

/* One run: a parser, what it must still deliver, and the memory that its caller lends it. */
struct run {
    enum way way;
    ew_parser *parser;
    void *memory;
    size_t capacity;
    const struct item *expected, *expected_end;
    ew_span chunk;
};

static ew_config config_of(const struct test_vector *vector, enum way way) {
    ew_config config = vector->config;
    size_t i, longest = vector->start.last_event_id.len;
    for (i = 0; i < vector->connection_count; i++) {
        size_t len = vector->connections[i].stream.len;
        longest = len > longest ? len : longest;
    }
    /* No event of these streams comes near: U+FFFD is at most three times what it replaces. */
    if (way == MEMORY && config.max_event_size > 3 * longest + 16) {
        config.max_event_size = 3 * longest + 16;
    }
    return config;
}

static void begin(struct run *run, const struct test_vector *vector, const struct known *start) {
    const ew_config config = config_of(vector, run->way);
    run->memory = NULL;
    if (run->way == MEMORY) {
        size_t size = ew_parser_sizeof(&config);
        CHECK(size > 0);
        /* The limit does not bind an ID that the program sets, but the memory does. */
        size += start->last_event_id.len;
        run->memory = check_malloc(size);
        memset(run->memory, 0xA5, size);
        CHECK(ew_parser_init(run->memory, size, &config, &run->parser) == EW_OK);
    } else {
        CHECK(ew_parser_new(&config, &run->parser) == EW_OK);
    }
    if (start->has_retry) {
        char line[40];
        ew_event event;
        ew_input input;
        snprintf(line, sizeof line, "retry: %llu\n", (unsigned long long)start->retry);
        input = input_of(line, strlen(line));
        while (ew_parser_next(run->parser, &input, &event) != EW_NEED_INPUT) {
        }
        ew_parser_reset(run->parser);
    }
    CHECK(ew_parser_set_last_event_id(run->parser, start->last_event_id) == EW_OK);
}

static void end(struct run *run) {
    ew_parser_free(run->parser);
    free(run->memory);
}

static int is_empty(ew_span span) {
    return span.ptr == NULL && span.len == 0;
}

static int lies_in(ew_span inner, ew_span outer) {
    return inner.ptr >= outer.ptr && inner.ptr + inner.len <= outer.ptr + outer.len;
}

/* The next thing that the parser delivers. */
static void expect(struct run *run, ew_status status, const ew_event *event) {
    const struct item *item = run->expected++;
    CHECK(item < run->expected_end && item->status == status);
    if (status < 0) {
        return;
    }
    CHECK(event->kind == (uint32_t)status);
    CHECK(same_bytes(event->event_type, item->event_type) && same_bytes(event->data, item->data));
    CHECK(event->retry == item->retry);
    CHECK(!(event->reserved[0] | event->reserved[1] | event->reserved[2] | event->reserved[3]));
    if (status != EW_EVENT) {
        CHECK(is_empty(event->last_event_id) && is_empty(event->id));
        CHECK(event->begin == 0 && event->end == 0 && event->flags == 0);
        CHECK(status == EW_UNKNOWN_FIELD || is_empty(event->event_type));
        CHECK(status != EW_RETRY || is_empty(event->data));
        return;
    }
    CHECK(same_bytes(event->last_event_id, item->last_event_id) && same_bytes(event->id, item->id));
    CHECK((event->id.ptr != NULL) == item->has_id && ((event->flags & EW_EVENT_HAS_ID) != 0) == item->has_id);
    CHECK(item->end == 0 || (event->begin == item->begin && event->end == item->end));
    CHECK(event->begin < event->end);
    CHECK((event->flags & ~(uint32_t)(EW_EVENT_HAS_ID | EW_EVENT_BORROWED)) == 0);
    CHECK(!(event->flags & EW_EVENT_BORROWED) || event->data.len == 0 || lies_in(event->data, run->chunk));
}

/* One chunk, one event a call. Memory for results is written to only when there is one. */
static void feed(struct run *run, ew_input *input, uint64_t fed) {
    ew_event event, before;
    for (;;) {
        ew_status status;
        memset(&event, 0x5A, sizeof event);
        before = event;
        status = ew_parser_next(run->parser, input, &event);
        CHECK(status > 0 || memcmp(&event, &before, sizeof event) == 0);
        CHECK(ew_parser_position(run->parser) == fed + input->pos);
        if (status == EW_NEED_INPUT) {
            return;
        }
        CHECK(status != EW_EVENT || event.end == fed + input->pos);
        expect(run, status, &event);
    }
}

/* One chunk, several events a call. */
static void feed_many(struct run *run, ew_input *input) {
    ew_event events[MOST];
    for (;;) {
        size_t i, count = 12345;
        ew_status status;
        memset(events, 0x5A, run->capacity * sizeof events[0]);
        status = ew_parser_next_many(run->parser, input, events, run->capacity, &count);
        CHECK((count > 0) == (status == EW_EVENT) && count <= run->capacity);
        if (status == EW_NEED_INPUT) {
            return;
        }
        for (i = 0; i < count; i++) {
            expect(run, (ew_status)events[i].kind, &events[i]);
        }
        if (status < 0) {
            expect(run, status, NULL);
        }
    }
}

/* A whole connection, from its first byte to what is known after its end. */
static void read_stream(struct run *run, const struct connection *connection, size_t cut) {
    struct chunks chunks = chunks_of(connection->stream, cut);
    const uint64_t skipped = ew_parser_skipped(run->parser);
    uint64_t fed = 0, retry = 77;
    ew_event event;
    ew_status status;
    run->expected = connection->items;
    run->expected_end = connection->items + connection->item_count;
    /* Batches of one, of a few, and of more than most streams have. */
    run->capacity = cut % 3 == 0 ? 1 : cut % 3 == 1 ? MOST : 3;
    while (chunks_next(&chunks)) {
        ew_input input = input_of(chunks.lent, chunks.lent_len);
        run->chunk.ptr = chunks.lent;
        run->chunk.len = chunks.lent_len;
        if (run->way == MANY) {
            feed_many(run, &input);
        } else {
            feed(run, &input, fed);
        }
        CHECK(input.pos == input.len);
        fed += input.len;
        CHECK(ew_parser_position(run->parser) == fed);
    }
    CHECK(ew_parser_position(run->parser) == connection->position);
    status = ew_parser_finish(run->parser, &event);
    if (status != EW_OK) {
        run->chunk.len = 0;
        expect(run, status, &event);
    }
    CHECK(run->expected == run->expected_end);
    CHECK(same_bytes(ew_parser_last_event_id(run->parser), connection->after.last_event_id));
    CHECK(ew_parser_retry(run->parser, &retry) == (connection->after.has_retry ? EW_RETRY : EW_OK));
    CHECK(retry == (connection->after.has_retry ? connection->after.retry : 77));
    CHECK(ew_parser_skipped(run->parser) - skipped == connection->skipped);
}

/* Each connection by itself, in every cut. */
static size_t every_cut(const struct test_vector *vector, enum way way) {
    const struct known *start = &vector->start;
    size_t i, cut, runs = 0;
    for (i = 0; i < vector->connection_count; start = &vector->connections[i++].after) {
        for (cut = 0; cut < cut_count(vector->connections[i].stream.len); cut++, runs++) {
            struct run run = {HEAP, NULL, NULL, 0, NULL, NULL, {NULL, 0}};
            run.way = way;
            begin(&run, vector, start);
            read_stream(&run, &vector->connections[i], cut);
            end(&run);
        }
    }
    return runs;
}

/* All connections through one parser. */
static void follow(const struct test_vector *vector, enum way way, size_t cut) {
    struct run run = {HEAP, NULL, NULL, 0, NULL, NULL, {NULL, 0}};
    size_t i;
    run.way = way;
    begin(&run, vector, &vector->start);
    for (i = 0; i < vector->connection_count; i++) {
        ew_parser_reset(run.parser);
        CHECK(ew_parser_position(run.parser) == 0);
        read_stream(&run, &vector->connections[i], cut);
    }
    end(&run);
}

int main(int argc, char **argv) {
    struct vectors vectors = flat_read(argc, argv);
    size_t i, runs = 0;
    char what[192];
    check_case = what;
    for (i = 0; i < vectors.count; i++) {
        const struct test_vector *vector = &vectors.list[i];
        int way;
        for (way = HEAP; way < WAYS; way++) {
            snprintf(what, sizeof what, "%s (%s)", vector->name, way_names[way]);
            runs += every_cut(vector, (enum way)way);
            follow(vector, (enum way)way, CUT_WHOLE);
            follow(vector, (enum way)way, CUT_BYTES);
        }
    }
    printf("%lu vectors, %lu runs\n", (unsigned long)vectors.count, (unsigned long)runs);
    flat_free(&vectors);
    return 0;
}
