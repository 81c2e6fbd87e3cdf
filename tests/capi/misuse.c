/* Every argument that cannot be is refused, with nothing touched; and what looks odd but is allowed, works. */

#include "check.h"

#define INVALID EW_ERR_INVALID_ARGUMENT
#define TOO_LONG ((size_t)PTRDIFF_MAX + 1)

static const char stream[] = "event: a\ndata: b\nid: 1\n\ndata: c\n\n";

/* Memory whose bytes are known, and a question whether they still are. */
#define MARK(object) memset(&(object), 0x5A, sizeof(object))
static int is_marked(const void *memory, size_t size) {
    const unsigned char *bytes = (const unsigned char *)memory;
    size_t i;
    for (i = 0; i < size && bytes[i] == 0x5A; i++) {
    }
    return i == size;
}

static ew_parser *new_parser(void) {
    ew_parser *parser;
    CHECK(ew_parser_new(NULL, &parser) == EW_OK);
    return parser;
}

static size_t events_in(ew_parser *parser, ew_input input) {
    size_t events = 0;
    ew_event event;
    ew_status status;
    while ((status = ew_parser_next(parser, &input, &event)) != EW_NEED_INPUT) {
        CHECK(status == EW_EVENT);
        events++;
    }
    return events;
}

/* A configuration that is refused, everywhere. */
static void refused(const ew_config *config) {
    ew_parser *parser, *marked;
    void *memory = check_malloc(4096);
    MARK(parser);
    MARK(marked);
    CHECK(ew_parser_new(config, &parser) == INVALID && parser == marked);
    CHECK(ew_parser_init(memory, 4096, config, &parser) == INVALID && parser == marked);
    CHECK(ew_parser_sizeof(config) == 0);
    free(memory);
}

static void configurations(void) {
    static const uint32_t sizes[] = {0, 1, sizeof(ew_config) - 1, sizeof(ew_config) + 1, UINT32_MAX};
    ew_config config = EW_CONFIG_INIT;
    ew_parser *parser;
    size_t i;
    check_case = "configurations";
    CHECK(ew_parser_new(NULL, NULL) == INVALID && ew_parser_new(&config, NULL) == INVALID);
    for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        config.struct_size = sizes[i];
        refused(&config);
    }
    config.struct_size = sizeof config;
#define REFUSED(member, value)                                                                                         \
    do {                                                                                                               \
        config.member = (value);                                                                                       \
        refused(&config);                                                                                              \
        config.member = 0;                                                                                             \
    } while (0)
    REFUSED(items, 8);
    REFUSED(items, UINT32_MAX);
    REFUSED(overflow, 2);
    REFUSED(overflow, UINT32_MAX);
    REFUSED(utf8, 3);
    REFUSED(utf8, UINT32_MAX);
    REFUSED(eof, 2);
    REFUSED(eof, UINT32_MAX);
    REFUSED(reserved, 1);

    /* All that is known at once is fine, as is any limit; only so much memory cannot be. */
    config.items = EW_ITEM_RETRY | EW_ITEM_COMMENTS | EW_ITEM_UNKNOWN;
    config.overflow = EW_OVERFLOW_SKIP;
    config.utf8 = EW_UTF8_STRICT;
    config.eof = EW_EOF_DISPATCH;
    config.max_event_size = SIZE_MAX;
    CHECK(ew_parser_sizeof(&config) == 0);
    CHECK(ew_parser_new(&config, &parser) == EW_OK);
    CHECK(events_in(parser, input_of(stream, strlen(stream))) == 2);
    ew_parser_free(parser);
}

static void memory(void) {
    ew_config config = EW_CONFIG_INIT;
    ew_parser *parser, *marked;
    size_t size, alignment = ew_parser_alignof(), i;
    uint8_t *bytes;
    check_case = "memory";
    MARK(parser);
    MARK(marked);
    config.max_event_size = 100;
    size = ew_parser_sizeof(&config);
    CHECK(alignment > 0 && (alignment & (alignment - 1)) == 0 && alignment <= 16);
    CHECK(size >= 200 && size <= 1024);
    CHECK(ew_parser_sizeof(NULL) >= 2 * (size_t)EW_DEFAULT_MAX_EVENT_SIZE);
    bytes = (uint8_t *)check_malloc(size + alignment);
    memset(bytes, 0x5A, size + alignment);
    CHECK(ew_parser_init(NULL, size, &config, &parser) == INVALID);
    CHECK(ew_parser_init(bytes, size, &config, NULL) == INVALID);
    CHECK(ew_parser_init(bytes, size - 1, &config, &parser) == INVALID);
    CHECK(ew_parser_init(bytes, 0, &config, &parser) == INVALID);
    CHECK(ew_parser_init(bytes, TOO_LONG, &config, &parser) == INVALID);
    CHECK(ew_parser_init(bytes, SIZE_MAX, &config, &parser) == INVALID);
    for (i = 1; i < alignment; i++) {
        CHECK(ew_parser_init(bytes + i, size, &config, &parser) == INVALID);
    }
    CHECK(parser == marked && is_marked(bytes, size + alignment));

    /* Twice in the same memory, which it neither leaves nor frees. */
    for (i = 0; i < 2; i++) {
        CHECK(ew_parser_init(bytes, size, &config, &parser) == EW_OK);
        CHECK((uint8_t *)parser >= bytes && (uint8_t *)parser < bytes + size);
        CHECK(events_in(parser, input_of(stream, strlen(stream))) == 2);
        CHECK(events_in(parser, input_of("data: cut", 9)) == 0);
        CHECK(events_in(parser, input_of(" off\n\n", 6)) == 1);
        ew_parser_free(parser);
        CHECK(is_marked(bytes + size, alignment));
    }
    free(bytes);
}

static void inputs(void) {
    ew_parser *const parser = new_parser();
    ew_tokenizer tokenizer = {{0, 0}}, fresh = {{0, 0}};
    ew_input bad[5], before;
    ew_event event;
    ew_token token;
    size_t i, count;
    check_case = "inputs";
    for (i = 0; i < 5; i++) {
        bad[i] = input_of(stream, strlen(stream));
    }
    bad[0].ptr = NULL;
    bad[1].len = TOO_LONG;
    bad[2].len = SIZE_MAX;
    bad[3].pos = bad[3].len + 1;
    bad[4].pos = SIZE_MAX;
    MARK(event);
    MARK(token);
    MARK(count);
    for (i = 0; i < 5; i++) {
        before = bad[i];
        CHECK(ew_parser_next(parser, &bad[i], &event) == INVALID);
        CHECK(ew_parser_next_many(parser, &bad[i], &event, 1, &count) == INVALID);
        CHECK(ew_tokenizer_next(&tokenizer, &bad[i], &token) == INVALID);
        CHECK(memcmp(&before, &bad[i], sizeof before) == 0);
    }
    CHECK(is_marked(&event, sizeof event) && is_marked(&token, sizeof token) && is_marked(&count, sizeof count));
    CHECK(memcmp(&tokenizer, &fresh, sizeof fresh) == 0 && ew_parser_position(parser) == 0);

    /* No chunk at all is a chunk; and the parser has taken no harm. */
    CHECK(events_in(parser, input_of(NULL, 0)) == 0);
    CHECK(events_in(parser, input_of(stream, 0)) == 0);
    CHECK(events_in(parser, input_of(stream, strlen(stream))) == 2);

    /* A chunk that has been used up gives nothing more, however often it is asked. */
    before = input_of(stream, strlen(stream));
    before.pos = before.len;
    CHECK(events_in(parser, before) == 0 && events_in(parser, before) == 0);
    ew_parser_free(parser);
}

static void nulls(void) {
    ew_parser *const parser = new_parser();
    ew_tokenizer tokenizer = {{0, 0}};
    ew_input input = input_of(stream, strlen(stream)), before = input;
    ew_span span = span_of("name: value"), name, value, none = {NULL, 3};
    ew_event event, many[2];
    ew_token token;
    uint64_t retry;
    size_t count;
    check_case = "NULLs";
    MARK(event);
    MARK(many);
    MARK(token);
    MARK(count);
    MARK(retry);
    MARK(name);
    MARK(value);
    CHECK(ew_parser_next(NULL, &input, &event) == INVALID);
    CHECK(ew_parser_next(parser, NULL, &event) == INVALID);
    CHECK(ew_parser_next(parser, &input, NULL) == INVALID);
    CHECK(ew_parser_next_many(NULL, &input, many, 2, &count) == INVALID);
    CHECK(ew_parser_next_many(parser, NULL, many, 2, &count) == INVALID);
    CHECK(ew_parser_next_many(parser, &input, NULL, 2, &count) == INVALID);
    CHECK(ew_parser_next_many(parser, &input, many, 2, NULL) == INVALID);
    CHECK(ew_parser_next_many(parser, &input, many, 0, &count) == INVALID);
    CHECK(ew_parser_next_many(parser, &input, many, SIZE_MAX, &count) == INVALID);
    CHECK(ew_parser_next_many(parser, &input, many, SIZE_MAX / 2 / sizeof(ew_event) + 1, &count) == INVALID);
    CHECK(ew_parser_finish(NULL, &event) == INVALID && ew_parser_finish(parser, NULL) == INVALID);
    CHECK(ew_parser_retry(NULL, &retry) == INVALID && ew_parser_retry(parser, NULL) == INVALID);
    CHECK(ew_parser_set_last_event_id(NULL, span) == INVALID);
    CHECK(ew_parser_set_last_event_id(parser, none) == INVALID);
    CHECK(ew_parser_last_event_id(NULL).len == 0);
    CHECK(ew_parser_position(NULL) == 0 && ew_parser_skipped(NULL) == 0);
    ew_parser_reset(NULL);
    ew_parser_free(NULL);
    CHECK(ew_tokenizer_next(NULL, &input, &token) == INVALID);
    CHECK(ew_tokenizer_next(&tokenizer, NULL, &token) == INVALID);
    CHECK(ew_tokenizer_next(&tokenizer, &input, NULL) == INVALID);
    CHECK(ew_split_field(span, NULL, &value) == INVALID && ew_split_field(span, &name, NULL) == INVALID);
    CHECK(ew_split_field(none, &name, &value) == INVALID);
    none.ptr = span.ptr;
    none.len = TOO_LONG;
    CHECK(ew_split_field(none, &name, &value) == INVALID);
    CHECK(ew_parser_set_last_event_id(parser, none) == INVALID);
    CHECK(is_marked(&event, sizeof event) && is_marked(many, sizeof many) && is_marked(&token, sizeof token));
    CHECK(is_marked(&count, sizeof count) && is_marked(&retry, sizeof retry));
    CHECK(is_marked(&name, sizeof name) && is_marked(&value, sizeof value));
    CHECK(memcmp(&input, &before, sizeof input) == 0 && tokenizer.reserved[0] == 0 && tokenizer.reserved[1] == 0);

    /* Nothing happened: the same calls with all their arguments. */
    CHECK(ew_parser_retry(parser, &retry) == EW_OK && is_marked(&retry, sizeof retry));
    CHECK(ew_parser_next_many(parser, &input, many, 2, &count) == EW_EVENT);
    CHECK(ew_parser_position(parser) > 0);
    ew_parser_free(parser);
}

/* Structs where no struct of theirs can be. */
static void misaligned(void) {
    enum { ROOM = 256 };
    ew_parser *const parser = new_parser();
    uint8_t *const bytes = (uint8_t *)check_malloc(ROOM);
    void *const odd = bytes + 1;
    const ew_config config = EW_CONFIG_INIT;
    ew_input input = input_of(stream, strlen(stream)), before = input;
    ew_tokenizer tokenizer = {{0, 0}};
    ew_event event;
    ew_token token;
    size_t count;
    check_case = "misaligned pointers";
    memset(bytes, 0x5A, ROOM);
    MARK(event);
    MARK(token);
    MARK(count);
    CHECK(ew_parser_new(NULL, (ew_parser **)odd) == INVALID);
    memcpy(odd, &config, sizeof config);
    refused((const ew_config *)odd);
    memset(bytes, 0x5A, ROOM);
    CHECK(ew_parser_next(parser, (ew_input *)odd, &event) == INVALID);
    CHECK(ew_parser_next(parser, &input, (ew_event *)odd) == INVALID);
    CHECK(ew_parser_next_many(parser, (ew_input *)odd, &event, 1, &count) == INVALID);
    CHECK(ew_parser_next_many(parser, &input, (ew_event *)odd, 1, &count) == INVALID);
    CHECK(ew_parser_next_many(parser, &input, &event, 1, (size_t *)odd) == INVALID);
    CHECK(ew_parser_finish(parser, (ew_event *)odd) == INVALID);
    CHECK(ew_parser_retry(parser, (uint64_t *)odd) == INVALID);
    CHECK(ew_tokenizer_next((ew_tokenizer *)odd, &input, &token) == INVALID);
    CHECK(ew_tokenizer_next(&tokenizer, (ew_input *)odd, &token) == INVALID);
    CHECK(ew_tokenizer_next(&tokenizer, &input, (ew_token *)odd) == INVALID);
    CHECK(is_marked(bytes, ROOM) && is_marked(&event, sizeof event));
    CHECK(is_marked(&token, sizeof token) && is_marked(&count, sizeof count));
    CHECK(memcmp(&input, &before, sizeof input) == 0 && ew_parser_position(parser) == 0);
    free(bytes);
    ew_parser_free(parser);
}

static void identifiers(void) {
    static const char *const refused_ids[] = {"a\n", "\r", "a\rb", "\n\n"};
    ew_parser *const parser = new_parser();
    ew_span nul, empty = {NULL, 0};
    size_t i;
    check_case = "identifiers";
    CHECK(ew_parser_set_last_event_id(parser, span_of("before")) == EW_OK);
    for (i = 0; i < sizeof refused_ids / sizeof refused_ids[0]; i++) {
        CHECK(ew_parser_set_last_event_id(parser, span_of(refused_ids[i])) == EW_ERR_INVALID_FIELD);
    }
    nul.ptr = (const uint8_t *)"a\0b";
    nul.len = 3;
    CHECK(ew_parser_set_last_event_id(parser, nul) == EW_ERR_INVALID_FIELD);
    CHECK(same_bytes(ew_parser_last_event_id(parser), span_of("before")));
    CHECK(ew_parser_set_last_event_id(parser, empty) == EW_OK && ew_parser_last_event_id(parser).len == 0);
    ew_parser_free(parser);
}

/* The end of a stream is the start of the next, as often as one likes. */
static void use_after_finish(void) {
    ew_config config = EW_CONFIG_INIT;
    ew_parser *parser;
    ew_event event;
    int i;
    check_case = "use after finish";
    config.eof = EW_EOF_DISPATCH;
    CHECK(ew_parser_new(&config, &parser) == EW_OK);
    CHECK(ew_parser_finish(parser, &event) == EW_OK && ew_parser_finish(parser, &event) == EW_OK);
    for (i = 0; i < 3; i++) {
        CHECK(events_in(parser, input_of("\xEF\xBB\xBF" "data: cut", 12)) == 0);
        CHECK(ew_parser_finish(parser, &event) == EW_EVENT && same_bytes(event.data, span_of("cut")));
        CHECK(ew_parser_finish(parser, &event) == EW_OK);
        CHECK(events_in(parser, input_of(stream, strlen(stream))) == 2);
        ew_parser_reset(parser);
        CHECK(same_bytes(ew_parser_last_event_id(parser), span_of("1")));
    }
    ew_parser_free(parser);
}

int main(void) {
    configurations();
    memory();
    inputs();
    nulls();
    misaligned();
    identifiers();
    use_after_finish();
    puts("all refused");
    return 0;
}
