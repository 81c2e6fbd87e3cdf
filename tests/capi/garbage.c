/*
 * The words that structs keep for the library: garbage in them gives wrong events, never a crash (run under sanitizers
 * and valgrind), and those of an earlier chunk are none.
 */

#include "check.h"

/* A generator of bits (xorshift), the same in every run. */
static uint64_t random_bits(void) {
    static uint64_t state = 0x9E3779B97F4A7C15u;
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Reads each byte: of memory that is there, it must be. Nothing but what the chunks hold, and the byte-order mark. */
static void read_all(ew_span span) {
    size_t i;
    for (i = 0; i < span.len; i++) {
        CHECK(span.ptr[i] < 0x80 || memchr("\xEF\xBB\xBF", span.ptr[i], 3) != NULL);
    }
}

/* Whatever stands in the words that the library keeps between calls: what comes is within the chunk, and comes to an end. */
static void garbage(void) {
    static const char piece[] = "event: type\r\ndata: some data\ndata\n: comment\rid: 17\n\nunknown: field\nretry: 9\n\n";
    enum { ROUNDS = 20000 };
    ew_config config = EW_CONFIG_INIT;
    ew_parser *parser;
    size_t round, i, accepted = 0;
    check_case = "garbage in reserved words";
    config.items = EW_ITEM_RETRY | EW_ITEM_COMMENTS | EW_ITEM_UNKNOWN;
    CHECK(ew_parser_new(&config, &parser) == EW_OK);
    for (round = 0; round < ROUNDS; round++) {
        const size_t len = (size_t)(random_bits() % 400);
        uint8_t *const chunk = (uint8_t *)check_malloc(len);
        ew_input input = input_of(chunk, len);
        ew_tokenizer tokenizer;
        ew_event event;
        ew_token token;
        size_t calls = 0;
        ew_status status;
        for (i = 0; i < len; i++) {
            chunk[i] = (uint8_t)piece[i % (sizeof piece - 1)];
        }
        input.pos = (size_t)(random_bits() % (len + 1));
        for (i = 0; i < 2; i++) {
            /* All kinds of numbers: anything, small, and near the chunk's own length. */
            const uint64_t bits = random_bits();
            input.reserved[i] = round % 3 == 0 ? bits : round % 3 == 1 ? bits % 512 : len - bits % 3;
        }
        /* Likewise; in bytes, of which most are small. */
        tokenizer.reserved[0] = (uint32_t)(random_bits() & (round % 5 == 0 ? UINT32_MAX : 0x00FF0707u));
        tokenizer.reserved[1] = (uint32_t)(round % 5 == 0 ? random_bits() : 0);
        if (round % 2 == 0) {
            while ((status = ew_parser_next(parser, &input, &event)) != EW_NEED_INPUT && calls <= 2 * len) {
                CHECK(status > 0 && input.pos <= len);
                read_all(event.data);
                calls++;
            }
        } else {
            while ((status = ew_tokenizer_next(&tokenizer, &input, &token)) > 0 && calls <= 2 * len) {
                if (status == EW_VALUE) {
                    read_all(token.piece);
                }
                calls++;
            }
            CHECK(status == EW_NEED_INPUT || status == EW_ERR_INVALID_ARGUMENT);
            accepted += status == EW_NEED_INPUT;
        }
        CHECK(calls <= 2 * len && input.pos <= len);
        free(chunk);
    }
    CHECK(accepted > ROUNDS / 8 && accepted < ROUNDS / 2);
    ew_parser_free(parser);
}

/* An input that is used again needs only its three first members set: the reserved words are those of the last chunk. */
static void input_used_again(void) {
    static const char *const chunks[] = {"data: first\n\ndata: second", "\n\ndata: 3\n\n", "", "\n\ndata: 4\n", "\n"};
    static const size_t events[] = {1, 2, 0, 0, 1};
    ew_parser *parser;
    ew_input input = input_of(NULL, 0);
    ew_event event;
    size_t i, count;
    check_case = "an input used again";
    CHECK(ew_parser_new(NULL, &parser) == EW_OK);
    for (i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        input.ptr = (const uint8_t *)chunks[i];
        input.len = strlen(chunks[i]);
        input.pos = 0;
        for (count = 0; ew_parser_next(parser, &input, &event) == EW_EVENT; count++) {
        }
        CHECK(count == events[i]);
    }
    ew_parser_free(parser);
}

int main(void) {
    garbage();
    input_used_again();
    puts("garbage does no harm");
    return 0;
}
