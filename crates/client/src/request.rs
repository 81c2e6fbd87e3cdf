//! A request as it goes out, and the response to it after all redirects.

use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use eventwire::event_source::{Head, Request};
use reqwest::cookie::CookieStore;
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, COOKIE, DATE, HeaderMap, HeaderName, HeaderValue,
    RETRY_AFTER, SET_COOKIE,
};
use reqwest::{Client, Method, Response, StatusCode, Url};

use crate::error::{ErrorKind, Failure};
use crate::redirect;

/// What sends requests: the client, and what a request carries beyond what the machine says.
pub(crate) struct Sender {
    pub(crate) client: Client,
    /// The cookies of a source with credentials.
    pub(crate) cookies: Option<Arc<dyn CookieStore>>,
    /// The header fields of the user's that may go to any origin.
    pub(crate) everywhere: Vec<HeaderName>,
}

/// A request on its way through redirects.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
}

/// The response that a request led to.
#[derive(Debug)]
pub(crate) struct Reply {
    status: u16,
    url: Url,
    content_type: Option<Vec<u8>>,
    retry_after: Option<HeaderValue>,
    date: Option<Vec<u8>>,
    response: Box<Response>,
}

impl Outgoing {
    /// The machine's request in the client's terms.
    pub(crate) fn new(request: &Request<'_>, url: &Url) -> Result<Self, Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ErrorKind::Scheme.into());
        }
        let mut headers = HeaderMap::new();
        // The stream is to come as it was written, without a compressor that holds back what it has.
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let mut own_coding = false;
        for (name, value) in request.headers() {
            let name: HeaderName = name.parse().map_err(|_| ErrorKind::Unsendable)?;
            if name == "last-event-id" {
                headers.insert(name, last_event_id(value)?);
                continue;
            }
            let value = HeaderValue::from_bytes(value).map_err(|_| ErrorKind::Unsendable)?;
            if name == ACCEPT_ENCODING && !own_coding {
                own_coding = true;
                headers.insert(name, value);
            } else {
                headers.append(name, value);
            }
        }
        Ok(Self {
            method: request.method().parse().map_err(|_| ErrorKind::Unsendable)?,
            url: url.clone(),
            headers,
            body: request.body().map(Bytes::copy_from_slice),
        })
    }
}

/// The last event ID as the value of a header field. White space around it is no part of such a value, and some
/// control characters cannot stand in one.
fn last_event_id(mut id: &[u8]) -> Result<HeaderValue, Failure> {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = id {
        id = rest;
    }
    HeaderValue::from_bytes(id).map_err(|_| ErrorKind::LastEventId.into())
}

impl Sender {
    /// Sends a request and follows redirects, up to the response that is none.
    pub(crate) async fn send(self: Arc<Self>, mut outgoing: Outgoing) -> Result<Reply, Failure> {
        for _ in 0..=redirect::MOST {
            let response = self.exchange(&outgoing).await?;
            match redirect::target(response.status(), response.headers(), &outgoing.url) {
                Some(to) => redirect::follow(&mut outgoing, response.status(), to, &self.everywhere)?,
                None => return Reply::new(response),
            }
        }
        Err(Failure::detailed(ErrorKind::Redirect, format!("{} have been followed", redirect::MOST)))
    }

    async fn exchange(&self, outgoing: &Outgoing) -> Result<Response, Failure> {
        let Outgoing { method, url, headers, body } = outgoing;
        let mut request = self.client.request(method.clone(), url.clone()).headers(headers.clone());
        if let Some(body) = body {
            request = request.body(body.clone());
        }
        if let Some(cookies) = &self.cookies
            && !headers.contains_key(COOKIE)
            && let Some(value) = cookies.cookies(url)
        {
            request = request.header(COOKIE, value);
        }
        let response = request.send().await.map_err(Failure::request)?;
        // A client of the user's may follow redirects by itself. It knows of few header fields that they are secrets, so the request
        // went there with the others: that is not to happen again, and not to go unnoticed.
        if response.url().origin() != url.origin() {
            return Err(ErrorKind::ForeignRedirect.into());
        }
        if let Some(cookies) = &self.cookies {
            let mut given = response.headers().get_all(SET_COOKIE).iter().peekable();
            if given.peek().is_some() {
                cookies.set_cookies(&mut given, response.url());
            }
        }
        Ok(response)
    }
}

impl Reply {
    fn new(response: Response) -> Result<Self, Failure> {
        let headers = response.headers();
        // What the client has decoded it has struck out.
        let is_coded = |coding: &&HeaderValue| {
            let coding = coding.as_bytes().trim_ascii();
            !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity")
        };
        if response.status() == StatusCode::OK
            && let Some(coding) = headers.get_all(CONTENT_ENCODING).iter().find(is_coded)
        {
            let coding = String::from_utf8_lossy(coding.as_bytes());
            return Err(Failure::detailed(ErrorKind::ContentEncoding, coding));
        }
        let retry_after = headers.get(RETRY_AFTER).cloned();
        // A date in it is measured from the server's own clock, or else from ours.
        let date = retry_after.as_ref().map(|_| match headers.get(DATE) {
            Some(date) => date.as_bytes().to_vec(),
            None => httpdate::fmt_http_date(SystemTime::now()).into_bytes(),
        });
        Ok(Self {
            status: response.status().as_u16(),
            url: response.url().clone(),
            content_type: joined(headers, &CONTENT_TYPE),
            retry_after,
            date,
            response: Box::new(response),
        })
    }

    /// What the machine is to be told.
    pub(crate) fn head(&self) -> Head<'_> {
        let mut head = Head::new(self.status).url(self.url.as_str());
        if let Some(value) = &self.content_type {
            head = head.content_type(value);
        }
        if let Some(value) = &self.retry_after {
            head = head.retry_after(value.as_bytes());
        }
        if let Some(value) = &self.date {
            head = head.date(value);
        }
        head
    }

    /// The response, whose body is still to be read.
    pub(crate) fn into_response(self) -> Box<Response> {
        self.response
    }

    /// What the server says that its answer is, for people.
    pub(crate) fn content_type(&self) -> String {
        self.content_type
            .as_ref()
            .map_or_else(|| "no Content-Type".to_owned(), |value| String::from_utf8_lossy(value).into_owned())
    }
}

/// The values of a header field as one, as everywhere in HTTP.
fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<Vec<u8>> {
    let values: Vec<&[u8]> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    if values.is_empty() { None } else { Some(values.join(&b", "[..])) }
}
