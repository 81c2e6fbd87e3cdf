/*
 * Nanoseconds an event, of each contestant on each corpus in each size of chunks: the least of several rounds, in each
 * of which every contestant has its turn. What a pass counts must be what the corpus holds.
 *
 *     bench FOLDER [CORPUS]    FOLDER as `foreign corpora FOLDER` writes it
 */

#define _POSIX_C_SOURCE 200809L

#include "contestant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 15 };
/* The least time of a turn, which is as many passes as that takes. */
#define TURN 0.01

static const struct contestant {
    const char *name;
    pass *pass;
} contestants[] = {
    {"Rust", rust_pass},          {"next", next_pass},   {"next_many", next_many_pass}, {"C++", wrapper_pass},
#ifdef EVENTSOURCE_C
    {"eventsource-c", eventsource_c_pass},
#endif
};

enum { CONTESTANTS = sizeof contestants / sizeof contestants[0] };

static const struct {
    const char *name;
    size_t size;
} chunks[] = {{"1460 B", 1460}, {"64 KiB", 64 << 10}, {"whole", SIZE_MAX}};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void fail(const char *what, const char *which) {
    fprintf(stderr, "bench: %s: %s\n", which, what);
    exit(1);
}

/* Seconds a pass takes, in one turn. */
static double turn(const struct contestant *contestant, const uint8_t *stream, size_t len, size_t chunk,
                   struct counts expected) {
    const double begin = now();
    double end;
    size_t passes = 0;
    do {
        const struct counts counts = contestant->pass(stream, len, chunk);
        if (counts.events != expected.events || counts.data_bytes != expected.data_bytes) {
            fail("counts something else than the corpus holds", contestant->name);
        }
        passes++;
        end = now();
    } while (end - begin < TURN);
    return (end - begin) / (double)passes;
}

static void measure(const char *corpus, const uint8_t *stream, size_t len, struct counts expected) {
    size_t i, k, round;
    for (k = 0; k < sizeof chunks / sizeof chunks[0]; k++) {
        const size_t chunk = chunks[k].size < len ? chunks[k].size : len;
        double least[CONTESTANTS];
        for (i = 0; i < CONTESTANTS; i++) {
            least[i] = turn(&contestants[i], stream, len, chunk, expected);
        }
        for (round = 1; round < ROUNDS; round++) {
            for (i = 0; i < CONTESTANTS; i++) {
                const double seconds = turn(&contestants[i], stream, len, chunk, expected);
                least[i] = seconds < least[i] ? seconds : least[i];
            }
        }
        printf("| %s | %s |", corpus, chunks[k].name);
        for (i = 0; i < CONTESTANTS; i++) {
            printf(" %.1f |", least[i] / (double)expected.events * 1e9);
        }
        printf(" %.2f | %.2f |", least[0] / least[1], least[0] / least[2]);
        if (CONTESTANTS > 4) {
            printf(" %.1f | %.1f |", least[CONTESTANTS - 1] / least[1], least[CONTESTANTS - 1] / least[2]);
        }
        putchar('\n');
        fflush(stdout);
    }
}

static uint8_t *read_file(const char *folder, const char *name, size_t *len) {
    char path[4096];
    uint8_t *bytes = NULL;
    long size;
    FILE *file;
    snprintf(path, sizeof path, "%s/%s.sse", folder, name);
    file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) <= 0 || fseek(file, 0, SEEK_SET) != 0 ||
        (bytes = malloc((size_t)size)) == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        fail("cannot be read", path);
    }
    fclose(file);
    *len = (size_t)size;
    return bytes;
}

int main(int argc, char **argv) {
    char path[4096], name[64];
    unsigned long events, data_bytes;
    FILE *table;
    size_t i;
    if (argc < 2) {
        fail("names the folder with the corpora", "the first argument");
    }
    snprintf(path, sizeof path, "%s/table", argv[1]);
    table = fopen(path, "r");
    if (table == NULL) {
        fail("cannot be read", path);
    }
    printf("ns an event; of the ratios, the first two say what part of the speed in Rust is left\n\n| corpus | chunk |");
    for (i = 0; i < CONTESTANTS; i++) {
        printf(" %s |", contestants[i].name);
    }
    printf(" Rust / next | Rust / next_many |%s\n|---|---|",
           CONTESTANTS > 4 ? " eventsource-c / next | eventsource-c / next_many |" : "");
    for (i = 0; i < CONTESTANTS + (CONTESTANTS > 4 ? 4 : 2); i++) {
        printf("--:|");
    }
    putchar('\n');
    while (fscanf(table, "%63s %lu %lu", name, &events, &data_bytes) == 3) {
        const struct counts expected = {events, data_bytes};
        uint8_t *stream;
        size_t len;
        if (argc > 2 && strcmp(name, argv[2]) != 0) {
            continue;
        }
        stream = read_file(argv[1], name, &len);
        measure(name, stream, len, expected);
        free(stream);
    }
    fclose(table);
    return 0;
}
