//! The made-up tenant: starting the emulator and talking to it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{ChildStdout, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::process::{Background, Step};
use crate::{Failure, Outcome};

/// A running emulator. It ends when this is dropped.
pub struct Emulator {
    /// Held for its end: dropping it ends the process.
    _process: Background,
    /// What the emulator prints after its first line.
    pub output: BufReader<ChildStdout>,
    /// How to reach and sign in to the made-up tenant.
    pub tenant: Tenant,
}

/// How to reach and sign in to the made-up tenant.
#[derive(Debug, PartialEq, Eq)]
pub struct Tenant {
    /// Address of the token endpoint's host.
    pub login_url: String,
    /// Address of the Graph stand-in.
    pub graph_url: String,
    /// The made-up tenant's id.
    pub tenant_id: String,
    /// The made-up application's id.
    pub client_id: String,
    /// The made-up application's secret: it opens nothing but the emulator.
    pub client_secret: String,
}

impl Emulator {
    /// Starts the program and waits until it says where it listens.
    pub fn start(program: &Path, arguments: &[&str]) -> Outcome<Self> {
        let mut started = Step::new(program).args(arguments).start(|command| {
            // The emulator serves until its input closes, so it also ends when this task is killed.
            command.stdin(Stdio::piped()).stdout(Stdio::piped());
        })?;
        let stdout = started.child.stdout.take();
        let mut output =
            BufReader::new(stdout.ok_or_else(|| Failure::new("the emulator has no output"))?);
        let mut line = String::new();
        output
            .read_line(&mut line)
            .map_err(|error| Failure::new(format!("the emulator could not be read: {error}")))?;
        let tenant = Tenant::from_first_line(&line)?;
        Ok(Self {
            _process: started,
            output,
            tenant,
        })
    }

    /// How many requests the emulator has answered, if it can tell.
    pub fn requests_answered(&self) -> Option<u64> {
        let body = get(&self.tenant.graph_url, "/__emulator/log")?;
        count_of_log(&body)
    }
}

impl Tenant {
    fn from_first_line(line: &str) -> Outcome<Self> {
        let announced: Value = serde_json::from_str(line)
            .map_err(|_| Failure::new("the emulator did not say where it listens"))?;
        let field = |name: &str| {
            announced
                .get(name)
                .and_then(Value::as_str)
                .map(str::to_owned)
                .ok_or_else(|| Failure::new(format!("the emulator did not announce its {name}")))
        };
        Ok(Self {
            login_url: field("loginUrl")?,
            graph_url: field("graphUrl")?,
            tenant_id: field("tenantId")?,
            client_id: field("clientId")?,
            client_secret: field("clientSecret")?,
        })
    }

    /// The words after `cmmc` that connect to this tenant, without the secret.
    pub fn connect_arguments(&self, label: &str) -> Vec<String> {
        let mut words: Vec<String> = ["connect", "entra-id", "--label", label, "--cloud", "custom"]
            .map(str::to_owned)
            .to_vec();
        for (key, value) in [
            ("login_url", &self.login_url),
            ("graph_url", &self.graph_url),
            ("tenant_id", &self.tenant_id),
            ("client_id", &self.client_id),
        ] {
            words.push("--set".to_owned());
            words.push(format!("{key}={value}"));
        }
        words
    }

    /// The content of the secrets file that belongs to the connection.
    pub fn secrets(&self) -> String {
        serde_json::json!({ "client_secret": self.client_secret }).to_string()
    }
}

/// A plain request over HTTP/1.0, whose answer ends with the connection.
fn get(base: &str, path: &str) -> Option<String> {
    let host = base.strip_prefix("http://")?.split('/').next()?;
    let mut stream = TcpStream::connect(host).ok()?;
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .ok()?;
    write!(
        stream,
        "GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    body_of(&String::from_utf8_lossy(&answer))
}

/// The body of a successful answer, put together again if it came in chunks.
fn body_of(answer: &str) -> Option<String> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    if head.split_whitespace().nth(1) != Some("200") {
        return None;
    }
    if !head
        .to_ascii_lowercase()
        .contains("transfer-encoding: chunked")
    {
        return Some(body.to_owned());
    }
    let mut rest = body;
    let mut whole = String::new();
    loop {
        let (size, after) = rest.split_once("\r\n")?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.push_str(after.get(..size)?);
        rest = after.get(size..)?.strip_prefix("\r\n")?;
    }
}

/// The log is a list of requests, alone or under a name.
fn count_of_log(body: &str) -> Option<u64> {
    let log: Value = serde_json::from_str(body).ok()?;
    let list = match &log {
        Value::Array(list) => list,
        Value::Object(fields) => fields.values().find_map(Value::as_array)?,
        _ => return None,
    };
    u64::try_from(list.len()).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const LINE: &str = r#"{"loginUrl":"http://127.0.0.1:1","graphUrl":"http://127.0.0.1:2","tenantId":"t","clientId":"c","clientSecret":"s"}"#;

    #[test]
    fn the_connect_command_has_everything_but_the_secret() {
        let tenant = Tenant::from_first_line(LINE).unwrap();
        let words = tenant.connect_arguments("Emulator").join(" ");
        assert_eq!(
            words,
            "connect entra-id --label Emulator --cloud custom --set login_url=http://127.0.0.1:1 \
             --set graph_url=http://127.0.0.1:2 --set tenant_id=t --set client_id=c"
        );
        assert_eq!(tenant.secrets(), r#"{"client_secret":"s"}"#);
    }

    #[test]
    fn a_missing_field_is_named() {
        let failure = Tenant::from_first_line(r#"{"loginUrl":"x"}"#).unwrap_err();
        assert!(failure.to_string().contains("graphUrl"));
        assert!(Tenant::from_first_line("").is_err());
    }

    #[test]
    fn answers_are_read_whole_and_in_chunks() {
        assert_eq!(
            body_of("HTTP/1.1 200 OK\r\nA: b\r\n\r\n[1]").as_deref(),
            Some("[1]")
        );
        let chunked =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n";
        assert_eq!(body_of(chunked).as_deref(), Some("[1]"));
        assert_eq!(body_of("HTTP/1.1 404 Not Found\r\n\r\n[]"), None);
    }

    #[test]
    fn the_log_is_counted_alone_or_under_a_name() {
        assert_eq!(count_of_log("[{},{}]"), Some(2));
        assert_eq!(count_of_log(r#"{"requests":[{}]}"#), Some(1));
        assert_eq!(count_of_log("<html>"), None);
    }
}
