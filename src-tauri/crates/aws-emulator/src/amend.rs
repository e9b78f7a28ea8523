//! What moto gets wrong in answers that it does give.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use crate::ACCOUNT;
use crate::answer::Answer;
use crate::call::Call;
use crate::options::{RootMfa, RootUser};
use crate::own;
use crate::state::State;

/// Corrects an answer of moto's.
pub(crate) fn amend(state: &State, call: &Call, answer: &mut Answer) {
    // Moto calls much of its JSON text/html.
    if call.protocol.is_json() && answer.body.starts_with(b"{") {
        answer.set("content-type", call.protocol.content_type());
    }
    if !answer.is_ok() {
        return;
    }
    match (&*call.service, &*call.operation) {
        ("iam", "GetCredentialReport") => report(&state.root(), call, answer),
        ("iam", "GetAccountSummary") => summary(&state.root(), answer),
        ("iam", "ListVirtualMFADevices") => devices(&state.root(), call, answer),
        ("securityhub", "GetFindings") => own::filter_findings(call, answer),
        // Moto names the root after the operation.
        ("s3", "GetBucketVersioning") => {
            let text = answer.text();
            let text = text.replace("GetBucketVersioningResponse", "VersioningConfiguration");
            answer.body = text.into();
        }
        _ => {}
    }
}

/// Adds the root user's row and the time the report was made; moto's is of 2015.
fn report(root: &RootUser, call: &Call, answer: &mut Answer) {
    let text = answer.text().to_owned();
    let Some(content) = between(&text, "<Content>", "</Content>") else {
        return;
    };
    let Some(csv) = STANDARD
        .decode(content.split_whitespace().collect::<String>())
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
    else {
        return;
    };
    let with_root = match csv.split_once('\n') {
        Some((header, rows)) if root.in_report => {
            format!("{header}\n{}\n{rows}", row(root, call, header))
        }
        _ => csv,
    };
    let mut amended = text.replace(content, &STANDARD.encode(with_root));
    if let Some(made) = between(&text, "<GeneratedTime>", "</GeneratedTime>") {
        amended = amended.replace(made, &Utc::now().format("%Y-%m-%dT%H:%M:%SZ").to_string());
    }
    answer.body = amended.into();
}

fn row(root: &RootUser, call: &Call, header: &str) -> String {
    let time = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%S+00:00").to_string();
    let rotated = |number: u8| {
        if root.access_keys >= number {
            "2024-06-01T10:00:00+00:00"
        } else {
            "N/A"
        }
    };
    header
        .trim_end()
        .split(',')
        .map(|column| match column {
            "user" => "<root_account>".to_owned(),
            "arn" => format!("arn:{}:iam::{ACCOUNT}:root", call.partition()),
            "user_creation_time" => "2021-03-02T14:11:05+00:00".to_owned(),
            // AWS gives neither for root, whether it has a password or not.
            "password_enabled" | "password_last_changed" | "password_next_rotation" => {
                "not_supported".to_owned()
            }
            "password_last_used" => root
                .password_last_used
                .map_or_else(|| "no_information".to_owned(), time),
            "mfa_active" => (root.mfa != RootMfa::None).to_string(),
            "access_key_1_active" => (root.access_keys >= 1).to_string(),
            "access_key_2_active" => (root.access_keys >= 2).to_string(),
            "access_key_1_last_rotated" => rotated(1).to_owned(),
            "access_key_2_last_rotated" => rotated(2).to_owned(),
            "cert_1_active" | "cert_2_active" => "false".to_owned(),
            _ => "N/A".to_owned(),
        })
        .collect::<Vec<_>>()
        .join(",")
}

fn summary(root: &RootUser, answer: &mut Answer) {
    let mut text = answer.text().to_owned();
    for (key, value) in [
        ("AccountMFAEnabled", u8::from(root.mfa != RootMfa::None)),
        ("AccountAccessKeysPresent", root.access_keys.min(1)),
    ] {
        let name = format!("<key>{key}</key>");
        let Some((before, after)) = text.split_once(&name) else {
            continue;
        };
        let Some((blank, rest)) = after.split_once("<value>") else {
            continue;
        };
        let Some((_, rest)) = rest.split_once("</value>") else {
            continue;
        };
        text = format!("{before}{name}{blank}<value>{value}</value>{rest}");
    }
    answer.body = text.into();
}

/// Adds the root user's virtual device, if it has one and the list is of assigned devices.
fn devices(root: &RootUser, call: &Call, answer: &mut Answer) {
    let status = call.text("AssignmentStatus");
    let listed = status
        .as_deref()
        .is_none_or(|status| status != "Unassigned");
    if root.mfa != RootMfa::Virtual || !listed || call.text("Marker").is_some() {
        return;
    }
    let partition = call.partition();
    let member = format!(
        "<member><SerialNumber>arn:{partition}:iam::{ACCOUNT}:mfa/root-account-mfa-device</SerialNumber>\
         <User><UserId>{ACCOUNT}</UserId><Arn>arn:{partition}:iam::{ACCOUNT}:root</Arn>\
         <CreateDate>2021-03-02T14:11:05Z</CreateDate></User><EnableDate>2021-03-02T14:20:00Z</EnableDate></member>"
    );
    let text = answer
        .text()
        .replace(
            "<VirtualMFADevices/>",
            "<VirtualMFADevices></VirtualMFADevices>",
        )
        .replace(
            "<VirtualMFADevices />",
            "<VirtualMFADevices></VirtualMFADevices>",
        )
        .replacen(
            "<VirtualMFADevices>",
            &format!("<VirtualMFADevices>{member}"),
            1,
        );
    answer.body = text.into();
}

/// The text between two marks.
pub(crate) fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}
