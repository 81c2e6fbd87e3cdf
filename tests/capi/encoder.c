/*
 * Messages are written as the header says, are parsed back as they were, and cannot be used to smuggle anything into a
 * stream; what cannot be is refused, with nothing touched.
 */

#include "check.h"

static const ew_message nothing = EW_MESSAGE_INIT;

/* Everything that is not written to stays as it was. */
#define MARK(object) memset(&(object), 0x5A, sizeof(object))
static int is_marked(const void *memory, size_t size) {
    const unsigned char *bytes = (const unsigned char *)memory;
    size_t i;
    for (i = 0; i < size && bytes[i] == 0x5A; i++) {
    }
    return i == size;
}

/* Writes a message into memory of exactly its size, so that tools see a byte too many. */
static uint8_t *encoded(const ew_message *message, size_t *len) {
    size_t written;
    uint8_t *out;
    CHECK(ew_encode_len(message, len, NULL) == EW_OK);
    out = (uint8_t *)check_malloc(*len);
    CHECK(ew_encode(message, out, *len, &written, NULL) == EW_OK && written == *len);
    return out;
}

static void expect(const ew_message *message, const char *stream) {
    size_t len, needed, capacity, full = strlen(stream);
    uint8_t *out = encoded(message, &len);
    CHECK(len == full && memcmp(out, stream, len) == 0);
    for (capacity = 0; capacity < full; capacity++) {
        memset(out, 0x5A, full);
        CHECK(ew_encode(message, out, capacity, &needed, NULL) == EW_ERR_BUFFER_TOO_SMALL && needed == full);
        CHECK(is_marked(out, full));
    }
    free(out);
}

static void forms(void) {
    ew_message message = EW_MESSAGE_INIT;
    check_case = "forms";
    expect(&message, "\n");
    message.comment = span_of("");
    expect(&message, ":\n\n");
    message.retry = 3000;
    expect(&message, ":\n\n");
    message.flags = EW_MESSAGE_RETRY;
    message.event = span_of("update");
    message.id = span_of("7");
    message.data = span_of("first\r\nsecond\r\rlast\n");
    expect(&message, ":\nevent: update\nid: 7\nretry: 3000\n"
                     "data: first\ndata: second\ndata: \ndata: last\ndata: \n\n");
    message = nothing;
    message.data = span_of(" two spaces are needed");
    message.id = span_of("");
    expect(&message, "id: \ndata:  two spaces are needed\n\n");
}

/* What is written is parsed back, with a value of every length across the blocks that are scanned at once. */
static void there_and_back(void) {
    uint8_t text[200];
    size_t i, len;
    check_case = "there and back";
    for (i = 0; i < sizeof text; i++) {
        text[i] = (uint8_t)('a' + i % 26);
    }
    for (i = 0; i <= sizeof text; i++) {
        ew_message message = EW_MESSAGE_INIT;
        ew_parser *parser;
        ew_event event;
        ew_input input;
        uint8_t *out;
        message.event.ptr = message.id.ptr = message.data.ptr = text;
        message.event.len = message.id.len = message.data.len = i;
        out = encoded(&message, &len);
        CHECK(ew_parser_new(NULL, &parser) == EW_OK);
        input = input_of(out, len);
        CHECK(ew_parser_next(parser, &input, &event) == EW_EVENT);
        CHECK(same_bytes(event.data, message.data) && same_bytes(event.id, message.id) && event.id.ptr != NULL);
        CHECK(same_bytes(event.event_type, i > 0 ? message.event : span_of("message")));
        CHECK(event.begin == 0 && event.end == len);
        CHECK(ew_parser_next(parser, &input, &event) == EW_NEED_INPUT);
        ew_parser_free(parser);
        free(out);
    }
}

/* Every byte in an event's type and in an id. */
static void refusals(void) {
    int byte;
    check_case = "refusals";
    for (byte = 0; byte < 256; byte++) {
        uint8_t text[100], out[200];
        size_t len, in_id;
        memset(text, 'x', sizeof text);
        text[70] = (uint8_t)byte;
        for (in_id = 0; in_id < 2; in_id++) {
            ew_message message = EW_MESSAGE_INIT;
            ew_span *value = in_id ? &message.id : &message.event;
            int is_refused = byte == '\r' || byte == '\n' || (in_id && byte == 0);
            ew_fault fault;
            value->ptr = text;
            value->len = sizeof text;
            MARK(out);
            MARK(len);
            MARK(fault);
            CHECK(ew_encode(&message, out, sizeof out, &len, &fault) == (is_refused ? EW_ERR_INVALID_FIELD : EW_OK));
            if (is_refused) {
                CHECK(fault.field == (in_id ? EW_FIELD_ID : EW_FIELD_EVENT));
                CHECK(fault.byte == (uint32_t)byte && fault.position == 70);
                CHECK(is_marked(out, sizeof out) && is_marked(&len, sizeof len));
                CHECK(ew_encode_len(&message, &len, NULL) == EW_ERR_INVALID_FIELD && is_marked(&len, sizeof len));
            } else {
                CHECK(len == sizeof text + (in_id ? 6 : 9) && is_marked(&fault, sizeof fault));
            }
        }
    }
}

/* A message that both functions refuse, without a word. */
static void refused(ew_message message) {
    uint8_t out[16];
    size_t len;
    ew_fault fault;
    MARK(out);
    MARK(len);
    MARK(fault);
    CHECK(ew_encode(&message, out, sizeof out, &len, &fault) == EW_ERR_INVALID_ARGUMENT);
    CHECK(ew_encode_len(&message, &len, &fault) == EW_ERR_INVALID_ARGUMENT);
    CHECK(is_marked(out, sizeof out) && is_marked(&len, sizeof len) && is_marked(&fault, sizeof fault));
}

static void misuse(void) {
    ew_message message = EW_MESSAGE_INIT;
    uint8_t out[16];
    size_t len;
    check_case = "misuse";
    message.struct_size--;
    refused(message);
    message.struct_size += 2;
    refused(message);
    message = nothing;
    message.flags = 2;
    refused(message);
    message = nothing;
    message.data.len = 1;
    refused(message);
    message.data.ptr = out;
    message.data.len = (size_t)PTRDIFF_MAX + 1;
    refused(message);
    MARK(out);
    CHECK(ew_encode(NULL, out, sizeof out, &len, NULL) == EW_ERR_INVALID_ARGUMENT);
    CHECK(ew_encode(&nothing, NULL, sizeof out, &len, NULL) == EW_ERR_INVALID_ARGUMENT);
    CHECK(ew_encode(&nothing, out, (size_t)PTRDIFF_MAX + 1, &len, NULL) == EW_ERR_INVALID_ARGUMENT);
    CHECK(ew_encode(&nothing, out, sizeof out, NULL, NULL) == EW_ERR_INVALID_ARGUMENT);
    CHECK(ew_encode_len(NULL, &len, NULL) == EW_ERR_INVALID_ARGUMENT);
    CHECK(ew_encode_len(&nothing, NULL, NULL) == EW_ERR_INVALID_ARGUMENT);
    CHECK(is_marked(out, sizeof out));
    CHECK(ew_encode(&nothing, NULL, 0, &len, NULL) == EW_ERR_BUFFER_TOO_SMALL && len == 1);
}

int main(void) {
    forms();
    there_and_back();
    refusals();
    misuse();
    puts("messages are written and refused as they should be");
    return 0;
}
