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
