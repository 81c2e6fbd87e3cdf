/*
 * What ew_parser_next_many gives at once is what ew_parser_next gives one by one: on random streams, in random chunks,
 * with random settings and capacities, on the heap and in the caller's memory. All events of a call are read after it,
 * and so must be valid side by side.
 */

#include "check.h"

enum { ROUNDS = 30000, MOST_EVENTS = 20, STREAM = 600 };

/* A generator of numbers below a bound (xorshift), the same in every run. */
static size_t below(size_t bound) {
    static uint64_t state = 0x9E3779B97F4A7C15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state >> 16) % bound;
}

/* Lines, and parts of lines: blocks of one line of data are the most frequent, as in the field. */
static const char *const pieces[] = {
    "data: a\n\n", "data: bc\n\n",  "data: d\n\n",     "data:e\r\n\r\n",   "data: f\r\r", "event: t\ndata: g\n\n",
    "id: 1\n",     "id: 23\n",      "id\n",            "id: \n\n",         "id: x\n\n",   "id: 4\ndata: h\n\n",
    "data: i\n",   "data\n",        "event: u\n",      "event\n",          "retry: 5\n",  "retry: no\n",
    ": comment\n", ":\n\n",         "unknown: field\n", "unknown\n",       "\n",          "\r\n",
    "\r",          "data: \xFF\n\n", "id: \xFE\n\n",   "data: a long line of data, longer than a vector of AVX2\n\n",
    "dat",         "a: j\n\n",
};

static size_t random_stream(uint8_t *stream) {
    size_t len = 0, kinds = sizeof pieces / sizeof pieces[0];
    /* Half of the streams consist of few kinds, so that runs of equal blocks occur. */
    const size_t begin = below(2) ? below(kinds - 4) : 0;
    kinds = begin > 0 ? 4 : kinds;
    if (below(8) == 0) {
        memcpy(stream, "\xEF\xBB\xBF", 3);
        len = 3;
    }
    while (below(40) > 0) {
        const char *const piece = pieces[begin + below(kinds)];
        if (len + strlen(piece) > STREAM) {
            break;
        }
        memcpy(stream + len, piece, strlen(piece));
        len += strlen(piece);
    }
    return len;
}

static ew_config random_config(void) {
    ew_config config = EW_CONFIG_INIT;
    config.items = (uint32_t)(below(2) ? below(8) : 0);
    config.max_event_size = below(2) ? 1 + below(70) : 0;
    config.overflow = (uint32_t)below(2);
    config.utf8 = (uint32_t)below(3);
    config.eof = (uint32_t)below(2);
    return config;
}

/* A parser on the heap, or in memory that it is given and that is to be freed after it. */
static ew_parser *new_parser(const ew_config *config, void **memory) {
    ew_parser *parser;
    if (memory == NULL) {
        CHECK(ew_parser_new(config, &parser) == EW_OK);
    } else {
        const size_t size = ew_parser_sizeof(config);
        *memory = check_malloc(size);
        CHECK(ew_parser_init(*memory, size, config, &parser) == EW_OK);
    }
    return parser;
}

static void same_event(const ew_event *a, const ew_event *b) {
    CHECK(a->kind == b->kind && a->begin == b->begin && a->end == b->end && a->retry == b->retry);
    CHECK((a->flags & EW_EVENT_HAS_ID) == (b->flags & EW_EVENT_HAS_ID));
    CHECK(same_bytes(a->event_type, b->event_type) && same_bytes(a->data, b->data));
    CHECK(same_bytes(a->last_event_id, b->last_event_id) && same_bytes(a->id, b->id));
}

/* How many events came in calls that gave more than one. */
static size_t together(const ew_config *config, const uint8_t *stream, size_t len) {
    void *memory = NULL;
    ew_parser *const one = new_parser(config, NULL);
    /* Where the limit is small, half of the time in memory: it takes what the heap takes. */
    ew_parser *const many = new_parser(config, config->max_event_size > 0 && below(2) ? &memory : NULL);
    size_t fed = 0, count = 0, in_batches = 0, i;
    ew_event event, events[MOST_EVENTS];
    ew_status status;
    while (fed < len) {
        const size_t size = below(4) == 0 ? len - fed : 1 + below(len - fed < 50 ? len - fed : 50);
        uint8_t *const chunk = (uint8_t *)check_malloc(size);
        ew_input for_one = input_of(chunk, size), for_many = for_one;
        memcpy(chunk, stream + fed, size);
        do {
            const size_t capacity = 1 + below(MOST_EVENTS);
            status = ew_parser_next_many(many, &for_many, events, capacity, &count);
            CHECK(count <= capacity && (count > 0) == (status == EW_EVENT));
            in_batches += count > 1 ? count : 0;
            for (i = 0; i < count; i++) {
                CHECK(ew_parser_next(one, &for_one, &event) == (ew_status)events[i].kind);
                same_event(&event, &events[i]);
            }
            if (status < 0) {
                CHECK(ew_parser_next(one, &for_one, &event) == status);
            }
        } while (status != EW_NEED_INPUT);
        CHECK(ew_parser_next(one, &for_one, &event) == EW_NEED_INPUT);
        CHECK(for_one.pos == size && for_many.pos == size);
        CHECK(same_bytes(ew_parser_last_event_id(one), ew_parser_last_event_id(many)));
        CHECK(ew_parser_position(one) == ew_parser_position(many));
        free(chunk);
        fed += size;
    }
    status = ew_parser_finish(many, &events[0]);
    CHECK(ew_parser_finish(one, &event) == status);
    if (status == EW_EVENT) {
        same_event(&event, &events[0]);
    }
    CHECK(same_bytes(ew_parser_last_event_id(one), ew_parser_last_event_id(many)));
    CHECK(ew_parser_skipped(one) == ew_parser_skipped(many));
    ew_parser_free(one);
    ew_parser_free(many);
    free(memory);
    return in_batches;
}

int main(void) {
    uint8_t stream[STREAM];
    size_t round, events = 0;
    char what[40];
    check_case = what;
    for (round = 0; round < ROUNDS; round++) {
        const ew_config config = random_config();
        sprintf(what, "round %lu", (unsigned long)round);
        events += together(&config, stream, random_stream(stream));
    }
    CHECK(events > ROUNDS);
    printf("%lu events in batches\n", (unsigned long)events);
    return 0;
}
