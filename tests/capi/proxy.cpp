// The C++ face of taps and rewriters: every setting arrives, every answer comes back, ownership moves.

#include <eventwire_proxy.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "check.h"

using namespace std::string_view_literals;
using eventwire::Error;
using eventwire::Oversized;
using eventwire::Rewriter;
using eventwire::RewriterConfig;
using eventwire::Spans;
using eventwire::Tap;
using eventwire::TapConfig;

static_assert(!std::is_copy_constructible_v<Tap> && std::is_nothrow_move_constructible_v<Tap>);
static_assert(!std::is_copy_constructible_v<Rewriter> && std::is_nothrow_move_constructible_v<Rewriter>);

namespace {

std::string text_of(const Spans &spans) {
    std::string text;
    for (const auto span : spans) text.append(span);
    return text;
}

void a_tap_counts() {
    check_case = "a tap counts";
    auto tap = Tap::make(TapConfig().needle("usage").sentinel("bye").max_event_size(30).max_match_size(7));
    CHECK(tap);
    const auto before = tap->summary();
    CHECK(!before.first_event_at() && !before.last_event_at() && !before.max_gap() && before.is_between_events());
    CHECK(!tap->first_match() && !tap->last_match() && !tap->event_type(0));
    CHECK(before.largest_event().first == before.largest_event().second);

    const std::vector<unsigned char> first = {'d', 'a', 't', 'a', ':', ' ', 'u', 's'};
    CHECK(tap->observe(first, 10) == Error::none && !tap->summary().is_between_events());
    CHECK(tap->observe("age: 1\nid: 4\n\n: ping\n\n", 20) == Error::none);
    CHECK(tap->observe("event: x\ndata: usage: 2\n\ndata: 0123456789012345678901234567890\n\ndata: bye\n\n", 50) == Error::none);
    const auto summary = tap->summary();
    CHECK(summary.bytes() == 105 && summary.events() == 3 && summary.comments() == 1 && summary.oversized() == 1);
    CHECK(summary.matches() == 2 && summary.events_of_other_types() == 0 && summary.is_done());
    CHECK(summary.first_event_at() == 20u && summary.last_event_at() == 50u && summary.max_gap() == 30u);
    CHECK(summary.last_event_id() == "4" && summary.largest_event() == std::pair(std::uint64_t{30}, std::uint64_t{55}));
    CHECK(tap->first_match()->data() == "usage: " && tap->first_match()->is_truncated());
    CHECK(tap->first_match()->event_type() == "message" && tap->last_match()->event_type() == "x");
    CHECK(tap->last_match()->begin() == 30 && tap->last_match()->end() == 55);
    CHECK(tap->event_type(0) == std::pair("message"sv, std::uint64_t{2}) && tap->event_type(1)->first == "x");
    CHECK(!tap->event_type(2));

    auto moved = std::move(*tap);
    CHECK(tap->observe("data\n\n", 0) == Error::invalid_argument && tap->summary().events() == 0);
    CHECK(!tap->summary().first_event_at() && !tap->last_match() && !tap->event_type(0));
    CHECK(moved.summary().events() == 3 && moved.c_tap() != nullptr);
    Error why = Error::none;
    const auto *const bytes = "x";
    CHECK(!Tap::make(TapConfig().needle({bytes, static_cast<std::size_t>(-1) / 2 + 1}), &why));
    CHECK(why == Error::invalid_argument);
    CHECK(Tap::make(TapConfig().needle({})) && Tap::make());
}

void a_rewriter_writes() {
    check_case = "a rewriter writes";
    auto rewriter = Rewriter::make();
    CHECK(rewriter && rewriter->is_between_events());
    const auto decide = [](const eventwire::Event &event, eventwire::Edit &edit) {
        if (event.data() == "1") CHECK(edit.drop_event() == Error::none);
        if (event.data() == "2") CHECK(edit.replace("data: two\n\n") == Error::none);
        if (event.data() == "3") {
            CHECK(edit.insert_after(": after\n\n") == Error::none);
            CHECK(edit.insert_before(": before\n\n") == Error::none);
        }
    };
    const auto first = "id: 9\ndata: 1\n\ndata: 2\n\ndata: 3\n\nda"sv;
    CHECK(text_of(rewriter->rewrite(first, decide)) == "data: two\n\n: before\n\ndata: 3\n\n: after\n\n");
    CHECK(rewriter->held() == 2 && rewriter->is_between_events() && rewriter->last_event_id() == "9");
    const auto spans = rewriter->rewrite("ta: 4\n\n: x", decide);
    CHECK(spans.size() == 2 && !spans.empty() && *spans.begin() == "data: 4\n\n" && spans.c_spans()[1].len == 3);
    CHECK(!rewriter->is_between_events());
    CHECK(rewriter->finish().empty());

    auto moved = std::move(*rewriter);
    CHECK(rewriter->rewrite("data: 5\n\n", decide).empty() && rewriter->finish().empty() && rewriter->held() == 0);
    CHECK(text_of(moved.rewrite("data: 5\n\ndata: 6", decide)) == "data: 5\n\n");
    CHECK(text_of(moved.finish()) == "data: 6" && moved.c_rewriter() != nullptr);

    auto bounded = Rewriter::make(RewriterConfig().max_block_size(9).oversized(Oversized::drop));
    CHECK(text_of(bounded->rewrite("data: 6\n\ndata: 77\n\n", decide)) == "data: 6\n\n");
    CHECK(bounded->oversized_blocks() == 1);
    Error why = Error::none;
    CHECK(!Rewriter::make(RewriterConfig().oversized(static_cast<Oversized>(7)), &why));
    CHECK(why == Error::invalid_argument);
}

// What cannot be a chunk is not read, and what was listed before is not listed again.
void an_impossible_chunk_writes_nothing() {
    check_case = "an impossible chunk";
    auto rewriter = Rewriter::make();
    const auto keep = [](const auto &, auto &) {};
    CHECK(text_of(rewriter->rewrite("data: 1\n\n", keep)) == "data: 1\n\n");
    const auto *const bytes = "x";
    CHECK(rewriter->rewrite(std::string_view(bytes, static_cast<std::size_t>(-1) / 2 + 1), keep).empty());
    CHECK(text_of(rewriter->rewrite("data: 2\n\n", keep)) == "data: 2\n\n");
}

} // namespace

int main() {
    a_tap_counts();
    a_rewriter_writes();
    an_impossible_chunk_writes_nothing();
    std::puts("taps and rewriters");
    return 0;
}
