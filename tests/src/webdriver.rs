//! The few WebDriver requests that are needed, each on a connection of its own and with a bound on its answer.

use serde_json::{Value, json};
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

/// Longer than anything inside the page takes.
const PATIENCE: Duration = Duration::from_secs(25);

/// A session with a driver on the loopback.
#[derive(Clone, Debug)]
pub struct Session {
    port: u16,
    path: String,
}

/// An element of the page.
#[derive(Clone, Debug)]
pub struct Element {
    session: Session,
    id: String,
}

impl Session {
    /// Asks the driver on `port` for a session.
    ///
    /// # Errors
    /// What the driver says when it can't give one.
    pub fn start(port: u16, capabilities: &Value) -> Result<Self, String> {
        let body = json!({"capabilities": {"alwaysMatch": capabilities}});
        let answer = request(port, "POST", "/session", Some(&body))?;
        let id = answer["sessionId"]
            .as_str()
            .ok_or("a session without an id")?;
        Ok(Self {
            port,
            path: format!("/session/{id}"),
        })
    }

    /// Reads something of the session.
    ///
    /// # Errors
    /// What the driver says.
    pub fn get(&self, what: &str) -> Result<Value, String> {
        request(self.port, "GET", &format!("{}/{what}", self.path), None)
    }

    /// Has the session do something.
    ///
    /// # Errors
    /// What the driver says.
    pub fn post(&self, what: &str, body: &Value) -> Result<Value, String> {
        request(
            self.port,
            "POST",
            &format!("{}/{what}", self.path),
            Some(body),
        )
    }

    /// Ends the session, and the app with it.
    ///
    /// # Errors
    /// What the driver says.
    pub fn end(&self) -> Result<Value, String> {
        request(self.port, "DELETE", &self.path, None)
    }

    /// The element that a script returned, if it returned one.
    #[must_use]
    pub fn element(&self, reference: &Value) -> Option<Element> {
        // An element reference is an object with one key, which the standard fixes.
        let id = reference.as_object()?.values().next()?.as_str()?.to_owned();
        Some(Element {
            session: self.clone(),
            id,
        })
    }
}

impl Element {
    /// Clicks it as a mouse does.
    ///
    /// # Errors
    /// When it is gone, hidden or covered.
    pub fn click(&self) -> Result<Value, String> {
        self.act("click", &json!({}))
    }

    /// What stands for it among the arguments of a script.
    #[must_use]
    pub fn reference(&self) -> Value {
        json!({"element-6066-11e4-a52e-4f735466cecf": self.id})
    }

    /// Reads a property.
    ///
    /// # Errors
    /// When it is gone.
    pub fn property(&self, name: &str) -> Result<Value, String> {
        self.session
            .get(&format!("element/{}/property/{name}", self.id))
    }

    /// Puts a file into a field for files, as the system's own dialog would.
    ///
    /// # Errors
    /// When it is gone or takes no file.
    pub fn put_file(&self, path: &Path) -> Result<Value, String> {
        self.act("value", &json!({"text": path.display().to_string()}))
    }

    fn act(&self, what: &str, body: &Value) -> Result<Value, String> {
        self.session
            .post(&format!("element/{}/{what}", self.id), body)
    }
}

fn request(port: u16, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let exchange = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(head.as_bytes())?;
        stream.write_all(body.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().map_err(|error| format!("{method} {path}: {error}"))?;
    let text = String::from_utf8_lossy(&answer);
    let (_, body) = text.split_once("\r\n\r\n").ok_or("half an answer")?;
    let mut document: Value =
        serde_json::from_str(body).map_err(|error| format!("{method} {path}: {error}"))?;
    let value = document["value"].take();
    match value["error"].as_str() {
        Some(code) => Err(format!(
            "{code}: {}",
            value["message"].as_str().unwrap_or_default()
        )),
        None => Ok(value),
    }
}
