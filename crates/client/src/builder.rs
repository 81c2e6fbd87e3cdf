//! What a source is made with.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use eventwire::Config;
use eventwire::event_source::{self as machine, Policy, Replay};
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::HeaderName;
use reqwest::redirect;
use reqwest::{Client, ClientBuilder, Url};

use crate::EventSource;
use crate::error::root;
use crate::request::Sender;
use crate::shared::Shared;
use crate::source::Tap;

/// What a source is made with: see [`EventSource::builder`].
///
/// What is wrong is said by [`build`](Self::build).
///
/// ```
/// use std::time::Duration;
///
/// use eventwire_client::{EventSource, Policy, Replay};
///
/// let source = EventSource::builder("https://api.example.org/v1/chat")
///     .method("POST")
///     .header("Authorization", "Bearer 0123")
///     .header("Content-Type", "application/json")
///     .body(r#"{"stream":true}"#, Replay::Refused)
///     .policy(Policy::new().idle_timeout(30_000))
///     .build()?;
/// # Ok::<(), eventwire_client::BuildError>(())
/// ```
#[must_use]
pub struct Builder {
    machine: machine::Builder,
    url: Result<Url, BuildError>,
    client: Http,
    cookies: Option<Arc<dyn CookieStore>>,
    everywhere: Vec<HeaderName>,
    with_credentials: bool,
    tap: Option<Tap>,
    /// What went wrong first.
    wrong: Option<BuildError>,
}

/// The HTTP client to be used.
enum Http {
    Usual,
    Made(Client),
    ToBeMade(Box<ClientBuilder>),
}

/// Why a source cannot be made.
#[derive(Debug)]
#[non_exhaustive]
pub enum BuildError {
    /// The URL is not absolute, or none at all (statement 67).
    Url(Box<dyn StdError + Send + Sync>),
    /// `CONNECT`, `TRACE` and `TRACK` are no methods to ask for a stream with.
    Method,
    /// Something else about the request is wrong.
    Request(machine::BuildError),
    /// The HTTP client cannot be made: wrong TLS options, say.
    Client(reqwest::Error),
    /// The HTTP client cannot be made, because the program has chosen to install the cryptography for TLS itself (feature
    /// `rustls-no-provider`), and has not.
    NoCryptography,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        let url = Url::parse(url).map_err(|error| BuildError::Url(Box::new(error)));
        let text = url.as_ref().map_or("", |url| url.as_str());
        Self {
            machine: machine::EventSource::builder(text),
            url,
            client: Http::Usual,
            cookies: None,
            everywhere: Vec::new(),
            with_credentials: false,
            tap: None,
            wrong: None,
        }
    }

    /// The request's method. Default `GET`, also with a body.
    ///
    /// Case matters, except that of the methods that Fetch writes in capitals: `DELETE`, `GET`, `HEAD`, `OPTIONS`, `POST`, `PUT`.
    pub fn method(mut self, method: &str) -> Self {
        let is_one_of =
            |names: &[&'static str]| names.iter().copied().find(|name| method.eq_ignore_ascii_case(name));
        if is_one_of(&["CONNECT", "TRACE", "TRACK"]).is_some() {
            self.wrong.get_or_insert(BuildError::Method);
        }
        let written = is_one_of(&["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"]);
        self.machine = self.machine.method(written.unwrap_or(method));
        self
    }

    /// One more header field. `Accept`, `Accept-Encoding` and `Cache-Control` take the place of what would be sent
    /// otherwise.
    ///
    /// When a redirect leads to another origin, it stays behind, because it may be a secret; only fields that never are
    /// (`Accept`, `Accept-Language`, `Content-Type`, `User-Agent` and their like) go along.
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.machine = self.machine.header(name, value);
        self
    }

    /// One more header field, which is no secret: it follows redirects to any origin. So do all others of its name.
    pub fn public_header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        // What is no name, the machine says.
        self.everywhere.extend(name.parse::<HeaderName>());
        self.header(name, value)
    }

    /// A body for the request, and whether it may be sent again with the next attempt.
    ///
    /// A redirect with status 307 or 308 takes it along, to another origin as well, as Fetch has it: what a server may not see that
    /// this one redirects to belongs in a header field.
    pub fn body(mut self, body: impl AsRef<[u8]>, replay: Replay) -> Self {
        self.machine = self.machine.body(body, replay);
        self
    }

    /// Keeps the cookies that servers set, in memory, and sends them (statement 69). Default: no.
    ///
    /// Without this no cookie is sent but one that is given as a header field.
    pub fn with_credentials(mut self, with_credentials: bool) -> Self {
        self.with_credentials = with_credentials;
        self.machine = self.machine.with_credentials(with_credentials);
        self
    }

    /// Where cookies are kept, if [`with_credentials`](Self::with_credentials) says that they are: one store may serve
    /// several sources. Default: one of the source's own.
    pub fn cookie_store(mut self, store: Arc<dyn CookieStore>) -> Self {
        self.cookies = Some(store);
        self
    }

    /// The last event ID to begin with: one that was saved, say.
    pub fn last_event_id(mut self, id: impl AsRef<[u8]>) -> Self {
        self.machine = self.machine.last_event_id(id);
        self
    }

    /// The reconnection time until the stream sets another, in whole milliseconds. Default 3 seconds.
    pub fn reconnection_time(mut self, time: Duration) -> Self {
        let milliseconds = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.machine = self.machine.reconnection_time(milliseconds);
        self
    }

    /// Settings of the parser: the size limit, which items beside events are wanted. Default: those of
    /// [`machine::Builder::config`].
    pub fn config(mut self, config: Config) -> Self {
        self.machine = self.machine.config(config);
        self
    }

    /// What is to be done beyond the standard. Default: nothing.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.machine = self.machine.policy(policy);
        self
    }

    /// The HTTP client to use: one client may serve many sources, and then connections are shared between them where
    /// HTTP allows it.
    ///
    /// It is to be made with [`redirect::Policy::none`]: redirects that it follows by itself follow its rules, and one to another origin
    /// ends the source ([`ErrorKind::ForeignRedirect`](crate::ErrorKind::ForeignRedirect)). What the client has of its own goes along
    /// with every request, whatever its origin: default header fields, a certificate of the client's, cookies, a total timeout.
    pub fn client(mut self, client: Client) -> Self {
        self.client = Http::Made(client);
        self
    }

    /// The HTTP client to make and use: for TLS options, proxies, connect timeouts.
    ///
    /// Its policy for redirects is replaced.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use eventwire_client::EventSource;
    /// use eventwire_client::reqwest::{Client, tls};
    ///
    /// let client = Client::builder().tls_version_min(tls::Version::TLS_1_3).connect_timeout(Duration::from_secs(5));
    /// let source = EventSource::builder("https://example.org/stream").client_builder(client).build()?;
    /// # Ok::<(), eventwire_client::BuildError>(())
    /// ```
    pub fn client_builder(mut self, client: ClientBuilder) -> Self {
        self.client = Http::ToBeMade(Box::new(client));
        self
    }

    /// Shows `tap` all bytes of the streams, in the chunks in which they are parsed: to record them, or to count.
    pub fn tap(mut self, tap: impl FnMut(&[u8]) + Send + 'static) -> Self {
        self.tap = Some(Box::new(tap));
        self
    }

    /// Makes the source. Nothing is sent before it is polled.
    ///
    /// # Errors
    ///
    /// A [`BuildError`].
    pub fn build(self) -> Result<EventSource, BuildError> {
        let url = self.url?;
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let machine = self.machine.build().map_err(BuildError::Request)?;
        if !matches!(self.client, Http::Made(_)) && !has_cryptography() {
            return Err(BuildError::NoCryptography);
        }
        let client = match self.client {
            Http::Usual => usual_client(&url),
            Http::Made(client) => Ok(client),
            Http::ToBeMade(builder) => builder.redirect(redirect::Policy::none()).build(),
        };
        let client = client.map_err(BuildError::Client)?;
        let cookies = self
            .with_credentials
            .then(|| self.cookies.unwrap_or_else(|| Arc::new(Jar::default()) as Arc<dyn CookieStore>));
        let sender = Sender { client, cookies, everywhere: self.everywhere };
        Ok(EventSource::from_parts(machine, sender, Shared::new(url, self.with_credentials), self.tap))
    }
}

/// Whether a client can be made without a panic of `reqwest`'s.
fn has_cryptography() -> bool {
    #[cfg(all(feature = "rustls-no-provider", not(feature = "rustls")))]
    return rustls::crypto::CryptoProvider::get_default().is_some();
    #[cfg(not(all(feature = "rustls-no-provider", not(feature = "rustls"))))]
    return true;
}

/// The client that is used if the user has no other.
fn usual_client(url: &Url) -> reqwest::Result<Client> {
    match usual_builder().build() {
        // Where the system has no certificates there is none to be had; but what is not encrypted needs none.
        Err(error) if url.scheme() == "http" => client_without_certificates().ok_or(error),
        made => made,
    }
}

fn usual_builder() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("eventwire/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
}

/// A client to which no server can prove who it is.
#[cfg(feature = "rustls-no-provider")]
fn client_without_certificates() -> Option<Client> {
    usual_builder().tls_certs_only([]).build().ok()
}

#[cfg(not(feature = "rustls-no-provider"))]
fn client_without_certificates() -> Option<Client> {
    None
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("machine", &self.machine).finish_non_exhaustive()
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(error) => write!(f, "URL refused: {error}"),
            Self::Method => f.write_str("method refused: a stream cannot be asked for with it"),
            Self::Request(error) => error.fmt(f),
            Self::Client(error) => write!(f, "the HTTP client cannot be made: {}", root(error)),
            Self::NoCryptography => f.write_str(
                "the HTTP client cannot be made: install a CryptoProvider of rustls first, or take the feature `rustls`",
            ),
        }
    }
}

impl StdError for BuildError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Url(error) => Some(&**error),
            Self::Method | Self::NoCryptography => None,
            Self::Request(error) => Some(error),
            Self::Client(error) => Some(error),
        }
    }
}
