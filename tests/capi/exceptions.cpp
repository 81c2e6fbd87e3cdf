// Programs with exceptions: one that leaves the wrapper leaves behind it what can be used further.

#include <eventwire_proxy.hpp>

#include <string>
#include <string_view>

#include "check.h"

using namespace std::string_view_literals;
using eventwire::Rewriter;

namespace {

struct Undecided {};

// A decision that throws gives its chunk up, and what was held with it.
void a_decision_may_throw() {
    check_case = "a decision may throw";
    auto rewriter = Rewriter::make();
    CHECK(rewriter->rewrite("da", [](const auto &, auto &) {}).empty() && rewriter->held() == 2);
    bool thrown = false;
    try {
        const auto spans = rewriter->rewrite("ta: 1\n\ndata: 2\n\ndata", [](const eventwire::Event &event, auto &) {
            if (event.data() == "2") throw Undecided();
        });
        CHECK(spans.empty());
    } catch (const Undecided &) {
        thrown = true;
    }
    CHECK(thrown && rewriter->finish().empty() && rewriter->held() == 0 && rewriter->is_between_events());

    // It stands where a stream begins: a byte-order mark is one only there.
    std::string seen;
    std::string written;
    const auto stream = "\xEF\xBB\xBF" "data: 3\n\n"sv;
    for (const auto span : rewriter->rewrite(stream, [&seen](const auto &event, auto &) { seen.append(event.data()); })) {
        written.append(span);
    }
    CHECK(seen == "3" && written == stream);
}

} // namespace

int main() {
    a_decision_may_throw();
    std::puts("exceptions");
    return 0;
}
