/*
 * A source and a network that is this program: its connections are cut, refused, silent, busy; each event comes once, each
 * request says the right thing at the right time, and nothing comes of a source that is closed.
 */

#include "check.h"

static uint64_t now = 1000;

static ew_action poll_source(ew_source *source) {
    ew_action action;
    CHECK(ew_source_poll(source, now, &action) == EW_OK);
    CHECK(action.reserved == 0);
    return action;
}

/* Waits for the next request; how long that took. */
static uint64_t wait_for_request(ew_source *source) {
    const uint64_t begin = now;
    ew_action action = poll_source(source);
    if (action.kind == EW_ACTION_WAIT) {
        now = action.until;
        action = poll_source(source);
    }
    CHECK(action.kind == EW_ACTION_CONNECT);
    CHECK(poll_source(source).kind == EW_ACTION_RECEIVE);
    return now - begin;
}

/* The value of a header field of the request; nothing if it has no such field. */
static ew_span header_of(const ew_source *source, const char *name) {
    ew_span value = {NULL, 0};
    ew_request request;
    size_t index;
    CHECK(ew_source_request(source, &request) == EW_OK);
    for (index = 0; index < request.header_count; index++) {
        ew_header header;
        CHECK(ew_source_header(source, index, &header) == EW_OK);
        if (same_bytes(header.name, span_of(name))) {
            CHECK(value.ptr == NULL);
            value = header.value;
        }
    }
    return value;
}

static void expect(ew_status status, const ew_notice *notice, uint32_t kind, uint32_t state, uint32_t reason) {
    CHECK(status == EW_NOTICE);
    CHECK(notice->kind == kind && notice->ready_state == state && notice->reason == reason);
    CHECK(notice->kind != EW_NOTICE_ERROR || strcmp(ew_reason_string(reason), "unknown reason") != 0);
}

static void accept_request(ew_source *source) {
    ew_head head = EW_HEAD_INIT;
    ew_notice notice;
    head.status = 200;
    head.content_type = span_of("text/event-stream; charset=utf-8");
    expect(ew_source_handle_response(source, now, &head, &notice), &notice, EW_NOTICE_OPEN, EW_OPEN, 0);
    CHECK(ew_source_ready_state(source) == EW_OPEN);
}

/* Feeds a chunk, whose events have the numbers from `*next` on for data and id. */
static void feed(ew_source *source, const char *chunk, size_t len, unsigned *next) {
    ew_input input = input_of(chunk, len);
    ew_event event;
    while (ew_source_next(source, now, &input, &event) != EW_NEED_INPUT) {
        char number[16];
        sprintf(number, "%u", *next);
        CHECK(event.kind == EW_EVENT);
        CHECK(same_bytes(event.data, span_of(number)) && same_bytes(event.last_event_id, span_of(number)));
        CHECK(same_bytes(ew_source_origin(source), span_of("https://example.org")));
        ++*next;
    }
    CHECK(input.pos == len);
}

static ew_source *source_of(const ew_source_config *config) {
    ew_source *source = NULL;
    CHECK(ew_source_new(config, &source) == EW_OK && source != NULL);
    return source;
}

static ew_source_config config_of(const char *url) {
    ew_source_config config = EW_SOURCE_CONFIG_INIT;
    config.url = span_of(url);
    return config;
}

/* A server goes on behind the last event ID that it is told, and its connections are cut at every byte in turn. */
static void cut_anywhere(void) {
    enum { EVENTS = 9 };
    static const char event[] = "id: 1\ndata: 1\n\n";
    const ew_source_config config = config_of("https://example.org/stream");
    ew_source *source = source_of(&config);
    unsigned next = 1;
    size_t cut = 0;
    check_case = "cut anywhere";
    while (next <= EVENTS) {
        char rest[sizeof event * EVENTS];
        size_t len = 0;
        unsigned number;
        ew_notice notice;
        ew_span id;
        CHECK(wait_for_request(source) == (cut == 0 ? 0u : 3000u));
        id = header_of(source, "Last-Event-ID");
        CHECK(next == 1 ? id.ptr == NULL : (id.len == 1 && id.ptr[0] == '0' + next - 1));
        CHECK(header_of(source, "Accept").len == strlen("text/event-stream"));
        for (number = next; number <= EVENTS; number++, len += sizeof event - 1) {
            memcpy(rest + len, event, sizeof event - 1);
            rest[len + 4] = rest[len + 12] = (char)('0' + number);
        }
        accept_request(source);
        if (++cut < len) {
            len = cut;
        }
        feed(source, rest, len / 2, &next);
        feed(source, rest + len / 2, len - len / 2, &next);
        expect(ew_source_handle_error(source, now, EW_NETWORK_ERROR_TRANSIENT, &notice), &notice, EW_NOTICE_ERROR,
               EW_CONNECTING, EW_REASON_NETWORK);
    }
    CHECK(next == EVENTS + 1 && ew_source_attempts(source) == cut);
    ew_source_free(source);
}

static void settings_count(void) {
    static const ew_http_statuses busy[] = {{429, 429}, {500, 599}};
    ew_source_config config = config_of("http://localhost:8080/");
    ew_config parser = EW_CONFIG_INIT;
    ew_header header;
    ew_request request;
    ew_head head = EW_HEAD_INIT;
    ew_notice notice;
    ew_source *source;
    check_case = "settings count";
    header.name = span_of("Authorization");
    header.value = span_of("Bearer 0123");
    parser.items = EW_ITEM_COMMENTS;
    config.flags = EW_SOURCE_WITH_CREDENTIALS | EW_SOURCE_REPLAY_BODY;
    config.method = span_of("POST");
    config.body = span_of("{}");
    config.headers = &header;
    config.header_count = 1;
    config.parser = &parser;
    config.retry_statuses = busy;
    config.retry_status_count = sizeof busy / sizeof busy[0];
    config.reconnection_time = 100;
    config.max_retry_after = 60000;
    config.backoff_factor = 2;
    config.backoff_cap = 1000;
    config.idle_timeout = 500;
    config.max_failures = 4;
    source = source_of(&config);

    CHECK(wait_for_request(source) == 0);
    CHECK(ew_source_request(source, &request) == EW_OK);
    CHECK(request.flags == EW_REQUEST_WITH_CREDENTIALS && same_bytes(request.body, config.body));
    CHECK(same_bytes(request.method, config.method) && same_bytes(request.url, config.url));
    CHECK(same_bytes(header_of(source, "Authorization"), header.value));

    head.status = 503;
    head.retry_after = span_of("2");
    expect(ew_source_handle_response(source, now, &head, &notice), &notice, EW_NOTICE_ERROR, EW_CONNECTING,
           EW_REASON_STATUS);
    CHECK(notice.http_status == 503);
    CHECK(wait_for_request(source) == 2000);
    CHECK(poll_source(source).until == now + 500);
    CHECK(ew_source_handle_timeout(source, now + 499, &notice) == EW_OK);
    now += 500;
    expect(ew_source_handle_timeout(source, now, &notice), &notice, EW_NOTICE_ERROR, EW_CONNECTING,
           EW_REASON_IDLE_TIMEOUT);
    CHECK(ew_source_failures(source) == 2);
    CHECK(wait_for_request(source) == 200);

    accept_request(source);
    CHECK(ew_source_failures(source) == 0);
    {
        ew_input input = input_of(": hello\nretry: 7\n", 17);
        ew_event event;
        CHECK(ew_source_next(source, now, &input, &event) == EW_COMMENT);
        CHECK(ew_source_next(source, now, &input, &event) == EW_NEED_INPUT);
    }
    CHECK(ew_source_reconnection_time(source) == 7);
    expect(ew_source_handle_end(source, now, &notice), &notice, EW_NOTICE_ERROR, EW_CONNECTING, EW_REASON_END);
    CHECK(wait_for_request(source) == 7);
    ew_source_free(source);
}

static void closing_ends_it(void) {
    const ew_source_config config = config_of("https://example.org/");
    ew_source *source = source_of(&config);
    ew_input input = input_of("data: a\n\ndata: b\n\n", 18);
    ew_event event;
    ew_notice notice;
    check_case = "closing ends it";
    wait_for_request(source);
    accept_request(source);
    CHECK(ew_source_next(source, now, &input, &event) == EW_EVENT);
    ew_source_close(source);
    CHECK(same_bytes(event.data, span_of("a")));
    CHECK(ew_source_next(source, now, &input, &event) == EW_NEED_INPUT && input.pos == 9);
    CHECK(ew_source_handle_end(source, now, &notice) == EW_OK);
    CHECK(ew_source_handle_error(source, now, EW_NETWORK_ERROR_FATAL, &notice) == EW_OK);
    CHECK(poll_source(source).kind == EW_ACTION_CLOSED);
    CHECK(ew_source_ready_state(source) == EW_CLOSED);
    ew_source_close(source);
    ew_source_free(source);
}

static void mistakes_are_found(void) {
    ew_source_config config = config_of("https://example.org/\r\nX-Injected: yes");
    ew_source *source = NULL;
    ew_action action;
    check_case = "mistakes are found";
    CHECK(ew_source_new(&config, &source) == EW_ERR_INVALID_FIELD);
    config.struct_size++;
    CHECK(ew_source_new(&config, &source) == EW_ERR_INVALID_ARGUMENT);
    CHECK(ew_source_new(NULL, &source) == EW_ERR_INVALID_ARGUMENT && source == NULL);
    CHECK(ew_source_poll(NULL, 0, &action) == EW_ERR_INVALID_ARGUMENT);
    CHECK(ew_source_ready_state(NULL) == EW_CLOSED);
    ew_source_close(NULL);
    ew_source_free(NULL);
}

int main(void) {
    cut_anywhere();
    settings_count();
    closing_ends_it();
    mistakes_are_found();
    puts("sources: as they should");
    return 0;
}
