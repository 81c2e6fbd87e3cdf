// SPDX-License-Identifier: MIT OR Apache-2.0
//
// eventwire.hpp: event streams (text/event-stream, server-sent events) in C++17.
//
// A wrapper around eventwire.h and nothing more: views instead of spans, ownership instead of ew_parser_free, and a
// range over the events of a chunk. Header-only; needs neither exceptions nor RTTI; every function is noexcept.
// Taps and rewriters, for proxies, are in eventwire_proxy.hpp.
//
// A whole program, which shows the events of standard input:
//
// @code{.cpp}
// #include <eventwire.hpp>
// #include <cstdio>
// #include <iostream>
//
// int main() {
//     auto parser = eventwire::Parser::make();
//     if (!parser) return 1;
//     char chunk[4096];
//     while (const std::size_t size = std::fread(chunk, 1, sizeof chunk, stdin)) {
//         for (const auto &event : parser->feed({chunk, size})) {
//             if (event.is_error()) std::cerr << eventwire::to_string(event.error()) << '\n';
//             else std::cout << event.event_type() << ": " << event.data() << '\n';
//         }
//     }
// }
// @endcode
//
// Build it with `c++ -std=c++17 program.cpp $(pkg-config --cflags --libs eventwire)`.
//
// Errors. There are no exceptions, and no error is lost: what a loop delivers is an Event or, in the place that it has
// in the stream, an error (Event::is_error). All but Error::invalid_argument leave the parser ready to go on, and the
// loop does. Whoever wants no errors chooses Overflow::skip, and asks Parser::skipped afterwards.
//
// Memory. Views in an Event point into the chunk or into the parser. They are valid until the parser is used again (in
// a loop: until its next turn), and only as long as the chunk stays where it is. A parser made by make() allocates
// only when an event straddles chunks or has several lines of data; one made by make_in() never does.
//
// Threads. Different parsers may be used in different threads; one parser in one thread at a time.
//
// Misuse. A parser that was moved from, or a chunk longer than PTRDIFF_MAX, gives Error::invalid_argument.

#ifndef EVENTWIRE_HPP
#define EVENTWIRE_HPP

#include <eventwire.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#if defined(__has_include)
#if __has_include(<version>)
#include <version>
#endif
#endif
#ifdef __cpp_lib_span
#include <span>
#endif

namespace eventwire {

// ---------------------------------------------------------------------------------------------------- enumerations

/// What went wrong; the numbers are those of eventwire.h.
enum class Error : ew_status {
    none = EW_OK,
    /// A parser that was moved from, a configuration out of range, memory too small or misaligned.
    invalid_argument = EW_ERR_INVALID_ARGUMENT,
    /// An event went over the limit and was dropped.
    event_too_large = EW_ERR_EVENT_TOO_LARGE,
    /// An event, comment or unknown field was not UTF-8 and was dropped (Utf8::strict).
    invalid_utf8 = EW_ERR_INVALID_UTF8,
    /// Memory ran out, and the event was dropped.
    no_memory = EW_ERR_NO_MEMORY,
    /// There is less room than the message needs.
    buffer_too_small = EW_ERR_BUFFER_TOO_SMALL,
    /// CR, LF or NUL in a last event ID, CR or LF in the type of an event.
    invalid_field = EW_ERR_INVALID_FIELD,
    /// A comment or unknown field went over the limit and was dropped; the event around it goes on.
    item_too_large = EW_ERR_ITEM_TOO_LARGE
};

/// A sentence about an error, in English.
[[nodiscard]] inline const char *to_string(Error error) noexcept {
    return ew_status_string(static_cast<ew_status>(error));
}

/// What an Event is.
enum class Kind : std::uint32_t {
    error = 0,
    event = EW_EVENT,
    retry = EW_RETRY,
    comment = EW_COMMENT,
    unknown_field = EW_UNKNOWN_FIELD
};

/// What is delivered besides events; combined with `|`.
enum class Items : std::uint32_t {
    none = 0,
    retry = EW_ITEM_RETRY,
    comments = EW_ITEM_COMMENTS,
    unknown = EW_ITEM_UNKNOWN,
    all = EW_ITEM_RETRY | EW_ITEM_COMMENTS | EW_ITEM_UNKNOWN
};

[[nodiscard]] constexpr Items operator|(Items a, Items b) noexcept {
    return static_cast<Items>(static_cast<std::uint32_t>(a) | static_cast<std::uint32_t>(b));
}

/// What becomes of an event that is too large: it is reported as an error, or only counted.
enum class Overflow : std::uint32_t { error = EW_OVERFLOW_ERROR, skip = EW_OVERFLOW_SKIP };

/// What becomes of invalid UTF-8: delivered as it is, replaced by U+FFFD, or reported as an error.
enum class Utf8 : std::uint32_t { raw = EW_UTF8_RAW, replace = EW_UTF8_REPLACE, strict = EW_UTF8_STRICT };

/// What becomes of an event that the end of the stream cuts off: dropped as the standard has it, or delivered.
enum class Eof : std::uint32_t { discard = EW_EOF_DISCARD, dispatch = EW_EOF_DISPATCH };

/// The field that a Token's piece belongs to.
enum class Field : std::uint32_t {
    data = EW_FIELD_DATA,
    event = EW_FIELD_EVENT,
    id = EW_FIELD_ID,
    retry = EW_FIELD_RETRY,
    comment = EW_FIELD_COMMENT,
    unknown = EW_FIELD_UNKNOWN
};

namespace detail {

inline std::string_view view(ew_span span) noexcept {
    return {reinterpret_cast<const char *>(span.ptr), span.len};
}

inline ew_span span(std::string_view text) noexcept {
    return {reinterpret_cast<const std::uint8_t *>(text.data()), text.size()};
}

/// A chunk must outlive the loop over it, so an object that owns its bytes and is about to vanish is no chunk.
template <class T>
inline constexpr bool stays =
    std::is_lvalue_reference_v<T> || std::is_trivially_copyable_v<std::remove_reference_t<T>>;

/// An array that can be written to is a buffer, of which a part may be the chunk: that takes a size.
template <class T, class Array = std::remove_reference_t<T>>
inline constexpr bool is_buffer = std::is_array_v<Array> && !std::is_const_v<std::remove_extent_t<Array>>;

template <class T> inline constexpr bool is_text = std::is_convertible_v<const T &, std::string_view>;

/// Whether T is a container of bytes, of whatever name: `std::vector<unsigned char>`, `std::span<std::byte>`.
template <class T, class = void> struct is_bytes : std::false_type {};

template <class T>
struct is_bytes<T, std::void_t<decltype(std::data(std::declval<T &>())), decltype(std::size(std::declval<T &>()))>> {
    using Pointed = std::remove_pointer_t<decltype(std::data(std::declval<T &>()))>;
    using Byte = std::remove_cv_t<Pointed>;
    static constexpr bool value =
        sizeof(T) > 0 && (std::is_same_v<Byte, char> || std::is_same_v<Byte, signed char> ||
                          std::is_same_v<Byte, unsigned char> || std::is_same_v<Byte, std::byte>);
};

} // namespace detail

// --------------------------------------------------------------------------------------------------- configuration

/// How a stream is to be parsed. `Config().max_event_size(1 << 20).overflow(Overflow::skip)`
class Config {
public:
    /// Events up to 16 MiB, errors reported, bytes as they are, nothing but events.
    Config() noexcept = default;

    /// The most bytes of data, type and ID that one event may have. 0: the default, EW_DEFAULT_MAX_EVENT_SIZE.
    Config &max_event_size(std::size_t bytes) noexcept {
        raw_.max_event_size = bytes;
        return *this;
    }
    Config &overflow(Overflow overflow) noexcept { return set(raw_.overflow, overflow); }
    Config &utf8(Utf8 utf8) noexcept { return set(raw_.utf8, utf8); }
    Config &eof(Eof eof) noexcept { return set(raw_.eof, eof); }
    Config &items(Items items) noexcept { return set(raw_.items, items); }

    /// For functions of eventwire.h.
    [[nodiscard]] const ew_config *c_config() const noexcept { return &raw_; }

private:
    template <class Enum> Config &set(std::uint32_t &member, Enum value) noexcept {
        member = static_cast<std::uint32_t>(value);
        return *this;
    }

    ew_config raw_ = EW_CONFIG_INIT;
};

// ------------------------------------------------------------------------------------------------------- the chunk

/// A chunk of a stream, and how far it has been read.
class Input {
public:
    Input(const void *bytes, std::size_t size) noexcept
        : raw_{static_cast<const std::uint8_t *>(bytes), size, 0, {0, 0}} {}

    /// Text (`std::string_view`, `std::string`, a literal), or any container of bytes (`std::vector<unsigned char>`,
    /// `std::span<const std::byte>`, ...). It is not copied: containers that are temporary are refused, and so are arrays
    /// that are not `const`, for which a size is to be given.
    template <class T, class Plain = std::remove_cv_t<std::remove_reference_t<T>>,
              std::enable_if_t<!std::is_same_v<Plain, Input> && detail::stays<T> && !detail::is_buffer<T> &&
                                   (detail::is_text<Plain> || detail::is_bytes<Plain>::value),
                               int> = 0>
    Input(T &&chunk) noexcept : Input(of(chunk)) {}

    [[nodiscard]] std::size_t consumed() const noexcept { return raw_.pos; }
    [[nodiscard]] std::size_t remaining() const noexcept { return raw_.len - raw_.pos; }

    /// For functions of eventwire.h.
    [[nodiscard]] ew_input *c_input() noexcept { return &raw_; }

private:
    template <class T> static Input of(const T &chunk) noexcept {
        if constexpr (detail::is_text<T>) {
            const std::string_view text = chunk;
            return {text.data(), text.size()};
        } else {
            return {std::data(chunk), std::size(chunk)};
        }
    }

    ew_input raw_;
};

// --------------------------------------------------------------------------------------------------------- events

/// What a loop over a stream delivers: an event; or a retry, comment or unknown field if Config::items asks for it; or
/// an error. Views are valid until the parser is used again. A copy of an Event copies the views, not the bytes.
class Event {
public:
    [[nodiscard]] Kind kind() const noexcept {
        return is_error() ? Kind::error : static_cast<Kind>(raw_.kind);
    }
    [[nodiscard]] bool is_error() const noexcept { return error_ != Error::none; }

    /// What was lost in this place; Error::none for anything but an error.
    [[nodiscard]] Error error() const noexcept { return error_; }

    /// The type, "message" if the stream names none. Of an unknown field: its name.
    [[nodiscard]] std::string_view event_type() const noexcept { return detail::view(raw_.event_type); }

    /// The lines of data, joined by LF. Of a comment: all after the colon. Of an unknown field: its value.
    [[nodiscard]] std::string_view data() const noexcept { return detail::view(raw_.data); }

    /// The last event ID of the stream as of this event: what to send when reconnecting behind it.
    [[nodiscard]] std::string_view last_event_id() const noexcept { return detail::view(raw_.last_event_id); }

    /// The ID that this event itself carries, if it does; it may be empty.
    [[nodiscard]] std::optional<std::string_view> id() const noexcept {
        if ((raw_.flags & EW_EVENT_HAS_ID) == 0) return std::nullopt;
        return detail::view(raw_.id);
    }

    /// Where the event lies in the stream: the offset of its first byte, and the one behind its blank line.
    [[nodiscard]] std::uint64_t begin() const noexcept { return raw_.begin; }
    [[nodiscard]] std::uint64_t end() const noexcept { return raw_.end; }

    /// Of a retry: the new reconnection time in milliseconds.
    [[nodiscard]] std::uint64_t retry() const noexcept { return raw_.retry; }

    /// Whether type and data are slices of the chunk, nothing having been copied.
    [[nodiscard]] bool borrowed() const noexcept { return (raw_.flags & EW_EVENT_BORROWED) != 0; }

#ifdef __cpp_lib_span
    /// data() as bytes.
    [[nodiscard]] std::span<const std::byte> data_bytes() const noexcept {
        return {reinterpret_cast<const std::byte *>(raw_.data.ptr), raw_.data.len};
    }
#endif

    /// For functions of eventwire.h. All zero for an error.
    [[nodiscard]] const ew_event *c_event() const noexcept { return &raw_; }

private:
    friend class Parser;
    friend class Events;
    friend class Source;
    friend class Rewriter;
    template <std::size_t> friend class Batch;

    Event() noexcept = default;
    explicit Event(const ew_event &raw) noexcept : raw_(raw) {}
    explicit Event(Error error) noexcept : error_(error) {}

    ew_event raw_ = {};
    Error error_ = Error::none;
};

/// Room for the events of one call, all valid at the same time: of Parser::next_many, or of a loop that may read ahead.
template <std::size_t Capacity = 32> class Batch {
    static_assert(Capacity > 0);

public:
    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Event;
        using difference_type = std::ptrdiff_t;
        using pointer = void;
        using reference = Event;

        iterator() noexcept = default;
        [[nodiscard]] Event operator*() const noexcept { return Event(*at_); }
        iterator &operator++() noexcept {
            ++at_;
            return *this;
        }
        iterator operator++(int) noexcept { return iterator(at_++); }
        [[nodiscard]] bool operator==(const iterator &other) const noexcept { return at_ == other.at_; }
        [[nodiscard]] bool operator!=(const iterator &other) const noexcept { return at_ != other.at_; }

    private:
        friend class Batch;
        explicit iterator(const ew_event *at) noexcept : at_(at) {}
        const ew_event *at_ = nullptr;
    };

    [[nodiscard]] iterator begin() const noexcept { return iterator(events_); }
    [[nodiscard]] iterator end() const noexcept { return iterator(events_ + count_); }
    [[nodiscard]] std::size_t size() const noexcept { return count_; }
    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    /// `index` < size().
    [[nodiscard]] Event operator[](std::size_t index) const noexcept { return Event(events_[index]); }

private:
    friend class Parser;
    ew_event events_[Capacity];
    std::size_t count_ = 0;
};

/// The events of a chunk: a range to loop over once, from Parser::feed.
///
/// The loop may be left and taken up again where it was, as long as this object, the chunk and the parser live. The
/// rest of the chunk is not parsed if it is not.
class Events {
public:
    struct sentinel {};

    class iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Event;
        using difference_type = std::ptrdiff_t;
        using pointer = const Event *;
        using reference = const Event &;

        iterator() noexcept = default;
        [[nodiscard]] const Event &operator*() const noexcept { return events_->event_; }
        [[nodiscard]] const Event *operator->() const noexcept { return &events_->event_; }
        iterator &operator++() noexcept {
            events_->advance();
            return *this;
        }
        void operator++(int) noexcept { events_->advance(); }

        friend bool operator==(const iterator &it, sentinel) noexcept { return it.is_done(); }
        friend bool operator!=(const iterator &it, sentinel) noexcept { return !it.is_done(); }
        friend bool operator==(sentinel, const iterator &it) noexcept { return it.is_done(); }
        friend bool operator!=(sentinel, const iterator &it) noexcept { return !it.is_done(); }

    private:
        friend class Events;
        explicit iterator(Events *events) noexcept : events_(events) {}
        [[nodiscard]] bool is_done() const noexcept { return events_->done_; }
        Events *events_ = nullptr;
    };

    Events(const Events &) = delete;
    Events &operator=(const Events &) = delete;

    /// Goes to the next event: the first one, or the one behind that at which an earlier loop was left.
    [[nodiscard]] iterator begin() noexcept {
        advance();
        return iterator(this);
    }
    [[nodiscard]] sentinel end() const noexcept { return {}; }

    /// Bytes of the chunk that have been parsed.
    [[nodiscard]] std::size_t consumed() const noexcept { return input_.consumed(); }

private:
    friend class Parser;
    Events(ew_parser *parser, Input input, ew_event *buffer, std::size_t capacity) noexcept
        : parser_(parser), input_(input), buffer_(buffer), capacity_(capacity) {}

    void advance() noexcept {
        if (done_) return;
        if (capacity_ == 0) {
            take(ew_parser_next(parser_, input_.c_input(), &event_.raw_));
        } else if (taken_ < count_) {
            event_.raw_ = buffer_[taken_++];
        } else {
            taken_ = count_ = 0;
            const ew_status status = ew_parser_next_many(parser_, input_.c_input(), buffer_, capacity_, &count_);
            if (status > 0) event_.raw_ = buffer_[taken_++];
            take(status);
        }
    }

    /// Makes of a status what the loop delivers. Behind an invalid argument there is nothing more to come.
    void take(ew_status status) noexcept {
        if (status > 0) {
            event_.error_ = Error::none;
        } else if (status == EW_NEED_INPUT || event_.error_ == Error::invalid_argument) {
            done_ = true;
        } else {
            event_ = Event(static_cast<Error>(status));
        }
    }

    ew_parser *parser_;
    Input input_;
    Event event_;
    ew_event *buffer_;
    std::size_t capacity_;
    std::size_t count_ = 0;
    std::size_t taken_ = 0;
    bool done_ = false;
};

// ------------------------------------------------------------------------------------------------------ the parser

/// The parser of one stream. It can be moved, not copied.
class Parser {
public:
    /// A parser that allocates what it needs, when it needs it. Nothing if the configuration is out of range or there is
    /// no memory: `*why` tells which.
    [[nodiscard]] static std::optional<Parser> make(const Config &config = {}, Error *why = nullptr) noexcept {
        ew_parser *parser = nullptr;
        const ew_status status = ew_parser_new(config.c_config(), &parser);
        return made(status, parser, why);
    }

    /// A parser in the caller's memory, all of it: nothing is ever allocated. `memory` has memory_size(config) bytes,
    /// aligned to memory_alignment(), and outlives the parser. Nothing if it has not, or the configuration is out of range.
    [[nodiscard]] static std::optional<Parser> make_in(void *memory, std::size_t size, const Config &config = {},
                                                       Error *why = nullptr) noexcept {
        ew_parser *parser = nullptr;
        const ew_status status = ew_parser_init(memory, size, config.c_config(), &parser);
        return made(status, parser, why);
    }

#ifdef __cpp_lib_span
    [[nodiscard]] static std::optional<Parser> make_in(std::span<std::byte> memory, const Config &config = {},
                                                       Error *why = nullptr) noexcept {
        return make_in(memory.data(), memory.size(), config, why);
    }
#endif

    /// What make_in needs: twice max_event_size, and a little. 0 if the configuration is out of range.
    [[nodiscard]] static std::size_t memory_size(const Config &config) noexcept {
        return ew_parser_sizeof(config.c_config());
    }
    [[nodiscard]] static std::size_t memory_alignment() noexcept { return ew_parser_alignof(); }

    /// The events of the next chunk of the stream, to loop over. The parser stands at the event that the loop is at:
    /// position() and last_event_id() are those of that event.
    [[nodiscard]] Events feed(Input chunk) noexcept { return Events(raw_.get(), chunk, nullptr, 0); }

    /// The same, faster, where events are short: reads as many events ahead as `batch` has room for. position() and
    /// last_event_id() of the parser are ahead, too; those of each Event are right.
    template <std::size_t Capacity>
    [[nodiscard]] Events feed(Input chunk, Batch<Capacity> &batch) noexcept {
        return Events(raw_.get(), chunk, batch.events_, Capacity);
    }

    /// The next event of the chunk, or nothing: it is used up.
    [[nodiscard]] std::optional<Event> next(Input &chunk) noexcept {
        std::optional<Event> event = Event();
        const ew_status status = ew_parser_next(raw_.get(), chunk.c_input(), &event->raw_);
        settle(event, status);
        return event;
    }

    /// The next events of the chunk. With Error::none: as many as the batch says, none if the chunk is used up.
    /// Otherwise none; after all but Error::invalid_argument the parser goes on.
    template <std::size_t Capacity>
    [[nodiscard]] Error next_many(Input &chunk, Batch<Capacity> &batch) noexcept {
        batch.count_ = 0;
        const ew_status status =
            ew_parser_next_many(raw_.get(), chunk.c_input(), batch.events_, Capacity, &batch.count_);
        return status < 0 ? static_cast<Error>(status) : Error::none;
    }

    /// The end of the stream: gives the event that it cut off, if there is one and Eof::dispatch was chosen. The parser
    /// then stands at the start of a stream, as after reset(), but for position().
    [[nodiscard]] std::optional<Event> finish() noexcept {
        std::optional<Event> event = Event();
        const ew_status status = ew_parser_finish(raw_.get(), &event->raw_);
        settle(event, status);
        return event;
    }

    /// The last event ID; valid until the parser is used again.
    [[nodiscard]] std::string_view last_event_id() const noexcept {
        return detail::view(ew_parser_last_event_id(raw_.get()));
    }
    /// Starts a new stream, like reset(), with this last event ID. Fails if it holds CR, LF or NUL, is not UTF-8 under
    /// Utf8::strict, or does not fit into the memory given to make_in; it is then what it was.
    [[nodiscard]] Error set_last_event_id(std::string_view id) noexcept {
        return static_cast<Error>(ew_parser_set_last_event_id(raw_.get(), detail::span(id)));
    }
    /// The reconnection time in milliseconds, if the stream has set one.
    [[nodiscard]] std::optional<std::uint64_t> retry() const noexcept {
        std::uint64_t milliseconds = 0;
        if (ew_parser_retry(raw_.get(), &milliseconds) != EW_RETRY) return std::nullopt;
        return milliseconds;
    }
    /// Bytes of the stream that have been parsed.
    [[nodiscard]] std::uint64_t position() const noexcept { return ew_parser_position(raw_.get()); }
    /// Events and items dropped without an error, under Overflow::skip.
    [[nodiscard]] std::uint64_t skipped() const noexcept { return ew_parser_skipped(raw_.get()); }
    /// Begins a new stream, as after a reconnection. Last event ID and reconnection time are kept.
    void reset() noexcept { ew_parser_reset(raw_.get()); }

    /// For functions of eventwire.h; still owned by this object.
    [[nodiscard]] ew_parser *c_parser() noexcept { return raw_.get(); }

private:
    struct Free {
        void operator()(ew_parser *parser) const noexcept { ew_parser_free(parser); }
    };

    explicit Parser(ew_parser *parser) noexcept : raw_(parser) {}

    static std::optional<Parser> made(ew_status status, ew_parser *parser, Error *why) noexcept {
        if (why != nullptr) *why = static_cast<Error>(status);
        if (status != EW_OK) return std::nullopt;
        return Parser(parser);
    }

    /// Makes of a status what a call gives: what was written to, an error in its place, or nothing.
    static void settle(std::optional<Event> &event, ew_status status) noexcept {
        if (status < 0) event = Event(static_cast<Error>(status));
        else if (status == EW_NEED_INPUT) event.reset();
    }

    std::unique_ptr<ew_parser, Free> raw_;
};

// --------------------------------------------------------------------------------------------------- the tokenizer

/// A piece of a field's value, or the blank line at the end of a block.
class Token {
public:
    /// A blank line; there is no piece.
    [[nodiscard]] bool is_end_of_block() const noexcept { return end_of_block_; }
    [[nodiscard]] Field field() const noexcept { return static_cast<Field>(raw_.field); }
    /// The piece: a slice of the chunk, or of a constant. Of an unknown field: of its whole line.
    [[nodiscard]] std::string_view piece() const noexcept { return detail::view(raw_.piece); }
    /// Whether the value ends with this piece.
    [[nodiscard]] bool is_last() const noexcept { return (raw_.flags & EW_TOKEN_LAST) != 0; }

private:
    friend class Tokenizer;
    Token() noexcept = default;

    ew_token raw_ = {};
    bool end_of_block_ = false;
};

/// Fields in pieces, as they arrive, for whoever wants to hold nothing back: eight bytes of state, no allocation, no
/// limit, no errors. (A chunk that is none, of more than PTRDIFF_MAX bytes, gives no token and remains unread.)
class Tokenizer {
public:
    /// The next token of the chunk, or nothing: it is used up.
    [[nodiscard]] std::optional<Token> next(Input &chunk) noexcept {
        std::optional<Token> token = Token();
        const ew_status status = ew_tokenizer_next(&raw_, chunk.c_input(), &token->raw_);
        token->end_of_block_ = status == EW_END_OF_BLOCK;
        if (status <= 0) token.reset();
        return token;
    }

private:
    ew_tokenizer raw_ = {};
};

/// Name and value of a whole line, as of the joined pieces of a Field::unknown.
[[nodiscard]] inline std::pair<std::string_view, std::string_view> split_field(std::string_view line) noexcept {
    ew_span name = {}, value = {};
    ew_split_field(detail::span(line), &name, &value);
    return {detail::view(name), detail::view(value)};
}

// --------------------------------------------------------------------------------------------------------- messages

/// The byte for which a Message was refused.
struct Fault {
    Field field = Field::event;
    /// CR, LF, or in an id NUL.
    char byte = 0;
    /// Where in the value the first such byte is, counted from 0.
    std::uint64_t position = 0;
};

/// A message to be written to a stream: an event, a comment, a reconnection time, an id, or several of these.
/// `Message().event("update").data(text)`. What is not set is not written. Values are not copied: they must stay until
/// the message is written.
class Message {
public:
    /// The event's type, without CR and LF.
    Message &event(std::string_view event_type) noexcept { return set(raw_.event, event_type); }
    /// The last event ID from here on, without CR, LF and NUL.
    Message &id(std::string_view id) noexcept { return set(raw_.id, id); }
    /// The event's data, of any number of lines.
    Message &data(std::string_view data) noexcept { return set(raw_.data, data); }
    /// What clients pass over, of any number of lines. An empty one is the usual keep-alive.
    Message &comment(std::string_view comment) noexcept { return set(raw_.comment, comment); }
    /// The reconnection time, in milliseconds.
    Message &retry(std::uint64_t milliseconds) noexcept {
        raw_.retry = milliseconds;
        raw_.flags |= EW_MESSAGE_RETRY;
        return *this;
    }

    /// How many bytes it takes in a stream; nothing, if a value cannot be written.
    [[nodiscard]] std::optional<std::size_t> encoded_len() const noexcept {
        std::size_t len = 0;
        if (ew_encode_len(&raw_, &len, nullptr) != EW_OK) return std::nullopt;
        return len;
    }

    /// Writes it to `out`. `len` becomes what it took, or with Error::buffer_too_small what is needed. With
    /// Error::invalid_field `fault` says for which byte it was refused. Unless the answer is Error::none nothing is
    /// written to `out`.
    [[nodiscard]] Error encode(void *out, std::size_t capacity, std::size_t &len,
                               Fault *fault = nullptr) const noexcept {
        ew_fault raw = {};
        const ew_status status = ew_encode(&raw_, static_cast<std::uint8_t *>(out), capacity, &len, &raw);
        if (status == EW_ERR_INVALID_FIELD && fault != nullptr) {
            *fault = {static_cast<Field>(raw.field), static_cast<char>(raw.byte), raw.position};
        }
        return static_cast<Error>(status);
    }

    /// For functions of eventwire.h.
    [[nodiscard]] const ew_message *c_message() const noexcept { return &raw_; }

private:
    /// A view of nothing has no pointer; but to set a value to nothing is not to leave it out.
    Message &set(ew_span &member, std::string_view value) noexcept {
        member = detail::span(value.data() != nullptr ? value : std::string_view(""));
        return *this;
    }

    ew_message raw_ = EW_MESSAGE_INIT;
};

// ------------------------------------------------------------------------------------------------------ the source

/// Where a source stands, with the numbers of the standard.
enum class ReadyState : std::uint32_t { connecting = EW_CONNECTING, open = EW_OPEN, closed = EW_CLOSED };

/// Why there is no connection any more.
enum class Reason : std::uint32_t {
    end = EW_REASON_END,
    network = EW_REASON_NETWORK,
    fatal = EW_REASON_FATAL,
    status = EW_REASON_STATUS,
    content_type = EW_REASON_CONTENT_TYPE,
    idle_timeout = EW_REASON_IDLE_TIMEOUT,
    no_memory = EW_REASON_NO_MEMORY
};

/// A sentence about a reason, in English.
[[nodiscard]] inline const char *to_string(Reason reason) noexcept {
    return ew_reason_string(static_cast<std::uint32_t>(reason));
}

/// Whether another attempt may succeed after a network error.
enum class NetworkError : std::uint32_t { transient = EW_NETWORK_ERROR_TRANSIENT, fatal = EW_NETWORK_ERROR_FATAL };

/// What is to be done with a source.
enum class Do : std::uint32_t {
    /// Send Source::request().
    connect = EW_ACTION_CONNECT,
    /// Ask again at Action::until().
    wait = EW_ACTION_WAIT,
    /// Go on with the connection, until Action::until().
    receive = EW_ACTION_RECEIVE,
    /// Nothing any more.
    nothing = EW_ACTION_CLOSED
};

/// A header field, for SourceConfig::headers and from Request::header.
class Header {
public:
    Header(std::string_view name, std::string_view value) noexcept : raw_{detail::span(name), detail::span(value)} {}
    [[nodiscard]] std::string_view name() const noexcept { return detail::view(raw_.name); }
    [[nodiscard]] std::string_view value() const noexcept { return detail::view(raw_.value); }

private:
    friend class SourceConfig;
    friend class Request;
    explicit Header(const ew_header &raw) noexcept : raw_(raw) {}
    ew_header raw_;
};

/// Statuses of HTTP, from one to another, both included: for SourceConfig::retry_statuses.
using HttpStatuses = ew_http_statuses;

/// What a source is made with: `SourceConfig(url).last_event_id(saved).idle_timeout(60000)`. Times are in milliseconds. What
/// views and arrays refer to must stay until Source::make, which copies it.
class SourceConfig {
public:
    explicit SourceConfig(std::string_view url) noexcept { raw_.url = detail::span(url); }

    SourceConfig &with_credentials() noexcept {
        raw_.flags |= EW_SOURCE_WITH_CREDENTIALS;
        return *this;
    }
    /// Default GET, also with a body.
    SourceConfig &method(std::string_view method) noexcept { return set(raw_.method, detail::span(method)); }
    /// With a body that may not be sent twice the source makes one attempt.
    SourceConfig &body(std::string_view body, bool may_be_sent_twice) noexcept {
        raw_.body = detail::span(body);
        if (raw_.body.ptr == nullptr) raw_.body = detail::span("");
        raw_.flags = may_be_sent_twice ? raw_.flags | EW_SOURCE_REPLAY_BODY
                                       : raw_.flags & ~static_cast<std::uint32_t>(EW_SOURCE_REPLAY_BODY);
        return *this;
    }
    /// The last event ID to begin with.
    SourceConfig &last_event_id(std::string_view id) noexcept { return set(raw_.last_event_id, detail::span(id)); }
    template <std::size_t Count> SourceConfig &headers(const Header (&headers)[Count]) noexcept {
        static_assert(sizeof(Header) == sizeof(ew_header));
        raw_.headers = &headers[0].raw_;
        return set(raw_.header_count, Count);
    }
    /// Statuses after which to try again.
    template <std::size_t Count> SourceConfig &retry_statuses(const HttpStatuses (&statuses)[Count]) noexcept {
        raw_.retry_statuses = statuses;
        return set(raw_.retry_status_count, Count);
    }
    /// Settings of the parser. Without them: the default ones, with Utf8::replace.
    SourceConfig &parser(const Config &config) noexcept {
        parser_ = config;
        return *this;
    }
    /// Until the stream sets another. 0: the default, EW_DEFAULT_RECONNECTION_TIME.
    SourceConfig &reconnection_time(std::uint64_t time) noexcept { return set(raw_.reconnection_time, time); }
    /// Heeds Retry-After up to this.
    SourceConfig &max_retry_after(std::uint64_t time) noexcept { return set(raw_.max_retry_after, time); }
    SourceConfig &min_delay(std::uint64_t time) noexcept { return set(raw_.min_delay, time); }
    /// The delay grows by the factor with each failure in a row, up to the cap. A row ends with a connection that was open for
    /// `reset_after`.
    SourceConfig &backoff(std::uint32_t factor, std::uint64_t cap, std::uint64_t reset_after = 0) noexcept {
        raw_.backoff_factor = factor;
        raw_.backoff_cap = cap;
        return set(raw_.backoff_reset_after, reset_after);
    }
    /// Delays become longer by a random part. Another seed for each client.
    SourceConfig &jitter(std::uint32_t percent, std::uint64_t seed) noexcept {
        raw_.jitter_percent = percent;
        return set(raw_.seed, seed);
    }
    SourceConfig &idle_timeout(std::uint64_t time) noexcept { return set(raw_.idle_timeout, time); }
    /// Gives up at this many failures in a row. 0: never.
    SourceConfig &max_failures(std::uint32_t failures) noexcept { return set(raw_.max_failures, failures); }

private:
    friend class Source;

    template <class Member, class Value> SourceConfig &set(Member &member, Value value) noexcept {
        member = value;
        return *this;
    }

    ew_source_config raw_ = EW_SOURCE_CONFIG_INIT;
    std::optional<Config> parser_;
};

/// What is to be done now. The connection is to be dropped as soon as it is anything but Do::receive.
class Action {
public:
    [[nodiscard]] Do what() const noexcept { return static_cast<Do>(raw_.kind); }
    /// Until when, if there is a time.
    [[nodiscard]] std::optional<std::uint64_t> until() const noexcept {
        if (raw_.until == EW_NEVER) return std::nullopt;
        return raw_.until;
    }

private:
    friend class Source;
    Action() noexcept = default;
    ew_action raw_ = {EW_ACTION_CLOSED, 0, EW_NEVER};
};

/// The request to be sent. Views, and the object itself, are valid until the source is told something.
class Request {
public:
    [[nodiscard]] std::string_view method() const noexcept { return detail::view(raw_.method); }
    [[nodiscard]] std::string_view url() const noexcept { return detail::view(raw_.url); }
    [[nodiscard]] std::optional<std::string_view> body() const noexcept {
        if (raw_.body.ptr == nullptr) return std::nullopt;
        return detail::view(raw_.body);
    }
    /// Also among the header fields, if it is not empty.
    [[nodiscard]] std::string_view last_event_id() const noexcept { return detail::view(raw_.last_event_id); }
    [[nodiscard]] bool with_credentials() const noexcept { return (raw_.flags & EW_REQUEST_WITH_CREDENTIALS) != 0; }
    [[nodiscard]] std::size_t header_count() const noexcept { return raw_.header_count; }
    /// `index` < header_count().
    [[nodiscard]] Header header(std::size_t index) const noexcept {
        ew_header header = {};
        ew_source_header(source_, index, &header);
        return Header(header);
    }

private:
    friend class Source;
    explicit Request(const ew_source *source) noexcept : source_(source) { ew_source_request(source, &raw_); }
    const ew_source *source_;
    ew_request raw_ = {};
};

/// The head of a response, after all redirects: `Head(200).content_type(value)`. Leave out what the response does not have.
class Head {
public:
    explicit Head(std::uint16_t status) noexcept { raw_.status = status; }
    Head &content_type(std::string_view value) noexcept { return set(raw_.content_type, value); }
    /// The URL that has answered, if it is another than the request's.
    Head &url(std::string_view url) noexcept { return set(raw_.url, url); }
    Head &retry_after(std::string_view value) noexcept { return set(raw_.retry_after, value); }
    Head &date(std::string_view value) noexcept { return set(raw_.date, value); }

private:
    friend class Source;
    Head &set(ew_span &member, std::string_view value) noexcept {
        member = detail::span(value);
        return *this;
    }
    ew_head raw_ = EW_HEAD_INIT;
};

/// What the user of a source is to be told. The ready state has changed already.
class Notice {
public:
    [[nodiscard]] bool is_open() const noexcept { return raw_.kind == EW_NOTICE_OPEN; }
    [[nodiscard]] bool is_error() const noexcept { return raw_.kind == EW_NOTICE_ERROR; }
    /// After an error: ReadyState::connecting if there will be another attempt.
    [[nodiscard]] ReadyState ready_state() const noexcept { return static_cast<ReadyState>(raw_.ready_state); }
    /// Of an error.
    [[nodiscard]] Reason reason() const noexcept { return static_cast<Reason>(raw_.reason); }
    /// With Reason::status: the response's status.
    [[nodiscard]] std::uint32_t http_status() const noexcept { return raw_.http_status; }

private:
    friend class Source;
    Notice() noexcept = default;
    ew_notice raw_ = {};
};

/// The connection of an event source, without IO: says when to connect, with what, and what a response means. Times are
/// milliseconds of any clock that does not run backwards. It can be moved, not copied; one that was moved from is closed.
class Source {
public:
    /// Nothing if the settings are out of range, the URL, a header field or an ID cannot be, or there is no memory: `*why`
    /// tells which.
    [[nodiscard]] static std::optional<Source> make(const SourceConfig &config, Error *why = nullptr) noexcept {
        ew_source_config raw = config.raw_;
        if (config.parser_) raw.parser = config.parser_->c_config();
        ew_source *source = nullptr;
        const ew_status status = ew_source_new(&raw, &source);
        if (why != nullptr) *why = static_cast<Error>(status);
        if (status != EW_OK) return std::nullopt;
        return Source(source);
    }

    /// What to do now. Do::connect is said once for each attempt.
    [[nodiscard]] Action poll(std::uint64_t now) noexcept {
        Action action;
        ew_source_poll(raw_.get(), now, &action.raw_);
        return action;
    }
    /// The request to be sent after Do::connect.
    [[nodiscard]] Request request() const noexcept { return Request(raw_.get()); }

    /// The response's head has come. If the answer is not an open, the connection is to be dropped.
    std::optional<Notice> handle_response(std::uint64_t now, const Head &head) noexcept {
        return told([&](ew_notice *out) { return ew_source_handle_response(raw_.get(), now, &head.raw_, out); });
    }
    /// The next event of a chunk of the body, or nothing: it is used up, or there is no open connection.
    [[nodiscard]] std::optional<Event> next(std::uint64_t now, Input &chunk) noexcept {
        return taken([&](ew_event *out) { return ew_source_next(raw_.get(), now, chunk.c_input(), out); });
    }
    /// The event that the end of the body has cut off, if Eof::dispatch was chosen. To be called before handle_end.
    [[nodiscard]] std::optional<Event> finish() noexcept {
        return taken([&](ew_event *out) { return ew_source_finish(raw_.get(), out); });
    }
    /// The body has ended in good order.
    std::optional<Notice> handle_end(std::uint64_t now) noexcept {
        return told([&](ew_notice *out) { return ew_source_handle_end(raw_.get(), now, out); });
    }
    std::optional<Notice> handle_error(std::uint64_t now, NetworkError error = NetworkError::transient) noexcept {
        const auto kind = static_cast<std::uint32_t>(error);
        return told([&](ew_notice *out) { return ew_source_handle_error(raw_.get(), now, kind, out); });
    }
    /// It is Action::until() of Do::receive; at another time nothing happens.
    std::optional<Notice> handle_timeout(std::uint64_t now) noexcept {
        return told([&](ew_notice *out) { return ew_source_handle_timeout(raw_.get(), now, out); });
    }
    /// Nothing comes out any more; the last event's views stay valid.
    void close() noexcept { ew_source_close(raw_.get()); }

    [[nodiscard]] ReadyState ready_state() const noexcept {
        return static_cast<ReadyState>(ew_source_ready_state(raw_.get()));
    }
    /// Where the events come from; valid until the next connection.
    [[nodiscard]] std::string_view origin() const noexcept { return detail::view(ew_source_origin(raw_.get())); }
    /// Valid until the source is told something.
    [[nodiscard]] std::string_view last_event_id() const noexcept {
        return detail::view(ew_source_last_event_id(raw_.get()));
    }
    [[nodiscard]] std::uint64_t reconnection_time() const noexcept { return ew_source_reconnection_time(raw_.get()); }
    /// Requests handed out.
    [[nodiscard]] std::uint64_t attempts() const noexcept { return ew_source_attempts(raw_.get()); }
    /// Failures in a row.
    [[nodiscard]] std::uint32_t failures() const noexcept { return ew_source_failures(raw_.get()); }

    /// For functions of eventwire.h; still owned by this object.
    [[nodiscard]] ew_source *c_source() noexcept { return raw_.get(); }

private:
    struct Free {
        void operator()(ew_source *source) const noexcept { ew_source_free(source); }
    };

    explicit Source(ew_source *source) noexcept : raw_(source) {}

    template <class Call> static std::optional<Notice> told(Call call) noexcept {
        std::optional<Notice> notice = Notice();
        if (call(&notice->raw_) != EW_NOTICE) notice.reset();
        return notice;
    }
    template <class Call> static std::optional<Event> taken(Call call) noexcept {
        std::optional<Event> event = Event();
        const ew_status status = call(&event->raw_);
        if (status < 0) event = Event(static_cast<Error>(status));
        else if (status == EW_NEED_INPUT) event.reset();
        return event;
    }

    std::unique_ptr<ew_source, Free> raw_;
};

// --------------------------------------------------------------------------------------------------------- version

/// The version of the library that is linked; the macros EW_VERSION_... are that of the header.
[[nodiscard]] inline const char *version_string() noexcept { return ew_version_string(); }
[[nodiscard]] inline std::uint32_t version_number() noexcept { return ew_version_number(); }
[[nodiscard]] inline std::uint32_t abi_version() noexcept { return ew_abi_version(); }
/// The name of the scan kernel that this processor gets.
[[nodiscard]] inline const char *scanner_name() noexcept { return ew_scanner_name(); }

} // namespace eventwire

#endif
