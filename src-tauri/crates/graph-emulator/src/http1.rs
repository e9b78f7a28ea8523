//! HTTP/1.1 by hand: the faults need control over every byte that a server library keeps to itself.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// Longest head of a request.
const HEAD: usize = 64 * 1024;
/// Longest body of a request.
const BODY: usize = 1024 * 1024;

/// One request, read completely.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) close: bool,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// What reading gave.
pub(crate) enum Read {
    Request(Box<Request>),
    /// The client closed the connection between requests.
    Closed,
    /// Not acceptable: answer with this status and close.
    Bad(u16),
}

/// Reads one request; `buffer` keeps what came after it.
pub(crate) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    buffer: &mut Vec<u8>,
) -> io::Result<Read> {
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

/// Decodes `%41` and the like; anything else stays as it is.
pub(crate) fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%')
            .then(|| {
                text.get(at + 1..at + 3)
                    .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            })
            .flatten();
        out.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The head of an answer.
pub(crate) fn head(
    status: u16,
    headers: &[(String, String)],
    length: usize,
    close: bool,
) -> Vec<u8> {
    let reason = match status {
        200 => "OK",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Status",
    };
    let mut text = format!("HTTP/1.1 {status} {reason}\r\n");
    for (name, value) in headers {
        // Values can come from a client's header: nothing in them may end the line.
        let value: String = value.chars().filter(|c| !c.is_control()).collect();
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str(&format!("Content-Length: {length}\r\n"));
    if close {
        text.push_str("Connection: close\r\n");
    }
    text.push_str("\r\n");
    text.into_bytes()
}
