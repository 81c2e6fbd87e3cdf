// The vectors through eventwire::Parser and eventwire::Tokenizer: the loop over a chunk, with and without reading ahead,
// next() and next_many(); each stream cut in every way.

#include <eventwire.hpp>

#include <string>

#include "cuts.h"
#include "flat.h"

namespace {

enum class Way { feed, feed_ahead, next, next_many };
constexpr Way ways[] = {Way::feed, Way::feed_ahead, Way::next, Way::next_many};
constexpr const char *way_names[] = {"feed", "feed ahead", "next", "next_many"};

eventwire::Config config_of(const test_vector &vector) {
    return eventwire::Config()
        .max_event_size(vector.config.max_event_size)
        .overflow(static_cast<eventwire::Overflow>(vector.config.overflow))
        .utf8(static_cast<eventwire::Utf8>(vector.config.utf8))
        .eof(static_cast<eventwire::Eof>(vector.config.eof))
        .items(static_cast<eventwire::Items>(vector.config.items));
}

// What must come, in order.
class Expected {
public:
    explicit Expected(const connection &connection)
        : at_(connection.items), end_(connection.items + connection.item_count) {}

    void take(const eventwire::Event &event) {
        CHECK(at_ < end_);
        const item &item = *at_++;
        CHECK(static_cast<ew_status>(event.error()) == (item.status < 0 ? item.status : 0));
        CHECK(event.is_error() == (item.status < 0));
        CHECK(event.kind() == (item.status < 0 ? eventwire::Kind::error : static_cast<eventwire::Kind>(item.status)));
        CHECK(same(event.event_type(), item.event_type) && same(event.data(), item.data));
        CHECK(same(event.last_event_id(), item.last_event_id) && event.id().has_value() == (item.has_id != 0));
        CHECK(!event.id() || same(*event.id(), item.id));
        CHECK(event.retry() == item.retry);
        CHECK(item.end == 0 || (event.begin() == item.begin && event.end() == item.end));
    }

    void take(eventwire::Error error) {
        CHECK(at_ < end_);
        CHECK(static_cast<ew_status>(error) == at_++->status);
    }

    void is_done() const { CHECK(at_ == end_); }

    static bool same(std::string_view text, ew_span span) { return text == eventwire::detail::view(span); }

private:
    const item *at_, *end_;
};

void feed(eventwire::Parser &parser, std::string_view chunk, Way way, Expected &expected) {
    eventwire::Batch<3> batch;
    eventwire::Input input(chunk);
    switch (way) {
    case Way::feed:
        for (const auto &event : parser.feed(chunk)) expected.take(event);
        return;
    case Way::feed_ahead:
        for (const auto &event : parser.feed(chunk, batch)) expected.take(event);
        return;
    case Way::next:
        while (const auto event = parser.next(input)) expected.take(*event);
        CHECK(input.remaining() == 0);
        return;
    case Way::next_many:
        for (;;) {
            const eventwire::Error error = parser.next_many(input, batch);
            if (error != eventwire::Error::none) {
                CHECK(batch.empty());
                expected.take(error);
                continue;
            }
            for (const auto event : batch) expected.take(event);
            if (batch.empty()) return;
        }
    }
}

void read_stream(eventwire::Parser &parser, const known &start, const connection &connection, Way way,
                 std::size_t cut) {
    if (start.has_retry) {
        const std::string line = "retry: " + std::to_string(start.retry) + "\n";
        for (const auto &event : parser.feed(line)) CHECK(event.retry() == start.retry);
        parser.reset();
    }
    const auto id = eventwire::detail::view(start.last_event_id);
    CHECK(parser.set_last_event_id(id) == eventwire::Error::none && parser.last_event_id() == id);

    Expected expected(connection);
    chunks chunks = chunks_of(connection.stream, cut);
    while (chunks_next(&chunks)) {
        feed(parser, {reinterpret_cast<const char *>(chunks.lent), chunks.lent_len}, way, expected);
    }
    CHECK(parser.position() == connection.position);
    if (const auto last = parser.finish()) expected.take(*last);
    expected.is_done();
    CHECK(Expected::same(parser.last_event_id(), connection.after.last_event_id));
    CHECK(parser.retry().has_value() == (connection.after.has_retry != 0));
    CHECK(parser.retry().value_or(0) == connection.after.retry);
    CHECK(parser.skipped() == connection.skipped);
}

void tokenize(const connection &connection, std::size_t cut) {
    eventwire::Tokenizer tokenizer;
    const line *at = connection.lines, *const end = at + connection.line_count;
    std::string value;
    auto field = eventwire::Field::data;
    chunks chunks = chunks_of(connection.stream, cut);
    while (chunks_next(&chunks)) {
        eventwire::Input input(chunks.lent, chunks.lent_len);
        while (const auto token = tokenizer.next(input)) {
            if (!token->is_end_of_block()) {
                CHECK(value.empty() || token->field() == field);
                field = token->field();
                value += token->piece();
                if (!token->is_last()) continue;
            }
            CHECK(at < end && at->kind == (token->is_end_of_block() ? LINE_BLANK : LINE_WHOLE));
            CHECK(token->is_end_of_block() || static_cast<std::uint32_t>(token->field()) == at->field);
            CHECK(Expected::same(value, at->value));
            if (!token->is_end_of_block() && token->field() == eventwire::Field::unknown) {
                const auto [name, rest] = eventwire::split_field(value);
                CHECK(name == value.substr(0, value.find(':')) && rest.size() <= value.size() - name.size());
            }
            value.clear();
            ++at;
        }
        CHECK(input.remaining() == 0);
    }
    // A piece that goes on is never empty.
    if (!value.empty()) {
        CHECK(at < end && at->kind == LINE_UNFINISHED && Expected::same(value, at->value));
        ++at;
    }
    CHECK(at == end);
}

} // namespace

int main(int argc, char **argv) {
    vectors vectors = flat_read(argc, argv);
    std::size_t runs = 0;
    for (std::size_t i = 0; i < vectors.count; i++) {
        const test_vector &vector = vectors.list[i];
        const auto config = config_of(vector);
        const known *start = &vector.start;
        for (std::size_t k = 0; k < vector.connection_count; start = &vector.connections[k++].after) {
            const connection &connection = vector.connections[k];
            for (std::size_t cut = 0; cut < cut_count(connection.stream.len); cut++) {
                for (const Way way : ways) {
                    const std::string what = std::string(vector.name) + " (" + way_names[static_cast<int>(way)] + ")";
                    check_case = what.c_str();
                    auto parser = eventwire::Parser::make(config);
                    CHECK(parser);
                    read_stream(*parser, *start, connection, way, cut);
                    runs++;
                }
                check_case = vector.name;
                tokenize(connection, cut);
            }
        }
    }
    std::printf("%lu vectors, %lu runs\n", static_cast<unsigned long>(vectors.count),
                static_cast<unsigned long>(runs));
    flat_free(&vectors);
}
