/*
 * An allocator that refuses: at every single allocation in turn, and at all from some point on. Each time the answer is
 * EW_ERR_NO_MEMORY, the parser goes on, what it delivers is right, and everything is given back.
 */

#include "allocator.h"

/* Events of growing size, each of which is cut in two: all of them must be kept, and for most the memory must grow. */
enum { EVENTS = 12 };

static size_t event_of(int number, char *text) {
    return (size_t)sprintf(text, "id: %d\ndata: %0*d\ndata: end\n\n", number, 16 << (number % 10), number);
}

static ew_status deliver(ew_parser *parser, int number, const char *text, size_t len, size_t *errors) {
    const size_t cut = len - 3;
    char id[12];
    ew_status last = EW_NEED_INPUT;
    size_t half;
    sprintf(id, "%d", number);
    for (half = 0; half < 2; half++) {
        ew_input input = input_of(text + half * cut, half == 0 ? cut : len - cut);
        ew_event event;
        ew_status status;
        while ((status = ew_parser_next(parser, &input, &event)) != EW_NEED_INPUT) {
            last = status;
            if (status == EW_ERR_NO_MEMORY) {
                (*errors)++;
                continue;
            }
            CHECK(status == EW_EVENT && half == 1);
            CHECK(event.data.len == (size_t)(16 << (number % 10)) + 4);
            CHECK(memcmp(event.data.ptr + event.data.len - 4, "\nend", 4) == 0);
            CHECK(same_bytes(event.last_event_id, span_of(id)));
        }
    }
    return last;
}

/* A parser's life with these allocations refused. How many it asked for. */
static size_t live(size_t from, size_t to) {
    ew_parser *parser = NULL;
    char *text = (char *)__real_malloc(1 << 15);
    size_t errors = 0, made = 0, len;
    int number;
    refuse(from, to);
    if (ew_parser_new(NULL, &parser) == EW_ERR_NO_MEMORY) {
        CHECK(parser == NULL && allocator.refused == 1);
    } else {
        CHECK(parser != NULL && allocator.refused == 0);
        for (number = 1; number <= EVENTS; number++) {
            const size_t before = errors;
            const ew_status status = (len = event_of(number, text), deliver(parser, number, text, len, &errors));
            /* Either it is delivered or its loss is said, once. */
            CHECK(status == EW_EVENT ? errors == before : errors == before + 1);
        }
        made = allocator.calls;
        /* Each refusal is reported, or something smaller was taken instead. */
        CHECK(errors <= allocator.refused && (allocator.refused == 0 || from + 1 < to || errors <= 1));
        /* Once there is memory again, all is well. */
        refuse(0, 0);
        errors = 0;
        len = event_of(EVENTS, text);
        CHECK(deliver(parser, EVENTS, text, len, &errors) == EW_EVENT && errors == 0);
        refuse(from, to);
        allocator.calls = from; /* the next allocation is refused */
        len = (size_t)sprintf(text, "%0*d", 30000, 7);
        CHECK(ew_parser_set_last_event_id(parser, span_of(text)) == (from < to ? EW_ERR_NO_MEMORY : EW_OK));
        CHECK(ew_parser_last_event_id(parser).len == (from < to ? 2 : len));
        ew_parser_free(parser);
    }
    __real_free(text);
    CHECK(allocator.outstanding == 0);
    return made;
}

/* A source's life with these allocations refused. How many it asked for. */
static size_t live_source(size_t from, size_t to) {
    ew_source_config config = EW_SOURCE_CONFIG_INIT;
    ew_source *source = NULL;
    ew_header headers[6];
    ew_action action;
    ew_head head = EW_HEAD_INIT;
    ew_notice notice;
    size_t made, index;
    for (index = 0; index < 6; index++) {
        headers[index].name = span_of("X-Header");
        headers[index].value = span_of("value");
    }
    config.url = span_of("https://example.org/stream");
    config.method = span_of("POST");
    config.body = span_of("{}");
    config.flags = EW_SOURCE_REPLAY_BODY;
    config.last_event_id = span_of("41");
    config.headers = headers;
    config.header_count = 6;
    head.status = 200;
    head.content_type = span_of("text/event-stream");

    refuse(from, to);
    if (ew_source_new(&config, &source) == EW_ERR_NO_MEMORY) {
        CHECK(source == NULL && allocator.refused != 0);
        made = allocator.calls;
    } else {
        CHECK(source != NULL && allocator.refused == 0);
        CHECK(ew_source_poll(source, 0, &action) == EW_OK && action.kind == EW_ACTION_CONNECT);
        CHECK(ew_source_handle_response(source, 0, &head, &notice) == EW_NOTICE);
        if (allocator.refused == 0) {
            CHECK(notice.kind == EW_NOTICE_OPEN);
        } else {
            CHECK(notice.ready_state == EW_CONNECTING && notice.reason == EW_REASON_NO_MEMORY);
        }
        made = allocator.calls;
        ew_source_free(source);
    }
    CHECK(allocator.outstanding == 0);
    return made;
}

/*
 * A stream of numbered events, of which each tenth is large, and each sixth ends in CR LF; and where they are in it, without that LF.
 * Before the first stands a byte-order mark, behind each a comment.
 */
enum { NUMBERED = 60 };

static const char mark[] = "\xEF\xBB\xBF";
static const char comment[] = ": ping\n\n";

static struct {
    char text[16384];
    size_t len;
    size_t begin[NUMBERED], end[NUMBERED];
} numbered;

static void number_events(void) {
    size_t len = (size_t)sprintf(numbered.text, "%s", mark);
    int i;
    for (i = 0; i < NUMBERED; i++) {
        numbered.begin[i] = len;
        len += (size_t)sprintf(numbered.text + len, "event: type-%d\ndata: %0*d usage\n%sdata: end\n%s", i % 8,
                               i % 10 == 9 ? 800 : 20, i, i % 4 == 1 ? "id: 7\n: within\n" : "",
                               i % 6 == 5 ? "\r\n" : "\n");
        numbered.end[i] = len - (i % 6 == 5);
        len += (size_t)sprintf(numbered.text + len, "%s", comment);
    }
    numbered.len = len;
}

/* A tap's life with these allocations refused. How many it asked for. */
static size_t live_tap(size_t from, size_t to, size_t chunk) {
    const size_t len = numbered.len;
    ew_tap_config config = EW_TAP_CONFIG_INIT;
    ew_tap *tap = NULL;
    ew_tap_summary summary;
    ew_match match;
    ew_span type;
    uint64_t events, sum = 0;
    size_t made, at;
    config.needle = span_of("usage");
    config.sentinel = span_of("done");
    refuse(from, to);
    if (ew_tap_new(&config, &tap) == EW_ERR_NO_MEMORY) {
        CHECK(tap == NULL && allocator.refused != 0);
    } else {
        CHECK(tap != NULL && allocator.refused == 0);
        for (at = 0; at < len; at += chunk) {
            ew_span span;
            span.ptr = (const uint8_t *)numbered.text + at;
            span.len = len - at < chunk ? len - at : chunk;
            CHECK(ew_tap_observe(tap, span, at) == EW_OK);
        }
        CHECK(ew_tap_summarize(tap, &summary) == EW_OK);
        /* What could not be kept is counted. */
        CHECK(summary.bytes == len && summary.comments == NUMBERED + NUMBERED / 4);
        CHECK(summary.events + summary.oversized == NUMBERED);
        CHECK(summary.oversized <= allocator.refused && summary.matches == summary.events);
        for (at = 0; ew_tap_event_type(tap, at, &type, &events) == EW_OK; at++) {
            CHECK(events != 0 && type.len == 6 && memcmp(type.ptr, "type-", 5) == 0);
            sum += events;
        }
        CHECK(sum + summary.events_of_other_types == summary.events);
        CHECK(allocator.refused != 0 || (at == 8 && summary.oversized == 0));
        if (ew_tap_match(tap, EW_MATCH_LAST, &match) == EW_EVENT) {
            CHECK(match.flags == EW_MATCH_TRUNCATED ? allocator.refused != 0 : match.data.len >= 30);
        } else {
            CHECK(summary.events == 0);
        }
        ew_tap_free(tap);
    }
    made = allocator.calls;
    CHECK(allocator.outstanding == 0);
    return made;
}

/* What has become of an event. */
enum fate { UNSEEN, KEPT, DROPPED, REPLACED, PRECEDED, FOLLOWED, SURROUNDED };

static const char inserted[] = ": an insertion\n\n";

static void take_spans(const ew_rewriter *rewriter, char *out, size_t *len) {
    const ew_span *spans;
    size_t count, i;
    CHECK(ew_rewriter_spans(rewriter, &spans, &count) == EW_OK);
    for (i = 0; i < count; i++) {
        memcpy(out + *len, spans[i].ptr, spans[i].len);
        *len += spans[i].len;
    }
}

/* A rewriter's life with these allocations refused. How many it asked for. */
static size_t live_rewriter(size_t from, size_t to, size_t chunk, uint32_t oversized) {
    static char out[2 * sizeof numbered.text];
    enum fate fates[NUMBERED] = {UNSEEN};
    const size_t len = numbered.len, more = sizeof inserted - 1, ping = sizeof comment - 1;
    ew_rewriter_config config = EW_REWRITER_CONFIG_INIT;
    ew_rewriter *rewriter = NULL;
    ew_rewriter_summary summary;
    size_t made, at, written = 0, unseen = 0;
    int i;
    config.oversized = oversized;
    refuse(from, to);
    if (ew_rewriter_new(&config, &rewriter) == EW_ERR_NO_MEMORY) {
        CHECK(rewriter == NULL && allocator.refused != 0);
        CHECK(allocator.outstanding == 0);
        return allocator.calls;
    }
    CHECK(rewriter != NULL && allocator.refused == 0);
    for (at = 0; at < len; at += chunk) {
        ew_input input = input_of(numbered.text + at, len - at < chunk ? len - at : chunk);
        ew_event event;
        ew_status status;
        while ((status = ew_rewriter_next(rewriter, &input, &event)) == EW_EVENT) {
            const ew_span blocks = span_of(inserted);
            ew_status decided = EW_OK;
            for (i = 0; numbered.begin[i] != event.begin; i++) {
            }
            CHECK(numbered.end[i] == event.end && fates[i] == UNSEEN);
            fates[i] = (enum fate)(KEPT + i % 6);
            switch (fates[i]) {
            case DROPPED: decided = ew_rewriter_drop_event(rewriter); break;
            case REPLACED: decided = ew_rewriter_replace(rewriter, blocks); break;
            case PRECEDED: decided = ew_rewriter_insert_before(rewriter, blocks); break;
            case FOLLOWED: decided = ew_rewriter_insert_after(rewriter, blocks); break;
            case SURROUNDED:
                decided = ew_rewriter_insert_before(rewriter, blocks);
                if (decided == EW_OK && ew_rewriter_insert_after(rewriter, blocks) != EW_OK) {
                    CHECK(allocator.refused != 0);
                    fates[i] = PRECEDED;
                }
                break;
            default: break;
            }
            if (decided != EW_OK) {
                CHECK(decided == EW_ERR_NO_MEMORY && allocator.refused != 0);
                fates[i] = KEPT;
            }
        }
        CHECK(status == EW_NEED_INPUT);
        take_spans(rewriter, out, &written);
    }
    CHECK(ew_rewriter_finish(rewriter) == EW_OK);
    take_spans(rewriter, out, &written);
    made = allocator.calls;
    CHECK(ew_rewriter_summarize(rewriter, &summary) == EW_OK && summary.held == 0);

    /* Each event has gone the way that was said, and nothing else is written. */
    CHECK(memcmp(out, mark, sizeof mark - 1) == 0);
    for (i = 0, at = sizeof mark - 1; i < NUMBERED; i++) {
        const char *const event = numbered.text + numbered.begin[i];
        const size_t size = numbered.end[i] - numbered.begin[i];
        const int is_next = written - at >= size && memcmp(out + at, event, size) == 0;
        int is_there = 1, follows = fates[i] == FOLLOWED || fates[i] == SURROUNDED;
        unseen += fates[i] == UNSEEN;
        if (fates[i] == REPLACED || fates[i] == PRECEDED || fates[i] == SURROUNDED) {
            CHECK(written - at >= more && memcmp(out + at, inserted, more) == 0);
            at += more;
        }
        if (fates[i] == DROPPED || fates[i] == REPLACED) {
            is_there = 0;
        } else if (fates[i] == UNSEEN && oversized == EW_OVERSIZED_DROP) {
            is_there = is_next; /* what cannot be listed is passed on */
        }
        if (is_there) {
            CHECK(written - at >= size && memcmp(out + at, event, size) == 0);
            at += size;
        }
        if (follows && out[at] != '\n') { /* else what follows is behind the LF, if that came with the CR */
            CHECK(written - at >= more && memcmp(out + at, inserted, more) == 0);
            at += more;
            follows = 0;
        }
        if (is_there && event[size] == '\n') {
            CHECK(written > at && out[at] == '\n');
            at++;
        }
        if (follows) {
            CHECK(written - at >= more && memcmp(out + at, inserted, more) == 0);
            at += more;
        }
        CHECK(written - at >= ping && memcmp(out + at, comment, ping) == 0);
        at += ping;
    }
    CHECK(at == written && unseen == summary.oversized_blocks && unseen <= allocator.refused);
    ew_rewriter_free(rewriter);
    CHECK(allocator.outstanding == 0);
    return made;
}

static void proxies(void) {
    static const size_t chunks[] = {1 << 15, 700, 41, 3, 2, 1};
    size_t i, n, all;
    number_events();
    for (i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        check_case = "a tap";
        all = live_tap(0, 0, chunks[i]);
        CHECK(all > 16);
        for (n = 0; n < all; n++) {
            live_tap(n, n + 1, chunks[i]);
            CHECK(allocator.refused == 1);
            live_tap(n, SIZE_MAX, chunks[i]);
        }
        check_case = "a rewriter";
        all = live_rewriter(0, 0, chunks[i], EW_OVERSIZED_PASS);
        CHECK(all > 8);
        for (n = 0; n < all; n++) {
            live_rewriter(n, n + 1, chunks[i], EW_OVERSIZED_PASS);
            CHECK(allocator.refused == 1);
            live_rewriter(n, SIZE_MAX, chunks[i], EW_OVERSIZED_PASS);
            live_rewriter(n, n + 1, chunks[i], EW_OVERSIZED_DROP);
            live_rewriter(n, SIZE_MAX, chunks[i], EW_OVERSIZED_DROP);
        }
    }
}

int main(void) {
    size_t all, n, reported = 0;
    check_case = "nothing refused";
    allocator.outstanding = 0;
    all = live(0, 0);
    CHECK(all > 2);
    for (n = 0; n < 40; n++) {
        check_case = "one refused";
        live(n, n + 1);
        reported += allocator.refused;
        check_case = "all refused from here on";
        live(n, SIZE_MAX);
    }
    CHECK(reported > 2);
    check_case = "a source";
    all = live_source(0, 0);
    CHECK(all > 16);
    for (n = 0; n < all; n++) {
        live_source(n, n + 1);
        CHECK(allocator.refused == 1);
        live_source(n, SIZE_MAX);
    }
    proxies();
    puts("no memory, no harm");
    return 0;
}
