/*
 * Ways to cut a stream: whole, byte by byte, and in two at every offset (of a long stream, at a sample of them).
 *
 * A chunk is lent in memory of just its size, which is freed before the next: to read beyond it, or after it was used
 * up, is an error that sanitizers and valgrind see.
 */

#ifndef CUTS_H
#define CUTS_H

#include "check.h"

#define CUT_WHOLE ((size_t)0)
#define CUT_BYTES ((size_t)1)
/* The cuts from here on: in two, at the offset (cut - CUT_FIRST) * cut_step. */
#define CUT_FIRST ((size_t)2)

/* Streams up to this length are cut at every offset. */
#ifndef CUT_PLACES
#define CUT_PLACES 4096
#endif

static inline size_t cut_step(size_t len) {
    return len / CUT_PLACES + 1;
}

static inline size_t cut_count(size_t len) {
    return CUT_FIRST + len / cut_step(len) + 1;
}

struct chunks {
    ew_span rest;
    size_t cut, turn, step;
    uint8_t *lent;
    size_t lent_len;
};

static inline struct chunks chunks_of(ew_span stream, size_t cut) {
    struct chunks chunks = {{NULL, 0}, 0, 0, 0, NULL, 0};
    chunks.rest = stream;
    chunks.cut = cut;
    chunks.step = cut_step(stream.len);
    return chunks;
}

/* Lends the next chunk in `lent` and `lent_len`, and takes the one before back. 0: there is none. */
static inline int chunks_next(struct chunks *chunks) {
    size_t len = chunks->rest.len;
    free(chunks->lent);
    chunks->lent = NULL;
    if (chunks->turn > 0 && chunks->cut != CUT_BYTES && (chunks->cut == CUT_WHOLE || chunks->turn == 2)) {
        return 0;
    }
    if (chunks->cut == CUT_BYTES) {
        if (len == 0) {
            return 0;
        }
        len = 1;
    } else if (chunks->cut >= CUT_FIRST && chunks->turn == 0) {
        len = (chunks->cut - CUT_FIRST) * chunks->step;
    }
    chunks->turn++;
    /* malloc(0) may give NULL: an empty chunk without an address is one that must be taken, too. */
    chunks->lent = (uint8_t *)malloc(len);
    CHECK(chunks->lent != NULL || len == 0);
    if (len > 0) {
        memcpy(chunks->lent, chunks->rest.ptr, len);
        chunks->rest.ptr += len;
        chunks->rest.len -= len;
    }
    chunks->lent_len = len;
    return 1;
}

#endif
