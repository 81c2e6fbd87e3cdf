//! The source that the options lead to.

use std::fs::{self, File};
use std::hash::{BuildHasher as _, RandomState};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::PoisonError;

use eventwire_client::reqwest::{Certificate, Client};
use eventwire_client::{BuildError, EventSource, Policy, Replay};

use super::args::{GetArgs, Reconnect};
use super::{RawError, place};
use crate::failure::Failure;

/// Makes the source; what goes wrong with `--raw` later is put into `raw_error`.
pub(crate) fn source(options: &GetArgs, raw_error: &RawError) -> Result<EventSource, Failure> {
    let mut builder = EventSource::builder(&options.url)
        .config(options.config())
        .policy(policy(options))
        .with_credentials(options.with_credentials)
        .method(options.method.as_deref().unwrap_or(if options.body.is_some() { "POST" } else { "GET" }));
    for (name, value) in &options.headers {
        builder = builder.header(name, value);
    }
    if let Some(id) = &options.last_event_id {
        builder = builder.last_event_id(id);
    }
    if let Some(text) = &options.body {
        let replay = if options.reconnect.is_some() { Replay::Allowed } else { Replay::Refused };
        builder = builder.body(body(text)?, replay);
        if !options.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            builder = builder.header("Content-Type", "application/json");
        }
    }
    if let Some(file) = &options.cacert {
        let client = Client::builder().user_agent(concat!("eventwire/", env!("CARGO_PKG_VERSION")));
        builder = builder.client_builder(client.tls_certs_merge(certificates(file)?));
    }
    if let Some(file) = &options.raw {
        let mut record =
            File::create(file).map_err(|error| Failure::File { name: file.display().to_string(), error })?;
        let raw_error = RawError::clone(raw_error);
        builder = builder.tap(move |chunk| {
            if let Err(error) = record.write_all(chunk) {
                raw_error.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        });
    }
    builder.build().map_err(|error| match error {
        BuildError::Client(_) => Failure::Network {
            name: place(options),
            what: error.to_string(),
            advice: "install certificates of authorities, or name some with --cacert",
        },
        _ => Failure::Usage { what: error.to_string(), advice: "see eventwire get --help" },
    })
}

fn policy(options: &GetArgs) -> Policy {
    let policy = match options.reconnect {
        None | Some(Reconnect::Standard) => Policy::new(),
        // A seed that is another one in each process.
        Some(Reconnect::Resilient) => Policy::resilient(RandomState::new().hash_one(0)),
        Some(Reconnect::Never) => Policy::never(),
    };
    match options.idle_timeout {
        Some(time) => policy.idle_timeout(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
        None => policy,
    }
}

/// What `-d` gives: text, or what a file holds.
fn body(text: &str) -> Result<Vec<u8>, Failure> {
    let Some(file) = text.strip_prefix('@') else { return Ok(text.as_bytes().to_vec()) };
    let (name, read) = if file == "-" {
        let mut body = Vec::new();
        ("standard input", io::stdin().lock().read_to_end(&mut body).map(|_| body))
    } else {
        (file, fs::read(file))
    };
    read.map_err(|error| Failure::Input { name: name.to_owned(), error })
}

fn certificates(file: &Path) -> Result<Vec<Certificate>, Failure> {
    let failure = |error| Failure::Input { name: file.display().to_string(), error };
    let pem = fs::read(file).map_err(failure)?;
    let certificates = Certificate::from_pem_bundle(&pem).unwrap_or_default();
    if certificates.is_empty() {
        return Err(failure(io::Error::new(io::ErrorKind::InvalidData, "no certificate in PEM form")));
    }
    Ok(certificates)
}
