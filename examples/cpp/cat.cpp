// Shows the events of standard input, one a line: type, last event ID, data.
//
//     c++ -std=c++17 -o cat cat.cpp $(pkg-config --cflags --libs eventwire)
//     ./cat < ../chat.sse

#include <eventwire.hpp>

#include <iostream>
#include <string_view>

#include <unistd.h>

int main() {
    auto parser = eventwire::Parser::make();
    if (!parser) return 1;

    // Not std::cin: it would wait until the buffer is full, and events are to be shown as they come.
    static char buffer[65536];
    ssize_t length;
    while ((length = read(STDIN_FILENO, buffer, sizeof buffer)) > 0) {
        const std::string_view chunk(buffer, static_cast<std::size_t>(length));
        for (const auto &event : parser->feed(chunk)) {
            if (event.is_error()) {
                // This event is lost; the loop goes on behind it.
                std::cerr << "cat: " << eventwire::to_string(event.error()) << '\n';
                continue;
            }
            std::cout << event.event_type() << '\t' << event.last_event_id() << '\t' << event.data() << '\n';
        }
        std::cout.flush();
    }
    return length < 0 || !std::cout;
}
