/*
 * Shows the events of standard input, one a line: type, last event ID, data.
 *
 *     cc -o cat cat.c $(pkg-config --cflags --libs eventwire)
 *     ./cat < ../chat.sse
 */

#include <eventwire.h>
#include <stdio.h>
#include <unistd.h>

static void show(ew_span text, const char *end) {
    fwrite(text.ptr, 1, text.len, stdout);
    fputs(end, stdout);
}

int main(void) {
    static unsigned char chunk[65536];
    ew_parser *parser;
    ssize_t len;

    if (ew_parser_new(NULL, &parser) != EW_OK) {
        return 1;
    }
    /* Not fread: it would wait until the buffer is full, and events are to be shown as they come. */
    while ((len = read(STDIN_FILENO, chunk, sizeof chunk)) > 0) {
        ew_input input = {.ptr = chunk, .len = (size_t)len};
        ew_event event;
        ew_status status;
        while ((status = ew_parser_next(parser, &input, &event)) != EW_NEED_INPUT) {
            if (status == EW_EVENT) {
                show(event.event_type, "\t");
                show(event.last_event_id, "\t");
                show(event.data, "\n");
            } else if (status < 0) {
                /* This event is lost; the parser stands behind it. */
                fprintf(stderr, "cat: %s\n", ew_status_string(status));
                if (status == EW_ERR_INVALID_ARGUMENT) {
                    return 1; /* a mistake in this program: it would fail again */
                }
            }
        }
        fflush(stdout);
    }
    ew_parser_free(parser);
    return len < 0 || ferror(stdout);
}
