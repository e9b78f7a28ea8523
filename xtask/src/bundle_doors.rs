//! That no other program gets into the window of the program people install (SECURITY.md).

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::bundle_display::{Session, descendants, until};
use crate::process::Step;
use crate::{Failure, Outcome};

/// What lets WebDriver into a window that Tauri makes.
const AUTOMATION: (&str, &str) = ("TAURI_WEBVIEW_AUTOMATION", "true");

/// How long a door is watched before it counts as closed. A test build's opens within two seconds.
const WATCHED: Duration = Duration::from_secs(15);

/// WebKit's inspector listens where these variables say, if they reach it.
pub fn inspector_stays_away(session: &Session, program: &str, title: &str) -> Outcome {
    let ports = [free_port()?, free_port()?];
    let addresses = ports.map(|port| format!("127.0.0.1:{port}"));
    let app = session.open(
        program,
        &[],
        &[
            ("WEBKIT_INSPECTOR_SERVER", &addresses[0]),
            ("WEBKIT_INSPECTOR_HTTP_SERVER", &addresses[1]),
            AUTOMATION,
        ],
    )?;
    session.window(title)?;
    let start = Instant::now();
    while start.elapsed() < WATCHED {
        if let Some(port) = ports
            .iter()
            .find(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, **port)).is_ok())
        {
            return Err(Failure::new(format!(
                "WebKit's inspector listens on port {port}"
            )));
        }
        thread::sleep(Duration::from_millis(200));
    }
    drop(app);
    Ok(())
}

/// A driver starts the program as it starts test builds, and gets a window but no session.
pub fn driver_is_refused(session: &Session, program: &str, title: &str) -> Outcome<String> {
    let port = free_port()?;
    let driver = session.open(
        "WebKitWebDriver",
        &[&format!("--port={port}")],
        &[AUTOMATION],
    )?;
    until(|| Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()))?
        .ok_or_else(|| Failure::new("WebKitWebDriver did not start"))?;
    let wanted = json!({"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": {"binary": program, "args": []}}}});
    let asked = thread::spawn(move || ask_for_a_session(port, &wanted));
    let seen = session.window(title);
    let answer = asked
        .join()
        .map_err(|_| Failure::new("the driver could not be asked"));
    // The driver leaves behind what it started when it is killed.
    let started = descendants(driver.child.id());
    drop(driver);
    for id in started {
        // It may be gone already.
        let _ = Step::new("kill")
            .args(["-KILL", &id.to_string()])
            .succeeds();
    }
    seen?;
    match answer?? {
        Answer::Session(id) => Err(Failure::new(format!("WebDriver got in: session {id}"))),
        Answer::Refused(why) => Ok(why),
        Answer::Nothing => Ok(format!("no answer within {} s", WATCHED.as_secs())),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Session(String),
    Refused(String),
    Nothing,
}

fn ask_for_a_session(port: u16, wanted: &Value) -> Outcome<Answer> {
    let body = wanted.to_string();
    let request = format!(
        "POST /session HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    );
    let exchange = || -> io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(WATCHED))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    judged(exchange())
}

/// Silence for the whole time is a closed door. A driver that broke off or said something else proves nothing.
fn judged(answer: io::Result<String>) -> Outcome<Answer> {
    match answer {
        Ok(answer) => {
            read_answer(&answer).ok_or_else(|| Failure::new("the driver's answer can't be read"))
        }
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            Ok(Answer::Nothing)
        }
        Err(error) => Err(Failure::new(format!("the driver broke off: {error}"))),
    }
}

fn read_answer(answer: &str) -> Option<Answer> {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let document: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |pointer: &str| document.pointer(pointer).and_then(Value::as_str);
    match (text("/value/sessionId"), text("/value/error")) {
        (Some(id), _) => Some(Answer::Session(id.to_owned())),
        (None, Some(code)) => {
            let message = text("/value/message").unwrap_or_default();
            Some(Answer::Refused(format!("{code}: {message}")))
        }
        (None, None) => None,
    }
}

/// A loopback port that was free a moment ago.
fn free_port() -> Outcome<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("there is no free port: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_told_from_a_refusal_and_from_silence() {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";
        let session = format!(
            "{head}{}",
            json!({"value": {"sessionId": "a1", "capabilities": {}}})
        );
        assert_eq!(
            read_answer(&session),
            Some(Answer::Session("a1".to_owned()))
        );
        let refused = format!(
            "{head}{}",
            json!({"value": {"error": "session not created", "message": "no"}})
        );
        assert_eq!(
            read_answer(&refused),
            Some(Answer::Refused("session not created: no".to_owned()))
        );
        let silent = Err(ErrorKind::WouldBlock.into());
        assert_eq!(judged(silent).ok(), Some(Answer::Nothing));
        for proof_of_nothing in [Ok(String::new()), Err(ErrorKind::ConnectionReset.into())] {
            assert!(judged(proof_of_nothing).is_err());
        }
    }
}
