//! What a source asks for.

use eventwire::EventSource;
use eventwire::event_source::{Action, BuildError, Credentials, Fault, Head, Policy, Replay};
use eventwire::{Config, Error, Utf8};

use crate::page::{Page, URL};

#[test]
fn statement_66_begins_with_a_few_seconds_and_no_id() {
    let source = EventSource::new(URL).unwrap();
    assert_eq!(source.reconnection_time(), 3000);
    assert_eq!(source.last_event_id(), b"");
}

#[test]
fn statement_68_93_the_url_is_that_of_the_start_whatever_has_answered() {
    let mut page = Page::new();
    assert_eq!(page.request().url, URL);
    page.respond(&Head::new(200).content_type(b"text/event-stream").url("https://moved.example/elsewhere"));
    assert_eq!(page.source.url(), URL);
    page.end();
    page.wait();
    assert_eq!(page.request().url, URL);
}

#[test]
fn statement_69_credentials_go_along_only_if_asked_for() {
    for (with_credentials, mode) in [(false, Credentials::SameOrigin), (true, Credentials::Include)] {
        let mut source = EventSource::builder(URL).with_credentials(with_credentials).build().unwrap();
        assert_eq!(source.with_credentials(), with_credentials);
        let Action::Connect(request) = source.poll(0) else { panic!() };
        assert_eq!(request.credentials(), mode);
    }
    assert!(!EventSource::new(URL).unwrap().with_credentials());
}

#[test]
fn statement_70_71_72_the_first_request_is_a_get_with_two_fields() {
    let request = Page::new().request();
    assert_eq!((request.method.as_str(), request.body), ("GET", None));
    let field = |name: &str, value: &str| (name.to_string(), value.as_bytes().to_vec());
    assert_eq!(request.headers, [field("Accept", "text/event-stream"), field("Cache-Control", "no-cache")]);
}

#[test]
fn statement_91_the_last_event_id_is_said_from_then_on() {
    let mut page = Page::new();
    assert_eq!(page.connect().last_event_id(), None);
    page.chunk("id: 1\ndata: a\n\nid: caf\u{e9} 2\n\ndata: c");
    page.end();
    page.wait();
    assert_eq!(page.request().last_event_id(), Some("caf\u{e9} 2".as_bytes()));
    page.error(Fault::Transient);
    page.wait();
    // Nothing but a stream changes it.
    assert_eq!(page.request().last_event_id(), Some("caf\u{e9} 2".as_bytes()));
}

#[test]
fn statement_92_an_id_that_became_empty_is_not_said() {
    let mut page = Page::with(|builder| builder.last_event_id("7"));
    assert_eq!(page.connect().last_event_id(), Some(&b"7"[..]));
    page.chunk("id\ndata: x\n\n");
    page.end();
    page.wait();
    assert_eq!(page.request().last_event_id(), None);
}

#[test]
fn statement_102_every_byte_an_id_can_hold_comes_back_in_the_request() {
    let mut id: Vec<u8> = (1..=255).filter(|byte| !b"\r\n".contains(byte)).collect();
    let stream = [b"id: ", id.as_slice(), b"\n\n"].concat();
    for utf8 in [Utf8::Raw, Utf8::Replace] {
        let mut page = Page::with(|builder| builder.config(Config::new().utf8(utf8)));
        page.connect();
        page.chunk(&stream);
        page.end();
        page.wait();
        assert_eq!(page.request().last_event_id(), Some(id.as_slice()));
        // The standard's text, and the default: what is not UTF-8 has been replaced.
        id = String::from_utf8_lossy(&id).into_owned().into_bytes();
    }
    let mut page = Page::new();
    page.connect();
    page.chunk(&stream);
    assert_eq!(page.source.last_event_id(), id);
}

#[test]
fn statement_102_no_other_byte_gets_into_it() {
    for bad in [&b"a\rb"[..], b"a\nb", b"a\0b"] {
        let built = Page::try_with(|builder| builder.last_event_id(bad));
        assert_eq!(built.err(), Some(BuildError::InvalidId), "{}", bad.escape_ascii());
    }
    let strict = Config::new().utf8(Utf8::Strict);
    let built = Page::try_with(|builder| builder.config(strict).last_event_id(b"\xFF"));
    assert_eq!(built.err(), Some(BuildError::InvalidId));
}

#[test]
fn a_post_is_sent_with_its_fields_and_body() {
    let mut page = Page::with(|builder| {
        builder
            .method("POST")
            .header("authorization", "Bearer x")
            .header("X-Raw", b"\xFF\t ")
            .body("{}", Replay::Allowed)
            .last_event_id("41")
    });
    let first = page.connect();
    assert_eq!((first.method.as_str(), first.body.as_deref()), ("POST", Some(&b"{}"[..])));
    let names: Vec<&str> = first.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["Accept", "Cache-Control", "Last-Event-ID", "authorization", "X-Raw"]);
    assert_eq!(first.all("x-raw"), [b"\xFF\t "]);
    page.end();
    page.wait();
    assert_eq!(page.request(), first);
}

#[test]
fn fields_of_the_users_take_the_place_of_the_usual_ones() {
    let request = Page::with(|builder| {
        builder
            .header("ACCEPT", "text/event-stream, application/json")
            .header("cache-control", "no-store")
            .header("X", "1")
            .header("X", "2")
    })
    .request();
    assert_eq!(request.all("Accept"), [b"text/event-stream, application/json"]);
    assert_eq!(request.all("Cache-Control"), [b"no-store"]);
    assert_eq!(request.all("X"), [b"1", b"2"]);
}

#[test]
fn what_could_split_a_request_is_refused() {
    let wrong = |page: Result<Page, BuildError>| page.err();
    for byte in 0..=255_u8 {
        let text = [b'a', byte];
        let control = byte.is_ascii_control() && byte != b'\t';
        let found = wrong(Page::try_with(|builder| builder.header("X", text)));
        assert_eq!(found, control.then_some(BuildError::InvalidHeaderValue), "value with {byte:#x}");

        let Ok(text) = str::from_utf8(&text) else { continue };
        let token = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let found = wrong(Page::try_with(|builder| builder.header(text, "x")));
        assert_eq!(found, (!token).then_some(BuildError::InvalidHeaderName), "name with {byte:#x}");
        let found = wrong(Page::try_with(|builder| builder.method(text)));
        assert_eq!(found, (!token).then_some(BuildError::InvalidMethod), "method with {byte:#x}");
        let found = EventSource::new(text).err();
        assert_eq!(found, b"\r\n\0".contains(&byte).then_some(BuildError::InvalidUrl), "URL with {byte:#x}");
    }
    assert_eq!(wrong(Page::try_with(|builder| builder.header("", "x"))), Some(BuildError::InvalidHeaderName));
    assert_eq!(wrong(Page::try_with(|builder| builder.method(""))), Some(BuildError::InvalidMethod));
    // It would be stale after the first event.
    let reserved = wrong(Page::try_with(|builder| builder.header("last-event-id", "1")));
    assert_eq!(reserved, Some(BuildError::ReservedHeader));
}

#[test]
fn the_first_mistake_is_the_one_that_is_told() {
    let built = Page::try_with(|builder| builder.header("a b", "x").method("").header("b", "\n"));
    assert_eq!(built.err(), Some(BuildError::InvalidHeaderName));
    assert_eq!(
        BuildError::InvalidHeaderName.to_string(),
        "name of a header field refused: it is not a token"
    );
    assert_eq!(BuildError::from(Error::NoMemory), BuildError::NoMemory);
}

#[test]
fn logs_show_no_secrets() {
    let builder = EventSource::builder("https://user:5ecret@example.org/5ecret?key=5ecret#5ecret")
        .header("Authorization", "Bearer 5ecret")
        .body("5ecret", Replay::Allowed)
        .policy(Policy::new());
    let mut source = builder.clone().build().unwrap();
    let shown = format!("{source:?}");
    let Action::Connect(request) = source.poll(0) else { panic!() };
    for shown in [format!("{builder:?}"), format!("{request:?}"), shown] {
        assert!(shown.contains("Authorization") && shown.contains("\"https://example.org\""), "{shown}");
        assert!(!shown.contains("5ecret"), "{shown}");
    }
}
