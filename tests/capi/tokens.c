/* The streams of the vectors through ew_tokenizer, cut in every way: pieces joined, they are the lines of the stream. */

#include "cuts.h"
#include "flat.h"

/* What is open between chunks: the value of an unfinished line. Its bytes are copied, as chunks do not stay. */
struct open {
    int is_open;
    uint32_t field;
    uint8_t *value;
    size_t len;
};

static void append(struct open *open, const ew_token *token) {
    CHECK(!open->is_open || open->field == token->field);
    open->is_open = 1;
    open->field = token->field;
    if (token->piece.len > 0) {
        memcpy(open->value + open->len, token->piece.ptr, token->piece.len);
        open->len += token->piece.len;
    }
}

static void expect_value(const struct open *open, const struct line *line, enum line_kind kind) {
    ew_span value;
    value.ptr = open->value;
    value.len = open->len;
    CHECK(line->kind == kind && line->field == open->field && same_bytes(line->value, value));
}

/* Of an unknown line: name and value, which together with colon and space are the line. */
static void split(ew_span line) {
    ew_span name, value;
    const uint8_t *colon = line.len > 0 ? (const uint8_t *)memchr(line.ptr, ':', line.len) : NULL;
    CHECK(ew_split_field(line, &name, &value) == EW_OK);
    CHECK(name.len == (colon != NULL ? (size_t)(colon - line.ptr) : line.len));
    CHECK(name.len == 0 || name.ptr == line.ptr);
    if (colon == NULL) {
        CHECK(value.len == 0);
    } else {
        size_t rest = line.len - name.len - 1;
        CHECK(value.len == rest - (rest > 0 && colon[1] == ' '));
        CHECK(value.len == 0 || value.ptr + value.len == line.ptr + line.len);
    }
}

static void tokenize(const struct connection *connection, size_t cut) {
    struct chunks chunks = chunks_of(connection->stream, cut);
    const struct line *line = connection->lines, *end = line + connection->line_count;
    ew_tokenizer tokenizer = {{0, 0}};
    struct open open = {0, 0, NULL, 0};
    /* An undecided name is given out again, from a constant: the pieces are never more than the stream. */
    open.value = (uint8_t *)check_malloc(connection->stream.len);
    while (chunks_next(&chunks)) {
        ew_input input = input_of(chunks.lent, chunks.lent_len);
        for (;;) {
            ew_token token, before;
            ew_status status;
            memset(&token, 0x5A, sizeof token);
            before = token;
            status = ew_tokenizer_next(&tokenizer, &input, &token);
            CHECK(status == EW_VALUE || memcmp(&token, &before, sizeof token) == 0);
            if (status == EW_NEED_INPUT) {
                break;
            }
            if (status == EW_END_OF_BLOCK) {
                CHECK(!open.is_open && line < end && line->kind == LINE_BLANK);
                line++;
                continue;
            }
            CHECK(status == EW_VALUE && (token.flags & ~(uint32_t)EW_TOKEN_LAST) == 0);
            CHECK(!(token.reserved[0] | token.reserved[1] | token.reserved[2] | token.reserved[3]));
            append(&open, &token);
            if (token.flags & EW_TOKEN_LAST) {
                CHECK(line < end);
                expect_value(&open, line++, LINE_WHOLE);
                if (token.field == EW_FIELD_UNKNOWN) {
                    ew_span whole;
                    whole.ptr = open.value;
                    whole.len = open.len;
                    split(whole);
                }
                open.is_open = 0;
                open.len = 0;
            } else {
                CHECK(token.piece.len > 0);
            }
        }
        CHECK(input.pos == input.len);
    }
    if (open.is_open) {
        CHECK(line < end);
        expect_value(&open, line++, LINE_UNFINISHED);
    }
    CHECK(line == end);
    free(open.value);
}

int main(int argc, char **argv) {
    struct vectors vectors = flat_read(argc, argv);
    size_t i, k, cut, runs = 0;
    for (i = 0; i < vectors.count; i++) {
        check_case = vectors.list[i].name;
        for (k = 0; k < vectors.list[i].connection_count; k++) {
            const struct connection *connection = &vectors.list[i].connections[k];
            for (cut = 0; cut < cut_count(connection->stream.len); cut++, runs++) {
                tokenize(connection, cut);
            }
        }
    }
    printf("%lu vectors, %lu runs\n", (unsigned long)vectors.count, (unsigned long)runs);
    flat_free(&vectors);
    return 0;
}
