// The C++ face of sources: every setting arrives, every answer comes back, ownership moves.

#include <eventwire.hpp>

#include <string>
#include <string_view>

#include "check.h"

using namespace std::string_view_literals;
using eventwire::Do;
using eventwire::Error;
using eventwire::Head;
using eventwire::ReadyState;
using eventwire::Reason;
using eventwire::Source;
using eventwire::SourceConfig;

namespace {

constexpr auto url = "https://example.org/stream"sv;

Source source_of(const SourceConfig &config) {
    auto source = Source::make(config);
    CHECK(source);
    return std::move(*source);
}

Head good() { return Head(200).content_type("text/event-stream"); }

std::string request_of(const Source &source) {
    const auto request = source.request();
    std::string text = std::string(request.method()).append(" ").append(request.url()).append("\n");
    for (std::size_t index = 0; index < request.header_count(); ++index) {
        const auto header = request.header(index);
        text.append(header.name()).append(": ").append(header.value()).append("\n");
    }
    return text.append(request.body().value_or("nothing"));
}

void a_connection_from_request_to_reconnection() {
    check_case = "a connection from request to reconnection";
    auto source = source_of(SourceConfig(url));
    CHECK(source.ready_state() == ReadyState::connecting && source.reconnection_time() == 3000);
    CHECK(source.poll(0).what() == Do::connect && source.poll(0).what() == Do::receive && !source.poll(0).until());
    CHECK(request_of(source) == "GET https://example.org/stream\nAccept: text/event-stream\n"
                                "Cache-Control: no-cache\nnothing");
    auto notice = source.handle_response(1, good().url("http://moved.example/"));
    CHECK(notice && notice->is_open() && !notice->is_error() && notice->ready_state() == ReadyState::open);
    CHECK(source.origin() == "http://moved.example");

    std::string seen;
    for (const auto chunk : {"retry: 9\nid: 5\nda"sv, "ta: a\n\ndata: b\n\ndata"sv}) {
        eventwire::Input input(chunk);
        while (const auto event = source.next(2, input)) seen.append(event->data()).append(event->last_event_id());
    }
    CHECK(seen == "a5b5" && source.last_event_id() == "5" && source.reconnection_time() == 9);

    notice = source.handle_end(3);
    CHECK(notice && notice->is_error() && notice->reason() == Reason::end);
    CHECK(notice->ready_state() == ReadyState::connecting);
    CHECK(source.poll(4).what() == Do::wait && source.poll(4).until() == 12);
    CHECK(source.poll(12).what() == Do::connect && source.request().last_event_id() == "5");
    notice = source.handle_response(13, Head(204));
    CHECK(notice && notice->reason() == Reason::status && notice->http_status() == 204);
    CHECK(eventwire::to_string(notice->reason()) != ""sv);
    CHECK(source.poll(14).what() == Do::nothing && source.ready_state() == ReadyState::closed);
    CHECK(source.attempts() == 2 && source.failures() == 1);
}

void every_setting_arrives() {
    check_case = "every setting arrives";
    const eventwire::Header headers[] = {{"accept", "text/*"}, {"X", ""}};
    const eventwire::HttpStatuses busy[] = {{429, 429}, {503, 503}};
    auto source = source_of(SourceConfig(url)
                                .with_credentials()
                                .method("POST")
                                .body("", true)
                                .last_event_id("7")
                                .headers(headers)
                                .retry_statuses(busy)
                                .parser(eventwire::Config().max_event_size(1).eof(eventwire::Eof::dispatch))
                                .reconnection_time(10)
                                .max_retry_after(4000)
                                .min_delay(20)
                                .backoff(2, 1000, 50)
                                .jitter(0, 1)
                                .idle_timeout(100)
                                .max_failures(6));
    std::uint64_t now = 0;
    CHECK(source.poll(now).what() == Do::connect && source.request().with_credentials());
    CHECK(request_of(source) == "POST https://example.org/stream\nCache-Control: no-cache\nLast-Event-ID: 7\n"
                                "accept: text/*\nX: \n");
    CHECK(source.poll(now).until() == 100 && !source.handle_timeout(99) && source.handle_timeout(now += 100));
    CHECK(source.poll(now).until() == now + 20 && source.poll(now += 20).what() == Do::connect);
    CHECK(source.handle_response(now, Head(429).retry_after("3")));
    CHECK(source.poll(now).until() == now + 3000 && source.poll(now += 3000).what() == Do::connect);
    CHECK(source.handle_response(now, Head(503)
                                          .retry_after("Sun, 06 Nov 1994 08:49:39 GMT")
                                          .date("Sun, 06 Nov 1994 08:49:37 GMT")));
    CHECK(source.poll(now).until() == now + 2000 && source.poll(now += 2000).what() == Do::connect);
    CHECK(source.handle_response(now, good()));

    eventwire::Input input("data: 12\n\ndata: 1");
    const auto dropped = source.next(now, input);
    CHECK(dropped && dropped->error() == Error::event_too_large && !source.next(now, input));
    const auto cut_off = source.finish();
    CHECK(cut_off && cut_off->data() == "1" && !source.finish());
    // It was not open for long enough to end the row.
    CHECK(source.handle_error(now) && source.failures() == 4 && source.poll(now).until() == now + 160);
    const auto fatal = source.handle_error(now, eventwire::NetworkError::fatal);
    CHECK(fatal && fatal->ready_state() == ReadyState::closed && fatal->reason() == Reason::fatal);
}

void a_body_may_be_sent_once() {
    check_case = "a body may be sent once";
    auto source = source_of(SourceConfig(url).body("x", true).body({}, false));
    CHECK(source.poll(0).what() == Do::connect && source.request().body() == "");
    const auto notice = source.handle_error(0);
    CHECK(notice && notice->ready_state() == ReadyState::closed);
}

void what_cannot_be_is_refused() {
    check_case = "what cannot be is refused";
    Error why = Error::none;
    CHECK(!Source::make(SourceConfig("http://x/\n"), &why) && why == Error::invalid_field);
    CHECK(!Source::make(SourceConfig(url).parser(eventwire::Config().utf8(static_cast<eventwire::Utf8>(9))), &why));
    CHECK(why == Error::invalid_argument && Source::make(SourceConfig(url), &why) && why == Error::none);
}

void a_closed_or_moved_source_is_silent() {
    check_case = "a closed or moved source is silent";
    auto source = source_of(SourceConfig(url));
    CHECK(source.poll(0).what() == Do::connect && source.handle_response(0, good()));
    auto other = std::move(source);
    CHECK(source.poll(0).what() == Do::nothing && source.ready_state() == ReadyState::closed);
    CHECK(!source.handle_end(0) && source.request().header_count() == 0 && source.c_source() == nullptr);
    eventwire::Input input("data: a\n\ndata: b\n\n");
    const auto event = other.next(0, input);
    other.close();
    CHECK(event && event->data() == "a" && !other.next(0, input) && input.consumed() == 9);
    CHECK(!other.handle_end(0) && other.poll(0).what() == Do::nothing);
}

} // namespace

int main() {
    a_connection_from_request_to_reconnection();
    every_setting_arrives();
    a_body_may_be_sent_once();
    what_cannot_be_is_refused();
    a_closed_or_moved_source_is_silent();
    std::puts("sources in C++: as they should");
}
