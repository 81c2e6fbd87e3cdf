/*
 * eventwire: a parser for text/event-stream (server-sent events), the format behind EventSource.
 *
 * SPDX-License-Identifier: MIT OR Apache-2.0
 *
 * Generated from the library's sources: do not edit.
 */

/*
 * INTRODUCTION
 *
 * Bytes go in as they arrive, in chunks of any size; events come out as soon as the byte that
 * completes them is there, and they are the same wherever the stream was cut. There is no IO here,
 * no thread and no callback: the caller has the bytes and the loop. Make an ew_input of a chunk,
 * call ew_parser_next until it answers EW_NEED_INPUT, go on with the next chunk.
 *
 * A whole program, which shows the events of standard input:
 *
 * @code{.c}
 * #include <eventwire.h>
 * #include <stdio.h>
 *
 * int main(void)
 * {
 *     ew_parser *parser;
 *     if (ew_parser_new(NULL, &parser) != EW_OK)
 *         return 1;
 *
 *     uint8_t chunk[4096];
 *     size_t len;
 *     while ((len = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
 *         ew_input input = { .ptr = chunk, .len = len };
 *         ew_event event;
 *         ew_status status;
 *         while ((status = ew_parser_next(parser, &input, &event)) != EW_NEED_INPUT) {
 *             if (status < 0) {
 *                 fprintf(stderr, "%s\n", ew_status_string(status));
 *                 if (status == EW_ERR_INVALID_ARGUMENT)
 *                     return 1;
 *                 continue;
 *             }
 *             fwrite(event.event_type.ptr, 1, event.event_type.len, stdout);
 *             fputs(": ", stdout);
 *             fwrite(event.data.ptr, 1, event.data.len, stdout);
 *             fputs("\n", stdout);
 *         }
 *     }
 *
 *     ew_parser_free(parser);
 *     return 0;
 * }
 * @endcode
 *
 * Build it with `cc program.c $(pkg-config --cflags --libs eventwire)`.
 *
 * Two layers: `ew_parser` gives whole events and keeps what it must; `ew_tokenizer` gives pieces of
 * fields, in constant state and without copying, for proxies and for values too large to hold. Both
 * read an `ew_input`. Above them, `ew_source` is an EventSource without IO: it says when to connect,
 * with which header fields, what a response means and when to try again, and its caller does that,
 * with libcurl for example (examples/c/source_curl.c).
 *
 * For proxies there are two more. `ew_tap` watches a stream that goes by: it counts, and keeps what
 * holds a needle. `ew_rewriter` passes a stream on with events dropped, replaced or inserted, and all
 * other bytes as they came, as spans that can be given to writev.
 *
 * What the words mean (stream, block, field, last event ID) is said in section 9.2 of the HTML
 * standard.
 *
 *
 * MEMORY AND OWNERSHIP
 *
 * A chunk is the caller's. The library reads it during calls alone; between two calls that read the
 * same chunk it must stay as it is, and once EW_NEED_INPUT has been answered nothing refers to it
 * any more.
 *
 * An event is borrowed: its spans point into the chunk or into the parser, and are valid until the
 * next call with that parser, a `const` one excepted. Spans are not NUL-terminated, and may hold
 * any byte.
 *
 * A parser made by ew_parser_new allocates with malloc and realloc, and is ended by ew_parser_free,
 * which frees. It allocates only for what straddles chunks or has several lines, as much as that
 * needs, and no more than the size limit and the last event ID. A parser made by ew_parser_init
 * lives in memory of the caller's and never allocates. A source is like a parser made by
 * ew_parser_new, and keeps a copy of its settings; so is a tap, which also keeps two matches and a
 * table of types. A rewriter keeps the block that is not whole, what is inserted, and the list of
 * what is to be written. A tokenizer is a struct of the caller's. There is nothing else to free.
 *
 *
 * THREADS
 *
 * Parsers, tokenizers, sources, taps and rewriters are independent of each other and bound to no
 * thread: any thread may use any of them, one at a time. Functions that take one of them as `const`
 * may run side by side. There is no global state to set up or tear down.
 *
 *
 * ERRORS
 *
 * An ew_status below zero is an error. None of them ends a stream: the parser has dropped one event
 * or item and stands behind it; keep calling. The one exception is EW_ERR_INVALID_ARGUMENT, a
 * mistake in the program: nothing was done, nothing was written, and the same call fails again. It
 * covers NULL where it may not be (also in a span of some length), misaligned pointers, lengths
 * above PTRDIFF_MAX, positions behind the end, and settings that are not known. What it cannot
 * cover are pointers to memory that is not there, and what was freed.
 *
 * Output arguments are written on the statuses that say so, and left alone on all others.
 *
 *
 * REQUIREMENTS
 *
 * What the library cannot find out, each function says under "Requires", in these words. Readable:
 * memory that holds values and is not written to by others during the call. Writable: memory that
 * nobody else uses during the call; it need not hold anything. Valid: a parser, source, tap or
 * rewriter that has been made and not freed, and with which no other call is under way, unless the
 * function takes it as `const`. NULL and misaligned pointers are always found, and refused or, where
 * the function says so, fine.
 *
 *
 * VERSIONS
 *
 * EW_VERSION_* tell what a program was compiled with, ew_version_string and ew_version_number what
 * it runs with. A library runs all programs that were built with an earlier one of the same
 * EW_ABI_VERSION. Within one such version functions, statuses and flags are only added, numbers
 * never change their meaning, and structs keep size and layout, except those that begin with
 * `struct_size`, which may grow at the end. So a program must pass over statuses, kinds and fields
 * that it does not know, and set to zero what is called reserved.
 */

#ifndef EVENTWIRE_H
#define EVENTWIRE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Version ******************************************************************************************/

/**
 * The version of this header's library: major, minor, patch. A program that needs what a certain
 * release has brought can compare `EW_VERSION_NUMBER`: major times 1000000, plus minor times 1000,
 * plus patch.
 */
#define EW_VERSION_MAJOR 0
#define EW_VERSION_MINOR 1
#define EW_VERSION_PATCH 0
#define EW_VERSION_STRING "0.1.0"
#define EW_VERSION_NUMBER 1000

/**
 * The version of the binary interface: the number in `libeventwire.so.1`. A program built against
 * one library runs with every later one of the same number. Compare `ew_abi_version`.
 */
#define EW_ABI_VERSION 1

/**
 * The version of the library that the program runs with, as text: `EW_VERSION_STRING` of its
 * header.
 *
 * Returns: A NUL-terminated string such as "0.1.0", never NULL.
 *
 * Memory: The string is the library's own and always valid.
 *
 * Threads: Any thread, at any time.
 */
const char *ew_version_string(void);

/**
 * The version of the library that the program runs with, as a number that grows with every release.
 *
 * Returns: `EW_VERSION_NUMBER` of its header: major times 1000000, plus minor times 1000, plus
 * patch.
 *
 * Threads: Any thread, at any time.
 */
uint32_t ew_version_number(void);

/**
 * The version of the binary interface that the library was built with. Worth a comparison where it
 * is loaded by hand (`dlopen`, a foreign function interface); a linker sees to it by the library's
 * name.
 *
 * Returns: `EW_ABI_VERSION` of its header.
 *
 * Threads: Any thread, at any time.
 */
uint32_t ew_abi_version(void);

/**
 * Which instructions the library finds line ends with on this machine. For logs and bug reports.
 *
 * Returns: A NUL-terminated string, never NULL: "avx2", "sse2", "neon", "simd128", "swar" (no
 * special instructions), or a name that a later release adds.
 *
 * Memory: The string is the library's own and always valid.
 *
 * Threads: Any thread, at any time.
 */
const char *ew_scanner_name(void);

/* Status *******************************************************************************************/

/**
 * What a call has to say: negative for an error, zero for "go on", positive for something that was
 * found.
 */
typedef int32_t ew_status;

/** All is well, and there is nothing more to say. */
#define EW_OK 0

/**
 * The chunk is used up: nothing refers to it any more, go on with the next one. The same number as
 * `EW_OK`.
 */
#define EW_NEED_INPUT 0

/** An event is ready. */
#define EW_EVENT 1

/** A `retry` line has set the reconnection time. Only if `EW_ITEM_RETRY` asks for it. */
#define EW_RETRY 2

/** A comment. Only if `EW_ITEM_COMMENTS` asks for it. */
#define EW_COMMENT 3

/** A line of a field that the standard does not know. Only if `EW_ITEM_UNKNOWN` asks for it. */
#define EW_UNKNOWN_FIELD 4

/** From the tokenizer: a field's value, or a piece of it. */
#define EW_VALUE 5

/** From the tokenizer: the blank line that ends a block. */
#define EW_END_OF_BLOCK 6

/** From a source: there is something to tell its user. */
#define EW_NOTICE 7

/**
 * An argument that cannot be: NULL where it may not be, a position behind the chunk's end, an
 * unknown setting. Nothing was done and nothing was written. The same call fails again, so do not
 * repeat it.
 */
#define EW_ERR_INVALID_ARGUMENT (-1)

/**
 * An event was larger than the limit and is dropped. Said once, as soon as the limit is passed.
 * Keep calling.
 */
#define EW_ERR_EVENT_TOO_LARGE (-2)

/** Under `EW_UTF8_STRICT`: an event or item was not valid UTF-8 and is dropped. Keep calling. */
#define EW_ERR_INVALID_UTF8 (-3)

/**
 * The allocator refused memory. From a parser that runs: one event or item is dropped, an event
 * with the item in it that has just come; keep calling.
 */
#define EW_ERR_NO_MEMORY (-4)

/**
 * The buffer is too small for the result. From functions that write into a buffer of the caller's:
 * they say what is needed.
 */
#define EW_ERR_BUFFER_TOO_SMALL (-5)

/** A value holds CR, LF or NUL where no stream can carry it. */
#define EW_ERR_INVALID_FIELD (-6)

/**
 * A comment or unknown field that was asked for was larger than the limit and is dropped; the event
 * around it is not. Keep calling.
 */
#define EW_ERR_ITEM_TOO_LARGE (-7)

/**
 * Says in English what a negative status means: "event dropped: larger than the size limit". For
 * logs: programs compare the numbers, since the wording may change with any release.
 *
 * Parameters:
 *   - `status`: any number. One that is no error gives "no error", one that this library does not
 *     know gives "unknown error".
 *
 * Returns: A NUL-terminated string, never NULL.
 *
 * Memory: The string is the library's own and always valid.
 *
 * Threads: Any thread, at any time.
 */
const char *ew_status_string(ew_status status);

/* Bytes and chunks *********************************************************************************/

/**
 * Some bytes: a pointer and how many there are. Not NUL-terminated; if `len` is 0, `ptr` may be
 * anything and is not to be read.
 */
typedef struct ew_span {
    /** The first of the bytes. */
    const uint8_t *ptr;
    /** How many there are. At most `PTRDIFF_MAX`. */
    size_t len;
} ew_span;

/**
 * A chunk of the stream, of any size, and how far it has been read.
 *
 * Fill in `ptr` and `len` and set all else to zero, for each chunk. When a call answers
 * `EW_NEED_INPUT` the chunk is used up, and may be freed. The struct can be used again for the next
 * chunk: set `ptr`, `len`, and `pos` to 0.
 *
 * Between the calls that read one chunk, its bytes must stay what and where they are, and `pos` and
 * `reserved` belong to the library. To give up a chunk, just do not use it any more.
 */
typedef struct ew_input {
    /** The first byte of the chunk. */
    const uint8_t *ptr;
    /** The chunk's length in bytes. At most `PTRDIFF_MAX`; 0 is fine. */
    size_t len;
    /** How many bytes have been consumed. 0 at first. */
    size_t pos;
    /** Where the search for line ends stands. Ignored while `pos` is 0. */
    uint64_t reserved[2];
} ew_input;

/* Settings *****************************************************************************************/

/** The size limit of an event, in bytes, unless another is set: 16 MiB. */
#define EW_DEFAULT_MAX_EVENT_SIZE 16777216

/**
 * In `items`: deliver each change of the reconnection time, as `EW_RETRY`. (It takes effect whether
 * delivered or not.)
 */
#define EW_ITEM_RETRY 1

/** In `items`: deliver comments, as `EW_COMMENT`. Servers send them to keep a connection alive. */
#define EW_ITEM_COMMENTS 2

/**
 * In `items`: deliver the lines of fields that the standard does not know, as `EW_UNKNOWN_FIELD`.
 */
#define EW_ITEM_UNKNOWN 4

/**
 * In `overflow`: what is larger than the limit is dropped and reported once, as
 * `EW_ERR_EVENT_TOO_LARGE` or `EW_ERR_ITEM_TOO_LARGE`.
 */
#define EW_OVERFLOW_ERROR 0

/** In `overflow`: it is dropped and counted by `ew_parser_skipped`. */
#define EW_OVERFLOW_SKIP 1

/** In `utf8`: bytes are delivered as they came, whatever they are. */
#define EW_UTF8_RAW 0

/** In `utf8`: bytes that are not UTF-8 are replaced by U+FFFD, as the standard's decoder does. */
#define EW_UTF8_REPLACE 1

/**
 * In `utf8`: an event or item that is not UTF-8 is dropped and reported as `EW_ERR_INVALID_UTF8`.
 */
#define EW_UTF8_STRICT 2

/** In `eof`: an event that the end of the stream cuts off is dropped, as the standard says. */
#define EW_EOF_DISCARD 0

/**
 * In `eof`: `ew_parser_finish` delivers it, as if a line end and a blank line had followed. For
 * servers known to leave out the last line ends.
 */
#define EW_EOF_DISPATCH 1

/**
 * The settings of a parser. Begin with `ew_config config = EW_CONFIG_INIT;` and change what is to
 * be different: then the program goes on working when a later version of this struct has more
 * members.
 */
typedef struct ew_config {
    /** `sizeof(ew_config)`: tells the library which version of the struct this is. */
    uint32_t struct_size;
    /**
     * What to deliver beside events: `EW_ITEM_RETRY`, `EW_ITEM_COMMENTS`, `EW_ITEM_UNKNOWN`, joined
     * with `|`. What is not asked for costs nothing.
     */
    uint32_t items;
    /**
     * The most bytes an event may hold: its data with the line feeds that join its lines, its type
     * and its id. 0 for the default, `EW_DEFAULT_MAX_EVENT_SIZE`. The limit is on the event, not on
     * a buffer: whether one is accepted does not depend on how the stream is cut. A parser's memory
     * is bounded by it: this, and besides the last event ID.
     */
    size_t max_event_size;
    /** What happens to what is larger: `EW_OVERFLOW_ERROR` (the default) or `EW_OVERFLOW_SKIP`. */
    uint32_t overflow;
    /**
     * What happens to bytes that are not UTF-8: `EW_UTF8_RAW` (the default), `EW_UTF8_REPLACE` or
     * `EW_UTF8_STRICT`.
     */
    uint32_t utf8;
    /**
     * What happens to an event that the end of the stream cuts off: `EW_EOF_DISCARD` (the default)
     * or `EW_EOF_DISPATCH`.
     */
    uint32_t eof;
    /** 0. */
    uint32_t reserved;
} ew_config;

/** The default settings, to initialise an `ew_config` with. */
#define EW_CONFIG_INIT { sizeof(ew_config), 0, 0, 0, 0, 0, 0 }

/* Events *******************************************************************************************/

/** In `flags` of an event: its block has set an id, which may be empty: `id`. */
#define EW_EVENT_HAS_ID 1

/**
 * In `flags` of an event: type and data were not copied. They are slices of the chunk (the type may
 * be the library's "message"), and so as valid as that.
 */
#define EW_EVENT_BORROWED 2

/**
 * What a parser delivers: an event, or another item that the settings ask for. Which one says
 * `kind`, and so which members mean something; all others are zero.
 *
 *   - `EW_EVENT`: `event_type`, `data`, `last_event_id`, `id`, `begin`, `end` and `flags`.
 *   - `EW_RETRY`: `retry`.
 *   - `EW_COMMENT`: `data`, all that follows the colon.
 *   - `EW_UNKNOWN_FIELD`: `event_type`, the field's name, and `data`, its value.
 *
 * The spans are valid until the next call that takes the parser as other than `const`, and no
 * longer than the chunk.
 */
typedef struct ew_event {
    /** The event's type: "message" if the stream gives none. */
    ew_span event_type;
    /** The data, its lines joined with LF. */
    ew_span data;
    /** The last event ID at this event: its own, or the one that was in force. */
    ew_span last_event_id;
    /** The id that this event itself has set; `ptr` is NULL if it has set none. */
    ew_span id;
    /**
     * Where the event begins, in bytes since the start of the stream: at the first byte of its
     * first line, comments and unknown fields included.
     */
    uint64_t begin;
    /** Where it ends: just behind the byte that completed it, the CR or LF of the blank line. */
    uint64_t end;
    /** The reconnection time in milliseconds. */
    uint64_t retry;
    /** `EW_EVENT_HAS_ID`, `EW_EVENT_BORROWED`, joined with `|`. */
    uint32_t flags;
    /** `EW_EVENT`, `EW_RETRY`, `EW_COMMENT` or `EW_UNKNOWN_FIELD`: the status that came with it. */
    uint32_t kind;
    /** Zero. */
    uint32_t reserved[4];
} ew_event;

/* Parser *******************************************************************************************/

/**
 * A parser: turns the chunks of one stream into events. Opaque: made by `ew_parser_new` or
 * `ew_parser_init`, used through its pointer, ended by `ew_parser_free`.
 */
typedef struct ew_parser ew_parser;

/**
 * Makes a parser at the start of a stream. It allocates no more than itself (less than 256 bytes)
 * until an event has to be kept.
 *
 * Parameters:
 *   - `config`: the settings; NULL for the default ones. They are copied.
 *   - `out`: where the parser is written.
 *
 * Returns: `EW_OK`, and `*out` is a parser. `EW_ERR_INVALID_ARGUMENT` or `EW_ERR_NO_MEMORY`, and
 * `*out` is not written.
 *
 * Memory: The parser is the caller's: end it with `ew_parser_free`.
 *
 * Threads: Any thread. The parser is bound to none.
 *
 * Requires: `config` is readable as far as its `struct_size` says, and `out` is writable.
 */
ew_status ew_parser_new(const ew_config *config, ew_parser **out);

/**
 * How much memory `ew_parser_init` needs: for the parser, an event of the largest size and a last
 * event ID of that size.
 *
 * Parameters:
 *   - `config`: the settings, of which `max_event_size` decides; NULL for the default ones, which
 *     need more than 32 MiB.
 *
 * Returns: A number of bytes; 0 if the settings are invalid or so much memory cannot be.
 *
 * Threads: Any thread, at any time.
 *
 * Requires: `config` is readable as far as its `struct_size` says.
 */
size_t ew_parser_sizeof(const ew_config *config);

/**
 * How the memory for `ew_parser_init` must be aligned. What `malloc` gives is.
 *
 * Returns: A number of bytes, a power of two.
 *
 * Threads: Any thread, at any time.
 */
size_t ew_parser_alignof(void);

/**
 * Makes a parser in memory of the caller's. It never allocates, and accepts what one made by
 * `ew_parser_new` accepts. Memory that no event has needed yet is not touched.
 *
 * Parameters:
 *   - `memory`: where; aligned to `ew_parser_alignof()`, contents of no matter.
 *   - `size`: its size in bytes, at least `ew_parser_sizeof(config)`.
 *   - `config`: the settings; NULL for the default ones. They are copied.
 *   - `out`: where the parser, a pointer into the memory, is written.
 *
 * Returns: `EW_OK`, and `*out` is a parser. `EW_ERR_INVALID_ARGUMENT`, also if the memory is too
 * small or misaligned, and nothing is written.
 *
 * Memory: The memory stays the caller's, and the parser has it to itself until `ew_parser_free` or
 * until the parser is not used any more: there is nothing else to clean up. It must not be moved.
 *
 * Threads: Any thread. The parser is bound to none.
 *
 * Requires: The `size` bytes at `memory` are writable, now and for as long as the parser is used;
 * `config` is readable as far as its `struct_size` says; `out` is writable.
 */
ew_status ew_parser_init(void *memory, size_t size, const ew_config *config, ew_parser **out);

/**
 * Ends a parser. It must not be used afterwards.
 *
 * Parameters:
 *   - `parser`: one made by `ew_parser_new` or `ew_parser_init`; NULL is fine, and nothing is done.
 *
 * Memory: All that `ew_parser_new` and the calls since have allocated is freed. What was made in
 * memory of the caller's leaves that to the caller.
 *
 * Threads: Any thread, but only one, and when no other is in a call with this parser.
 *
 * Requires: `parser` is valid.
 */
void ew_parser_free(ew_parser *parser);

/**
 * The next event of the chunk, or other item that the settings ask for. Call it until it answers
 * `EW_NEED_INPUT`, then go on with the next chunk. An event is there with the byte that completes
 * it, and events are the same wherever the stream is cut.
 *
 * Parameters:
 *   - `parser`: the stream's parser.
 *   - `input`: a chunk, and how far it has been read; see `ew_input`.
 *   - `out`: where the event or item is written, if there is one.
 *
 * Returns: `EW_EVENT`, `EW_RETRY`, `EW_COMMENT`, `EW_UNKNOWN_FIELD`: `*out` holds it.
 * `EW_NEED_INPUT`: the chunk is used up. `EW_ERR_EVENT_TOO_LARGE`, `EW_ERR_ITEM_TOO_LARGE`,
 * `EW_ERR_INVALID_UTF8`, `EW_ERR_NO_MEMORY`: one event or item was dropped; the next call goes on
 * behind it. `EW_ERR_INVALID_ARGUMENT`. Only with a positive status is `*out` written.
 *
 * Memory: What `*out` points to lies in the chunk or in the parser: it is valid until the next call
 * that takes this parser as other than `const`, and no longer than the chunk. Copy what is to be
 * kept.
 *
 * Threads: One at a time for each parser. Different ones are independent.
 *
 * Requires: `parser` is valid, `input` is readable and writable, `out` is writable, and the chunk
 * is readable.
 */
ew_status ew_parser_next(ew_parser *parser, ew_input *input, ew_event *out);

/**
 * Several events of the chunk at once, or other items that the settings ask for. For runtimes in
 * which a call into C costs much, and for speed; else as `ew_parser_next`. Call it until it answers
 * `EW_NEED_INPUT`: it may give fewer than there is room for although the chunk holds more.
 *
 * Parameters:
 *   - `parser`: the stream's parser.
 *   - `input`: a chunk, and how far it has been read; see `ew_input`.
 *   - `out`: an array.
 *   - `capacity`: how many events it has room for, at least 1.
 *   - `count`: where it is written how many there are.
 *
 * Returns: `EW_EVENT`: the first `*count` of `out` hold events or items, at least one; `kind` says
 * which. `EW_NEED_INPUT`: the chunk is used up. `EW_ERR_EVENT_TOO_LARGE`, `EW_ERR_ITEM_TOO_LARGE`,
 * `EW_ERR_INVALID_UTF8`, `EW_ERR_NO_MEMORY`: one event or item was dropped; what stood before it
 * came with an earlier call, and the next call goes on behind it. In these cases `*count` is 0.
 * `EW_ERR_INVALID_ARGUMENT`: nothing is written.
 *
 * Memory: As for `ew_parser_next`: what all of them point to is valid until the next call that
 * takes this parser as other than `const`, and no longer than the chunk.
 *
 * Threads: One at a time for each parser. Different ones are independent.
 *
 * Requires: `parser` is valid, `input` is readable and writable, `count` and the `capacity`
 * elements at `out` are writable, and the chunk is readable.
 */
ew_status ew_parser_next_many(ew_parser *parser, ew_input *input, ew_event *out, size_t capacity,
                              size_t *count);

/**
 * Says that the stream has ended. Under `EW_EOF_DISPATCH` that may complete an event; otherwise
 * what was incomplete is dropped. The parser then stands at the start of a new stream, as after
 * `ew_parser_reset`, but for `ew_parser_position`.
 *
 * Parameters:
 *   - `parser`: the stream's parser.
 *   - `out`: where the event is written, if there is one.
 *
 * Returns: `EW_EVENT`: `*out` holds the last event. `EW_OK`: there is none.
 * `EW_ERR_EVENT_TOO_LARGE`, `EW_ERR_INVALID_UTF8`, `EW_ERR_NO_MEMORY`: it was dropped.
 * `EW_ERR_INVALID_ARGUMENT`. Only with `EW_EVENT` is `*out` written.
 *
 * Memory: As for `ew_parser_next`; no chunk is needed any more.
 *
 * Threads: One at a time for each parser. Different ones are independent.
 *
 * Requires: `parser` is valid, and `out` is writable.
 */
ew_status ew_parser_finish(ew_parser *parser, ew_event *out);

/**
 * Starts a new stream: the next connection of the same source. The last event ID and the
 * reconnection time stay, what was incomplete is dropped, and the position is 0.
 *
 * Parameters:
 *   - `parser`: the stream's parser; NULL is fine, and nothing is done.
 *
 * Threads: One at a time for each parser. Different ones are independent.
 *
 * Requires: `parser` is valid.
 */
void ew_parser_reset(ew_parser *parser);

/**
 * The last event ID: what a reconnection sends as the header `Last-Event-ID`, unless it is empty.
 * The blank line that ends an event's block sets it, also of a block without data.
 *
 * Parameters:
 *   - `parser`: the stream's parser; NULL has an empty one.
 *
 * Returns: Its bytes; empty if there is none.
 *
 * Memory: Valid until the next call that takes this parser as other than `const`.
 *
 * Threads: Not while another thread is in a call that takes this parser as other than `const`.
 *
 * Requires: `parser` is valid.
 */
ew_span ew_parser_last_event_id(const ew_parser *parser);

/**
 * Starts a new stream, like `ew_parser_reset`, with this last event ID: one that was saved, say.
 *
 * Parameters:
 *   - `parser`: the stream's parser.
 *   - `id`: the last event ID, which is copied; empty for none. `max_event_size` does not bind it,
 *     but the memory of a parser made by `ew_parser_init` does.
 *
 * Returns: `EW_OK`. `EW_ERR_INVALID_FIELD`: it holds CR, LF or NUL. `EW_ERR_INVALID_UTF8`: under
 * `EW_UTF8_STRICT` it must be UTF-8. `EW_ERR_NO_MEMORY`: there is no room for it. In these cases
 * the last event ID is what it was; behind `EW_ERR_NO_MEMORY` the new stream has begun all the
 * same. `EW_ERR_INVALID_ARGUMENT`.
 *
 * Threads: One at a time for each parser. Different ones are independent.
 *
 * Requires: `parser` is valid, and the bytes of `id` are readable; they are not what this parser
 * has given out.
 */
ew_status ew_parser_set_last_event_id(ew_parser *parser, ew_span id);

/**
 * The reconnection time: the last valid `retry` of the stream, whether it was delivered as an item
 * or not.
 *
 * Parameters:
 *   - `parser`: the stream's parser.
 *   - `out`: where it is written, in milliseconds, if there is one.
 *
 * Returns: `EW_RETRY`, and `*out` is written. `EW_OK`: there was none. `EW_ERR_INVALID_ARGUMENT`.
 *
 * Threads: Not while another thread is in a call that takes this parser as other than `const`.
 *
 * Requires: `parser` is valid, and `out` is writable.
 */
ew_status ew_parser_retry(const ew_parser *parser, uint64_t *out);

/**
 * How many bytes of the stream have been consumed: when an event is delivered, it ends here.
 *
 * Parameters:
 *   - `parser`: the stream's parser; NULL gives 0.
 *
 * Returns: A number of bytes since the start of the stream.
 *
 * Threads: Not while another thread is in a call that takes this parser as other than `const`.
 *
 * Requires: `parser` is valid.
 */
uint64_t ew_parser_position(const ew_parser *parser);

/**
 * How many events and items have been dropped without an error under `EW_OVERFLOW_SKIP`.
 *
 * Parameters:
 *   - `parser`: the stream's parser; NULL gives 0.
 *
 * Returns: A number since the parser was made.
 *
 * Threads: Not while another thread is in a call that takes this parser as other than `const`.
 *
 * Requires: `parser` is valid.
 */
uint64_t ew_parser_skipped(const ew_parser *parser);

/* Tokenizer ****************************************************************************************/

/** In `field` of a token: a line of the event's data. */
#define EW_FIELD_DATA 0

/** In `field` of a token: the event's type. */
#define EW_FIELD_EVENT 1

/** In `field` of a token: the last event ID from here on. */
#define EW_FIELD_ID 2

/** In `field` of a token: the reconnection time. */
#define EW_FIELD_RETRY 3

/** In `field` of a token: a line that begins with a colon. */
#define EW_FIELD_COMMENT 4

/** In `field` of a token: any other line. */
#define EW_FIELD_UNKNOWN 5

/** In `flags` of a token: this is the value's last piece, its line has ended. */
#define EW_TOKEN_LAST 1

/**
 * Cuts a stream into pieces of field values as they arrive: for proxies and filters, and for values
 * too large to hold. Its state is this struct, whatever the stream; it never copies and never
 * allocates.
 *
 * The struct is the caller's: `ew_tokenizer tokenizer = { { 0, 0 } };`, or all bytes zero, is the
 * start of a stream. It may be copied, which saves its place, and needs no cleaning up. One for
 * each stream.
 */
typedef struct ew_tokenizer {
    /** The library's own, zero at the start of a stream. */
    uint32_t reserved[2];
} ew_tokenizer;

/** A field's value, or a piece of it. */
typedef struct ew_token {
    /**
     * The next bytes of the value; empty only with `EW_TOKEN_LAST`. Without the one space after the
     * colon for data, event, id and retry; all that follows the colon for a comment; the whole line
     * from its first byte for an unknown field.
     */
    ew_span piece;
    /** Whose value it is: `EW_FIELD_DATA` and so on. */
    uint32_t field;
    /** `EW_TOKEN_LAST`, or 0: the value goes on. */
    uint32_t flags;
    /** Zero. */
    uint32_t reserved[4];
} ew_token;

/**
 * The next piece of a field's value, or the end of a block.
 *
 * A value that lies in one chunk comes as one piece; one that straddles chunks comes in pieces, of
 * which the last has `EW_TOKEN_LAST`. Nothing is to be done at the end of a stream: a last line
 * without line end is not a line, and its pieces have come without that flag.
 *
 * Parameters:
 *   - `tokenizer`: where the stream stands.
 *   - `input`: a chunk, and how far it has been read; see `ew_input`.
 *   - `out`: where the token is written, if there is one.
 *
 * Returns: `EW_VALUE`: `*out` holds a value or a piece of it. `EW_END_OF_BLOCK`: the blank line;
 * what has come since the last one is to be dispatched. `EW_NEED_INPUT`: the chunk is used up.
 * `EW_ERR_INVALID_ARGUMENT`. Only with `EW_VALUE` is `*out` written.
 *
 * Memory: `out->piece` is a slice of the chunk, and valid as long as that; or, a few bytes that
 * came in an earlier chunk, the library's own and always valid.
 *
 * Threads: One at a time for each tokenizer. Different ones are independent.
 *
 * Requires: `tokenizer` and `input` are readable and writable, `out` is writable, and the chunk is
 * readable.
 */
ew_status ew_tokenizer_next(ew_tokenizer *tokenizer, ew_input *input, ew_token *out);

/**
 * Cuts a line into name and value, as the standard cuts any line: the name is all before the first
 * colon, the value all after it but for one leading space; without a colon the line is a name with
 * an empty value. For the lines of `EW_FIELD_UNKNOWN`, once all their pieces are together.
 *
 * Parameters:
 *   - `line`: a line without its line end.
 *   - `name`, `value`: where the parts are written.
 *
 * Returns: `EW_OK`, or `EW_ERR_INVALID_ARGUMENT` with nothing written.
 *
 * Memory: Both parts are slices of the line, and valid as long as that.
 *
 * Threads: Any thread, at any time.
 *
 * Requires: `name` and `value` are writable, and the bytes of `line` are readable.
 */
ew_status ew_split_field(ew_span line, ew_span *name, ew_span *value);

/* Encoder ******************************************************************************************/

/** In `flags` of a message: `retry` is to be written. */
#define EW_MESSAGE_RETRY 1

/**
 * A message to be written to a stream: an event, a comment, a reconnection time, a last event ID,
 * or several of these in one block. Begin with `ew_message message = EW_MESSAGE_INIT;` and set what
 * it is to have: then the program goes on working when a later version of this struct has more
 * members.
 *
 * A span whose `ptr` is NULL is not written. One that is empty, and whose `ptr` is not NULL, is
 * written with an empty value: for `data` this makes an event without text, for `id` it makes the
 * last event ID empty again. The bytes should be UTF-8, which is not checked.
 *
 * The lines are written in the order comment, event, id, retry, data; then the blank line. A
 * message of which nothing is set is the blank line alone.
 */
typedef struct ew_message {
    /** `sizeof(ew_message)`: tells the library which version of the struct this is. */
    uint32_t struct_size;
    /** `EW_MESSAGE_RETRY`, or 0. */
    uint32_t flags;
    /**
     * The event's type, without CR and LF. An event without one, or with an empty one, is of the
     * type "message". It means nothing without data.
     */
    ew_span event;
    /** The last event ID from this message on, without CR, LF and NUL. */
    ew_span id;
    /**
     * The event's data. It is split at CR LF, LF and CR, and each line written behind a name of its
     * own; a client gets them joined with LF.
     */
    ew_span data;
    /**
     * What clients pass over, split like data. It stands directly behind the colon. An empty one is
     * the usual keep-alive.
     */
    ew_span comment;
    /** With `EW_MESSAGE_RETRY`: the reconnection time, in milliseconds. */
    uint64_t retry;
} ew_message;

/** The byte for which a message was refused. */
typedef struct ew_fault {
    /** The field: `EW_FIELD_EVENT` or `EW_FIELD_ID`. */
    uint32_t field;
    /** The byte: CR, LF, or in an id NUL. */
    uint32_t byte;
    /** Where in the value it is, counted from 0; the first one, if there are several. */
    uint64_t position;
} ew_fault;

/**
 * How many bytes a message takes in a stream, exactly.
 *
 * Parameters:
 *   - `message`: what is to be written.
 *   - `len`: where the number is written.
 *   - `fault`: where is written for which byte a message is refused; NULL if that does not matter.
 *
 * Returns: `EW_OK`: `*len` is written. `EW_ERR_INVALID_FIELD`: a value holds a byte that no stream
 * can carry there, which would begin another field or event; `*fault` is written.
 * `EW_ERR_INVALID_ARGUMENT`; also for a message longer than `SIZE_MAX`.
 *
 * Memory: Nothing is allocated.
 *
 * Threads: Any thread, at any time.
 *
 * Requires: `message` is readable as far as its `struct_size` says, and so are its values; `len`
 * and `fault` are writable.
 */
ew_status ew_encode_len(const ew_message *message, size_t *len, ew_fault *fault);

/**
 * Writes a message as it stands in a stream.
 *
 * Parameters:
 *   - `message`: what is to be written.
 *   - `out`: where to. It may not overlap the message's values.
 *   - `capacity`: how much room there is, at most `PTRDIFF_MAX`. With 0 `out` may be NULL.
 *   - `len`: where is written how many bytes it took.
 *   - `fault`: where is written for which byte a message is refused; NULL if that does not matter.
 *
 * Returns: `EW_OK`: `*len` bytes are written to `out`. `EW_ERR_BUFFER_TOO_SMALL`: `*len` bytes are
 * needed. `EW_ERR_INVALID_FIELD`: a value holds a byte that no stream can carry there, which would
 * begin another field or event; `*fault` is written. `EW_ERR_INVALID_ARGUMENT`; also for a message
 * longer than `SIZE_MAX`. Unless it is `EW_OK`, nothing is written to `out`.
 *
 * Memory: Nothing is allocated.
 *
 * Threads: Any thread, at any time.
 *
 * Requires: `message` is readable as far as its `struct_size` says, and so are its values; `out`,
 * `len` and `fault` are writable.
 */
ew_status ew_encode(const ew_message *message, uint8_t *out, size_t capacity, size_t *len,
                    ew_fault *fault);

/** A message of which nothing is set, to initialise an `ew_message` with. */
#define EW_MESSAGE_INIT { sizeof(ew_message), 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, 0 }

/* Sources ******************************************************************************************/

/** The reconnection time of a source in milliseconds, unless another is set. */
#define EW_DEFAULT_RECONNECTION_TIME 3000

/**
 * In `flags` of a source's settings: all credentials there are for the URL go with a request, and
 * not only those of the source's own origin (`withCredentials` of the standard).
 */
#define EW_SOURCE_WITH_CREDENTIALS 1

/**
 * In `flags` of a source's settings: the body may be sent again, with the next attempt. Without
 * this a source that has a body makes one attempt.
 */
#define EW_SOURCE_REPLAY_BODY 2

/** A header field of a request. */
typedef struct ew_header {
    /** Its name, without the colon. */
    ew_span name;
    /** Its value. */
    ew_span value;
} ew_header;

/** HTTP statuses, from one to another, both included. */
typedef struct ew_http_statuses {
    /** The first one. */
    uint16_t first;
    /** The last one. */
    uint16_t last;
} ew_http_statuses;

/**
 * The settings of a source. Begin with `ew_source_config config = EW_SOURCE_CONFIG_INIT;`, set
 * `url`, and change what is to be different: then the program goes on working when a later version
 * of this struct has more members.
 *
 * All times are in milliseconds. The delay before another attempt is the reconnection time in
 * force, but at least `min_delay`; multiplied by `backoff_factor` for each failure in a row but the
 * first, up to `backoff_cap`; at least what `Retry-After` says, as far as `max_retry_after` lets
 * it; and longer by a random part of at most `jitter_percent`. It is never shorter than the
 * reconnection time. With zeros it is just that, which is what the standard says.
 */
typedef struct ew_source_config {
    /** `sizeof(ew_source_config)`: tells the library which version of the struct this is. */
    uint32_t struct_size;
    /** `EW_SOURCE_WITH_CREDENTIALS`, `EW_SOURCE_REPLAY_BODY`, joined with `|`. */
    uint32_t flags;
    /** What to connect to: an absolute URL. The library does not resolve or check it. */
    ew_span url;
    /** The request's method; empty for `GET`, also with a body. */
    ew_span method;
    /** The request's body; `ptr` is NULL for none. */
    ew_span body;
    /** The last event ID to begin with, one that was saved, say; empty for none. */
    ew_span last_event_id;
    /**
     * More header fields for the request. `Accept` and `Cache-Control` take the place of what would
     * be sent otherwise; `Last-Event-ID` is refused.
     */
    const ew_header *headers;
    /** How many there are. */
    size_t header_count;
    /**
     * Statuses after which to try again: 429 and 500 to 599, for example. By the standard, any but
     * 200 ends the source. 204 always does, since with it servers say that they want no more
     * attempts.
     */
    const ew_http_statuses *retry_statuses;
    /** How many ranges of them there are. */
    size_t retry_status_count;
    /**
     * The settings of the parser; NULL for the default ones, but with `EW_UTF8_REPLACE`, as the
     * standard says.
     */
    const ew_config *parser;
    /**
     * The reconnection time until the stream sets another; 0 for the default,
     * `EW_DEFAULT_RECONNECTION_TIME`.
     */
    uint64_t reconnection_time;
    /**
     * How long `Retry-After` may make a delay; 0 to ignore it. It is heeded after the statuses of
     * `retry_statuses`.
     */
    uint64_t max_retry_after;
    /** The least delay, also if the stream sets a shorter reconnection time. */
    uint64_t min_delay;
    /** How long a delay `backoff_factor` may make. */
    uint64_t backoff_cap;
    /** How long a connection must have been open to end a row of failures; 0: opening is enough. */
    uint64_t backoff_reset_after;
    /**
     * How long nothing may come before a connection is taken for lost; 0: for ever. The time from
     * request to response counts alike.
     */
    uint64_t idle_timeout;
    /** What the random parts of delays are determined by: another number for each client. */
    uint64_t seed;
    /** By how much the delay grows with each failure in a row; 0 or 1: not at all. */
    uint32_t backoff_factor;
    /**
     * How much of a delay may be added to it at random, in per cent, so that clients that lost a
     * server together do not all come back together.
     */
    uint32_t jitter_percent;
    /**
     * At how many failures in a row to give up, of which the loss of a connection is the first; 0:
     * never. 1 makes one attempt.
     */
    uint32_t max_failures;
    /** 0. */
    uint32_t reserved;
} ew_source_config;

/** A ready state: there is no connection; one is being made, or is waited for. */
#define EW_CONNECTING 0

/** A ready state: there is a connection, and events may come. */
#define EW_OPEN 1

/** A ready state: there is no connection, and none will be made. */
#define EW_CLOSED 2

/** In `kind` of an action: send the request (`ew_source_request`). Said once for each attempt. */
#define EW_ACTION_CONNECT 1

/** In `kind` of an action: there is to be no connection until the time in `until`. */
#define EW_ACTION_WAIT 2

/**
 * In `kind` of an action: go on with the request, or its response's body. If nothing has come at
 * the time in `until`, call `ew_source_handle_timeout`.
 */
#define EW_ACTION_RECEIVE 3

/** In `kind` of an action: it is over. */
#define EW_ACTION_CLOSED 4

/** In `until` of an action, and in the times of a tap's summary: no time, ever. */
#define EW_NEVER UINT64_MAX

/** In `flags` of a request: all credentials there are for the URL go with it. */
#define EW_REQUEST_WITH_CREDENTIALS 1

/** In `kind` of a notice: a connection has been made. Comes before all events of it. */
#define EW_NOTICE_OPEN 1

/**
 * In `kind` of a notice: a connection was lost, or could not be made. `ready_state` says whether
 * there will be another attempt.
 */
#define EW_NOTICE_ERROR 2

/** In `reason` of a notice: the response's body has ended in good order. */
#define EW_REASON_END 1

/** In `reason` of a notice: a network error. */
#define EW_REASON_NETWORK 2

/** In `reason` of a notice: a network error that was said to be fatal. */
#define EW_REASON_FATAL 3

/** In `reason` of a notice: the response's status was not 200, but the one in `http_status`. */
#define EW_REASON_STATUS 4

/** In `reason` of a notice: the response was no `text/event-stream`. */
#define EW_REASON_CONTENT_TYPE 5

/** In `reason` of a notice: nothing came for too long. */
#define EW_REASON_IDLE_TIMEOUT 6

/** In `reason` of a notice: there was no memory for the connection's origin. */
#define EW_REASON_NO_MEMORY 7

/**
 * What is to be done next. A connection belongs to who drives the source, and is to be dropped as
 * soon as `kind` is anything but `EW_ACTION_RECEIVE`.
 */
typedef struct ew_action {
    /**
     * Which one: `EW_ACTION_CONNECT`, `EW_ACTION_WAIT`, `EW_ACTION_RECEIVE` or `EW_ACTION_CLOSED`.
     */
    uint32_t kind;
    /** Zero. */
    uint32_t reserved;
    /**
     * The time until which to wait, for the two kinds that have one; `EW_NEVER` if there is none.
     */
    uint64_t until;
} ew_action;

/**
 * The request that a source is to be connected with. The spans are valid until the next call that
 * takes the source as other than `const`.
 */
typedef struct ew_request {
    /** The method. */
    ew_span method;
    /** The URL that the source was made with. */
    ew_span url;
    /** The body; `ptr` is NULL if there is none. */
    ew_span body;
    /** The last event ID, which is also among the header fields if it is not empty. */
    ew_span last_event_id;
    /** How many header fields there are, for `ew_source_header`. */
    size_t header_count;
    /** `EW_REQUEST_WITH_CREDENTIALS`, or 0. */
    uint32_t flags;
    /** Zero. */
    uint32_t reserved[3];
} ew_request;

/**
 * The head of a response: of the last one, after all redirects. Begin with `ew_head head =
 * EW_HEAD_INIT;`. A span whose `ptr` is NULL stands for what the response does not have.
 */
typedef struct ew_head {
    /** `sizeof(ew_head)`: tells the library which version of the struct this is. */
    uint32_t struct_size;
    /** The HTTP status: 200, for example. */
    uint32_t status;
    /** The value of `Content-Type`; several of them joined with commas. */
    ew_span content_type;
    /**
     * The URL that has answered, if redirects have changed it: the events' origin is taken from it.
     */
    ew_span url;
    /** The value of `Retry-After`. */
    ew_span retry_after;
    /** The value of `Date`, from which a date in `Retry-After` is measured. */
    ew_span date;
} ew_head;

/** What the user of a source is to be told: the `open` and `error` events of the standard. */
typedef struct ew_notice {
    /** Which one: `EW_NOTICE_OPEN` or `EW_NOTICE_ERROR`. */
    uint32_t kind;
    /**
     * The ready state, which has changed already: `EW_OPEN`; or `EW_CONNECTING` if there will be
     * another attempt, and `EW_CLOSED` if not.
     */
    uint32_t ready_state;
    /** With `EW_NOTICE_ERROR`: `EW_REASON_END` and so on; otherwise 0. */
    uint32_t reason;
    /** With `EW_REASON_STATUS`: the response's status; otherwise 0. */
    uint32_t http_status;
    /** Zero. */
    uint32_t reserved[4];
} ew_notice;

/**
 * Says in English what a reason means: "the stream ended". For logs: programs compare the numbers,
 * since the wording may change with any release.
 *
 * Parameters:
 *   - `reason`: any number. One that this library does not know gives "unknown reason".
 *
 * Returns: A NUL-terminated string, never NULL.
 *
 * Memory: The string is the library's own and always valid.
 *
 * Threads: Any thread, at any time.
 */
const char *ew_reason_string(uint32_t reason);

/**
 * The connection of an event source: says when to connect, with what, and what a response means.
 * Opaque: made by `ew_source_new`, used through its pointer, ended by `ew_source_free`.
 */
typedef struct ew_source ew_source;

/**
 * Makes a source, which is to be connected at once.
 *
 * Parameters:
 *   - `config`: the settings, of which `url` must be set. They are copied, with all that they point
 *     to.
 *   - `out`: where the source is written.
 *
 * Returns: `EW_OK`, and `*out` is a source. `EW_ERR_INVALID_FIELD`: the URL, the method, the name
 * or value of a header field, or the last event ID holds what may not stand there: CR, LF or NUL,
 * for example. `EW_ERR_NO_MEMORY`. `EW_ERR_INVALID_ARGUMENT`. In these cases `*out` is not written.
 *
 * Memory: The source is the caller's: end it with `ew_source_free`.
 *
 * Threads: Any thread. The source is bound to none.
 *
 * Requires: `config` is readable as far as its `struct_size` says, and so is all that it points to;
 * `out` is writable.
 */
ew_status ew_source_new(const ew_source_config *config, ew_source **out);

/**
 * Ends a source, and frees all that it has allocated. It must not be used afterwards.
 *
 * Parameters:
 *   - `source`: one made by `ew_source_new`; NULL is fine, and nothing is done.
 *
 * Threads: Any thread, but only one, and when no other is in a call with this source.
 *
 * Requires: `source` is valid.
 */
void ew_source_free(ew_source *source);

/**
 * In `kind` of a network error: one after which another attempt may succeed. Refused, reset, no
 * address, a broken body.
 */
#define EW_NETWORK_ERROR_TRANSIENT 0

/**
 * In `kind` of a network error: one after which none will. A load that was cancelled, a scheme that
 * cannot be fetched.
 */
#define EW_NETWORK_ERROR_FATAL 1

/**
 * Asks what to do now. Asking again is harmless: `EW_ACTION_CONNECT` is said once for each attempt.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `now`: the time in milliseconds, of any clock that does not run backwards; the same one in
 *     all calls.
 *   - `out`: where the answer is written.
 *
 * Returns: `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`.
 *
 * Threads: One at a time for each source. Different ones are independent.
 *
 * Requires: `source` is valid, and `out` is writable.
 */
ew_status ew_source_poll(ew_source *source, uint64_t now, ew_action *out);

/**
 * Tells the head of the response to the request. With `EW_NOTICE_OPEN` the body is to be given to
 * `ew_source_next`; otherwise the connection is to be dropped.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `now`: the time.
 *   - `head`: the head. Nothing of it is kept.
 *   - `out`: where it is written what the user is to be told, if anything.
 *
 * Returns: `EW_NOTICE`: `*out` is written. `EW_OK`: there is nothing to tell, since no response was
 * waited for. `EW_ERR_INVALID_ARGUMENT`: nothing was done.
 *
 * Threads: One at a time for each source. Different ones are independent.
 *
 * Requires: `source` is valid, `head` is readable as far as its `struct_size` says, so is what it
 * points to, and `out` is writable.
 */
ew_status ew_source_handle_response(ew_source *source, uint64_t now, const ew_head *head,
                                    ew_notice *out);

/**
 * The next event of a chunk of the body, or other item that the settings ask for. Call it until it
 * answers `EW_NEED_INPUT`, then go on with the next chunk. Without an open connection it answers
 * that at once, and leaves the chunk unread: nothing comes after `ew_source_close`.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `now`: the time: when the chunk came, or later.
 *   - `input`: a chunk, and how far it has been read; see `ew_input`.
 *   - `out`: where the event or item is written, if there is one. Where it comes from is what
 *     `ew_source_origin` says.
 *
 * Returns: As `ew_parser_next`. No error ends the connection.
 *
 * Memory: What `*out` points to lies in the chunk or in the source: it is valid until the next call
 * that takes this source as other than `const` (`ew_source_close` is fine), and no longer than the
 * chunk.
 *
 * Threads: One at a time for each source. Different ones are independent.
 *
 * Requires: `source` is valid, `input` is readable and writable, `out` is writable, and the chunk
 * is readable.
 */
ew_status ew_source_next(ew_source *source, uint64_t now, ew_input *input, ew_event *out);

/**
 * The event that the end of the body has cut off, if `EW_EOF_DISPATCH` asks for it; otherwise it is
 * dropped, as the standard says. Call it before `ew_source_handle_end`.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `out`: where the event is written, if there is one.
 *
 * Returns: As `ew_parser_finish`.
 *
 * Memory: As for `ew_source_next`; no chunk is needed any more.
 *
 * Threads: One at a time for each source. Different ones are independent.
 *
 * Requires: `source` is valid, and `out` is writable.
 */
ew_status ew_source_finish(ew_source *source, ew_event *out);

/**
 * Tells that the body has ended in good order: the connection is to be made again.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `now`: the time.
 *   - `out`: where it is written what the user is to be told, if anything.
 *
 * Returns: `EW_NOTICE`: `*out` is written. `EW_OK`: there is nothing to tell.
 * `EW_ERR_INVALID_ARGUMENT`: nothing was done.
 *
 * Threads: One at a time for each source. Different ones are independent.
 *
 * Requires: `source` is valid, and `out` is writable.
 */
ew_status ew_source_handle_end(ew_source *source, uint64_t now, ew_notice *out);

/**
 * Tells of a network error, before the response or in its body.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `now`: the time.
 *   - `kind`: `EW_NETWORK_ERROR_TRANSIENT`, or `EW_NETWORK_ERROR_FATAL` to end the source.
 *   - `out`: where it is written what the user is to be told, if anything.
 *
 * Returns: `EW_NOTICE`: `*out` is written. `EW_OK`: there is nothing to tell.
 * `EW_ERR_INVALID_ARGUMENT`: nothing was done.
 *
 * Threads: One at a time for each source. Different ones are independent.
 *
 * Requires: `source` is valid, and `out` is writable.
 */
ew_status ew_source_handle_error(ew_source *source, uint64_t now, uint32_t kind, ew_notice *out);

/**
 * Tells the time: if it is the one in `until` of `EW_ACTION_RECEIVE`, the connection is lost.
 * Otherwise, nothing happens.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `now`: the time.
 *   - `out`: where it is written what the user is to be told, if anything.
 *
 * Returns: `EW_NOTICE`: `*out` is written. `EW_OK`: there is nothing to tell.
 * `EW_ERR_INVALID_ARGUMENT`: nothing was done.
 *
 * Threads: One at a time for each source. Different ones are independent.
 *
 * Requires: `source` is valid, and `out` is writable.
 */
ew_status ew_source_handle_timeout(ew_source *source, uint64_t now, ew_notice *out);

/**
 * Closes a source, at any moment: nothing more comes out of it, no event of the chunk at hand and
 * no notice. The connection is to be dropped. Closing again does nothing.
 *
 * Parameters:
 *   - `source`: the source; NULL is fine, and nothing is done.
 *
 * Memory: What the last event points to stays valid.
 *
 * Threads: One at a time for each source. Different ones are independent.
 *
 * Requires: `source` is valid.
 */
void ew_source_close(ew_source *source);

/**
 * The request to be sent after `EW_ACTION_CONNECT`.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `out`: where the request is written.
 *
 * Returns: `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`.
 *
 * Memory: What `*out` points to is valid until the next call that takes this source as other than
 * `const`.
 *
 * Threads: Not while another thread is in a call that takes this source as other than `const`.
 *
 * Requires: `source` is valid, and `out` is writable.
 */
ew_status ew_source_request(const ew_source *source, ew_request *out);

/**
 * A header field of the request: `Accept`, `Cache-Control`, `Last-Event-ID` if the last event ID is
 * not empty, and the user's.
 *
 * The value of `Last-Event-ID` may hold any byte but CR, LF and NUL; other values hold no control
 * character but tabs.
 *
 * Parameters:
 *   - `source`: the source.
 *   - `index`: which one, from 0 to `header_count` of the request, which is one too many.
 *   - `out`: where it is written.
 *
 * Returns: `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`, also if there is no such one.
 *
 * Memory: What `*out` points to is valid until the next call that takes this source as other than
 * `const`.
 *
 * Threads: Not while another thread is in a call that takes this source as other than `const`.
 *
 * Requires: `source` is valid, and `out` is writable.
 */
ew_status ew_source_header(const ew_source *source, size_t index, ew_header *out);

/**
 * Where a source stands.
 *
 * Parameters:
 *   - `source`: the source; NULL is closed.
 *
 * Returns: `EW_CONNECTING`, `EW_OPEN` or `EW_CLOSED`.
 *
 * Threads: Not while another thread is in a call that takes this source as other than `const`.
 *
 * Requires: `source` is valid.
 */
uint32_t ew_source_ready_state(const ew_source *source);

/**
 * Where the events come from: the origin of the URL that has answered, serialised, as
 * `https://example.org`; `null` for a URL that has no such origin. Of the connection opened last.
 *
 * Parameters:
 *   - `source`: the source; NULL has an empty one.
 *
 * Returns: Its bytes; empty before the first connection has been opened.
 *
 * Memory: Valid until the next `ew_source_handle_response` or `ew_source_free`.
 *
 * Threads: Not while another thread is in a call that takes this source as other than `const`.
 *
 * Requires: `source` is valid.
 */
ew_span ew_source_origin(const ew_source *source);

/**
 * The last event ID: what the next request will say.
 *
 * Parameters:
 *   - `source`: the source; NULL has an empty one.
 *
 * Returns: Its bytes; empty if there is none.
 *
 * Memory: Valid until the next call that takes this source as other than `const`.
 *
 * Threads: Not while another thread is in a call that takes this source as other than `const`.
 *
 * Requires: `source` is valid.
 */
ew_span ew_source_last_event_id(const ew_source *source);

/**
 * The reconnection time in force: of the stream's last valid `retry`, or else of the settings.
 *
 * Parameters:
 *   - `source`: the source; NULL gives 0.
 *
 * Returns: A number of milliseconds.
 *
 * Threads: Not while another thread is in a call that takes this source as other than `const`.
 *
 * Requires: `source` is valid.
 */
uint64_t ew_source_reconnection_time(const ew_source *source);

/**
 * How many requests a source has handed out.
 *
 * Parameters:
 *   - `source`: the source; NULL gives 0.
 *
 * Returns: A number since the source was made.
 *
 * Threads: Not while another thread is in a call that takes this source as other than `const`.
 *
 * Requires: `source` is valid.
 */
uint64_t ew_source_attempts(const ew_source *source);

/**
 * How many failures there were in a row.
 *
 * Parameters:
 *   - `source`: the source; NULL gives 0.
 *
 * Returns: A number; what it is that ends a row is said at `ew_source_config`.
 *
 * Threads: Not while another thread is in a call that takes this source as other than `const`.
 *
 * Requires: `source` is valid.
 */
uint32_t ew_source_failures(const ew_source *source);

/** The default settings, to initialise an `ew_source_config` with. The URL is still to be set. */
#define EW_SOURCE_CONFIG_INIT { sizeof(ew_source_config), 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, \
    { NULL, 0 }, NULL, 0, NULL, 0, NULL, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** A head of nothing, to initialise an `ew_head` with. */
#define EW_HEAD_INIT { sizeof(ew_head), 0, { NULL, 0 }, { NULL, 0 }, { NULL, 0 }, { NULL, 0 } }

/* Tap **********************************************************************************************/

/**
 * The settings of a tap. Begin with `ew_tap_config config = EW_TAP_CONFIG_INIT;` and change what is
 * to be different: then the program goes on working when a later version of this struct has more
 * members.
 */
typedef struct ew_tap_config {
    /** `sizeof(ew_tap_config)`: tells the library which version of the struct this is. */
    uint32_t struct_size;
    /** 0. */
    uint32_t flags;
    /**
     * The most bytes an event may hold to be seen: as in `ew_config`, but 0 is for 1 MiB. A tap's
     * memory is bounded by it: this, and besides the last event ID, two matches and a table of
     * types.
     */
    size_t max_event_size;
    /** The most bytes that are kept of a match's data, and of its type; 0 for 64 KiB. */
    size_t max_match_size;
    /**
     * What is looked for in types and data; `ptr` is NULL for nothing. An empty one is in every
     * event.
     */
    ew_span needle;
    /**
     * The data, byte for byte, of the event that says that the stream is complete; `ptr` is NULL
     * for `[DONE]`.
     */
    ew_span sentinel;
} ew_tap_config;

/**
 * Counts what goes by in a stream, and keeps the data of events that hold a needle. Opaque: made by
 * `ew_tap_new`, used through its pointer, ended by `ew_tap_free`.
 */
typedef struct ew_tap ew_tap;

/**
 * Makes a tap at the start of a stream: for proxies that log what they pass on.
 *
 * It reads the chunks and leaves them alone; what is passed on is the caller's business, and may
 * have been passed on before. What it counts is what a client would see.
 *
 * Parameters:
 *   - `config`: the settings; NULL for the default ones. They are copied, with all that they point
 *     to.
 *   - `out`: where the tap is written.
 *
 * Returns: `EW_OK`, and `*out` is a tap. `EW_ERR_INVALID_ARGUMENT` or `EW_ERR_NO_MEMORY`, and
 * `*out` is not written.
 *
 * Memory: The tap is the caller's: end it with `ew_tap_free`.
 *
 * Threads: Any thread. The tap is bound to none.
 *
 * Requires: `config` is readable as far as its `struct_size` says, and so is all that it points to;
 * `out` is writable.
 */
ew_status ew_tap_new(const ew_tap_config *config, ew_tap **out);

/**
 * Ends a tap, and frees all that it has allocated. It must not be used afterwards.
 *
 * Parameters:
 *   - `tap`: one made by `ew_tap_new`; NULL is fine, and nothing is done.
 *
 * Threads: Any thread, but only one, and when no other is in a call with this tap.
 *
 * Requires: `tap` is valid.
 */
void ew_tap_free(ew_tap *tap);

/**
 * Takes account of the next chunk of the stream. Events have the time of the chunk that completes
 * them.
 *
 * When memory runs out, what cannot be kept is counted all the same: a block that needs some as
 * oversized (one that straddles chunks, has an id, or has several lines of data), a type among
 * those of no name; of a match is kept what there is room for, and it says that it is truncated.
 *
 * Parameters:
 *   - `tap`: the stream's tap.
 *   - `chunk`: the next bytes, as many as there are. Nothing refers to them afterwards.
 *   - `now`: when they came, in milliseconds of any clock that does not run backwards.
 *
 * Returns: `EW_OK`. `EW_ERR_INVALID_ARGUMENT`: nothing was counted.
 *
 * Threads: One at a time for each tap. Different ones are independent.
 *
 * Requires: `tap` is valid, and the bytes of `chunk` are readable.
 */
ew_status ew_tap_observe(ew_tap *tap, ew_span chunk, uint64_t now);

/** In `flags` of a tap's summary: the sentinel has come, so the stream is complete. */
#define EW_TAP_DONE 1

/**
 * In `flags` of a tap's summary: what came so far ends where a whole block, such as a comment and a
 * blank line, may be written into the stream without changing any event. Where nothing has come
 * yet, a byte-order mark that follows is none any more behind what is written: it must be taken
 * away.
 */
#define EW_TAP_BETWEEN_EVENTS 2

/** For `ew_tap_match`: the first event that holds the needle. */
#define EW_MATCH_FIRST 0

/** For `ew_tap_match`: the last event that holds the needle. */
#define EW_MATCH_LAST 1

/** In `flags` of a match: there is more of the type or the data than was kept. */
#define EW_MATCH_TRUNCATED 1

/** What a tap has counted. Times are those that were given with the chunks, in milliseconds. */
typedef struct ew_tap_summary {
    /** Bytes of the stream. */
    uint64_t bytes;
    /** Events, without the oversized ones. */
    uint64_t events;
    /** Comments. */
    uint64_t comments;
    /**
     * Blocks that were larger than `max_event_size`, or than the memory that there was. They are in
     * no other number.
     */
    uint64_t oversized;
    /** Events that hold the needle. */
    uint64_t matches;
    /** Events of types that `ew_tap_event_type` does not tell. */
    uint64_t events_of_other_types;
    /** When the first event was complete; `EW_NEVER` if there was none. */
    uint64_t first_event_at;
    /** When the last event was complete; `EW_NEVER` if there was none. */
    uint64_t last_event_at;
    /**
     * The longest time between two events that followed on each other; `EW_NEVER` if there were not
     * two.
     */
    uint64_t max_gap;
    /** Where in the stream the largest event begins, the first of them if there are several. */
    uint64_t largest_event_begin;
    /** Where it ends; where it begins if there was no event. */
    uint64_t largest_event_end;
    /** The last event ID. Valid until the next call that takes this tap as other than `const`. */
    ew_span last_event_id;
    /** `EW_TAP_DONE`, `EW_TAP_BETWEEN_EVENTS`, joined with `|`. */
    uint32_t flags;
    /** Zero. */
    uint32_t reserved;
} ew_tap_summary;

/** An event that holds the needle, as much of it as was kept. */
typedef struct ew_match {
    /** The event's type; "message" if the stream gives none. */
    ew_span event_type;
    /** Its data. */
    ew_span data;
    /** Where in the stream the event begins; see `ew_event`. */
    uint64_t begin;
    /** Where it ends. */
    uint64_t end;
    /** `EW_MATCH_TRUNCATED`, or 0. */
    uint32_t flags;
    /** Zero. */
    uint32_t reserved;
} ew_match;

/**
 * Tells what a tap has counted.
 *
 * Parameters:
 *   - `tap`: the tap.
 *   - `out`: where the numbers are written.
 *
 * Returns: `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`.
 *
 * Memory: What `*out` points to is valid until the next call that takes this tap as other than
 * `const`.
 *
 * Threads: Not while another thread is in a call that takes this tap as other than `const`.
 *
 * Requires: `tap` is valid, and `out` is writable.
 */
ew_status ew_tap_summarize(const ew_tap *tap, ew_tap_summary *out);

/**
 * The first or last event that holds the needle.
 *
 * Parameters:
 *   - `tap`: the tap.
 *   - `which`: `EW_MATCH_FIRST` or `EW_MATCH_LAST`. If there was but one, that is both.
 *   - `out`: where it is written.
 *
 * Returns: `EW_EVENT`: `*out` is written. `EW_OK`: there was none. `EW_ERR_INVALID_ARGUMENT`.
 *
 * Memory: What `*out` points to is valid until the next call that takes this tap as other than
 * `const`.
 *
 * Threads: Not while another thread is in a call that takes this tap as other than `const`.
 *
 * Requires: `tap` is valid, and `out` is writable.
 */
ew_status ew_tap_match(const ew_tap *tap, uint32_t which, ew_match *out);

/**
 * A type of which there were events, and how many: `message` first, then the others in the order of
 * their first events. Beside `message` there is room for 32 types of up to 64 bytes each.
 *
 * Parameters:
 *   - `tap`: the tap.
 *   - `index`: which one, counted from 0.
 *   - `event_type`: where the type is written.
 *   - `events`: where the number of its events is written.
 *
 * Returns: `EW_OK`, and both are written. `EW_ERR_INVALID_ARGUMENT`, also if there is no such one:
 * so a loop over all ends.
 *
 * Memory: What `*event_type` points to is valid until the next call that takes this tap as other
 * than `const`.
 *
 * Threads: Not while another thread is in a call that takes this tap as other than `const`.
 *
 * Requires: `tap` is valid, and `event_type` and `events` are writable.
 */
ew_status ew_tap_event_type(const ew_tap *tap, size_t index, ew_span *event_type, uint64_t *events);

/** The default settings, to initialise an `ew_tap_config` with. */
#define EW_TAP_CONFIG_INIT { sizeof(ew_tap_config), 0, 0, 0, { NULL, 0 }, { NULL, 0 } }

/* Rewriter *****************************************************************************************/

/**
 * In `oversized` of a rewriter's settings: a block that is too large is passed on as it is, unseen.
 */
#define EW_OVERSIZED_PASS 0

/** In `oversized` of a rewriter's settings: it is dropped. */
#define EW_OVERSIZED_DROP 1

/**
 * The settings of a rewriter. Begin with `ew_rewriter_config config = EW_REWRITER_CONFIG_INIT;` and
 * change what is to be different: then the program goes on working when a later version of this
 * struct has more members.
 */
typedef struct ew_rewriter_config {
    /** `sizeof(ew_rewriter_config)`: tells the library which version of the struct this is. */
    uint32_t struct_size;
    /**
     * What becomes of blocks that are larger, or larger than the memory that there is:
     * `EW_OVERSIZED_PASS` (the default) or `EW_OVERSIZED_DROP`.
     */
    uint32_t oversized;
    /**
     * The most bytes, line ends included, that a block may have to be held and decided about; 0 for
     * 1 MiB, and 1 is taken for 2. It counts for blocks that need not be held as well: whether one
     * is decided about does not depend on how the stream is cut.
     */
    size_t max_block_size;
} ew_rewriter_config;

/**
 * Passes a stream on, with events dropped, replaced or inserted, and all else byte for byte as it
 * came. Opaque: made by `ew_rewriter_new`, used through its pointer, ended by `ew_rewriter_free`.
 */
typedef struct ew_rewriter ew_rewriter;

/**
 * Makes a rewriter at the start of a stream: for proxies that pass a stream on, but for some events
 * of it.
 *
 * For each chunk call `ew_rewriter_next` until it answers `EW_NEED_INPUT`, say what is to become of
 * the events that it gives, and write what `ew_rewriter_spans` lists. At the end of the stream call
 * `ew_rewriter_finish`, and write what is listed then.
 *
 * What is decided about is the event's block, from its first line that is not a comment to its
 * blank line, comments and unknown fields in between included. Comments before it, and blocks
 * without data, are not asked about and stay. An event that is dropped or replaced takes its `id`
 * and `retry` along. A block that straddles chunks is held until it is whole; between blocks
 * nothing is.
 *
 * Parameters:
 *   - `config`: the settings; NULL for the default ones. They are copied.
 *   - `out`: where the rewriter is written.
 *
 * Returns: `EW_OK`, and `*out` is a rewriter. `EW_ERR_INVALID_ARGUMENT` or `EW_ERR_NO_MEMORY`, and
 * `*out` is not written.
 *
 * Memory: The rewriter is the caller's: end it with `ew_rewriter_free`.
 *
 * Threads: Any thread. The rewriter is bound to none.
 *
 * Requires: `config` is readable as far as its `struct_size` says, and `out` is writable.
 */
ew_status ew_rewriter_new(const ew_rewriter_config *config, ew_rewriter **out);

/**
 * Ends a rewriter, and frees all that it has allocated. It must not be used afterwards. What it
 * holds is lost, unless `ew_rewriter_finish` came first.
 *
 * Parameters:
 *   - `rewriter`: one made by `ew_rewriter_new`; NULL is fine, and nothing is done.
 *
 * Threads: Any thread, but only one, and when no other is in a call with this rewriter.
 *
 * Requires: `rewriter` is valid.
 */
void ew_rewriter_free(ew_rewriter *rewriter);

/**
 * The next event of a chunk, to be decided about. Say what is to become of it with
 * `ew_rewriter_drop_event`, `ew_rewriter_replace`, `ew_rewriter_insert_before` and
 * `ew_rewriter_insert_after` before the next call; to say nothing is to keep it. Call this until it
 * answers `EW_NEED_INPUT`, write what `ew_rewriter_spans` lists, go on with the next chunk.
 *
 * When memory runs out, nothing of the stream is lost: a block for which there is none goes as
 * `oversized` of the settings says, and under `EW_OVERSIZED_DROP` one that is to be dropped may be
 * passed on, where what is to be written cannot be listed.
 *
 * Parameters:
 *   - `rewriter`: the stream's rewriter.
 *   - `input`: a chunk, and how far it has been read; see `ew_input`. A chunk that is given up
 *     before `EW_NEED_INPUT` is not written, and neither is what was held. What had been written
 *     may then end within a line or a block that goes on no more: `EW_REWRITER_BETWEEN_EVENTS` is
 *     not set until a block is written to its end.
 *   - `out`: where the event is written, if there is one. Its `begin` and `end` are those of the
 *     bytes that are decided about, in the stream that comes in.
 *
 * Returns: `EW_EVENT`: `*out` is to be decided about. `EW_NEED_INPUT`: the chunk is used up, and
 * `ew_rewriter_spans` lists what is to be written for it, however often this is called again for
 * that chunk. `EW_ERR_INVALID_ARGUMENT`: nothing was done. Only with `EW_EVENT` is `*out` written.
 *
 * Memory: What `*out` points to lies in the chunk or in the rewriter: it is valid until the next
 * `ew_rewriter_next` or `ew_rewriter_free`, and no longer than the chunk.
 *
 * Threads: One at a time for each rewriter. Different ones are independent.
 *
 * Requires: `rewriter` is valid, `input` is readable and writable, `out` is writable, and the chunk
 * is readable.
 */
ew_status ew_rewriter_next(ew_rewriter *rewriter, ew_input *input, ew_event *out);

/**
 * What is to be written, in order: for the chunk that is used up, or after `ew_rewriter_finish` for
 * the end of the stream. Before that, while there are events to decide about, nothing is listed.
 *
 * None of the spans is empty. An array of `ew_span` is laid out as one of `struct iovec` is, so it
 * can be given to `writev`.
 *
 * Parameters:
 *   - `rewriter`: the rewriter.
 *   - `spans`: where the address of the first span is written.
 *   - `count`: where it is written how many there are; it may be 0.
 *
 * Returns: `EW_OK`, and both are written. `EW_ERR_INVALID_ARGUMENT`.
 *
 * Memory: The spans and what they point to are the chunk's and the rewriter's: valid until the next
 * call that takes this rewriter as other than `const`, and no longer than the chunk.
 *
 * Threads: Not while another thread is in a call that takes this rewriter as other than `const`.
 *
 * Requires: `rewriter` is valid, and `spans` and `count` are writable.
 */
ew_status ew_rewriter_spans(const ew_rewriter *rewriter, const ew_span **spans, size_t *count);

/**
 * Says that the stream has ended: what is held is to be written, as a client without a rewriter
 * would have got it. The rewriter then stands at the start of a new stream; the last event ID and
 * the number of oversized blocks stay.
 *
 * Parameters:
 *   - `rewriter`: the rewriter.
 *
 * Returns: `EW_OK`: `ew_rewriter_spans` lists what is to be written. `EW_ERR_INVALID_ARGUMENT`:
 * nothing was done; also if a chunk is not used up, which `ew_rewriter_next` says with
 * `EW_NEED_INPUT`.
 *
 * Threads: One at a time for each rewriter. Different ones are independent.
 *
 * Requires: `rewriter` is valid.
 */
ew_status ew_rewriter_finish(ew_rewriter *rewriter);

/**
 * Drops the event that is being decided about.
 *
 * Parameters:
 *   - `rewriter`: the rewriter.
 *
 * Returns: `EW_OK`. `EW_ERR_INVALID_ARGUMENT`, also if no event is being decided about.
 *
 * Threads: One at a time for each rewriter. Different ones are independent.
 *
 * Requires: `rewriter` is valid.
 */
ew_status ew_rewriter_drop_event(ew_rewriter *rewriter);

/**
 * Drops the event that is being decided about, and writes these blocks in its place; those of an
 * earlier call are not.
 *
 * What is inserted, by this and by the next two functions, is written as it is given, and has to be
 * whole blocks, that is, end in a blank line: `ew_encode` makes such.
 *
 * Parameters:
 *   - `rewriter`: the rewriter.
 *   - `blocks`: what to write. It is copied.
 *
 * Returns: `EW_OK`. `EW_ERR_NO_MEMORY`: nothing has changed. `EW_ERR_INVALID_ARGUMENT`, also if no
 * event is being decided about.
 *
 * Threads: One at a time for each rewriter. Different ones are independent.
 *
 * Requires: `rewriter` is valid, and the bytes of `blocks` are readable.
 */
ew_status ew_rewriter_replace(ew_rewriter *rewriter, ew_span blocks);

/**
 * Writes these blocks before the event that is being decided about, behind what has been inserted
 * there already.
 *
 * Parameters:
 *   - `rewriter`: the rewriter.
 *   - `blocks`: what to write. It is copied.
 *
 * Returns: `EW_OK`. `EW_ERR_NO_MEMORY`: nothing has changed. `EW_ERR_INVALID_ARGUMENT`, also if no
 * event is being decided about.
 *
 * Threads: One at a time for each rewriter. Different ones are independent.
 *
 * Requires: `rewriter` is valid, and the bytes of `blocks` are readable.
 */
ew_status ew_rewriter_insert_before(ew_rewriter *rewriter, ew_span blocks);

/**
 * Writes these blocks behind the event that is being decided about, and behind what has been
 * inserted there already.
 *
 * Parameters:
 *   - `rewriter`: the rewriter.
 *   - `blocks`: what to write. It is copied.
 *
 * Returns: `EW_OK`. `EW_ERR_NO_MEMORY`: nothing has changed. `EW_ERR_INVALID_ARGUMENT`, also if no
 * event is being decided about.
 *
 * Threads: One at a time for each rewriter. Different ones are independent.
 *
 * Requires: `rewriter` is valid, and the bytes of `blocks` are readable.
 */
ew_status ew_rewriter_insert_after(ew_rewriter *rewriter, ew_span blocks);

/**
 * In `flags` of a rewriter's summary: a whole block, such as a comment and a blank line, may be
 * written behind what was listed last without changing any event. Not so behind the end of a stream
 * within a block, of which a piece was listed. It is so while an event is held, too, of which
 * nothing has been written; but not before `EW_NEED_INPUT`. Where nothing has come yet, a
 * byte-order mark that follows is none any more behind what is written: it must be taken away.
 */
#define EW_REWRITER_BETWEEN_EVENTS 1

/** Where a rewriter stands. */
typedef struct ew_rewriter_summary {
    /** Blocks that were too large to be decided about, or larger than the memory that there was. */
    uint64_t oversized_blocks;
    /** Bytes that came and are not decided: 0 between blocks. */
    size_t held;
    /**
     * The last event ID of the stream that comes in, dropped events included, oversized blocks not.
     * Valid until the next call that takes this rewriter as other than `const`.
     */
    ew_span last_event_id;
    /** `EW_REWRITER_BETWEEN_EVENTS`, or 0. */
    uint32_t flags;
    /** Zero. */
    uint32_t reserved;
} ew_rewriter_summary;

/**
 * Tells where a rewriter stands.
 *
 * Parameters:
 *   - `rewriter`: the rewriter.
 *   - `out`: where it is written.
 *
 * Returns: `EW_OK`, and `*out` is written. `EW_ERR_INVALID_ARGUMENT`.
 *
 * Memory: What `*out` points to is valid until the next call that takes this rewriter as other than
 * `const`.
 *
 * Threads: Not while another thread is in a call that takes this rewriter as other than `const`.
 *
 * Requires: `rewriter` is valid, and `out` is writable.
 */
ew_status ew_rewriter_summarize(const ew_rewriter *rewriter, ew_rewriter_summary *out);

/** The default settings, to initialise an `ew_rewriter_config` with. */
#define EW_REWRITER_CONFIG_INIT { sizeof(ew_rewriter_config), EW_OVERSIZED_PASS, 0 }

#ifdef __cplusplus
}
#endif

#endif /* EVENTWIRE_H */
