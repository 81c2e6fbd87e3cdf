// What eventwire.hpp promises beyond the vectors: errors in their place, loops that are left and taken up, ownership, and
// that nothing needs exceptions or RTTI. Compiled as C++17, 20 and 23 and linked with second_unit.cpp.

#include <eventwire.hpp>

#include <array>
#include <string>
#include <vector>

#include "check.h"

#if __cplusplus >= 202002L
#include <algorithm>
#include <ranges>
#include <span>
#endif

using namespace std::string_view_literals;
using eventwire::Error;
using eventwire::Kind;

std::size_t events_of_second_unit(eventwire::Parser &parser, std::string_view chunk);

namespace {

constexpr auto stream = "data: 1\n\n: c\ndata: 2\nid: b\n\ndata: 33333\n\nretry: 7\ndata: 4\n\nx: y\n\n"sv;

// A line for each thing delivered.
void note(std::string &out, const eventwire::Event &event) {
    switch (event.kind()) {
    case Kind::error: out += eventwire::to_string(event.error()); break;
    case Kind::event: out += event.data(); break;
    case Kind::retry: out += "retry " + std::to_string(event.retry()); break;
    case Kind::comment: out.append("comment").append(event.data()); break;
    case Kind::unknown_field: out.append(event.event_type()).append("=").append(event.data()); break;
    }
    out += '\n';
}

eventwire::Parser parser_of(const eventwire::Config &config = {}) {
    auto parser = eventwire::Parser::make(config);
    CHECK(parser);
    return std::move(*parser);
}

void errors_come_in_their_place() {
    check_case = "errors come in their place";
    const auto config = eventwire::Config().max_event_size(4).items(eventwire::Items::all);
    const std::string expected = "1\ncomment c\n2\n" + std::string(eventwire::to_string(Error::event_too_large)) +
                                 "\nretry 7\n4\nx=y\n";
    std::string with_feed, ahead, with_next, with_many;
    eventwire::Batch<2> batch;

    auto parser = parser_of(config);
    for (const auto &event : parser.feed(stream)) note(with_feed, event);
    CHECK(with_feed == expected);

    parser = parser_of(config);
    for (const auto &event : parser.feed(stream, batch)) note(ahead, event);
    CHECK(ahead == expected);

    parser = parser_of(config);
    eventwire::Input input(stream);
    while (const auto event = parser.next(input)) note(with_next, *event);
    CHECK(with_next == expected && input.consumed() == stream.size());

    parser = parser_of(config);
    input = stream;
    for (;;) {
        const Error error = parser.next_many(input, batch);
        if (error != Error::none) with_many.append(eventwire::to_string(error)).append("\n");
        else if (batch.empty()) break;
        for (const auto event : batch) note(with_many, event);
    }
    CHECK(with_many == expected && batch.size() == 0);

    parser = parser_of(eventwire::Config().max_event_size(4).overflow(eventwire::Overflow::skip));
    for (const auto &event : parser.feed(stream)) CHECK(!event.is_error());
    CHECK(parser.skipped() == 1);
}

void a_loop_is_left_and_taken_up() {
    check_case = "a loop is left and taken up";
    eventwire::Batch<> batch;
    for (const bool ahead : {false, true}) {
        auto parser = parser_of();
        auto plain = parser.feed(stream);
        auto reading_ahead = parser.feed(stream, batch);
        auto &events = ahead ? reading_ahead : plain;
        std::string first, rest;
        for (const auto &event : events) {
            note(first, event);
            if (event.id() == "b"sv) {
                // Without reading ahead the parser stands at this event.
                CHECK(ahead || (parser.position() == event.end() && parser.last_event_id() == "b"));
                CHECK(parser.position() >= event.end());
                break;
            }
        }
        for (const auto &event : events) note(rest, event);
        CHECK(first == "1\n2\n" && rest == "33333\n4\n" && events.consumed() == stream.size());
        for (const auto &event : events) CHECK(event.is_error() && "a range that is used up gives nothing");
    }
}

void members_of_an_event() {
    check_case = "members of an event";
    auto parser = parser_of();
    std::string text = "event: t\ndata: a\nid: \n\ndata: b\ndata: c\n\n";
    int seen = 0;
    for (const auto &event : parser.feed(text)) {
        CHECK(event.kind() == Kind::event && !event.is_error() && event.error() == Error::none);
        if (seen++ == 0) {
            CHECK(event.event_type() == "t" && event.data() == "a" && event.id() == ""sv && event.borrowed());
            CHECK(event.begin() == 0 && event.end() == 23 && event.last_event_id().empty());
            CHECK(event.data().data() == text.data() + 15);
        } else {
            CHECK(event.event_type() == "message" && event.data() == "b\nc" && !event.id() && !event.borrowed());
        }
        CHECK(event.c_event()->kind == EW_EVENT);
    }
    CHECK(seen == 2);
}

void ownership() {
    check_case = "ownership";
    static_assert(!std::is_copy_constructible_v<eventwire::Parser> && !std::is_copy_assignable_v<eventwire::Parser>);
    static_assert(std::is_nothrow_move_constructible_v<eventwire::Parser>);
    static_assert(std::is_nothrow_move_assignable_v<eventwire::Parser>);
    static_assert(sizeof(eventwire::Parser) == sizeof(void *));

    auto from = parser_of();
    for (const auto &event : from.feed("data: 1\nid: 5\n\ndata: half"sv)) CHECK(event.data() == "1");
    auto to = std::move(from);
    std::string rest;
    for (const auto &event : to.feed("\n\n"sv)) note(rest, event);
    CHECK(rest == "half\n" && to.last_event_id() == "5");

    // A parser that was moved from says so, once a loop, and does no harm.
    int errors = 0;
    eventwire::Batch<> batch;
    eventwire::Input input("data: x\n\n");
    for (const auto &event : from.feed("data: x\n\n")) errors += event.error() == Error::invalid_argument;
    for (const auto &event : from.feed("data: x\n\n", batch)) errors += event.error() == Error::invalid_argument;
    CHECK(errors == 2);
    CHECK(from.next(input)->error() == Error::invalid_argument && from.next_many(input, batch) == Error::invalid_argument);
    CHECK(batch.empty() && from.finish()->is_error() && from.position() == 0 && !from.retry());
    CHECK(from.last_event_id().empty() && from.set_last_event_id("1") == Error::invalid_argument);
    from.reset();

    // And can be given a new one.
    from = parser_of();
    CHECK(events_of_second_unit(from, stream) == 4);
}

void construction_fails_visibly() {
    check_case = "construction fails visibly";
    Error why = Error::none;
    CHECK(!eventwire::Parser::make(eventwire::Config().utf8(static_cast<eventwire::Utf8>(9)), &why));
    CHECK(why == Error::invalid_argument);
    CHECK(eventwire::Parser::make({}, &why) && why == Error::none);
    CHECK(eventwire::Parser::memory_size(eventwire::Config().eof(static_cast<eventwire::Eof>(9))) == 0);

    const auto config = eventwire::Config().max_event_size(100);
    std::vector<std::uint64_t> memory(eventwire::Parser::memory_size(config) / 8 + 1);
    CHECK(eventwire::Parser::memory_alignment() <= alignof(std::max_align_t));
    CHECK(!eventwire::Parser::make_in(memory.data(), 8, config, &why) && why == Error::invalid_argument);
    for (int turn = 0; turn < 2; turn++) {
        auto parser = eventwire::Parser::make_in(memory.data(), memory.size() * 8, config, &why);
        CHECK(parser && why == Error::none);
        CHECK(events_of_second_unit(*parser, stream) == 4);
        auto elsewhere = std::move(*parser);
        CHECK(events_of_second_unit(elsewhere, stream) == 4);
    }
}

void the_end_of_a_stream() {
    check_case = "the end of a stream";
    auto parser = parser_of(eventwire::Config().eof(eventwire::Eof::dispatch).utf8(eventwire::Utf8::strict));
    CHECK(!parser.finish());
    for (const auto &event : parser.feed("retry: 3\ndata: cut off"sv)) CHECK(event.is_error());
    const auto last = parser.finish();
    CHECK(last && last->data() == "cut off" && parser.retry() == 3u && !parser.finish());
    for (const auto &event : parser.feed("data: \xFF"sv)) CHECK(event.is_error());
    CHECK(parser.finish()->error() == Error::invalid_utf8);
    CHECK(parser.set_last_event_id("a\nb") == Error::invalid_field && parser.last_event_id().empty());
    CHECK(parser.set_last_event_id("7") == Error::none && parser.last_event_id() == "7");
    parser.reset();
    CHECK(parser.last_event_id() == "7" && parser.position() == 0);
}

// What may be a chunk; and what would be gone before the loop begins.
template <class T> constexpr bool is_chunk = std::is_constructible_v<eventwire::Input, T>;
static_assert(is_chunk<std::string &> && is_chunk<const std::string &> && is_chunk<std::string_view>);
static_assert(is_chunk<const char *> && is_chunk<const char (&)[3]> && is_chunk<std::vector<unsigned char> &>);
static_assert(!is_chunk<char (&)[3]> && !is_chunk<unsigned char (&)[3]> && is_chunk<const unsigned char (&)[3]>);
static_assert(is_chunk<std::array<std::byte, 3> &> && is_chunk<const std::vector<signed char> &>);
static_assert(!is_chunk<std::string> && !is_chunk<std::vector<char>> && !is_chunk<std::vector<int> &> && !is_chunk<int>);

void kinds_of_chunks() {
    check_case = "kinds of chunks";
    auto parser = parser_of();
    const std::string text = "data: 1\n\n";
    const std::vector<unsigned char> bytes(text.begin(), text.end());
    std::size_t events = 0;
    for (const auto &event : parser.feed(text)) events += event.data() == "1";
    for (const auto &event : parser.feed(bytes)) events += event.data() == "1";
    for (const auto &event : parser.feed("data: 1\n\n")) events += event.data() == "1";
    for (const auto &event : parser.feed(text.c_str())) events += event.data() == "1";
    for (const auto &event : parser.feed({bytes.data(), bytes.size()})) events += event.data() == "1";
    for (const auto &event : parser.feed(std::string_view())) events += event.data() == "1";
    CHECK(events == 5);
#ifdef __cpp_lib_span
    for (const auto &event : parser.feed(std::span(bytes))) events += event.data() == "1";
    for (const auto &event : parser.feed(std::as_bytes(std::span(bytes)))) events += event.data_bytes().size() == 1;
    CHECK(events == 7);
    alignas(16) std::array<std::byte, 4096> memory;
    CHECK(eventwire::Parser::make_in(memory, eventwire::Config().max_event_size(100)));
#endif
}

#if __cplusplus >= 202002L
static_assert(std::ranges::input_range<eventwire::Events> && std::ranges::input_range<eventwire::Batch<>>);

void ranges() {
    check_case = "ranges";
    auto parser = parser_of();
    auto events = parser.feed(stream);
    CHECK(std::ranges::count_if(events, [](const auto &event) { return event.data().size() == 1; }) == 3);
    eventwire::Batch<> batch;
    eventwire::Input input(stream);
    CHECK(parser.next_many(input, batch) == Error::none && !batch.empty() && batch[0].data() == "1");
}
#endif

void tokens() {
    check_case = "tokens";
    eventwire::Tokenizer tokenizer;
    std::string out;
    for (const auto chunk : {"data: a"sv, "b\nfo"sv, "o: bar\n\n"sv}) {
        eventwire::Input input(chunk);
        while (const auto token = tokenizer.next(input)) {
            if (token->is_end_of_block()) out += "end";
            else out.append(token->piece()).append(token->is_last() ? "." : "-");
        }
    }
    CHECK(out == "a-b.fo-o: bar.end");
    const auto [name, value] = eventwire::split_field("foo: bar");
    CHECK(name == "foo" && value == "bar");
}

void versions() {
    check_case = "versions";
    CHECK(eventwire::version_string() == std::string_view(EW_VERSION_STRING));
    CHECK(eventwire::version_number() == EW_VERSION_NUMBER && eventwire::abi_version() == EW_ABI_VERSION);
    CHECK(eventwire::scanner_name() == std::string_view(ew_scanner_name()));
}

void messages() {
    check_case = "messages";
    using eventwire::Message;
    std::array<char, 100> out;
    std::size_t len = 0;
    const auto message = Message().event("e").id({}).data("a\r\nb").comment("c").retry(7);
    constexpr auto stream_of_it = ":c\nevent: e\nid: \nretry: 7\ndata: a\ndata: b\n\n"sv;
    CHECK(message.encoded_len() == stream_of_it.size());
    CHECK(message.encode(out.data(), out.size(), len) == Error::none);
    CHECK(std::string_view(out.data(), len) == stream_of_it);
    auto parser = parser_of();
    for (const auto &event : parser.feed({out.data(), len})) {
        CHECK(event.event_type() == "e" && event.data() == "a\nb" && event.id() == ""sv);
    }
    CHECK(parser.position() == len && parser.retry() == 7u);

    CHECK(Message().encoded_len() == 1u && Message().data("").encoded_len() == 8u);
    CHECK(message.encode(out.data(), len - 1, len) == Error::buffer_too_small && len == stream_of_it.size());
    CHECK(message.encode(nullptr, 0, len) == Error::buffer_too_small);

    eventwire::Fault fault;
    const auto refused = Message().id("ab\nc");
    CHECK(!refused.encoded_len() && refused.encode(out.data(), out.size(), len) == Error::invalid_field);
    CHECK(refused.encode(out.data(), out.size(), len, &fault) == Error::invalid_field);
    CHECK(fault.field == eventwire::Field::id && fault.byte == '\n' && fault.position == 2);
    CHECK(message.encode(nullptr, 1, len) == Error::invalid_argument);
    CHECK(message.c_message()->retry == 7);
}

} // namespace

int main() {
    errors_come_in_their_place();
    a_loop_is_left_and_taken_up();
    members_of_an_event();
    ownership();
    construction_fails_visibly();
    the_end_of_a_stream();
    kinds_of_chunks();
#if __cplusplus >= 202002L
    ranges();
#endif
    tokens();
    messages();
    versions();
    std::puts("the wrapper keeps its word");
}
