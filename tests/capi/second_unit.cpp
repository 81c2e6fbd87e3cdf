// eventwire.hpp by itself, with nothing included before it, in a second translation unit of wrapper.cpp's program.

#include <eventwire.hpp>

std::size_t events_of_second_unit(eventwire::Parser &parser, std::string_view chunk);

std::size_t events_of_second_unit(eventwire::Parser &parser, std::string_view chunk) {
    std::size_t events = 0;
    for (const auto &event : parser.feed(chunk)) events += event.is_error() ? 0u : 1u;
    return events;
}
