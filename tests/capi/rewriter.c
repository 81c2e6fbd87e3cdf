/* A rewriter passes on, drops, replaces and inserts, the same at every cut; and refuses what cannot be. */

#define _XOPEN_SOURCE 700

#include <sys/uio.h>
#include <unistd.h>

#include "cuts.h"

#define INVALID EW_ERR_INVALID_ARGUMENT
#define MARK(value) memset(&(value), 0x5A, sizeof(value))

/* What ew_rewriter_spans promises: an array of spans can be given to writev. */
typedef char assert_iovec[sizeof(struct iovec) == sizeof(ew_span) ? 1 : -1];
typedef char assert_iov_base[offsetof(struct iovec, iov_base) == offsetof(ew_span, ptr) ? 1 : -1];
typedef char assert_iov_len[offsetof(struct iovec, iov_len) == offsetof(ew_span, len) ? 1 : -1];

/* What is to become of an event. */
typedef void (*rule)(ew_rewriter *rewriter, const ew_event *event);

static void keep(ew_rewriter *rewriter, const ew_event *event) {
    (void)rewriter;
    (void)event;
}

static void drop(ew_rewriter *rewriter, const ew_event *event) {
    (void)event;
    CHECK(ew_rewriter_drop_event(rewriter) == EW_OK);
}

static void by_type(ew_rewriter *rewriter, const ew_event *event) {
    if (same_bytes(event->event_type, span_of("drop"))) {
        CHECK(ew_rewriter_drop_event(rewriter) == EW_OK);
    } else if (same_bytes(event->event_type, span_of("replace"))) {
        CHECK(ew_rewriter_replace(rewriter, span_of("data: not this\n\n")) == EW_OK);
        CHECK(ew_rewriter_replace(rewriter, span_of("data: this\n\n")) == EW_OK);
    } else if (same_bytes(event->event_type, span_of("around"))) {
        CHECK(ew_rewriter_insert_after(rewriter, span_of(": after\n\n")) == EW_OK);
        CHECK(ew_rewriter_insert_before(rewriter, span_of(": be")) == EW_OK);
        CHECK(ew_rewriter_insert_before(rewriter, span_of("fore\n\n")) == EW_OK);
    }
}

struct text {
    char bytes[4096];
    size_t len;
};

static void append(struct text *text, const ew_rewriter *rewriter) {
    const ew_span *spans = NULL;
    size_t count = 0, i;
    CHECK(ew_rewriter_spans(rewriter, &spans, &count) == EW_OK);
    for (i = 0; i < count; i++) {
        CHECK(spans[i].len != 0 && text->len + spans[i].len <= sizeof text->bytes);
        memcpy(text->bytes + text->len, spans[i].ptr, spans[i].len);
        text->len += spans[i].len;
    }
}

static ew_rewriter *rewriter_of(const ew_rewriter_config *config) {
    ew_rewriter *rewriter = NULL;
    CHECK(ew_rewriter_new(config, &rewriter) == EW_OK && rewriter != NULL);
    return rewriter;
}

static ew_rewriter_summary summary_of(const ew_rewriter *rewriter) {
    ew_rewriter_summary summary;
    MARK(summary);
    CHECK(ew_rewriter_summarize(rewriter, &summary) == EW_OK && summary.reserved == 0);
    return summary;
}

static struct text rewritten(ew_span stream, size_t cut, const ew_rewriter_config *config, rule rule) {
    struct text text;
    struct chunks chunks = chunks_of(stream, cut);
    ew_rewriter *const rewriter = rewriter_of(config);
    ew_rewriter_summary before;
    text.len = 0;
    while (chunks_next(&chunks)) {
        ew_input input = input_of(chunks.lent, chunks.lent_len);
        ew_event event;
        ew_status status;
        while ((status = ew_rewriter_next(rewriter, &input, &event)) == EW_EVENT) {
            const ew_span *spans;
            size_t count = 99;
            CHECK(event.end - event.begin <= stream.len);
            CHECK(ew_rewriter_spans(rewriter, &spans, &count) == EW_OK && count == 0);
            CHECK((summary_of(rewriter).flags & EW_REWRITER_BETWEEN_EVENTS) == 0);
            rule(rewriter, &event);
        }
        CHECK(status == EW_NEED_INPUT && input.pos == input.len);
        if (input.len != 0) {
            CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_NEED_INPUT);
        }
        append(&text, rewriter);
    }
    /* Behind the end of a stream that was cut off in a block there is no place for another. */
    before = summary_of(rewriter);
    CHECK(ew_rewriter_finish(rewriter) == EW_OK);
    append(&text, rewriter);
    CHECK(summary_of(rewriter).held == 0);
    CHECK(summary_of(rewriter).flags == (before.held == 0 ? before.flags : 0));
    ew_rewriter_free(rewriter);
    return text;
}

static void at_every_cut(const char *stream, const char *expected, const ew_rewriter_config *config, rule rule) {
    const ew_span whole = span_of(stream);
    size_t cut;
    for (cut = 0; cut < cut_count(whole.len); cut++) {
        const struct text text = rewritten(whole, cut, config, rule);
        if (text.len != strlen(expected) || memcmp(text.bytes, expected, text.len) != 0) {
            fprintf(stderr, "cut %lu: %.*s\n", (unsigned long)cut, (int)text.len, text.bytes);
            CHECK(!"written as it should be");
        }
    }
}

static void identity(void) {
    static const char *const streams[] = {
        "",
        "\xEF\xBB\xBF" "data: 1\r\n\r\n: ping\r\rid: 4\n\nfoo\ndata\r\n\r\n\n\r\n",
        "\xEF\xBB" "data: 1\n\ndata: 2\ndata: 3\n\n: x",
        "event: drop\ndata: 1\n\nretry: 5\n\ndata: cut of",
    };
    size_t i;
    check_case = "identity";
    for (i = 0; i < sizeof streams / sizeof streams[0]; i++) {
        at_every_cut(streams[i], streams[i], NULL, keep);
    }
}

static void rules(void) {
    check_case = "rules";
    at_every_cut("\xEF\xBB\xBF: hello\ndata: 1\r\n\r\nid: 7\n\nid: 8\ndata: 2\rfoo\r\rdata: cut", "\xEF\xBB\xBF: hello\nid: 7\n\ndata: cut",
                 NULL, drop);
    at_every_cut("data: 1\n\nevent: drop\ndata: 2\n\n: a\nevent: replace\ndata: 3\n: b\n\nevent: around\ndata: 4\ndata: 5\n\n"
                 "event: drop\n\nevent: around\ndata\n\ndata: 6\n\n",
                 "data: 1\n\n: a\ndata: this\n\n: before\n\nevent: around\ndata: 4\ndata: 5\n\n: after\n\n"
                 "event: drop\n\n: before\n\nevent: around\ndata\n\n: after\n\ndata: 6\n\n",
                 NULL, by_type);
}

static void oversized(void) {
    const char *const stream = "data: 1\n\ndata: 0123456789\n\nevent: drop\ndata: 0123456789\n\ndata: 2\n\n";
    ew_rewriter_config config = EW_REWRITER_CONFIG_INIT;
    ew_rewriter *rewriter;
    ew_input input = input_of(stream, strlen(stream));
    ew_event event;
    check_case = "oversized";
    config.max_block_size = 17;
    at_every_cut(stream, stream, &config, by_type);
    config.oversized = EW_OVERSIZED_DROP;
    at_every_cut(stream, "data: 1\n\ndata: 2\n\n", &config, by_type);
    rewriter = rewriter_of(&config);
    while (ew_rewriter_next(rewriter, &input, &event) == EW_EVENT) {
    }
    CHECK(summary_of(rewriter).oversized_blocks == 2);
    ew_rewriter_free(rewriter);
}

/* What the summary says on the way, and that slices of the chunk are slices of the chunk. */
static void on_the_way(void) {
    const char *const first = "id: 3\ndata: 1\n\ndata: 2", *const second = "\n\n", *const comment = ": no";
    ew_rewriter *const rewriter = rewriter_of(NULL);
    ew_input input = input_of(first, strlen(first));
    ew_rewriter_summary summary = summary_of(rewriter);
    const ew_span *spans;
    ew_event event;
    size_t count;
    int pipe_ends[2];
    char read_back[64];
    check_case = "on the way";
    CHECK(summary.flags == EW_REWRITER_BETWEEN_EVENTS && summary.held == 0 && summary.last_event_id.len == 0);
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_EVENT && event.begin == 0 && event.end == 15);
    CHECK(same_bytes(event.data, span_of("1")) && event.data.ptr == (const uint8_t *)first + 12);
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_NEED_INPUT);
    CHECK(ew_rewriter_spans(rewriter, &spans, &count) == EW_OK && count == 1);
    CHECK(spans[0].ptr == (const uint8_t *)first && spans[0].len == 15);
    summary = summary_of(rewriter);
    CHECK(summary.held == 7 && same_bytes(summary.last_event_id, span_of("3")));
    CHECK(summary.flags == EW_REWRITER_BETWEEN_EVENTS);

    input = input_of(second, 2);
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_EVENT && event.begin == 15 && event.end == 24);
    CHECK(ew_rewriter_insert_after(rewriter, span_of(": seen\n\n")) == EW_OK);
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_NEED_INPUT);
    CHECK(ew_rewriter_spans(rewriter, &spans, &count) == EW_OK && count == 2);
    CHECK(pipe(pipe_ends) == 0 && writev(pipe_ends[1], (const struct iovec *)spans, (int)count) == 17);
    CHECK(read(pipe_ends[0], read_back, sizeof read_back) == 17 && memcmp(read_back, "data: 2\n\n: seen\n\n", 17) == 0);
    CHECK(close(pipe_ends[0]) == 0 && close(pipe_ends[1]) == 0);

    input = input_of(comment, strlen(comment));
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_NEED_INPUT && summary_of(rewriter).flags == 0);
    ew_rewriter_free(rewriter);
}

static void no_event(ew_rewriter *rewriter) {
    CHECK(ew_rewriter_drop_event(rewriter) == INVALID && ew_rewriter_replace(rewriter, span_of("x")) == INVALID);
    CHECK(ew_rewriter_insert_before(rewriter, span_of("x")) == INVALID);
    CHECK(ew_rewriter_insert_after(rewriter, span_of("x")) == INVALID);
}

static void misuse(void) {
    const char *const stream = "data: 1\n\ndata: 2\n\n";
    ew_rewriter *rewriter, *marked;
    ew_rewriter_config config = EW_REWRITER_CONFIG_INIT;
    ew_rewriter_summary summary;
    ew_input input = input_of(stream, strlen(stream)), before = input;
    ew_event event;
    const ew_span *spans = NULL;
    ew_span bad = {NULL, 3};
    size_t count = 99;
    struct text text;
    check_case = "misuse";
    text.len = 0;
    MARK(rewriter);
    MARK(marked);
    CHECK(ew_rewriter_new(NULL, NULL) == INVALID);
    config.struct_size++;
    CHECK(ew_rewriter_new(&config, &rewriter) == INVALID);
    config.struct_size--;
    config.oversized = 2;
    CHECK(ew_rewriter_new(&config, &rewriter) == INVALID);
    CHECK(ew_rewriter_new((const ew_rewriter_config *)((char *)&config + 1), &rewriter) == INVALID);
    CHECK(rewriter == marked);

    rewriter = rewriter_of(NULL);
    no_event(NULL);
    no_event(rewriter);
    CHECK(ew_rewriter_next(NULL, &input, &event) == INVALID && ew_rewriter_next(rewriter, NULL, &event) == INVALID);
    CHECK(ew_rewriter_next(rewriter, &input, NULL) == INVALID && memcmp(&input, &before, sizeof input) == 0);
    CHECK(ew_rewriter_spans(NULL, &spans, &count) == INVALID && ew_rewriter_spans(rewriter, NULL, &count) == INVALID);
    CHECK(ew_rewriter_spans(rewriter, &spans, NULL) == INVALID && spans == NULL && count == 99);
    CHECK(ew_rewriter_spans(rewriter, &spans, &count) == EW_OK && count == 0);
    CHECK(ew_rewriter_summarize(NULL, &summary) == INVALID && ew_rewriter_summarize(rewriter, NULL) == INVALID);
    CHECK(ew_rewriter_finish(NULL) == INVALID);

    /* In the midst of a chunk: what cannot be is refused, and the decision stands. */
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_EVENT && ew_rewriter_drop_event(rewriter) == EW_OK);
    before = input;
    before.pos = before.len + 1;
    CHECK(ew_rewriter_next(rewriter, &before, &event) == INVALID && ew_rewriter_finish(rewriter) == INVALID);
    CHECK(ew_rewriter_insert_before(rewriter, bad) == INVALID && ew_rewriter_replace(rewriter, bad) == INVALID);
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_EVENT && same_bytes(event.data, span_of("2")));
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_NEED_INPUT);
    no_event(rewriter);
    append(&text, rewriter);
    CHECK(text.len == 9 && memcmp(text.bytes, "data: 2\n\n", 9) == 0);

    /* A chunk that is given up: what was not written of it is gone, and its decisions with it. */
    input = input_of("data: 3\n\ndata: 4\n\n", 18);
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_EVENT && ew_rewriter_drop_event(rewriter) == EW_OK);
    CHECK(ew_rewriter_insert_after(rewriter, span_of("x")) == EW_OK);
    input = input_of("data: 5\n\n", 9);
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_EVENT && same_bytes(event.data, span_of("5")));
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_NEED_INPUT);
    text.len = 0;
    append(&text, rewriter);
    CHECK(text.len == 9 && memcmp(text.bytes, "data: 5\n\n", 9) == 0);

    /* Another chunk in the place of one: wrong events perhaps, and nothing worse. */
    input = input_of("data: 6\n\ndata: 7\n\n", 18);
    CHECK(ew_rewriter_next(rewriter, &input, &event) == EW_EVENT);
    input.ptr = (const uint8_t *)"data: 8\n\n";
    input.len = 9;
    while (ew_rewriter_next(rewriter, &input, &event) == EW_EVENT) {
    }
    text.len = 0;
    append(&text, rewriter);
    CHECK(text.len <= 9 && ew_rewriter_finish(rewriter) == EW_OK);
    ew_rewriter_free(rewriter);
    ew_rewriter_free(NULL);
}

int main(void) {
    identity();
    rules();
    oversized();
    on_the_way();
    misuse();
    puts("rewritten");
    return 0;
}
