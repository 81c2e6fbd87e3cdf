/*
 * An allocator that refuses: at every single allocation in turn, and at all from some point on. Each time the answer is
 * EW_ERR_NO_MEMORY, the parser goes on, what it delivers is right, and everything is given back.
 *
 * Linked with the static library and --wrap=malloc, --wrap=realloc, --wrap=free.
 */

#include "check.h"

void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *memory);

static struct {
    size_t calls;      /* allocations since `refuse` */
    size_t from, to;   /* which of them are refused */
    size_t refused;    /* how many were */
    long outstanding;  /* allocations that were not given back */
} allocator;

static void refuse(size_t from, size_t to) {
    allocator.calls = allocator.refused = 0;
    allocator.from = from;
    allocator.to = to;
}

static int is_refused(void) {
    const size_t call = allocator.calls++;
    const int refused = call >= allocator.from && call < allocator.to;
    allocator.refused += (size_t)refused;
    return refused;
}

void *__wrap_malloc(size_t size) {
    void *memory = is_refused() ? NULL : __real_malloc(size);
    allocator.outstanding += memory != NULL;
    return memory;
}

void *__wrap_realloc(void *old, size_t size) {
    void *memory = is_refused() ? NULL : __real_realloc(old, size);
    allocator.outstanding += old == NULL && memory != NULL;
    return memory;
}

void __wrap_free(void *memory) {
    allocator.outstanding -= memory != NULL;
    __real_free(memory);
}

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
    puts("no memory, no harm");
    return 0;
}
