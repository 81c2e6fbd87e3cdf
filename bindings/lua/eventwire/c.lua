--- The C library of eventwire: its declarations, as far as `eventwire.lua` uses them, and where it is.
--
-- The library is looked for as the dynamic linker does it, by its name; the environment variable `EVENTWIRE_LIBRARY` names another
-- file (under nginx, with `env EVENTWIRE_LIBRARY;` in its configuration).

local ffi = require "ffi"

-- As in eventwire.h. A worker that loads this file again has them already.
if not pcall(ffi.typeof, "ew_span") then
    ffi.cdef [[
typedef int32_t ew_status;
typedef struct ew_span { const uint8_t *ptr; size_t len; } ew_span;
typedef struct ew_input { const uint8_t *ptr; size_t len; size_t pos; uint64_t reserved[2]; } ew_input;
typedef struct ew_config {
    uint32_t struct_size; uint32_t items; size_t max_event_size;
    uint32_t overflow; uint32_t utf8; uint32_t eof; uint32_t reserved;
} ew_config;
typedef struct ew_event {
    ew_span event_type; ew_span data; ew_span last_event_id; ew_span id;
    uint64_t begin; uint64_t end; uint64_t retry; uint32_t flags; uint32_t kind; uint32_t reserved[4];
} ew_event;
typedef struct ew_message {
    uint32_t struct_size; uint32_t flags; ew_span event; ew_span id; ew_span data; ew_span comment; uint64_t retry;
} ew_message;
typedef struct ew_fault { uint32_t field; uint32_t byte; uint64_t position; } ew_fault;
typedef struct ew_parser ew_parser;
typedef struct ew_tap ew_tap;
typedef struct ew_tap_config {
    uint32_t struct_size; uint32_t flags; size_t max_event_size; size_t max_match_size; ew_span needle; ew_span sentinel;
} ew_tap_config;
typedef struct ew_tap_summary {
    uint64_t bytes; uint64_t events; uint64_t comments; uint64_t oversized; uint64_t matches;
    uint64_t events_of_other_types; uint64_t first_event_at; uint64_t last_event_at; uint64_t max_gap;
    uint64_t largest_event_begin; uint64_t largest_event_end; ew_span last_event_id; uint32_t flags; uint32_t reserved;
} ew_tap_summary;
typedef struct ew_match {
    ew_span event_type; ew_span data; uint64_t begin; uint64_t end; uint32_t flags; uint32_t reserved;
} ew_match;
typedef struct ew_rewriter ew_rewriter;
typedef struct ew_rewriter_config { uint32_t struct_size; uint32_t oversized; size_t max_block_size; } ew_rewriter_config;
typedef struct ew_rewriter_summary {
    uint64_t oversized_blocks; size_t held; ew_span last_event_id; uint32_t flags; uint32_t reserved;
} ew_rewriter_summary;
uint32_t ew_abi_version(void);
const char *ew_version_string(void);
const char *ew_status_string(ew_status status);
ew_status ew_parser_new(const ew_config *config, ew_parser **out);
void ew_parser_free(ew_parser *parser);
ew_status ew_parser_next(ew_parser *parser, ew_input *input, ew_event *out);
ew_status ew_parser_finish(ew_parser *parser, ew_event *out);
ew_span ew_parser_last_event_id(const ew_parser *parser);
ew_status ew_parser_set_last_event_id(ew_parser *parser, ew_span id);
ew_status ew_parser_retry(const ew_parser *parser, uint64_t *out);
uint64_t ew_parser_position(const ew_parser *parser);
ew_status ew_encode_len(const ew_message *message, size_t *len, ew_fault *fault);
ew_status ew_encode(const ew_message *message, uint8_t *out, size_t capacity, size_t *len, ew_fault *fault);
ew_status ew_tap_new(const ew_tap_config *config, ew_tap **out);
void ew_tap_free(ew_tap *tap);
ew_status ew_tap_observe(ew_tap *tap, ew_span chunk, uint64_t now);
ew_status ew_tap_summarize(const ew_tap *tap, ew_tap_summary *out);
ew_status ew_tap_match(const ew_tap *tap, uint32_t which, ew_match *out);
ew_status ew_tap_event_type(const ew_tap *tap, size_t index, ew_span *event_type, uint64_t *events);
ew_status ew_rewriter_new(const ew_rewriter_config *config, ew_rewriter **out);
void ew_rewriter_free(ew_rewriter *rewriter);
ew_status ew_rewriter_next(ew_rewriter *rewriter, ew_input *input, ew_event *out);
ew_status ew_rewriter_drop_event(ew_rewriter *rewriter);
ew_status ew_rewriter_replace(ew_rewriter *rewriter, ew_span blocks);
ew_status ew_rewriter_insert_before(ew_rewriter *rewriter, ew_span blocks);
ew_status ew_rewriter_insert_after(ew_rewriter *rewriter, ew_span blocks);
ew_status ew_rewriter_spans(const ew_rewriter *rewriter, const ew_span **spans, size_t *count);
ew_status ew_rewriter_finish(ew_rewriter *rewriter);
ew_status ew_rewriter_summarize(const ew_rewriter *rewriter, ew_rewriter_summary *out);
]]
end

local ABI_VERSION = 1

local LIBRARY = os.getenv "EVENTWIRE_LIBRARY" or (jit.os == "OSX" and "libeventwire.1.dylib" or "libeventwire.so.1")
local C = ffi.load(LIBRARY)
local version = tonumber(C.ew_abi_version())
if version ~= ABI_VERSION then
    error(("eventwire: %s has version %d of the binary interface, and this file is written for %d: install the two of one release"):format(
        LIBRARY, version, ABI_VERSION))
end

return C
