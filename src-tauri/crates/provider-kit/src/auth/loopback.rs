//! The address on this computer that a service sends the browser back to (RFC 8252).
//!
//! It exists only while somebody signs in, on a port that the system chose, for this computer alone. It takes one
//! request: the right path, the right `state`. Everything else is refused and changes nothing, so that another program
//! that finds the port can neither answer in the service's place nor end the sign-in.

use super::{lock, pkce};
use crate::{ErrorClass, ProviderError};
use secrecy::{ExposeSecret, SecretString};
use std::{
    collections::BTreeMap,
    fmt,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use zeroize::Zeroizing;

/// Bytes of a request's head that are read.
const HEAD_BYTES: usize = 8 * 1024;
/// How long a connection may take to ask. Browsers open some that they never use.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take to read the page.
const ANSWERING: Duration = Duration::from_secs(2);
/// Connections that are served at once.
const AT_ONCE: usize = 16;

/// How the registered redirect is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Redirect {
    /// `http://127.0.0.1:<port>/callback`: what RFC 8252 asks for.
    #[default]
    #[serde(rename = "127.0.0.1")]
    Literal,
    /// `http://localhost:<port>`, without a path: what Entra ID's portal accepts.
    #[serde(rename = "localhost")]
    Localhost,
}

/// What the service sent back: the parameters of the one right request.
pub(super) struct Callback {
    values: BTreeMap<String, Zeroizing<String>>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback").finish_non_exhaustive()
    }
}

impl Callback {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(|value| value.as_str())
    }
}

/// The waiting address.
pub(super) struct Loopback {
    listeners: Vec<TcpListener>,
    expects: Arc<Expects>,
    redirect: Redirect,
    port: u16,
}

/// What the right request looks like.
struct Expects {
    hosts: Vec<String>,
    path: &'static str,
    state: SecretString,
    /// Whether the one right request came.
    used: Mutex<bool>,
    /// What it said.
    taken: Mutex<Option<Callback>>,
    done: tokio::sync::Notify,
}

impl fmt::Debug for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loopback")
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Loopback {
    /// Opens an address that takes one request with this `state`.
    pub(super) async fn open(
        redirect: Redirect,
        state: SecretString,
    ) -> Result<Self, ProviderError> {
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .map_err(|error| no_port(&error))?;
        let port = first.local_addr().map_err(|error| no_port(&error))?.port();
        let mut listeners = vec![first];
        let hosts = match redirect {
            Redirect::Literal => vec![format!("127.0.0.1:{port}")],
            Redirect::Localhost => {
                // Browsers take `localhost` for either. Where there is no IPv6, they can only take the other.
                if let Ok(second) = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                    listeners.push(second);
                }
                vec![
                    format!("localhost:{port}"),
                    format!("127.0.0.1:{port}"),
                    format!("[::1]:{port}"),
                ]
            }
        };
        Ok(Self {
            listeners,
            expects: Arc::new(Expects {
                hosts,
                path: path(redirect),
                state,
                used: Mutex::new(false),
                taken: Mutex::new(None),
                done: tokio::sync::Notify::new(),
            }),
            redirect,
            port,
        })
    }

    /// The address as the service is told it.
    pub(super) fn redirect_uri(&self) -> String {
        match self.redirect {
            Redirect::Literal => format!("http://127.0.0.1:{}{CALLBACK}", self.port),
            Redirect::Localhost => format!("http://localhost:{}", self.port),
        }
    }

    /// Waits for the one right request. Dropping the future closes the address.
    pub(super) async fn wait(self) -> Result<Callback, ProviderError> {
        let mut serving = JoinSet::new();
        loop {
            tokio::select! {
                biased;
                () = self.expects.done.notified() => {
                    let callback = lock(&self.expects.taken).take();
                    // Its answer is on its way. Whoever else is connected hears nothing more: a browser opens
                    // connections that it never uses, and nobody waits for those.
                    return callback.ok_or_else(|| no_port(&std::io::ErrorKind::Other.into()));
                }
                accepted = accept(&self.listeners), if serving.len() < AT_ONCE => {
                    // A connection that failed to come about is no reason to stop waiting.
                    if let Ok(stream) = accepted {
                        let expects = Arc::clone(&self.expects);
                        serving.spawn(async move { expects.serve(stream).await });
                    }
                }
                Some(_) = serving.join_next() => {}
            }
        }
    }
}

const CALLBACK: &str = "/callback";

const fn path(redirect: Redirect) -> &'static str {
    match redirect {
        Redirect::Literal => CALLBACK,
        // A redirect without a path comes back with a slash.
        Redirect::Localhost => "/",
    }
}

async fn accept(listeners: &[TcpListener]) -> std::io::Result<TcpStream> {
    let next = listeners.iter().map(|listener| Box::pin(listener.accept()));
    let (accepted, _, _) = futures::future::select_all(next).await;
    let (stream, from): (TcpStream, SocketAddr) = accepted?;
    // Bound to loopback addresses, it can be nobody else; said once more, as everything hangs on it.
    if from.ip().to_canonical().is_loopback() {
        Ok(stream)
    } else {
        Err(std::io::ErrorKind::PermissionDenied.into())
    }
}

impl Expects {
    async fn serve(&self, mut stream: TcpStream) {
        let Ok(Some(head)) = tokio::time::timeout(PATIENCE, read_head(&mut stream)).await else {
            return;
        };
        let verdict = self.judge(&head);
        let (status, text, allow) = match &verdict {
            Verdict::Right(callback) if callback.get("error").is_some() => ("200 OK", REFUSED, ""),
            Verdict::Right(_) => ("200 OK", ARRIVED, ""),
            Verdict::Wrong(status) if status.starts_with("405") => {
                (*status, NOT_HERE, "Allow: GET\r\n")
            }
            Verdict::Wrong(status) => (*status, NOT_HERE, ""),
        };
        let page = page(status, text, allow);
        // What it said counts, whether or not it reads the page.
        let _ = tokio::time::timeout(ANSWERING, async {
            let _ = stream.write_all(page.as_bytes()).await;
            let _ = stream.shutdown().await;
        })
        .await;
        if let Verdict::Right(callback) = verdict {
            *lock(&self.taken) = Some(callback);
            self.done.notify_one();
        }
    }

    fn judge(&self, head: &[u8]) -> Verdict {
        let mut headers = [httparse::EMPTY_HEADER; 64];
        let mut request = httparse::Request::new(&mut headers);
        if !matches!(request.parse(head), Ok(httparse::Status::Complete(_))) {
            return Verdict::Wrong("400 Bad Request");
        }
        let hosts: Vec<&[u8]> = request
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case("host"))
            .map(|header| header.value)
            .collect();
        // A page of somebody else's that was made to resolve to this computer names its own host.
        let [host] = hosts.as_slice() else {
            return Verdict::Wrong("400 Bad Request");
        };
        if !self.hosts.iter().any(|own| own.as_bytes() == *host) {
            return Verdict::Wrong("421 Misdirected Request");
        }
        if request.method != Some("GET") {
            return Verdict::Wrong("405 Method Not Allowed");
        }
        let target = request.path.unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        if path != self.path {
            return Verdict::Wrong("404 Not Found");
        }
        let mut values = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = Zeroizing::new(value.into_owned());
            // Which of two would count is anybody's guess.
            if values.insert(name.into_owned(), value).is_some() {
                return Verdict::Wrong("400 Bad Request");
            }
        }
        let callback = Callback { values };
        let ours = callback
            .get("state")
            .is_some_and(|state| pkce::same(state, self.state.expose_secret()));
        if !ours || (callback.get("code").is_none() && callback.get("error").is_none()) {
            return Verdict::Wrong("400 Bad Request");
        }
        // The first one counts; a second one comes too late whatever it says.
        let mut used = lock(&self.used);
        if std::mem::replace(&mut *used, true) {
            return Verdict::Wrong("410 Gone");
        }
        Verdict::Right(callback)
    }
}

enum Verdict {
    Right(Callback),
    Wrong(&'static str),
}

async fn read_head(stream: &mut TcpStream) -> Option<Zeroizing<Vec<u8>>> {
    let mut head = Zeroizing::new(Vec::with_capacity(HEAD_BYTES));
    let mut buffer = Zeroizing::new([0_u8; 2048]);
    loop {
        let read = stream.read(buffer.as_mut_slice()).await.ok()?;
        if read == 0 || head.len() + read > HEAD_BYTES {
            return None;
        }
        head.extend_from_slice(&buffer[..read]);
        if head.windows(4).any(|end| end == b"\r\n\r\n") {
            return Some(head);
        }
    }
}

const ARRIVED: &str = "The answer has arrived. Go back to CMMCPro; you can close this window.";
const REFUSED: &str = "The service did not sign you in. Go back to CMMCPro, which says why; you can close this window.";
const NOT_HERE: &str = "There is nothing here. You can close this window.";

/// A page without scripts, styles or anything from elsewhere.
fn page(status: &str, text: &str, more: &str) -> String {
    let body = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>CMMCPro</title></head>\n\
         <body><h1>CMMCPro</h1><p>{text}</p></body>\n</html>\n"
    );
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n{more}\
         Connection: close\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\n\r\n{body}",
        body.len()
    )
}

fn no_port(error: &std::io::Error) -> ProviderError {
    ProviderError::new(
        ErrorClass::Configuration,
        "no_loopback_port",
        "The browser's answer can't be received.",
        format!("This computer gives no port to wait at: {}.", error.kind()),
        "Choose the sign-in with a code, or ask IT whether programs may listen on 127.0.0.1.",
    )
}
