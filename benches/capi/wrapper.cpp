// The loop that C++ writes.

#include <eventwire.hpp>

extern "C" {
#include "contestant.h"
}

extern "C" counts wrapper_pass(const uint8_t *stream, size_t len, size_t chunk) {
    auto parser = eventwire::Parser::make();
    counts counts = {0, 0};
    for (size_t begin = 0; begin < len; begin += chunk) {
        for (const auto &event : parser->feed({stream + begin, len - begin < chunk ? len - begin : chunk})) {
            counts.events++;
            counts.data_bytes += event.data().size();
        }
    }
    return counts;
}
