/*
 * What a program is compiled with is what the library was: sizes, offsets and numbers, and versions at run time.
 *
 * The layout is stated by formula, and so holds for any pointer size: a struct that breaks it breaks programs.
 */

#include "check.h"

/* C99 has no _Static_assert; an array of negative size says as much. */
#define ASSERT(name, condition) typedef char assert_##name[(condition) ? 1 : -1]
#define AT(type, member, offset) ASSERT(type##_##member, offsetof(type, member) == (offset))

#define SPAN (sizeof(void *) + sizeof(size_t))

ASSERT(status, sizeof(ew_status) == 4 && (ew_status)-1 < 0);

AT(ew_span, ptr, 0);
AT(ew_span, len, sizeof(void *));
ASSERT(span_size, sizeof(ew_span) == SPAN);

AT(ew_input, ptr, 0);
AT(ew_input, len, sizeof(void *));
AT(ew_input, pos, SPAN);

AT(ew_event, event_type, 0);
AT(ew_event, data, SPAN);
AT(ew_event, last_event_id, 2 * SPAN);
AT(ew_event, id, 3 * SPAN);
AT(ew_event, begin, 4 * SPAN);
AT(ew_event, end, 4 * SPAN + 8);
AT(ew_event, retry, 4 * SPAN + 16);
AT(ew_event, flags, 4 * SPAN + 24);
AT(ew_event, kind, 4 * SPAN + 28);
AT(ew_event, reserved, 4 * SPAN + 32);
ASSERT(event_size, sizeof(ew_event) == 4 * SPAN + 48);

AT(ew_config, struct_size, 0);
AT(ew_config, items, 4);
AT(ew_config, max_event_size, 8);
AT(ew_config, overflow, 8 + sizeof(size_t));
AT(ew_config, utf8, 12 + sizeof(size_t));
AT(ew_config, eof, 16 + sizeof(size_t));
AT(ew_config, reserved, 20 + sizeof(size_t));
ASSERT(config_size, sizeof(ew_config) == 24 + sizeof(size_t));

ASSERT(tokenizer_size, sizeof(ew_tokenizer) == 8);

AT(ew_token, piece, 0);
AT(ew_token, field, SPAN);
AT(ew_token, flags, SPAN + 4);
AT(ew_token, reserved, SPAN + 8);
ASSERT(token_size, sizeof(ew_token) == SPAN + 24);

AT(ew_message, struct_size, 0);
AT(ew_message, flags, 4);
AT(ew_message, event, 8);
AT(ew_message, id, 8 + SPAN);
AT(ew_message, data, 8 + 2 * SPAN);
AT(ew_message, comment, 8 + 3 * SPAN);
AT(ew_message, retry, 8 + 4 * SPAN);
ASSERT(message_size, sizeof(ew_message) == 16 + 4 * SPAN);

AT(ew_fault, field, 0);
AT(ew_fault, byte, 4);
AT(ew_fault, position, 8);
ASSERT(fault_size, sizeof(ew_fault) == 16);

#if UINTPTR_MAX == UINT64_MAX
AT(ew_input, reserved, 24);
ASSERT(input_size, sizeof(ew_input) == 40);
ASSERT(event_bytes, sizeof(ew_event) == 112);
ASSERT(config_bytes, sizeof(ew_config) == 32);
ASSERT(token_bytes, sizeof(ew_token) == 40);
ASSERT(message_bytes, sizeof(ew_message) == 80);
#endif

/* Each number once, by value: they never change. */
ASSERT(kinds, EW_OK == 0 && EW_NEED_INPUT == 0 && EW_EVENT == 1 && EW_RETRY == 2 && EW_COMMENT == 3 &&
                  EW_UNKNOWN_FIELD == 4 && EW_VALUE == 5 && EW_END_OF_BLOCK == 6);
ASSERT(errors, EW_ERR_INVALID_ARGUMENT == -1 && EW_ERR_EVENT_TOO_LARGE == -2 && EW_ERR_INVALID_UTF8 == -3 &&
                   EW_ERR_NO_MEMORY == -4 && EW_ERR_BUFFER_TOO_SMALL == -5 && EW_ERR_INVALID_FIELD == -6 &&
                   EW_ERR_ITEM_TOO_LARGE == -7);
ASSERT(items, EW_ITEM_RETRY == 1 && EW_ITEM_COMMENTS == 2 && EW_ITEM_UNKNOWN == 4);
ASSERT(overflow, EW_OVERFLOW_ERROR == 0 && EW_OVERFLOW_SKIP == 1);
ASSERT(utf8, EW_UTF8_RAW == 0 && EW_UTF8_REPLACE == 1 && EW_UTF8_STRICT == 2);
ASSERT(eof, EW_EOF_DISCARD == 0 && EW_EOF_DISPATCH == 1);
ASSERT(event_flags, EW_EVENT_HAS_ID == 1 && EW_EVENT_BORROWED == 2 && EW_TOKEN_LAST == 1);
ASSERT(fields, EW_FIELD_DATA == 0 && EW_FIELD_EVENT == 1 && EW_FIELD_ID == 2 && EW_FIELD_RETRY == 3 &&
                   EW_FIELD_COMMENT == 4 && EW_FIELD_UNKNOWN == 5);
ASSERT(limit, EW_DEFAULT_MAX_EVENT_SIZE == 16 << 20);
ASSERT(version, EW_VERSION_NUMBER == EW_VERSION_MAJOR * 1000000 + EW_VERSION_MINOR * 1000 + EW_VERSION_PATCH);

/* Statuses of which each has a sentence of its own. */
static const ew_status errors[] = {EW_ERR_INVALID_ARGUMENT, EW_ERR_EVENT_TOO_LARGE,  EW_ERR_INVALID_UTF8,
                                   EW_ERR_NO_MEMORY,        EW_ERR_BUFFER_TOO_SMALL, EW_ERR_INVALID_FIELD,
                                   EW_ERR_ITEM_TOO_LARGE};

AT(ew_header, name, 0);
AT(ew_header, value, SPAN);
ASSERT(header_size, sizeof(ew_header) == 2 * SPAN);

AT(ew_http_statuses, first, 0);
AT(ew_http_statuses, last, 2);
ASSERT(http_statuses_size, sizeof(ew_http_statuses) == 4);

AT(ew_action, kind, 0);
AT(ew_action, reserved, 4);
AT(ew_action, until, 8);
ASSERT(action_size, sizeof(ew_action) == 16);

AT(ew_request, method, 0);
AT(ew_request, url, SPAN);
AT(ew_request, body, 2 * SPAN);
AT(ew_request, last_event_id, 3 * SPAN);
AT(ew_request, header_count, 4 * SPAN);
AT(ew_request, flags, 4 * SPAN + sizeof(size_t));
AT(ew_request, reserved, 4 * SPAN + sizeof(size_t) + 4);
ASSERT(request_size, sizeof(ew_request) == 4 * SPAN + sizeof(size_t) + 16);

AT(ew_head, struct_size, 0);
AT(ew_head, status, 4);
AT(ew_head, content_type, 8);
AT(ew_head, url, 8 + SPAN);
AT(ew_head, retry_after, 8 + 2 * SPAN);
AT(ew_head, date, 8 + 3 * SPAN);
ASSERT(head_size, sizeof(ew_head) == 8 + 4 * SPAN);

AT(ew_notice, kind, 0);
AT(ew_notice, ready_state, 4);
AT(ew_notice, reason, 8);
AT(ew_notice, http_status, 12);
AT(ew_notice, reserved, 16);
ASSERT(notice_size, sizeof(ew_notice) == 32);

#define ARRAY (sizeof(void *) + sizeof(size_t))
/* Where the times begin: not everywhere is a 64-bit number aligned to 8 bytes. */
#define TIMES offsetof(ew_source_config, reconnection_time)

AT(ew_source_config, struct_size, 0);
AT(ew_source_config, flags, 4);
AT(ew_source_config, url, 8);
AT(ew_source_config, method, 8 + SPAN);
AT(ew_source_config, body, 8 + 2 * SPAN);
AT(ew_source_config, last_event_id, 8 + 3 * SPAN);
AT(ew_source_config, headers, 8 + 4 * SPAN);
AT(ew_source_config, header_count, 8 + 4 * SPAN + sizeof(void *));
AT(ew_source_config, retry_statuses, 8 + 4 * SPAN + ARRAY);
AT(ew_source_config, retry_status_count, 8 + 4 * SPAN + ARRAY + sizeof(void *));
AT(ew_source_config, parser, 8 + 4 * SPAN + 2 * ARRAY);
ASSERT(times, TIMES - (8 + 4 * SPAN + 2 * ARRAY + sizeof(void *)) < 8);
AT(ew_source_config, max_retry_after, TIMES + 8);
AT(ew_source_config, min_delay, TIMES + 16);
AT(ew_source_config, backoff_cap, TIMES + 24);
AT(ew_source_config, backoff_reset_after, TIMES + 32);
AT(ew_source_config, idle_timeout, TIMES + 40);
AT(ew_source_config, seed, TIMES + 48);
AT(ew_source_config, backoff_factor, TIMES + 56);
AT(ew_source_config, jitter_percent, TIMES + 60);
AT(ew_source_config, max_failures, TIMES + 64);
AT(ew_source_config, reserved, TIMES + 68);
ASSERT(source_config_size, sizeof(ew_source_config) == TIMES + 72);

AT(ew_tap_config, struct_size, 0);
AT(ew_tap_config, flags, 4);
AT(ew_tap_config, max_event_size, 8);
AT(ew_tap_config, max_match_size, 8 + sizeof(size_t));
AT(ew_tap_config, needle, 8 + 2 * sizeof(size_t));
AT(ew_tap_config, sentinel, 8 + 2 * sizeof(size_t) + SPAN);
ASSERT(tap_config_size, sizeof(ew_tap_config) == 8 + 2 * sizeof(size_t) + 2 * SPAN);

AT(ew_tap_summary, bytes, 0);
AT(ew_tap_summary, events, 8);
AT(ew_tap_summary, comments, 16);
AT(ew_tap_summary, oversized, 24);
AT(ew_tap_summary, matches, 32);
AT(ew_tap_summary, events_of_other_types, 40);
AT(ew_tap_summary, first_event_at, 48);
AT(ew_tap_summary, last_event_at, 56);
AT(ew_tap_summary, max_gap, 64);
AT(ew_tap_summary, largest_event_begin, 72);
AT(ew_tap_summary, largest_event_end, 80);
AT(ew_tap_summary, last_event_id, 88);
AT(ew_tap_summary, flags, 88 + SPAN);
AT(ew_tap_summary, reserved, 92 + SPAN);
ASSERT(tap_summary_size, sizeof(ew_tap_summary) == 96 + SPAN);

AT(ew_match, event_type, 0);
AT(ew_match, data, SPAN);
AT(ew_match, begin, 2 * SPAN);
AT(ew_match, end, 2 * SPAN + 8);
AT(ew_match, flags, 2 * SPAN + 16);
AT(ew_match, reserved, 2 * SPAN + 20);
ASSERT(match_size, sizeof(ew_match) == 2 * SPAN + 24);

AT(ew_rewriter_config, struct_size, 0);
AT(ew_rewriter_config, oversized, 4);
AT(ew_rewriter_config, max_block_size, 8);
ASSERT(rewriter_config_size, sizeof(ew_rewriter_config) == 8 + sizeof(size_t));

AT(ew_rewriter_summary, oversized_blocks, 0);
AT(ew_rewriter_summary, held, 8);
AT(ew_rewriter_summary, last_event_id, 8 + sizeof(size_t));
AT(ew_rewriter_summary, flags, 8 + sizeof(size_t) + SPAN);
AT(ew_rewriter_summary, reserved, 12 + sizeof(size_t) + SPAN);

ASSERT(proxies, EW_TAP_DONE == 1 && EW_TAP_BETWEEN_EVENTS == 2 && EW_MATCH_FIRST == 0 && EW_MATCH_LAST == 1 &&
                    EW_MATCH_TRUNCATED == 1 && EW_OVERSIZED_PASS == 0 && EW_OVERSIZED_DROP == 1 &&
                    EW_REWRITER_BETWEEN_EVENTS == 1);

int main(void) {
    const size_t count = sizeof errors / sizeof errors[0];
    const char *const unknown = ew_status_string(INT32_MIN);
    const ew_config config = EW_CONFIG_INIT;
    const ew_tap_config tap = EW_TAP_CONFIG_INIT;
    const ew_rewriter_config rewriter = EW_REWRITER_CONFIG_INIT;
    char version[40];
    size_t i, k;

    check_case = "versions";
    CHECK(ew_version_number() == EW_VERSION_NUMBER);
    CHECK(strcmp(ew_version_string(), EW_VERSION_STRING) == 0);
    CHECK(ew_abi_version() == EW_ABI_VERSION);
    snprintf(version, sizeof version, "%d.%d.%d", (int)EW_VERSION_MAJOR, (int)EW_VERSION_MINOR, (int)EW_VERSION_PATCH);
    CHECK(strcmp(version, EW_VERSION_STRING) == 0);

    check_case = "sentences";
    for (i = 0; i < count; i++) {
        CHECK(strlen(ew_status_string(errors[i])) > 10 && strcmp(ew_status_string(errors[i]), unknown) != 0);
        for (k = 0; k < i; k++) {
            CHECK(strcmp(ew_status_string(errors[i]), ew_status_string(errors[k])) != 0);
        }
    }
    CHECK(strcmp(ew_status_string(-8), unknown) == 0);
    CHECK(strcmp(ew_status_string(EW_OK), ew_status_string(EW_EVENT)) == 0);
    CHECK(strlen(ew_scanner_name()) > 0);

    check_case = "the initial configuration";
    CHECK(config.struct_size == sizeof config && (config.items | config.overflow | config.utf8 | config.eof) == 0);
    CHECK(config.max_event_size == 0 && config.reserved == 0);
    CHECK(tap.struct_size == sizeof tap && tap.flags == 0 && tap.max_event_size == 0 && tap.max_match_size == 0);
    CHECK(tap.needle.ptr == NULL && tap.sentinel.ptr == NULL);
    CHECK(rewriter.struct_size == sizeof rewriter && rewriter.oversized == 0 && rewriter.max_block_size == 0);

    printf("eventwire %s, scanner %s\n", ew_version_string(), ew_scanner_name());
    return 0;
}
