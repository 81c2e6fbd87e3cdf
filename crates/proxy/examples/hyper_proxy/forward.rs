//! A service that passes every request on to one server, and its answer back.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::uri::{Authority, Scheme, Uri};
use axum::http::{StatusCode, Version};
use axum::response::{IntoResponse, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Passes everything on to this server.
pub fn router(upstream: Authority) -> Router {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    Router::new().fallback(forward).with_state(Upstream { client, upstream })
}

#[derive(Clone)]
struct Upstream {
    client: Client<HttpConnector, Body>,
    upstream: Authority,
}

/// Asks the upstream what the client asks.
async fn forward(State(Upstream { client, upstream }): State<Upstream>, mut request: Request) -> Response {
    let path = request.uri().path_and_query().cloned();
    let uri = Uri::builder().scheme(Scheme::HTTP).authority(upstream);
    let Ok(uri) = uri.path_and_query(path.map_or_else(|| "/".to_owned(), |path| path.to_string())).build()
    else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    *request.version_mut() = Version::HTTP_11;
    without_hop_by_hop(request.headers_mut());
    // The client makes it from the URI.
    request.headers_mut().remove(header::HOST);
    // What comes in gzip, or in part, can be neither watched nor rewritten.
    request.headers_mut().remove(header::RANGE);
    request.headers_mut().remove(header::IF_RANGE);
    request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    match client.request(request).await {
        Ok(mut response) => {
            without_hop_by_hop(response.headers_mut());
            *response.version_mut() = Version::default();
            response.map(Body::new)
        }
        Err(error) => {
            eprintln!("upstream: {error}");
            StatusCode::BAD_GATEWAY.into_response()
        }
    }
}

/// Takes away what is said to the next hop alone (RFC 9110, section 7.6.1).
fn without_hop_by_hop(headers: &mut HeaderMap) {
    const ALWAYS: [HeaderName; 8] = [
        header::CONNECTION,
        header::PROXY_AUTHENTICATE,
        header::PROXY_AUTHORIZATION,
        header::TE,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        HeaderName::from_static("keep-alive"),
        HeaderName::from_static("proxy-connection"),
    ];
    let values = headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
    let named: Vec<HeaderName> =
        values.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse().ok()).collect();
    for name in ALWAYS.iter().chain(&named) {
        headers.remove(name);
    }
}
