//! A person signs in: the address or the code is on standard error, and what comes of it is in the vault and nowhere else.

use end_to_end::answer::exit;
use end_to_end::desk::PASSPHRASE;
use end_to_end::{Canary, Desk, Entra, entra, process};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

/// The words that connect with a person, without a secrets file.
fn words(entra: &Entra, method: &str) -> Vec<String> {
    let url = entra.emulator.url();
    let mut words: Vec<String> = [
        "connect",
        "entra-id",
        "--label",
        entra::LABEL,
        "--cloud",
        "custom",
    ]
    .map(str::to_owned)
    .to_vec();
    for set in [
        format!("login_url={url}"),
        format!("graph_url={url}"),
        format!("tenant_id={}", entra.tenant_id()),
        format!("client_id={}", entra.client_id()),
    ] {
        words.extend(["--set".to_owned(), set]);
    }
    words.extend(["--auth".to_owned(), method.to_owned()]);
    words
}

/// A `cmmc` that waits for a person, and what it says meanwhile.
struct Waiting {
    child: process::Running,
    lines: BufReader<std::process::ChildStderr>,
    said: String,
}

impl Waiting {
    fn start(desk: &Desk, words: &[String]) -> Self {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let mut child: Child = desk
            .command(&words)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap());
        Self {
            child: process::Running(child),
            lines,
            said: String::new(),
        }
    }

    /// The next line on standard error for which `found` has something.
    fn line<T>(&mut self, found: impl Fn(&str) -> Option<T>) -> T {
        loop {
            let mut line = String::new();
            let read = self.lines.read_line(&mut line).unwrap();
            assert!(
                read > 0,
                "it ended without saying what to do: {}",
                self.said
            );
            self.said.push_str(&line);
            if let Some(value) = found(line.trim()) {
                return value;
            }
        }
    }

    /// Its exit code and the document on standard output.
    fn end(mut self, desk: &Desk) -> (Option<i32>, Value) {
        let stdout = process::drain(self.child.0.stdout.take().unwrap());
        let status = process::wait(&mut self.child.0, "cmmc connect");
        let mut rest = String::new();
        self.lines.read_to_string(&mut rest).unwrap();
        desk.keep(self.said.as_bytes());
        desk.keep(rest.as_bytes());
        let stdout = stdout.join().unwrap();
        desk.keep(&stdout);
        (status.code(), serde_json::from_slice(&stdout).unwrap())
    }
}

fn code(line: &str) -> Option<String> {
    line.starts_with("EMU").then(|| line.to_owned())
}

fn address(line: &str) -> Option<String> {
    line.starts_with("http://").then(|| line.to_owned())
}

/// A browser: goes where it is sent, and gives the last page.
fn browse(address: &str) -> String {
    let mut address = address.to_owned();
    loop {
        let rest = address.strip_prefix("http://").unwrap();
        let (host, path) = rest.split_once('/').unwrap();
        let port = host.rsplit(':').next().unwrap();
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        let ask = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(ask.as_bytes()).unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        let next = page.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("location")
                .then(|| value.to_owned())
        });
        match next {
            Some(next) => address = next,
            None => return page,
        }
    }
}

fn saved(desk: &Desk) -> usize {
    let list = desk.cmmc(&["list", "--all"]).ok();
    list["integrations"].as_array().unwrap().len()
}

#[test]
fn a_code_connects_and_each_command_goes_on_with_what_the_one_before_renewed() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    let mut waiting = Waiting::start(&desk, &words(&entra, "device"));
    let code = waiting.line(code);
    assert!(
        waiting
            .said
            .contains(&format!("{}/devicelogin", entra.emulator.url()))
    );
    assert!(entra.emulator.enter_code(&code, true));
    let (exit, document) = waiting.end(&desk);
    assert_eq!(exit, Some(exit::DONE), "{document:#}");
    assert_eq!(document["integration"]["config"]["auth"], "device");
    // A refresh token works once here: whoever lost the new one would be refused now.
    for _ in 0..3 {
        let tested = desk.cmmc(&["test", entra::LABEL]).ok();
        assert_eq!(tested["identityId"], entra.tenant_id());
    }
    let synced = desk.cmmc(&["sync"]);
    assert!(synced.json()["runs"][0]["error"].is_null(), "{synced:#?}");
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
    // The tokens are in the vault, and in no file, line or listing in the open.
    let mut canaries = vec![Canary::of("the passphrase", PASSPHRASE)];
    for token in entra.emulator.refresh_tokens() {
        canaries.push(Canary::of("a refresh token", &token));
    }
    assert!(canaries.len() > 1);
    for canary in &canaries {
        let printed = canary.in_bytes("what was printed", &desk.printed());
        assert_eq!(printed, Vec::<String>::new());
        assert_eq!(canary.in_folder(&desk.data()), Vec::<String>::new());
    }
}

#[test]
fn the_browser_connects() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    let mut waiting = Waiting::start(&desk, &words(&entra, "browser"));
    let address = waiting.line(address);
    assert!(address.contains("code_challenge_method=S256") && !address.contains("secret"));
    assert!(browse(&address).contains("Go back to CMMCPro"));
    let (exit, document) = waiting.end(&desk);
    assert_eq!(exit, Some(exit::DONE), "{document:#}");
    desk.cmmc(&["test", entra::LABEL]).ok();
}

#[test]
fn progress_in_json_knows_the_code_and_a_refusal_saves_nothing() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    let mut asked = words(&entra, "device");
    asked.extend(["--progress".to_owned(), "json".to_owned()]);
    let mut waiting = Waiting::start(&desk, &asked);
    let told: Value = waiting.line(|line| {
        serde_json::from_str(line)
            .ok()
            .filter(|told: &Value| told["kind"] == "sign_in")
    });
    assert_eq!(told["method"], "device");
    assert!(told["expiresAt"].as_str().unwrap().ends_with('Z'));
    let code = told["userCode"].as_str().unwrap();
    assert!(entra.emulator.enter_code(code, false));
    let (exit, document) = waiting.end(&desk);
    assert_eq!(exit, Some(exit::REFUSED), "{document:#}");
    assert_eq!(document["error"]["code"], "sign_in_declined");
    assert_eq!(saved(&desk), 0);
}

#[test]
fn killed_while_it_waits_it_leaves_nothing() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    let mut waiting = Waiting::start(&desk, &words(&entra, "device"));
    waiting.line(code);
    waiting.child.kill();
    assert_eq!(saved(&desk), 0);
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
}

#[test]
fn a_revoked_sign_in_is_mended_by_signing_in_again() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    let mut waiting = Waiting::start(&desk, &words(&entra, "device"));
    assert!(entra.emulator.enter_code(&waiting.line(code), true));
    let (_, before) = waiting.end(&desk);
    entra.emulator.revoke_sign_ins();
    let error = desk.cmmc(&["test", entra::LABEL]).error(exit::REFUSED);
    assert_eq!(error["code"], "sign_in_again");
    let again = ["reconnect", entra::LABEL].map(str::to_owned);
    let mut waiting = Waiting::start(&desk, &again);
    assert!(entra.emulator.enter_code(&waiting.line(code), true));
    let (exit, after) = waiting.end(&desk);
    assert_eq!(exit, Some(exit::DONE), "{after:#}");
    assert_eq!(before["integration"]["id"], after["integration"]["id"]);
    desk.cmmc(&["test", entra::LABEL]).ok();
}

#[test]
fn a_way_to_sign_in_that_is_none_is_a_usage_error() {
    let desk = Desk::with_company();
    let entra = Entra::start();
    let asked = words(&entra, "pigeon");
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let error = desk.cmmc(&asked).error(exit::USAGE);
    assert_eq!(error["field"], "auth");
    // Without a file and without a person there is nothing to sign in with.
    desk.cmmc(&["connect", "entra-id"]).error(exit::USAGE);
}
