/*
 * The test vectors, read from the flat form that `foreign vectors FILE` writes: crates/testkit/src/flat.rs describes it.
 *
 * C99, and C++ as well. What is read points into the file's bytes, which are never freed before the program's end; the
 * lists are: flat_free.
 */

#ifndef FLAT_H
#define FLAT_H

#include "check.h"

/* What a stream delivers. `status` is an ew_status; what does not apply to it is 0 or empty. */
struct item {
    ew_status status;
    int has_id;
    ew_span event_type, data, last_event_id, id;
    uint64_t begin, end; /* not stated by the vector if `end` is 0 */
    uint64_t retry;
};

enum line_kind { LINE_BLANK = 0, LINE_WHOLE = 1, LINE_UNFINISHED = 2 };

/* What a line of the stream is to a tokenizer, pieces joined. */
struct line {
    enum line_kind kind;
    uint32_t field;
    ew_span value;
};

/* What a parser knows before the first byte of a connection, or after the last. */
struct known {
    ew_span last_event_id;
    int has_retry;
    uint64_t retry;
};

struct connection {
    ew_span stream;
    struct item *items;
    size_t item_count;
    struct known after;
    uint64_t position, skipped;
    struct line *lines;
    size_t line_count;
};

struct test_vector {
    char name[128];
    ew_config config;
    struct known start;
    struct connection *connections;
    size_t connection_count;
};

struct vectors {
    uint8_t *bytes;
    struct test_vector *list;
    size_t count;
};

struct reader {
    const uint8_t *at, *end;
};

static inline const uint8_t *read_bytes(struct reader *reader, uint64_t len) {
    const uint8_t *bytes = reader->at;
    CHECK(len <= (uint64_t)(reader->end - reader->at));
    reader->at += len;
    return bytes;
}

static inline uint64_t read_number(struct reader *reader) {
    const uint8_t *bytes = read_bytes(reader, 8);
    uint64_t number = 0;
    int i;
    for (i = 7; i >= 0; i--) {
        number = number << 8 | bytes[i];
    }
    return number;
}

static inline ew_span read_text(struct reader *reader) {
    ew_span text;
    text.len = (size_t)read_number(reader);
    text.ptr = read_bytes(reader, text.len);
    return text;
}

/* The length of a list, and zeroed memory for its members. */
static inline void *read_list(struct reader *reader, size_t size, size_t *count) {
    void *list;
    *count = (size_t)read_number(reader);
    CHECK(*count <= (size_t)(reader->end - reader->at));
    list = check_malloc(*count * size);
    memset(list, 0, *count * size);
    return list;
}

static inline struct known read_known(struct reader *reader) {
    struct known known;
    known.last_event_id = read_text(reader);
    known.has_retry = read_number(reader) != 0;
    known.retry = known.has_retry ? read_number(reader) : 0;
    return known;
}

static inline void read_item(struct reader *reader, struct item *item) {
    item->status = (ew_status)(int64_t)read_number(reader);
    item->event_type = read_text(reader);
    item->data = read_text(reader);
    item->last_event_id = read_text(reader);
    item->has_id = read_number(reader) != 0;
    if (item->has_id) {
        item->id = read_text(reader);
    }
    item->begin = read_number(reader);
    item->end = read_number(reader);
    item->retry = read_number(reader);
}

static inline void read_connection(struct reader *reader, struct connection *connection) {
    size_t i;
    connection->stream = read_text(reader);
    connection->items = (struct item *)read_list(reader, sizeof(struct item), &connection->item_count);
    for (i = 0; i < connection->item_count; i++) {
        read_item(reader, &connection->items[i]);
    }
    connection->after = read_known(reader);
    connection->position = read_number(reader);
    connection->skipped = read_number(reader);
    connection->lines = (struct line *)read_list(reader, sizeof(struct line), &connection->line_count);
    for (i = 0; i < connection->line_count; i++) {
        struct line *line = &connection->lines[i];
        line->kind = (enum line_kind)read_number(reader);
        line->field = (uint32_t)read_number(reader);
        line->value = read_text(reader);
    }
}

static inline void read_vector(struct reader *reader, struct test_vector *vector) {
    ew_span name = read_text(reader), file = read_text(reader);
    size_t i;
    snprintf(vector->name, sizeof vector->name, "%.*s: %.*s", (int)file.len, (const char *)file.ptr, (int)name.len,
             (const char *)name.ptr);
    vector->config.struct_size = sizeof vector->config;
    vector->config.max_event_size = (size_t)read_number(reader);
    vector->config.overflow = (uint32_t)read_number(reader);
    vector->config.utf8 = (uint32_t)read_number(reader);
    vector->config.eof = (uint32_t)read_number(reader);
    vector->config.items = (uint32_t)read_number(reader);
    vector->start = read_known(reader);
    vector->connections =
        (struct connection *)read_list(reader, sizeof(struct connection), &vector->connection_count);
    for (i = 0; i < vector->connection_count; i++) {
        read_connection(reader, &vector->connections[i]);
    }
}

/* Reads the file that the program's only argument names. */
static inline struct vectors flat_read(int argc, char **argv) {
    static const char magic[] = "eventwire vectors 1\n";
    struct vectors vectors;
    struct reader reader;
    long size;
    size_t i;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    check_case = "the file of vectors";
    CHECK(file != NULL && fseek(file, 0, SEEK_END) == 0 && (size = ftell(file)) > 0 && fseek(file, 0, SEEK_SET) == 0);
    vectors.bytes = (uint8_t *)check_malloc((size_t)size);
    CHECK(fread(vectors.bytes, 1, (size_t)size, file) == (size_t)size);
    fclose(file);
    reader.at = vectors.bytes;
    reader.end = vectors.bytes + size;
    CHECK(memcmp(read_bytes(&reader, sizeof magic - 1), magic, sizeof magic - 1) == 0);
    vectors.list = (struct test_vector *)read_list(&reader, sizeof(struct test_vector), &vectors.count);
    for (i = 0; i < vectors.count; i++) {
        read_vector(&reader, &vectors.list[i]);
    }
    CHECK(reader.at == reader.end && vectors.count > 0);
    return vectors;
}

static inline void flat_free(struct vectors *vectors) {
    size_t i, k;
    for (i = 0; i < vectors->count; i++) {
        for (k = 0; k < vectors->list[i].connection_count; k++) {
            free(vectors->list[i].connections[k].items);
            free(vectors->list[i].connections[k].lines);
        }
        free(vectors->list[i].connections);
    }
    free(vectors->list);
    free(vectors->bytes);
}

#endif
