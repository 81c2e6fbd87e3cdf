/* A way to parse a stream that is measured: over a stream in chunks, from its start to its end. */

#ifndef CONTESTANT_H
#define CONTESTANT_H

#include <stddef.h>
#include <stdint.h>

/* What a pass has seen; it must be what the corpus holds. */
struct counts {
    uint64_t events, data_bytes;
};

typedef struct counts pass(const uint8_t *stream, size_t len, size_t chunk);

/* In loops.c and wrapper.cpp, through the C interface. */
pass next_pass, next_many_pass, wrapper_pass;
/* In rust/, the same loop in Rust without C in between. */
pass rust_pass;
/* In eventsource_c.c. */
pass eventsource_c_pass;

#endif
