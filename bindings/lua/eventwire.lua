--- Event streams (`text/event-stream`, server-sent events) for LuaJIT and OpenResty, by the C library of eventwire.
--
--     local eventwire = require "eventwire"
--     local parser = eventwire.parser()
--     for event, problem in parser:feed(chunk) do
--         if event then print(event.type, event.data) else print(problem) end
--     end
--
-- Chunks are Lua strings, cut anywhere. Numbers are bytes and milliseconds. A call that cannot mean anything (an unknown
-- option, a chunk that is no string) raises an error; what a stream holds never does.

local ffi = require "ffi"

local C = require "eventwire.c"

local EW_OK, EW_EVENT, EW_RETRY = 0, 1, 2
local EW_ERR_INVALID_FIELD = -6
local EW_EVENT_HAS_ID = 1
local EW_MATCH_FIRST, EW_MATCH_LAST, EW_MATCH_TRUNCATED = 0, 1, 1
local EW_TAP_DONE, EW_TAP_BETWEEN_EVENTS, EW_REWRITER_BETWEEN_EVENTS = 1, 2, 1
local EW_MESSAGE_RETRY = 1
local EW_FIELD_EVENT = 1
local EW_NEVER = 0xffffffffffffffffULL

local Span, Input, Event = ffi.typeof "ew_span", ffi.typeof "ew_input", ffi.typeof "ew_event"
local Pointer = ffi.typeof "const uint8_t *"

--- The bytes of a string. They are there for as long as the string is.
local function span_of(bytes)
    return Span(ffi.cast(Pointer, bytes), #bytes)
end

--- A string with these bytes.
local function string_of(span)
    return ffi.string(span.ptr, span.len)
end

local function text_of(status)
    return ffi.string(C.ew_status_string(status))
end

--- Raises an error unless all is well: the allocator has refused, or an object is used that has been freed.
local function check(status, what, level)
    if status < 0 then error(("eventwire: %s: %s"):format(what, text_of(status)), (level or 1) + 1) end
    return status
end

local function expect_string(value, what, level)
    if type(value) ~= "string" then
        error(("%s has to be a string, and is a %s"):format(what, type(value)), level or 3)
    end
    return value
end

--- Reads options into a struct. `known` says for each name what it is: a table of words that stand for numbers, a "string", a
-- "size" (at least 1), a "number".
local function configure(config, what, options, known)
    config.struct_size = ffi.sizeof(config)
    for name, value in pairs(options or {}) do
        local kind = known[name]
        if not kind then error(("eventwire.%s: there is no option '%s'"):format(what, tostring(name)), 3) end
        if type(kind) == "table" then
            config[name] = kind[value] or error(("eventwire.%s: option '%s' cannot be '%s'"):format(what, name, tostring(value)), 3)
        elseif kind == "string" then
            config[name] = span_of(expect_string(value, ("eventwire.%s: option '%s'"):format(what, name), 4))
        else
            local least = kind == "size" and 1 or 0
            if type(value) ~= "number" or not (value >= least and value <= 2 ^ 53) then
                error(("eventwire.%s: option '%s' has to be a number from %d to 2^53"):format(what, name, least), 3)
            end
            config[name] = value
        end
    end
    return config
end

--- What a `..._new` has made, which the garbage collector will free. The options are kept, for `config` points to their strings.
local function made(class, kind, new, free, config, options)
    local out = ffi.new(kind .. " *[1]")
    local self = setmetatable({ options = options, input = Input(), out = Event() }, class)
    check(new(config, out), "a new " .. kind, 3)
    self.handle = ffi.gc(out[0], free)
    return self
end

--- Frees memory now that the garbage collector would free some time. Calls that come later raise errors.
local function release(self, free)
    if self.handle then free(ffi.gc(self.handle, nil)) end
    self.handle = nil
end

--- An event as Lua has it: a copy, which stays.
local function event_of(out)
    return {
        type = string_of(out.event_type),
        data = string_of(out.data),
        last_event_id = string_of(out.last_event_id),
        id = bit.band(out.flags, EW_EVENT_HAS_ID) ~= 0 and string_of(out.id) or nil,
        begin = tonumber(out.begin),
        finish = tonumber(out["end"]),
    }
end

local eventwire = { version = ffi.string(C.ew_version_string()) }

-- Parser ------------------------------------------------------------------------------------------------------------------

local Parser = {}
Parser.__index = Parser

local PARSER_OPTIONS = {
    max_event_size = "size",
    overflow = { error = 0, skip = 1 },
    utf8 = { raw = 0, replace = 1, strict = 2 },
    eof = { discard = 0, dispatch = 1 },
}

--- A parser at the start of a stream. Options: `max_event_size` (bytes; 16 MiB), `overflow` ("error", "skip"), `utf8` ("raw",
-- "replace", "strict"), `eof` ("discard", "dispatch"); the first word is what holds without the option.
function eventwire.parser(options)
    local config = configure(ffi.new "ew_config", "parser", options, PARSER_OPTIONS)
    local self = made(Parser, "ew_parser", C.ew_parser_new, C.ew_parser_free, config, options)
    self.chunks, self.first, self.last = {}, 1, 0
    return self
end

--- The event that comes next in the chunks; `false` and a text for one that was dropped; nothing if all chunks are used up.
local function next_event(self)
    while self.first <= self.last do
        local status = C.ew_parser_next(self.handle, self.input, self.out)
        if status == EW_EVENT then return event_of(self.out) end
        if status < 0 then
            if not self.handle then check(status, "a parser that has been freed", 2) end
            return false, text_of(status)
        end
        -- The chunk is used up: the next one.
        self.chunks[self.first] = nil
        self.first = self.first + 1
        self:begin_chunk()
    end
end

function Parser:begin_chunk()
    local chunk = self.chunks[self.first]
    if chunk then self.input.ptr, self.input.len, self.input.pos = ffi.cast(Pointer, chunk), #chunk, 0 end
end

--- Takes the next chunk of the stream, and gives what `for` needs: the events that it completes, each a table with `type`, `data`,
-- `last_event_id`, `id` (only if it has set one), and `begin` and `finish`, where in the stream it lies. In the place of an event that was dropped (too
-- large, say) there are `false` and a text. A loop that is left early loses nothing: the next one goes on where it stood.
function Parser:feed(chunk)
    expect_string(chunk, "eventwire: a chunk")
    self.last = self.last + 1
    self.chunks[self.last] = chunk
    if self.first == self.last then self:begin_chunk() end
    return next_event, self
end

--- Says that the stream has ended; what a loop has left of it is passed over. With `eof = "dispatch"` gives the event that the end has cut off, if there is one; `false` and a text if it was
-- dropped. The parser then stands at the start of a new stream, and keeps its last event ID.
function Parser:finish()
    for _ in next_event, self do end
    self.chunks, self.first, self.last = {}, 1, 0
    local status = C.ew_parser_finish(self.handle, self.out)
    if status == EW_EVENT then return event_of(self.out) end
    if not self.handle then check(status, "a parser that has been freed") end
    if status < 0 then return false, text_of(status) end
end

--- The last event ID of the stream so far.
function Parser:last_event_id()
    return string_of(C.ew_parser_last_event_id(self.handle))
end

--- Starts a new stream with this last event ID. Answers `true`, or `nil` and a text if it can be none.
function Parser:set_last_event_id(id)
    local status = C.ew_parser_set_last_event_id(self.handle, span_of(expect_string(id, "eventwire: a last event ID")))
    if status < 0 then return nil, text_of(status) end
    self.chunks, self.first, self.last = {}, 1, 0
    return true
end

--- The reconnection time in milliseconds that the stream has set last, or `nil`.
function Parser:retry()
    local out = ffi.new "uint64_t[1]"
    if C.ew_parser_retry(self.handle, out) == EW_RETRY then return tonumber(out[0]) end
end

--- How many bytes of the stream have been read.
function Parser:position()
    return tonumber(C.ew_parser_position(self.handle))
end

--- Frees the parser's memory now.
function Parser:free()
    self.chunks, self.first, self.last = {}, 1, 0
    release(self, C.ew_parser_free)
end

-- Tap ---------------------------------------------------------------------------------------------------------------------

local Tap = {}
Tap.__index = Tap

local TAP_OPTIONS = { max_event_size = "size", max_match_size = "size", needle = "string", sentinel = "string" }

--- A tap: counts what goes by, and keeps the first and the last event whose type or data holds `needle`. Options: `needle`, `sentinel` ("[DONE]"),
-- `max_event_size` (bytes; 1 MiB), `max_match_size` (bytes; 64 KiB).
function eventwire.tap(options)
    local config = configure(ffi.new "ew_tap_config", "tap", options, TAP_OPTIONS)
    return made(Tap, "ew_tap", C.ew_tap_new, C.ew_tap_free, config, options)
end

--- Takes account of the next chunk, which came at `now`: milliseconds since whenever you like, if only always the same.
function Tap:observe(chunk, now)
    check(C.ew_tap_observe(self.handle, span_of(expect_string(chunk, "eventwire: a chunk")), now), "observe", 2)
end

local function moment(milliseconds)
    if milliseconds ~= EW_NEVER then return tonumber(milliseconds) end
end

--- What the tap knows of the stream so far: a table of `bytes`, `events`, `comments`, `oversized`, `matches`, `events_of_other_types`; `first_event_at`,
-- `last_event_at`, `max_gap` (milliseconds, `nil` if there is none); `largest_event` (`nil`, or a table of `begin` and `finish`); `last_event_id`; `done`
-- (the sentinel has come) and `between_events` (a comment may be inserted here).
function Tap:summary()
    local out = ffi.new "ew_tap_summary"
    check(C.ew_tap_summarize(self.handle, out), "summary", 2)
    local begin, finish = tonumber(out.largest_event_begin), tonumber(out.largest_event_end)
    return {
        bytes = tonumber(out.bytes),
        events = tonumber(out.events),
        comments = tonumber(out.comments),
        oversized = tonumber(out.oversized),
        matches = tonumber(out.matches),
        events_of_other_types = tonumber(out.events_of_other_types),
        first_event_at = moment(out.first_event_at),
        last_event_at = moment(out.last_event_at),
        max_gap = moment(out.max_gap),
        largest_event = begin ~= finish and { begin = begin, finish = finish } or nil,
        last_event_id = string_of(out.last_event_id),
        done = bit.band(out.flags, EW_TAP_DONE) ~= 0,
        between_events = bit.band(out.flags, EW_TAP_BETWEEN_EVENTS) ~= 0,
    }
end

local function match(self, which)
    local out = ffi.new "ew_match"
    if check(C.ew_tap_match(self.handle, which, out), "match", 3) == EW_EVENT then
        return {
            type = string_of(out.event_type),
            data = string_of(out.data),
            begin = tonumber(out.begin),
            finish = tonumber(out["end"]),
            truncated = bit.band(out.flags, EW_MATCH_TRUNCATED) ~= 0,
        }
    end
end

--- The first event that holds the needle: a table of `type`, `data`, `truncated` (there is more than `max_match_size` of it), `begin`, `finish`. Or `nil`.
function Tap:first_match()
    return match(self, EW_MATCH_FIRST)
end

--- The last one.
function Tap:last_match()
    return match(self, EW_MATCH_LAST)
end

--- A table with the number of events of each type.
function Tap:event_types()
    local types, index, event_type, events = {}, 0, Span(), ffi.new "uint64_t[1]"
    while C.ew_tap_event_type(self.handle, index, event_type, events) == EW_OK do
        types[string_of(event_type)] = tonumber(events[0])
        index = index + 1
    end
    return types
end

--- Frees the tap's memory now.
function Tap:free()
    release(self, C.ew_tap_free)
end

-- Rewriter ----------------------------------------------------------------------------------------------------------------

local Rewriter = {}
Rewriter.__index = Rewriter

local REWRITER_OPTIONS = { max_block_size = "size", oversized = { pass = 0, drop = 1 } }

--- A rewriter: passes a stream on, with events dropped, replaced or inserted, and all else byte for byte. Options: `max_block_size`
-- (bytes; 1 MiB), and `oversized`, what becomes of larger events: "pass", "drop".
function eventwire.rewriter(options)
    local config = configure(ffi.new "ew_rewriter_config", "rewriter", options, REWRITER_OPTIONS)
    return made(Rewriter, "ew_rewriter", C.ew_rewriter_new, C.ew_rewriter_free, config, options)
end

--- What is to become of an event: `decide` is given one. What is inserted has to be whole blocks: `eventwire.encode` makes such.
local Edit = {}
Edit.__index = Edit

local function edit(call, what)
    return function(self, blocks)
        check(call(self.rewriter and self.rewriter.handle, span_of(expect_string(blocks, "eventwire: what is written"))), what, 2)
    end
end

function Edit:drop()
    check(C.ew_rewriter_drop_event(self.rewriter and self.rewriter.handle), "drop", 2)
end

Edit.replace = edit(function(handle, blocks) return C.ew_rewriter_replace(handle, blocks) end, "replace")
Edit.insert_before = edit(function(handle, blocks) return C.ew_rewriter_insert_before(handle, blocks) end, "insert_before")
Edit.insert_after = edit(function(handle, blocks) return C.ew_rewriter_insert_after(handle, blocks) end, "insert_after")

--- What is to be written now; the chunk itself, not a copy, if it is just that.
local function written(self, chunk)
    local spans, count = ffi.new "const ew_span *[1]", ffi.new "size_t[1]"
    check(C.ew_rewriter_spans(self.handle, spans, count), "spans", 3)
    if count[0] == 0 then return "" end
    local first = spans[0][0]
    if count[0] == 1 then
        local is_chunk = first.ptr == ffi.cast(Pointer, chunk) and first.len == #chunk
        return is_chunk and chunk or string_of(first)
    end
    local parts = {}
    for index = 0, tonumber(count[0]) - 1 do parts[index + 1] = string_of(spans[0][index]) end
    return table.concat(parts)
end

--- Takes the next chunk, calls `decide(event, edit)` for each event that it completes (a table as `Parser:feed` gives it), and gives what is to be written now.
-- `edit:drop()`, `edit:replace(blocks)`, `edit:insert_before(blocks)`, `edit:insert_after(blocks)` say what is to be different; an event of which
-- nothing is said stays. An error in `decide` does not stop the stream: what had been said of the event holds, and the error is the second result, the first one if there are several.
function Rewriter:rewrite(chunk, decide)
    local input, problem = self.input, nil
    input.ptr, input.len, input.pos = ffi.cast(Pointer, expect_string(chunk, "eventwire: a chunk")), #chunk, 0
    local edits = setmetatable({ rewriter = self }, Edit)
    local status = C.ew_rewriter_next(self.handle, input, self.out)
    while status == EW_EVENT do
        local fine, message = pcall(decide, event_of(self.out), edits)
        if not fine then problem = problem or message end
        status = C.ew_rewriter_next(self.handle, input, self.out)
    end
    edits.rewriter = nil
    check(status, "rewrite", 2)
    return written(self, chunk), problem
end

--- Says that the stream has ended, and gives what was held of it, to be written.
function Rewriter:finish()
    check(C.ew_rewriter_finish(self.handle), "finish", 2)
    return written(self, "")
end

--- A table of `oversized_blocks`, `held` (bytes that came and are not decided), `last_event_id`, and `between_events` (a comment may be inserted here).
function Rewriter:summary()
    local out = ffi.new "ew_rewriter_summary"
    check(C.ew_rewriter_summarize(self.handle, out), "summary", 2)
    return {
        oversized_blocks = tonumber(out.oversized_blocks),
        held = tonumber(out.held),
        last_event_id = string_of(out.last_event_id),
        between_events = bit.band(out.flags, EW_REWRITER_BETWEEN_EVENTS) ~= 0,
    }
end

--- Frees the rewriter's memory now.
function Rewriter:free()
    release(self, C.ew_rewriter_free)
end

-- Encoder -----------------------------------------------------------------------------------------------------------------

-- The message that is being written: the struct that C reads points to its strings.
local current = {}

local MESSAGE_OPTIONS = { event = "string", data = "string", id = "string", comment = "string", retry = "number" }

--- A message as it stands in a stream: `event`, `data`, `id`, `comment` are strings, `retry` milliseconds. `nil` and a text if a value
-- holds what no stream can carry there, and what would begin another field: CR or LF, in an id also NUL.
function eventwire.encode(message)
    local out, len, fault = ffi.new "ew_message", ffi.new "size_t[1]", ffi.new "ew_fault"
    configure(out, "encode", message, MESSAGE_OPTIONS)
    current.message = message
    out.flags = message.retry and EW_MESSAGE_RETRY or 0
    local status = C.ew_encode_len(out, len, fault)
    if status == EW_ERR_INVALID_FIELD then
        local field = fault.field == EW_FIELD_EVENT and "event" or "id"
        return nil, ("%s: byte %d at position %d cannot be written"):format(field, fault.byte, tonumber(fault.position))
    end
    check(status, "encode", 2)
    local place = ffi.new("uint8_t[?]", len[0])
    check(C.ew_encode(out, place, len[0], len, fault), "encode", 2)
    current.message = nil
    return ffi.string(place, len[0])
end

return eventwire
