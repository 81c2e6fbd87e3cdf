/*
 * An allocator that refuses, and a stream of all that there is in a stream: under all policies, cut into pieces, read one by one and
 * in batches, with a reset. What is delivered all the same is as it was sent and in its order, and each loss is said.
 */

#include "allocator.h"

/*
 * A stream of all that a parser delivers or passes over, in blocks of growing size: each kind of line is once the first of its
 * block and once the last. What a line holds stands nowhere else in the stream. The id of a block that is nothing but an id
 * begins with `alone`. The last line is cut off.
 */
enum { BLOCKS = 16, LINES = 8, MOST_RECORDS = 128 };

static struct {
    char text[1 << 14];
    size_t len;
} mixed;

static void mix(const char *opening) {
    static const char *const ends[] = {"\n", "\r\n", "\r"};
    char *const text = mixed.text;
    size_t len = (size_t)sprintf(text, "%s", opening);
    int i, line;
    for (i = 0; i < BLOCKS; i++) {
        const int size = 2 << (i * 9 / BLOCKS), alone = i % 8 == 5;
        const char *const end = ends[i % 3];
        for (line = 0; line < LINES; line++) {
            char *const to = text + len;
            int more = 0;
            switch ((line + i) % LINES) {
            case 0: more = sprintf(to, ": comment-%d-%0*d%s", i, size, 1, end); break;
            case 1: more = sprintf(to, "dat-%d: %0*d%s", i, size, 1, end); break; /* begins like `data` */
            case 2:
                if (alone || i % 3 == 0) {
                    more = sprintf(to, "id: %s-%d-%0*d%s", alone ? "alone" : "own", i, size, 1, end);
                }
                break;
            case 3: more = alone ? 0 : sprintf(to, "event: type-%d-%0*d%s", i, size, 1, end); break;
            case 4: more = alone ? 0 : sprintf(to, "data: %d-%0*d%s", i, size, 1, end); break;
            case 5: more = sprintf(to, "retry: %d%s", 1000 + i, end); break;
            case 6: /* a second line of data, in which a character may be cut off */
                if (!alone && i % 4 != 1) {
                    more = sprintf(to, "data: %s %d%s", i % 4 == 3 ? "\xE2\x82" : "\xE2\x82\xAC", i, end);
                }
                break;
            default:
                if (i % 5 == 2) {
                    more = sprintf(to, "id: void-%d%c%s", i, 0, end);
                }
                break;
            }
            len += (size_t)more;
        }
        len += (size_t)sprintf(text + len, "%s", end);
    }
    len += (size_t)sprintf(text + len, "data: cut off");
    CHECK(len < sizeof mixed.text);
    mixed.len = len;
}

/* Something that was delivered, or an error other than EW_ERR_NO_MEMORY; its values stand in the history's text. */
struct record {
    ew_status status;
    uint32_t flags;
    uint64_t begin, end;
    size_t at, len;
};

/* All that a parser has said in its life. */
static struct history {
    struct record records[MOST_RECORDS];
    char text[1 << 15], id[1 << 11];
    size_t count, len, id_len; /* `id`: of the last event that has set one */
    size_t errors, refused;    /* EW_ERR_NO_MEMORY, and allocations */
    size_t asked;
    uint64_t position, retry;
} everything, rest;

static void note_value(struct history *history, ew_span value) {
    CHECK(value.len + sizeof value.len <= sizeof history->text - history->len);
    memcpy(history->text + history->len, &value.len, sizeof value.len);
    history->len += sizeof value.len;
    if (value.len != 0) {
        memcpy(history->text + history->len, value.ptr, value.len);
        history->len += value.len;
    }
}

static void keep_id(struct history *history, ew_span id) {
    CHECK(id.len <= sizeof history->id);
    if (id.len != 0) {
        memcpy(history->id, id.ptr, id.len);
    }
    history->id_len = id.len;
}

static void note(struct history *history, ew_status status, const ew_event *event) {
    struct record *record;
    if (status == EW_ERR_NO_MEMORY) {
        history->errors++;
        return;
    }
    CHECK(history->count < MOST_RECORDS);
    record = &history->records[history->count++];
    memset(record, 0, sizeof *record);
    record->status = status;
    record->at = history->len;
    if (status > 0) {
        note_value(history, event->event_type);
        note_value(history, event->data);
        note_value(history, event->id);
        record->flags = event->flags & EW_EVENT_HAS_ID;
        record->begin = status == EW_RETRY ? event->retry : event->begin;
        record->end = event->end;
    }
    record->len = history->len - record->at;
    if (status == EW_EVENT && record->flags != 0) {
        CHECK(same_bytes(event->last_event_id, event->id));
        keep_id(history, event->id);
    } else if (status == EW_EVENT) {
        /* No id of an event that was dropped. */
        const ew_span last = event->last_event_id;
        ew_span kept;
        kept.ptr = (const uint8_t *)history->id;
        kept.len = history->id_len;
        CHECK(same_bytes(last, kept) || (last.len > 6 && memcmp(last.ptr, "alone-", 6) == 0));
    }
}

/* `many`: how many events at once; 0 for ew_parser_next. */
static void feed(ew_parser *parser, const char *text, size_t len, size_t many, struct history *history) {
    ew_input input = input_of(text, len);
    ew_event events[8];
    const uint64_t before = ew_parser_position(parser);
    size_t count = 1, i;
    for (;;) {
        const ew_status status = many == 0 ? ew_parser_next(parser, &input, events)
                                           : ew_parser_next_many(parser, &input, events, many, &count);
        if (status == EW_NEED_INPUT) {
            break;
        }
        if (status < 0) {
            note(history, status, NULL);
            continue;
        }
        for (i = 0; i < count; i++) {
            CHECK(many != 0 || events[i].kind == (uint32_t)status);
            note(history, (ew_status)events[i].kind, &events[i]);
        }
    }
    CHECK(input.pos == len && ew_parser_position(parser) == before + len);
}

/* How the stream is cut and read. */
struct way {
    size_t chunk, many;
    uint32_t items, utf8;
    size_t max_event_size;
    int has_reset; /* in the middle of the stream a new one begins, with a last event ID */
};

static void live_mixed(size_t from, size_t to, const struct way *way, struct history *history) {
    ew_config config = EW_CONFIG_INIT;
    ew_parser *parser = NULL;
    ew_event event;
    ew_status status;
    char id[304];
    size_t at;
    const size_t middle = mixed.len / way->chunk / 2 * way->chunk;
    config.items = way->items;
    config.utf8 = way->utf8;
    config.max_event_size = way->max_event_size;
    config.eof = EW_EOF_DISPATCH;
    history->count = history->len = history->id_len = history->errors = 0;
    refuse(0, 0);
    CHECK(ew_parser_new(&config, &parser) == EW_OK);
    refuse(from, to);
    for (at = 0; at < mixed.len; at += way->chunk) {
        if (way->has_reset && at == middle && at != 0) {
            size_t len;
            ew_parser_reset(parser);
            len = ew_parser_last_event_id(parser).len;
            sprintf(id, "set-%0299d", 1);
            status = ew_parser_set_last_event_id(parser, span_of(id));
            CHECK(status == EW_OK || (status == EW_ERR_NO_MEMORY && ew_parser_last_event_id(parser).len == len));
            keep_id(history, ew_parser_last_event_id(parser));
        }
        feed(parser, mixed.text + at, mixed.len - at < way->chunk ? mixed.len - at : way->chunk, way->many, history);
    }
    status = ew_parser_finish(parser, &event);
    if (status != EW_OK) {
        note(history, status, &event);
    }
    history->asked = allocator.calls;
    history->refused = allocator.refused;
    /* Once there is memory again, all is well. */
    refuse(0, 0);
    at = history->errors;
    feed(parser, "id: own\ndata: af", 16, way->many, history);
    feed(parser, "ter\ndata: all\n\n", 15, way->many, history);
    CHECK(history->errors == at);
    history->position = ew_parser_position(parser);
    CHECK(ew_parser_retry(parser, &history->retry) == EW_RETRY);
    ew_parser_free(parser);
    CHECK(allocator.outstanding == 0);
}

static int same_record(const struct history *a, const struct record *one, const struct history *b,
                       const struct record *other) {
    return one->status == other->status && one->flags == other->flags && one->begin == other->begin &&
           one->end == other->end && one->len == other->len &&
           memcmp(a->text + one->at, b->text + other->at, one->len) == 0;
}

/* What is left of the stream is just as it was sent, and in its order; and each loss was said. */
static void compare(const struct history *all, const struct history *some) {
    const struct record *next = all->records, *const end = all->records + all->count;
    size_t i, events = 0, items = 0;
    for (i = 0; i < some->count; i++) {
        for (; next != end && !same_record(all, next, some, &some->records[i]); next++) {
            events += next->status == EW_EVENT;
            items += next->status > EW_EVENT;
        }
        CHECK(next != end);
        next++;
    }
    CHECK(next == end); /* the event behind the end of the stream, for which there was memory */
    CHECK(some->errors <= some->refused && events <= some->errors && items <= some->errors);
    CHECK(some->position == all->position && some->retry == all->retry);
}

static void mixed_streams(void) {
    static const char *const openings[] = {"\xEF\xBB\xBF", "\xEF\xBB"};
    static const size_t chunks[] = {1 << 14, 700, 41, 2};
    size_t opening, chunk, n;
    int kind;
    for (opening = 0; opening < 2; opening++) {
        mix(openings[opening]);
        for (chunk = 0; chunk < sizeof chunks / sizeof chunks[0]; chunk++) {
            /* events alone, events with a limit, all items; each with its three policies, one by one and in batches, in one stream and in two */
            for (kind = 0; kind < 3 * 3 * 2 * 2; kind++) {
                struct way way = {0, 0, 0, 0, 0, 0};
                way.chunk = chunks[chunk];
                way.items = kind % 3 == 2 ? EW_ITEM_RETRY | EW_ITEM_COMMENTS | EW_ITEM_UNKNOWN : 0;
                way.max_event_size = kind % 3 == 1 ? 600 : 0;
                way.utf8 = (uint32_t)(kind / 3 % 3);
                way.many = kind / 9 % 2 != 0 ? 8 : 0;
                way.has_reset = kind / 18 % 2;
                check_case = way.items != 0 ? "a mixed stream, with items" : "a mixed stream";
                live_mixed(0, 0, &way, &everything);
                CHECK(everything.asked > 4 && everything.errors == 0);
                for (n = 0; n < everything.asked; n++) {
                    live_mixed(n, n + 1, &way, &rest);
                    CHECK(rest.refused == 1);
                    compare(&everything, &rest);
                    live_mixed(n, SIZE_MAX, &way, &rest);
                    compare(&everything, &rest);
                }
            }
        }
    }
}

int main(void) {
    mixed_streams();
    puts("what there was no memory for is missed, and nothing else");
    return 0;
}
