/* A tap counts what there is, at every cut; it keeps what it is told to, and refuses what cannot be. */

#include "cuts.h"

#define INVALID EW_ERR_INVALID_ARGUMENT
#define MARK(value) memset(&(value), 0x5A, sizeof(value))

static const char stream[] =
    "\xEF\xBB\xBF: hello\r\ndata: 1\r\n\r\n"
    "event: delta\ndata: {\"x\":1}\nid: 7\n\n: ping\n\n"
    "event: delta\ndata: {\"usage\":\ndata: 12}\n\n"
    "event: \"usage\"\rdata\r\r"
    "data: a rather long event, the longest of all of them\n\n"
    "event: delta\ndata: {\"usage\":13}\n\ndata: [DONE]\n\ndata: cut off";

static int is_marked(const void *memory, size_t size) {
    const uint8_t *bytes = (const uint8_t *)memory;
    size_t i;
    for (i = 0; i < size; i++) {
        if (bytes[i] != 0x5A) {
            return 0;
        }
    }
    return 1;
}

static ew_tap *tap_of(const ew_tap_config *config) {
    ew_tap *tap = NULL;
    CHECK(ew_tap_new(config, &tap) == EW_OK && tap != NULL);
    return tap;
}

static ew_tap_summary summary_of(const ew_tap *tap) {
    ew_tap_summary summary;
    MARK(summary);
    CHECK(ew_tap_summarize(tap, &summary) == EW_OK && summary.reserved == 0);
    return summary;
}

static void observe(ew_tap *tap, const char *text, uint64_t now) {
    CHECK(ew_tap_observe(tap, span_of(text), now) == EW_OK);
}

static void counts(void) {
    const ew_span whole = span_of(stream);
    ew_tap_config config = EW_TAP_CONFIG_INIT;
    size_t cut;
    check_case = "counts";
    config.needle = span_of("\"usage\"");
    for (cut = 0; cut < cut_count(whole.len); cut++) {
        struct chunks chunks = chunks_of(whole, cut);
        ew_tap *const tap = tap_of(&config);
        ew_tap_summary summary;
        ew_match first, last;
        ew_span type;
        uint64_t events;
        while (chunks_next(&chunks)) {
            ew_span chunk;
            chunk.ptr = chunks.lent;
            chunk.len = chunks.lent_len;
            CHECK(ew_tap_observe(tap, chunk, 5) == EW_OK);
        }
        summary = summary_of(tap);
        CHECK(summary.bytes == whole.len && summary.events == 7 && summary.comments == 2 && summary.oversized == 0);
        CHECK(summary.matches == 3 && summary.events_of_other_types == 0 && summary.flags == EW_TAP_DONE);
        CHECK(summary.first_event_at == 5 && summary.last_event_at == 5 && summary.max_gap == 0);
        CHECK(summary.largest_event_end - summary.largest_event_begin == 55);
        CHECK(same_bytes(summary.last_event_id, span_of("7")));

        CHECK(ew_tap_match(tap, EW_MATCH_FIRST, &first) == EW_EVENT && first.flags == 0 && first.reserved == 0);
        CHECK(same_bytes(first.event_type, span_of("delta")) && same_bytes(first.data, span_of("{\"usage\":\n12}")));
        CHECK(first.end - first.begin == 13 + 16 + 10 + 1);
        CHECK(memcmp(stream + first.begin, "event: delta\ndata: {\"usage\":\n", 29) == 0);
        CHECK(ew_tap_match(tap, EW_MATCH_LAST, &last) == EW_EVENT);
        CHECK(same_bytes(last.data, span_of("{\"usage\":13}")));

        CHECK(ew_tap_event_type(tap, 0, &type, &events) == EW_OK && same_bytes(type, span_of("message")) && events == 3);
        CHECK(ew_tap_event_type(tap, 1, &type, &events) == EW_OK && same_bytes(type, span_of("delta")) && events == 3);
        CHECK(ew_tap_event_type(tap, 2, &type, &events) == EW_OK && same_bytes(type, span_of("\"usage\"")) && events == 1);
        CHECK(ew_tap_event_type(tap, 3, &type, &events) == INVALID && events == 1);
        CHECK(ew_tap_event_type(tap, SIZE_MAX, &type, &events) == INVALID);
        ew_tap_free(tap);
    }
}

static void settings(void) {
    ew_tap_config config = EW_TAP_CONFIG_INIT;
    ew_tap *tap;
    ew_match match;
    check_case = "settings";
    config.max_event_size = 10;
    config.max_match_size = 3;
    config.needle.ptr = (const uint8_t *)""; /* empty, and in every event */
    config.sentinel = span_of("bye");
    tap = tap_of(&config);
    observe(tap, "data: 0123456789\n\ndata: 0123456789a\n\ndata: bye\n\n", 0);
    CHECK(summary_of(tap).events == 2 && summary_of(tap).oversized == 1 && summary_of(tap).matches == 2);
    CHECK((summary_of(tap).flags & EW_TAP_DONE) != 0);
    CHECK(ew_tap_match(tap, EW_MATCH_FIRST, &match) == EW_EVENT && match.flags == EW_MATCH_TRUNCATED);
    CHECK(same_bytes(match.data, span_of("012")) && same_bytes(match.event_type, span_of("mes")));
    ew_tap_free(tap);

    /* No settings are the default ones: nothing is looked for. */
    tap = tap_of(NULL);
    CHECK(ew_tap_match(tap, EW_MATCH_FIRST, &match) == EW_OK && ew_tap_match(tap, EW_MATCH_LAST, &match) == EW_OK);
    observe(tap, "data: bye\n\n", 0);
    CHECK(summary_of(tap).flags == EW_TAP_BETWEEN_EVENTS);
    observe(tap, "data: [DONE]\n\n", 0);
    CHECK(summary_of(tap).flags == (EW_TAP_BETWEEN_EVENTS | EW_TAP_DONE) && summary_of(tap).matches == 0);
    ew_tap_free(tap);
}

static void times(void) {
    ew_tap *const tap = tap_of(NULL);
    ew_tap_summary summary = summary_of(tap);
    check_case = "times";
    CHECK(summary.first_event_at == EW_NEVER && summary.last_event_at == EW_NEVER && summary.max_gap == EW_NEVER);
    CHECK(summary.largest_event_begin == summary.largest_event_end && summary.last_event_id.len == 0);
    CHECK(summary.flags == EW_TAP_BETWEEN_EVENTS && summary.bytes == 0);
    observe(tap, ": wait\n\ndata: 1\n", 100);
    CHECK(summary_of(tap).first_event_at == EW_NEVER && summary_of(tap).flags == 0);
    observe(tap, "\n", 130);
    observe(tap, "data: 2\n\n", 200);
    summary = summary_of(tap);
    CHECK(summary.first_event_at == 130 && summary.last_event_at == 200 && summary.max_gap == 70);
    ew_tap_free(tap);
}

static void refused(const ew_tap_config *config) {
    ew_tap *tap;
    MARK(tap);
    CHECK(ew_tap_new(config, &tap) == INVALID && is_marked(&tap, sizeof tap));
}

static void misuse(void) {
    ew_tap *const tap = tap_of(NULL);
    ew_tap_config config = EW_TAP_CONFIG_INIT;
    const ew_tap_config good = EW_TAP_CONFIG_INIT;
    ew_span bad = {NULL, 3}, type;
    ew_tap_summary summary;
    ew_match match;
    uint64_t events;
    check_case = "misuse";
    CHECK(ew_tap_new(NULL, NULL) == INVALID && ew_tap_new(&config, NULL) == INVALID);
    config.struct_size--;
    refused(&config);
    config = good;
    config.flags = 1;
    refused(&config);
    config = good;
    config.needle = bad;
    refused(&config);
    config = good;
    config.sentinel = bad;
    refused(&config);
    refused((const ew_tap_config *)((const char *)&config + 1));
    config = good;
    config.needle = span_of("x");
    config.needle.len = SIZE_MAX;
    refused(&config);

    MARK(summary);
    MARK(match);
    MARK(type);
    MARK(events);
    CHECK(ew_tap_observe(NULL, span_of(""), 0) == INVALID && ew_tap_observe(tap, bad, 0) == INVALID);
    CHECK(ew_tap_summarize(NULL, &summary) == INVALID && ew_tap_summarize(tap, NULL) == INVALID);
    CHECK(ew_tap_match(NULL, 0, &match) == INVALID && ew_tap_match(tap, 0, NULL) == INVALID);
    CHECK(ew_tap_match(tap, 2, &match) == INVALID && ew_tap_match(tap, UINT32_MAX, &match) == INVALID);
    CHECK(ew_tap_event_type(NULL, 0, &type, &events) == INVALID && ew_tap_event_type(tap, 0, NULL, &events) == INVALID);
    CHECK(ew_tap_event_type(tap, 0, &type, NULL) == INVALID && ew_tap_event_type(tap, 0, &type, &events) == INVALID);
    CHECK(is_marked(&summary, sizeof summary) && is_marked(&match, sizeof match));
    CHECK(is_marked(&type, sizeof type) && is_marked(&events, sizeof events));
    bad.len = 0;
    CHECK(ew_tap_observe(tap, bad, 0) == EW_OK && summary_of(tap).bytes == 0);
    ew_tap_free(tap);
    ew_tap_free(NULL);
}

int main(void) {
    counts();
    settings();
    times();
    misuse();
    puts("counted");
    return 0;
}
