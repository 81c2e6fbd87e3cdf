/*
 * An EventSource: follows the events of a URL as a browser would, and reconnects as the standard says. libcurl does the IO, and
 * eventwire decides: when to connect, with which headers, what a response means, and when to try again.
 *
 *     cc -o source_curl source_curl.c $(pkg-config --cflags --libs eventwire libcurl)
 *     ./source_curl https://stream.wikimedia.org/v2/stream/recentchange
 */

#define _POSIX_C_SOURCE 200112L

#include <curl/curl.h>
#include <eventwire.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One source, and the connection that it has, if it has one. */
struct client {
    ew_source *source;
    CURLM *multi;
    CURL *curl;
    struct curl_slist *headers;
    int told; /* whether the source has been told of this connection's response */
    uint32_t http_status; /* the one that was not 200, if that was the last error */
};

/* Milliseconds of a clock that does not run backwards: those that are over. */
static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* The end of the millisecond that has begun: a delay that is counted from there is not shorter than it should be. */
static uint64_t soon(void) {
    return now() + 1;
}

static ew_span span_of(const char *text) {
    ew_span span = {(const uint8_t *)text, text != NULL ? strlen(text) : 0};
    return span;
}

/* A copy that ends with NUL, which libcurl wants. */
static char *text_of(ew_span span) {
    char *text = malloc(span.len + 1);
    if (text == NULL) {
        abort();
    }
    if (span.len > 0) {
        memcpy(text, span.ptr, span.len);
    }
    text[span.len] = '\0';
    return text;
}

/* What the user hears of the connection itself, if there is anything to hear. */
static void tell(struct client *client, ew_status status, const ew_notice *notice) {
    if (status == EW_NOTICE && notice->kind == EW_NOTICE_OPEN) {
        puts("* open");
    } else if (status == EW_NOTICE) {
        const char *then = notice->ready_state == EW_CONNECTING ? "trying again" : "closed";
        printf("* error: %s; %s\n", ew_reason_string(notice->reason), then);
        client->http_status = notice->http_status;
    }
}

static const char *response_header(CURL *curl, const char *name) {
    struct curl_header *header;
    return curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : NULL;
}

static void tell_response(struct client *client) {
    ew_head head = EW_HEAD_INIT;
    ew_notice notice;
    long status = 0;
    char *url = NULL;
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(client->curl, CURLINFO_EFFECTIVE_URL, &url);
    head.status = (uint32_t)status;
    head.url = span_of(url);
    head.content_type = span_of(response_header(client->curl, "content-type"));
    head.retry_after = span_of(response_header(client->curl, "retry-after"));
    head.date = span_of(response_header(client->curl, "date"));
    client->told = 1;
    tell(client, ew_source_handle_response(client->source, soon(), &head, &notice), &notice);
}

/* libcurl hands over the lines of each head. The last one is empty, and a head that redirects is not the last. */
static size_t on_head(char *line, size_t size, size_t count, void *context) {
    struct client *client = context;
    long status = 0;
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    if (!client->told && line[0] == '\r' && status >= 200) {
        const int redirects = status < 400 && status >= 300 && response_header(client->curl, "location") != NULL;
        if (!redirects) {
            tell_response(client);
        }
    }
    return size * count;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context) {
    struct client *client = context;
    ew_input input = {(const uint8_t *)bytes, size * count, 0, {0, 0}};
    ew_event event;
    ew_status status;
    while ((status = ew_source_next(client->source, now(), &input, &event)) != EW_NEED_INPUT) {
        if (status < 0) {
            fprintf(stderr, "%s\n", ew_status_string(status));
            continue;
        }
        fwrite(event.event_type.ptr, 1, event.event_type.len, stdout);
        fputs(": ", stdout);
        fwrite(event.data.ptr, 1, event.data.len, stdout);
        putchar('\n');
    }
    fflush(stdout);
    return size * count;
}

/* The header fields of the request, each as a line. */
static void add_headers(struct client *client, const ew_request *request) {
    for (size_t index = 0; index < request->header_count; index++) {
        ew_header header;
        ew_source_header(client->source, index, &header);
        char *name = text_of(header.name), *value = text_of(header.value);
        char *line = malloc(header.name.len + header.value.len + 3);
        if (line == NULL) {
            abort();
        }
        sprintf(line, "%s: %s", name, value);
        client->headers = curl_slist_append(client->headers, line);
        free(line);
        free(value);
        free(name);
    }
}

static void begin(struct client *client) {
    ew_request request;
    char *url;
    ew_source_request(client->source, &request);
    client->curl = curl_easy_init();
    client->told = 0;
    add_headers(client, &request);
    url = text_of(request.url);
    curl_easy_setopt(client->curl, CURLOPT_URL, url);
    free(url);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, client->headers);
    curl_easy_setopt(client->curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(client->curl, CURLOPT_HEADERFUNCTION, on_head);
    curl_easy_setopt(client->curl, CURLOPT_HEADERDATA, client);
    curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, client);
    curl_multi_add_handle(client->multi, client->curl);
}

/* Drops the connection, if there is one. */
static void drop(struct client *client) {
    if (client->curl != NULL) {
        curl_multi_remove_handle(client->multi, client->curl);
        curl_easy_cleanup(client->curl);
        curl_slist_free_all(client->headers);
        client->curl = NULL;
        client->headers = NULL;
    }
}

/* Lets libcurl work until something has happened, or until a time. */
static void work(struct client *client, uint64_t until) {
    const uint64_t time = now(), rest = until > time ? until - time : 0;
    int running = 0, more;
    CURLMsg *message;
    ew_notice notice;
    curl_multi_perform(client->multi, &running);
    while ((message = curl_multi_info_read(client->multi, &more)) != NULL) {
        const CURLcode result = message->data.result;
        if (result == CURLE_OK) {
            tell(client, ew_source_handle_end(client->source, soon(), &notice), &notice);
        } else {
            /* Trying again does not help where the URL is none, or is none for this program. */
            const int fatal = result == CURLE_URL_MALFORMAT || result == CURLE_UNSUPPORTED_PROTOCOL;
            const uint32_t kind = fatal ? EW_NETWORK_ERROR_FATAL : EW_NETWORK_ERROR_TRANSIENT;
            fprintf(stderr, "%s\n", curl_easy_strerror(result));
            tell(client, ew_source_handle_error(client->source, soon(), kind, &notice), &notice);
        }
        return;
    }
    curl_multi_poll(client->multi, NULL, 0, rest < 60000 ? (int)rest : 60000, NULL);
}

int main(int argc, char **argv) {
    struct client client = {NULL, NULL, NULL, NULL, 0, 0};
    ew_source_config config = EW_SOURCE_CONFIG_INIT;
    ew_action action;

    if (argc != 2 || curl_global_init(CURL_GLOBAL_DEFAULT) != 0 || (client.multi = curl_multi_init()) == NULL) {
        fputs("usage: source_curl URL\n", stderr);
        return 2;
    }
    config.url = span_of(argv[1]);
    if (ew_source_new(&config, &client.source) != EW_OK) {
        fputs("source_curl: this is no URL\n", stderr);
        return 2;
    }

    /* The whole life of a source. The connection is dropped as soon as the source asks for anything but to go on with it. */
    while (ew_source_poll(client.source, now(), &action) == EW_OK && action.kind != EW_ACTION_CLOSED) {
        if (action.kind != EW_ACTION_RECEIVE) {
            drop(&client);
        }
        if (action.kind == EW_ACTION_CONNECT) {
            begin(&client);
        } else {
            ew_notice notice;
            work(&client, action.until);
            tell(&client, ew_source_handle_timeout(client.source, now(), &notice), &notice);
        }
    }

    drop(&client);
    ew_source_free(client.source);
    curl_multi_cleanup(client.multi);
    curl_global_cleanup();
    return client.http_status != 204; /* the status with which a server says that it wants no more attempts */
}
