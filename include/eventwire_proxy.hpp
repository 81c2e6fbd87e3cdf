// SPDX-License-Identifier: MIT OR Apache-2.0
//
// eventwire_proxy.hpp: event streams observed and rewritten as they pass by, in C++17.
//
// What eventwire.hpp says of errors, memory, threads and misuse holds here too. A whole program, which copies standard
// input to standard output without the events of the type "debug", and says how many there were:
//
// @code{.cpp}
// #include <eventwire_proxy.hpp>
// #include <cstdio>
//
// int main() {
//     auto tap = eventwire::Tap::make();
//     auto rewriter = eventwire::Rewriter::make();
//     if (!tap || !rewriter) return 1;
//     const auto write = [](eventwire::Spans spans) {
//         for (const std::string_view span : spans) std::fwrite(span.data(), 1, span.size(), stdout);
//     };
//     char chunk[4096];
//     while (const std::size_t size = std::fread(chunk, 1, sizeof chunk, stdin)) {
//         tap->observe({chunk, size}, 0);
//         write(rewriter->rewrite({chunk, size}, [](const auto &event, auto &edit) {
//             if (event.event_type() == "debug") edit.drop_event();
//         }));
//     }
//     write(rewriter->finish());
//     std::fprintf(stderr, "%zu events\n", static_cast<std::size_t>(tap->summary().events()));
// }
// @endcode

#ifndef EVENTWIRE_PROXY_HPP
#define EVENTWIRE_PROXY_HPP

#include <eventwire.hpp>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace eventwire {

// --------------------------------------------------------------------------------------------------------- the tap

/// What a tap is made with. Views are read by Tap::make and not kept.
class TapConfig {
public:
    /// Events up to 1 MiB, no needle, 64 KiB of a match, the sentinel "[DONE]".
    TapConfig() noexcept = default;

    /// The most bytes of data, type and ID of an event that is seen. 0: the default.
    TapConfig &max_event_size(std::size_t bytes) noexcept {
        raw_.max_event_size = bytes;
        return *this;
    }
    /// The most bytes that are kept of a match's data, and of its type. 0: the default.
    TapConfig &max_match_size(std::size_t bytes) noexcept {
        raw_.max_match_size = bytes;
        return *this;
    }
    /// What is looked for in types and data.
    TapConfig &needle(std::string_view bytes) noexcept { return set(raw_.needle, bytes); }
    /// The data of the event that says that the stream is complete.
    TapConfig &sentinel(std::string_view data) noexcept { return set(raw_.sentinel, data); }

    /// For functions of eventwire.h.
    [[nodiscard]] const ew_tap_config *c_config() const noexcept { return &raw_; }

private:
    TapConfig &set(ew_span &member, std::string_view value) noexcept {
        member = detail::span(value);
        if (member.ptr == nullptr) member = detail::span("");
        return *this;
    }

    ew_tap_config raw_ = EW_TAP_CONFIG_INIT;
};

/// What a tap has counted. Times are those that were given with the chunks.
class TapSummary {
public:
    [[nodiscard]] std::uint64_t bytes() const noexcept { return raw_.bytes; }
    /// Without the oversized ones.
    [[nodiscard]] std::uint64_t events() const noexcept { return raw_.events; }
    [[nodiscard]] std::uint64_t comments() const noexcept { return raw_.comments; }
    [[nodiscard]] std::uint64_t oversized() const noexcept { return raw_.oversized; }
    /// Events that hold the needle.
    [[nodiscard]] std::uint64_t matches() const noexcept { return raw_.matches; }
    /// Events of types that Tap::event_type does not tell.
    [[nodiscard]] std::uint64_t events_of_other_types() const noexcept { return raw_.events_of_other_types; }
    [[nodiscard]] std::optional<std::uint64_t> first_event_at() const noexcept { return time(raw_.first_event_at); }
    [[nodiscard]] std::optional<std::uint64_t> last_event_at() const noexcept { return time(raw_.last_event_at); }
    /// The longest time between two events that followed on each other.
    [[nodiscard]] std::optional<std::uint64_t> max_gap() const noexcept { return time(raw_.max_gap); }
    /// Where the largest event begins and ends; the same if there was none.
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> largest_event() const noexcept {
        return {raw_.largest_event_begin, raw_.largest_event_end};
    }
    /// Valid until the tap is shown more.
    [[nodiscard]] std::string_view last_event_id() const noexcept { return detail::view(raw_.last_event_id); }
    /// Whether the sentinel has come.
    [[nodiscard]] bool is_done() const noexcept { return (raw_.flags & EW_TAP_DONE) != 0; }
    /// Whether a block may be written into the stream here: see EW_TAP_BETWEEN_EVENTS.
    [[nodiscard]] bool is_between_events() const noexcept { return (raw_.flags & EW_TAP_BETWEEN_EVENTS) != 0; }

private:
    friend class Tap;
    TapSummary() noexcept = default;
    static std::optional<std::uint64_t> time(std::uint64_t time) noexcept {
        if (time == EW_NEVER) return std::nullopt;
        return time;
    }
    ew_tap_summary raw_ = {0, 0, 0, 0, 0, 0, EW_NEVER, EW_NEVER, EW_NEVER, 0, 0, {nullptr, 0}, 0, 0};
};

/// An event that holds the needle, as much of it as was kept. Views are valid until the tap is shown more.
class Match {
public:
    [[nodiscard]] std::string_view event_type() const noexcept { return detail::view(raw_.event_type); }
    [[nodiscard]] std::string_view data() const noexcept { return detail::view(raw_.data); }
    /// Where the event lies in the stream.
    [[nodiscard]] std::uint64_t begin() const noexcept { return raw_.begin; }
    [[nodiscard]] std::uint64_t end() const noexcept { return raw_.end; }
    /// Whether there was more of type or data.
    [[nodiscard]] bool is_truncated() const noexcept { return (raw_.flags & EW_MATCH_TRUNCATED) != 0; }

private:
    friend class Tap;
    Match() noexcept = default;
    ew_match raw_ = {};
};

/// Counts what goes by in a stream, and keeps the data of events that hold a needle. It can be moved, not copied; one that was
/// moved from has seen nothing.
class Tap {
public:
    /// Nothing if there is no memory, or a view is too long: `*why` tells which.
    [[nodiscard]] static std::optional<Tap> make(const TapConfig &config = {}, Error *why = nullptr) noexcept {
        ew_tap *tap = nullptr;
        const ew_status status = ew_tap_new(config.c_config(), &tap);
        if (why != nullptr) *why = static_cast<Error>(status);
        if (status != EW_OK) return std::nullopt;
        return Tap(tap);
    }

    /// Takes account of the next chunk, which came at this time, in milliseconds. Error::none, or Error::invalid_argument.
    Error observe(Input chunk, std::uint64_t now) noexcept {
        const ew_input &input = *chunk.c_input();
        return static_cast<Error>(ew_tap_observe(raw_.get(), {input.ptr, input.len}, now));
    }

    [[nodiscard]] TapSummary summary() const noexcept {
        TapSummary summary;
        ew_tap_summarize(raw_.get(), &summary.raw_);
        return summary;
    }
    [[nodiscard]] std::optional<Match> first_match() const noexcept { return match(EW_MATCH_FIRST); }
    /// The first, if there was no other.
    [[nodiscard]] std::optional<Match> last_match() const noexcept { return match(EW_MATCH_LAST); }

    /// A type of which there were events, and how many; nothing behind the last one. The view is valid until the tap is shown
    /// more.
    [[nodiscard]] std::optional<std::pair<std::string_view, std::uint64_t>>
    event_type(std::size_t index) const noexcept {
        ew_span type = {nullptr, 0};
        std::uint64_t events = 0;
        if (ew_tap_event_type(raw_.get(), index, &type, &events) != EW_OK) return std::nullopt;
        return std::pair(detail::view(type), events);
    }

    /// For functions of eventwire.h; still owned by this object.
    [[nodiscard]] ew_tap *c_tap() noexcept { return raw_.get(); }

private:
    struct Free {
        void operator()(ew_tap *tap) const noexcept { ew_tap_free(tap); }
    };

    explicit Tap(ew_tap *tap) noexcept : raw_(tap) {}

    [[nodiscard]] std::optional<Match> match(std::uint32_t which) const noexcept {
        Match match;
        if (ew_tap_match(raw_.get(), which, &match.raw_) != EW_EVENT) return std::nullopt;
        return match;
    }

    std::unique_ptr<ew_tap, Free> raw_;
};

// ---------------------------------------------------------------------------------------------------- the rewriter

/// What becomes of a block that is too large to be decided about.
enum class Oversized : std::uint32_t { pass = EW_OVERSIZED_PASS, drop = EW_OVERSIZED_DROP };

/// What a rewriter is made with.
class RewriterConfig {
public:
    /// Blocks up to 1 MiB, larger ones passed on.
    RewriterConfig() noexcept = default;

    /// The most bytes, line ends included, that a block may have to be decided about. 0: the default.
    RewriterConfig &max_block_size(std::size_t bytes) noexcept {
        raw_.max_block_size = bytes;
        return *this;
    }
    RewriterConfig &oversized(Oversized oversized) noexcept {
        raw_.oversized = static_cast<std::uint32_t>(oversized);
        return *this;
    }

    /// For functions of eventwire.h.
    [[nodiscard]] const ew_rewriter_config *c_config() const noexcept { return &raw_; }

private:
    ew_rewriter_config raw_ = EW_REWRITER_CONFIG_INIT;
};

/// What is to become of an event: it is kept unless something else is said. What is inserted is copied, and has to be whole
/// blocks, that is, end in a blank line. Error::no_memory: nothing has changed.
class Edit {
public:
    Edit(const Edit &) = delete;
    Edit &operator=(const Edit &) = delete;

    Error drop_event() noexcept { return static_cast<Error>(ew_rewriter_drop_event(raw_)); }
    /// Drops the event and writes this in its place.
    Error replace(std::string_view blocks) noexcept {
        return static_cast<Error>(ew_rewriter_replace(raw_, detail::span(blocks)));
    }
    /// Writes this before the event, behind what has been inserted there already.
    Error insert_before(std::string_view blocks) noexcept {
        return static_cast<Error>(ew_rewriter_insert_before(raw_, detail::span(blocks)));
    }
    /// Writes this behind the event and what has been inserted there already.
    Error insert_after(std::string_view blocks) noexcept {
        return static_cast<Error>(ew_rewriter_insert_after(raw_, detail::span(blocks)));
    }

private:
    friend class Rewriter;
    explicit Edit(ew_rewriter *raw) noexcept : raw_(raw) {}
    ew_rewriter *raw_;
};

/// What is to be written, in order: a range of views, none of which is empty. They are valid until the rewriter is used again,
/// and only as long as the chunk stays where it is.
class Spans {
public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = std::string_view;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = std::string_view;

        iterator() noexcept = default;
        [[nodiscard]] std::string_view operator*() const noexcept { return detail::view(*at_); }
        iterator &operator++() noexcept {
            ++at_;
            return *this;
        }
        iterator operator++(int) noexcept { return iterator(at_++); }
        [[nodiscard]] bool operator==(const iterator &other) const noexcept { return at_ == other.at_; }
        [[nodiscard]] bool operator!=(const iterator &other) const noexcept { return at_ != other.at_; }

    private:
        friend class Spans;
        explicit iterator(const ew_span *at) noexcept : at_(at) {}
        const ew_span *at_ = nullptr;
    };

    [[nodiscard]] iterator begin() const noexcept { return iterator(spans_); }
    [[nodiscard]] iterator end() const noexcept { return iterator(spans_ + count_); }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }

    /// Laid out as an array of `struct iovec` is.
    [[nodiscard]] const ew_span *c_spans() const noexcept { return spans_; }

private:
    friend class Rewriter;
    Spans() noexcept = default;
    explicit Spans(const ew_rewriter *raw) noexcept { ew_rewriter_spans(raw, &spans_, &count_); }
    const ew_span *spans_ = nullptr;
    std::size_t count_ = 0;
};

/// Passes a stream on, with events dropped, replaced or inserted, and all else byte for byte as it came. It can be moved, not
/// copied; one that was moved from writes nothing.
class Rewriter {
public:
    /// Nothing if there is no memory, or a setting is out of range: `*why` tells which.
    [[nodiscard]] static std::optional<Rewriter> make(const RewriterConfig &config = {}, Error *why = nullptr) noexcept {
        ew_rewriter *rewriter = nullptr;
        const ew_status status = ew_rewriter_new(config.c_config(), &rewriter);
        if (why != nullptr) *why = static_cast<Error>(status);
        if (status != EW_OK) return std::nullopt;
        return Rewriter(rewriter);
    }

    /// Takes the next chunk and calls `decide(const Event &, Edit &)` for each event that it completes. If that throws, the
    /// chunk is given up.
    template <class Decide> [[nodiscard]] Spans rewrite(Input chunk, Decide &&decide) {
        Edit edit(raw_.get());
        Event event;
        ew_status status;
        while ((status = ew_rewriter_next(raw_.get(), chunk.c_input(), &event.raw_)) == EW_EVENT) {
            decide(static_cast<const Event &>(event), edit);
        }
        // A chunk that cannot be one, and is not read: what is listed is that of the chunk before.
        if (status != EW_NEED_INPUT) return Spans();
        return Spans(raw_.get());
    }

    /// The stream has ended: what is held is to be written. A new stream may follow.
    [[nodiscard]] Spans finish() noexcept {
        if (ew_rewriter_finish(raw_.get()) != EW_OK) {
            // A chunk was given up. Another one takes its place, of nothing.
            Input nothing{std::string_view()};
            Event none;
            ew_rewriter_next(raw_.get(), nothing.c_input(), &none.raw_);
            ew_rewriter_finish(raw_.get());
        }
        return Spans(raw_.get());
    }

    /// Blocks that were too large to be decided about.
    [[nodiscard]] std::uint64_t oversized_blocks() const noexcept { return summary().oversized_blocks; }
    /// Bytes that came and are not decided.
    [[nodiscard]] std::size_t held() const noexcept { return summary().held; }
    /// The last event ID of the stream that comes in. Valid until the rewriter is used again.
    [[nodiscard]] std::string_view last_event_id() const noexcept { return detail::view(summary().last_event_id); }
    /// Whether a block may be written behind what was to be written last: see EW_REWRITER_BETWEEN_EVENTS.
    [[nodiscard]] bool is_between_events() const noexcept {
        return (summary().flags & EW_REWRITER_BETWEEN_EVENTS) != 0;
    }

    /// For functions of eventwire.h; still owned by this object.
    [[nodiscard]] ew_rewriter *c_rewriter() noexcept { return raw_.get(); }

private:
    struct Free {
        void operator()(ew_rewriter *rewriter) const noexcept { ew_rewriter_free(rewriter); }
    };

    explicit Rewriter(ew_rewriter *rewriter) noexcept : raw_(rewriter) {}

    [[nodiscard]] ew_rewriter_summary summary() const noexcept {
        ew_rewriter_summary summary = {0, 0, {nullptr, 0}, 0, 0};
        ew_rewriter_summarize(raw_.get(), &summary);
        return summary;
    }

    std::unique_ptr<ew_rewriter, Free> raw_;
};

} // namespace eventwire

#endif // EVENTWIRE_PROXY_HPP
