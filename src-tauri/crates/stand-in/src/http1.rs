//! HTTP/1.1 by hand: the faults need control over every byte that a server library keeps to itself.

use std::future::Future;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::reply::{Manner, Reply};

/// Longest head of a request.
const HEAD: usize = 64 * 1024;
/// Longest body of a request.
const BODY: usize = 1024 * 1024;

/// One request, read completely.
#[derive(Debug)]
pub struct Request {
    /// The method as sent.
    pub method: String,
    /// The path as sent, still percent-encoded, without the query.
    pub path: String,
    /// The raw query without the question mark; empty if there was none.
    pub query: String,
    /// The headers in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether the client wants the connection closed after the answer.
    pub close: bool,
}

impl Request {
    /// The first header of that name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Answers the requests of one connection.
pub trait Exchange: Send + Sync {
    /// One request and its answer, sent with [`deliver`]. False when the connection cannot be used again.
    fn exchange(
        &self,
        stream: &mut TcpStream,
        request: &Request,
    ) -> impl Future<Output = io::Result<bool>> + Send;
}

/// Serves one connection until either side ends it. What is not HTTP gets the status that says so.
///
/// # Errors
/// When the connection breaks, or is broken on purpose.
pub async fn serve(mut stream: TcpStream, handler: &impl Exchange) -> io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        match read(&mut stream, &mut buffer).await? {
            Read::Closed => return Ok(()),
            Read::Bad(status) => {
                stream.write_all(&head(status, &[], Some(0), true)).await?;
                return stream.shutdown().await;
            }
            Read::Request(request) => {
                if !handler.exchange(&mut stream, &request).await? || request.close {
                    return stream.shutdown().await;
                }
            }
        }
    }
}

/// Sends the answer in this manner. False when the connection cannot be used again.
///
/// # Errors
/// When the connection breaks.
pub async fn deliver(
    stream: &mut TcpStream,
    request: &Request,
    reply: &Reply,
    manner: &Manner,
) -> io::Result<bool> {
    // These two have no body, and a length would speak of the one that they stand for.
    let length = (!matches!(reply.status, 204 | 304)).then_some(reply.body.len());
    let head = head(reply.status, &reply.headers, length, request.close);
    if !manner.delay.is_zero() {
        tokio::time::sleep(manner.delay).await;
    }
    stream.write_all(&head).await?;
    if length.is_none() {
        return Ok(true);
    }
    if manner.cut {
        stream
            .write_all(reply.body.get(..reply.body.len() / 2).unwrap_or_default())
            .await?;
        return Ok(false);
    }
    if manner.piece == 0 {
        stream.write_all(&reply.body).await?;
        return Ok(true);
    }
    for part in reply.body.chunks(manner.piece) {
        stream.write_all(part).await?;
        tokio::time::sleep(manner.pause).await;
    }
    Ok(true)
}

/// Makes the kernel send a reset when the connection is left with the error that this gives.
#[must_use]
pub fn reset(stream: &TcpStream) -> io::Error {
    stream
        .set_zero_linger()
        .err()
        .unwrap_or_else(|| io::ErrorKind::ConnectionReset.into())
}

/// What reading gave.
enum Read {
    Request(Box<Request>),
    /// The client closed the connection between requests.
    Closed,
    /// Not acceptable: answer with this status and close.
    Bad(u16),
}

/// Reads one request; `buffer` keeps what came after it.
async fn read(stream: &mut (impl AsyncRead + Unpin), buffer: &mut Vec<u8>) -> io::Result<Read> {
    let (mut request, used) = loop {
        match parse(buffer) {
            Ok(Some(done)) => break done,
            Ok(None) if buffer.len() > HEAD => return Ok(Read::Bad(431)),
            Ok(None) => {
                if stream.read_buf(buffer).await? == 0 {
                    return Ok(if buffer.is_empty() {
                        Read::Closed
                    } else {
                        Read::Bad(400)
                    });
                }
            }
            Err(status) => return Ok(Read::Bad(status)),
        }
    };
    buffer.drain(..used);
    if request.header("transfer-encoding").is_some() {
        return Ok(Read::Bad(411));
    }
    let length = match request.header("content-length").map(str::parse::<usize>) {
        None => 0,
        Some(Ok(length)) if length <= BODY => length,
        Some(Ok(_)) => return Ok(Read::Bad(413)),
        Some(Err(_)) => return Ok(Read::Bad(400)),
    };
    while buffer.len() < length {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(Read::Bad(400));
        }
    }
    request.body = buffer.drain(..length).collect();
    Ok(Read::Request(Box::new(request)))
}

fn parse(buffer: &[u8]) -> Result<Option<(Request, usize)>, u16> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut head = httparse::Request::new(&mut headers);
    let used = match head.parse(buffer) {
        Ok(httparse::Status::Complete(used)) => used,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(431),
        Err(_) => return Err(400),
    };
    let target = head.path.unwrap_or_default();
    if !target.starts_with('/') {
        return Err(400);
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = head
        .headers
        .iter()
        .map(|header| {
            (
                header.name.to_owned(),
                String::from_utf8_lossy(header.value).into_owned(),
            )
        })
        .collect();
    let mut request = Request {
        method: head.method.unwrap_or_default().to_owned(),
        path: path.to_owned(),
        query: query.to_owned(),
        headers,
        body: Vec::new(),
        close: false,
    };
    if request.header("host").is_none() {
        return Err(400);
    }
    request.close = head_says_close(&request, buffer.get(..used).unwrap_or_default());
    Ok(Some((request, used)))
}

fn head_says_close(request: &Request, head: &[u8]) -> bool {
    let old = head
        .split(|byte| *byte == b'\r')
        .next()
        .is_some_and(|line| line.ends_with(b"HTTP/1.0"));
    old || request
        .header("connection")
        .is_some_and(|value| value.eq_ignore_ascii_case("close"))
}

/// The head of an answer; no length where there cannot be a body.
fn head(status: u16, headers: &[(String, String)], length: Option<usize>, close: bool) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        201 => "Created",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    };
    let mut text = format!("HTTP/1.1 {status} {reason}\r\n");
    for (name, value) in headers {
        // Values can come from a client's header: nothing in them may end the line.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(length) = length {
        text.push_str(&format!("Content-Length: {length}\r\n"));
    }
    if close {
        text.push_str("Connection: close\r\n");
    }
    text.push_str("\r\n");
    text.into_bytes()
}
