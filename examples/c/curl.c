/*
 * Shows the events of a URL as they arrive, and reconnects when the server closes the stream.
 *
 *     cc -o curl curl.c $(pkg-config --cflags --libs eventwire libcurl)
 *     ./curl https://stream.wikimedia.org/v2/stream/recentchange
 *
 * A second argument says how many times to connect; without it, for ever.
 */

#include <curl/curl.h>
#include <eventwire.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* libcurl hands over each piece of the body as it comes off the wire; however it is cut, the events are the same. */
static size_t on_body(char *bytes, size_t size, size_t count, void *parser) {
    ew_input input = {.ptr = (const uint8_t *)bytes, .len = size * count};
    ew_event event;
    ew_status status;
    while ((status = ew_parser_next(parser, &input, &event)) != EW_NEED_INPUT) {
        if (status < 0) {
            fprintf(stderr, "curl: %s\n", ew_status_string(status));
            if (status == EW_ERR_INVALID_ARGUMENT) {
                return 0; /* a mistake in this program: libcurl is to give up */
            }
            continue;
        }
        printf("%.*s: ", (int)event.event_type.len, (const char *)event.event_type.ptr);
        fwrite(event.data.ptr, 1, event.data.len, stdout);
        putchar('\n');
    }
    fflush(stdout);
    return size * count;
}

/* One connection, from its request to its end. */
static CURLcode connect_once(CURL *curl, ew_parser *parser) {
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: text/event-stream");
    const ew_span id = ew_parser_last_event_id(parser);
    CURLcode result;
    if (id.len > 0 && id.len < 1024) {
        char line[1100];
        snprintf(line, sizeof line, "Last-Event-ID: %.*s", (int)id.len, (const char *)id.ptr);
        headers = curl_slist_append(headers, line);
    }
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    ew_parser_reset(parser);
    result = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    return result;
}

int main(int argc, char **argv) {
    long connections = argc > 2 ? atol(argv[2]) : -1;
    CURLcode result = CURLE_OK;
    ew_parser *parser;
    CURL *curl;

    if (argc < 2 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (curl = curl_easy_init()) == NULL) {
        fprintf(stderr, "usage: curl URL [CONNECTIONS]\n");
        return 2;
    }
    if (ew_parser_new(NULL, &parser) != EW_OK) {
        return 1;
    }
    curl_easy_setopt(curl, CURLOPT_URL, argv[1]);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, parser);

    while (connections != 0 && (result = connect_once(curl, parser)) != CURLE_HTTP_RETURNED_ERROR) {
        uint64_t retry = 3000;
        if (result != CURLE_OK) {
            fprintf(stderr, "curl: %s\n", curl_easy_strerror(result));
        }
        if (connections < 0 || --connections > 0) {
            ew_parser_retry(parser, &retry); /* as the server wishes, if it has said so */
            sleep((unsigned)((retry + 999) / 1000));
        }
    }

    ew_parser_free(parser);
    curl_easy_cleanup(curl);
    curl_global_cleanup();
    return result != CURLE_OK;
}
