//! A vault with something of everything in it, and the ways to look at and tamper with its file.

use catalog::{Determination, ObjectiveId};
use evidence::{
    CompanyId, Completeness, Digest, EvidenceId, Finding, IdentityStamp, Imported, IntegrationId,
    LastKnown, Outcome, PageRecord, PageRequest, Population, Reason, Review, RunId, Severity,
    Snapshot, Timestamp, UnknownCode,
};
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};
use std::{collections::BTreeMap, path::Path};
use store::{
    CompanyProfile, ConfirmedFinding, Event, ImportedFile, RunState, Store, Trigger, Tx,
    blobs::{self, Prepared},
    chain, integrations, snapshots,
};
use tempfile::TempDir;
use uuid::Uuid;
use vault::Secret32;

/// Text that must never be readable in a file.
pub const CANARY: &str = "PLAINTEXT-CANARY-7f1c";

pub fn key() -> Secret32 {
    Secret32::from_bytes(*b"store tests: a 32-byte raw key!!")
}

pub fn at(minute: i64) -> Timestamp {
    Timestamp::from_unix(1_790_000_000 + minute * 60)
}

/// The same id for the same number, so that a test can name things.
pub fn integration(n: u128) -> IntegrationId {
    IntegrationId(Uuid::from_u128(0x1000 + n))
}

pub fn run(n: u128) -> RunId {
    RunId(Uuid::from_u128(0x2000 + n))
}

pub fn item(n: u128) -> EvidenceId {
    EvidenceId(Uuid::from_u128(0x3000 + n))
}

pub fn company() -> CompanyId {
    CompanyId(Uuid::from_u128(0x4000))
}

pub fn profile() -> CompanyProfile {
    CompanyProfile {
        name: format!("Company {CANARY}"),
        level: 2,
        zone: "America/New_York".to_owned(),
        cage_code: Some("1ABC5".to_owned()),
        uei: None,
        scope: None,
        demo: false,
    }
}

pub fn connected(n: u128) -> Event {
    Event::IntegrationConnected {
        integration_id: integration(n),
        provider: "entra-id".to_owned(),
        label: format!("tenant {n}"),
        cloud: "gcc-high".to_owned(),
        config: BTreeMap::from([("tenant_id".to_owned(), "made-up".to_owned())]),
        identity_id: "tenant-1".to_owned(),
        identity_name: "Made-up tenant".to_owned(),
        custom_host: None,
    }
}

pub fn started(n: u128, of: u128) -> Event {
    Event::RunStarted {
        run_id: run(n),
        integration_id: integration(of),
        trigger: Trigger::Schedule,
        scheduled_for: Some(at(0)),
        datasets: vec!["entra-id.users".to_owned()],
    }
}

pub fn finished(n: u128, of: u128, state: RunState, error: Option<&str>) -> Event {
    Event::RunFinished {
        run_id: run(n),
        integration_id: integration(of),
        state,
        error: error.map(str::to_owned),
    }
}

pub fn snapshot(pages: &[&[u8]]) -> Snapshot {
    let pages = pages.iter().map(|bytes| PageRecord {
        request: PageRequest {
            method: "GET".to_owned(),
            host: "graph.example".to_owned(),
            path: "/v1.0/users".to_owned(),
            query: String::new(),
        },
        status: 200,
        place: None,
        subject: None,
        page_sha256: Digest::of(bytes),
        bytes: bytes.len() as u64,
    });
    Snapshot {
        dataset: "entra-id.users".to_owned(),
        identity: IdentityStamp {
            id: "tenant-1".to_owned(),
            name: "Made-up tenant".to_owned(),
            cloud: "gcc-high".to_owned(),
            custom_host: None,
        },
        pages: pages.collect(),
        completeness: Completeness::complete(),
        rows: 2,
        content_sha256: Digest::of(b"records"),
    }
}

pub fn collected(n: u128, of: u128, snapshot: Digest, partial: Option<Reason>) -> Event {
    Event::DatasetCollected {
        run_id: run(n),
        integration_id: integration(of),
        dataset: "entra-id.users".to_owned(),
        snapshot,
        content_sha256: Digest::of(b"records"),
        rows: 2,
        pages: 2,
        partial,
        confirmed: 0,
    }
}

pub fn failed(n: u128, of: u128) -> Event {
    Event::DatasetFailed {
        run_id: run(n),
        integration_id: integration(of),
        dataset: "entra-id.users".to_owned(),
        reason: Reason::new(UnknownCode::Throttled, "The service asked to slow down."),
    }
}

pub fn finding(of: u128, outcome: Outcome, snapshots: Vec<Digest>) -> Finding {
    Finding {
        check: "entra-id.users.mfa".to_owned(),
        check_version: 1,
        integration_id: integration(of),
        outcome,
        reason: None,
        title: "Every user has MFA.".to_owned(),
        severity: Severity::High,
        requirements: vec!["3.5.3".to_owned()],
        objectives: vec!["3.5.3[b]".to_owned()],
        parameters: BTreeMap::from([("threshold".to_owned(), serde_json::json!(0.8))]),
        resources: vec![],
        population: Population {
            seen: 2,
            total: Some(2),
            pages: 2,
            complete: true,
        },
        snapshots,
        collected_at: at(1),
        custom: false,
        imported: None,
        last_known: None,
    }
}

pub fn revised(revision: u32, n: u128, of: u128, snapshot: Digest) -> Event {
    Event::EvidenceRevised {
        evidence_id: item(of),
        integration_id: integration(of),
        dataset: "entra-id.users".to_owned(),
        revision,
        run_id: run(n),
        snapshot,
        content_sha256: Digest::of(b"records"),
    }
}

pub fn reviewed(revision: u32, of: u128, review: Review, why: Option<&str>) -> Event {
    Event::EvidenceReviewed {
        evidence_id: item(of),
        revision,
        review,
        by: "Pat Doe".to_owned(),
        why: why.map(str::to_owned),
    }
}

pub fn determined(objective: &str, determination: Determination) -> Event {
    Event::DeterminationMade {
        objective: objective.parse::<ObjectiveId>().unwrap(),
        determination,
        partial: false,
        by: "Pat Doe".to_owned(),
        why: Some("Seen in the tenant.".to_owned()),
    }
}

pub fn parameter(key: &str, value: serde_json::Value, until: Option<Timestamp>) -> Event {
    Event::ParameterSet {
        key: key.to_owned(),
        value,
        by: "Pat Doe".to_owned(),
        why: "Agreed with the assessor.".to_owned(),
        until,
    }
}

pub const PAGES: [&[u8]; 2] = [
    b"{\"value\":[{\"id\":\"PLAINTEXT-CANARY-7f1c\"}]}",
    b"{\"value\":[]}",
];

pub async fn say(tx: &mut Tx, minute: i64, event: &Event) {
    chain::record(tx, at(minute), event).await.unwrap();
}

/// Records events in one transaction.
pub async fn record(store: &Store, events: &[Event]) {
    let mut tx = store.begin().await.unwrap();
    for event in events {
        say(&mut tx, 5, event).await;
    }
    tx.commit().await.unwrap();
}

/// An empty vault.
pub async fn empty() -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::create(dir.path(), &key()).await.unwrap();
    (dir, store)
}

/// A vault with at least one row in every projected table, and content.
pub async fn filled() -> (TempDir, Store) {
    let (dir, store) = empty().await;
    fill(&store).await;
    (dir, store)
}

pub async fn fill(store: &Store) {
    let mut tx = store.begin().await.unwrap();
    say(
        &mut tx,
        0,
        &Event::CompanyCreated {
            company_id: company(),
            profile: profile(),
        },
    )
    .await;
    for n in [1, 2] {
        say(&mut tx, 0, &connected(n)).await;
        integrations::set_credentials(&mut tx, integration(n), b"sealed bytes")
            .await
            .unwrap();
    }
    say(&mut tx, 1, &started(1, 1)).await;
    let id = snapshots::put(&mut tx, &snapshot(&PAGES), &PAGES)
        .await
        .unwrap();
    say(&mut tx, 1, &collected(1, 1, id, None)).await;
    say(&mut tx, 1, &revised(1, 1, 1, id)).await;
    let finding = finding(1, Outcome::Pass, vec![id]);
    say(
        &mut tx,
        2,
        &Event::FindingRecorded {
            run_id: run(1),
            finding: Box::new(finding),
        },
    )
    .await;
    say(&mut tx, 2, &finished(1, 1, RunState::Done, None)).await;
    tx.commit().await.unwrap();

    let confirmed = ConfirmedFinding {
        check: "entra-id.users.mfa".to_owned(),
        collected_at: at(3),
        snapshots: vec![id],
        last_known: Some(LastKnown {
            outcome: Outcome::Pass,
            collected_at: at(1),
        }),
    };
    let spill: [&[u8]; 1] = [b"a page that should not have been collected"];
    let mut tx = store.begin().await.unwrap();
    let spilled = snapshots::put(&mut tx, &snapshot(&spill), &spill)
        .await
        .unwrap();
    for event in [
        started(2, 1),
        collected(2, 1, spilled, None),
        revised(2, 2, 1, spilled),
        Event::EvidenceConfirmed {
            evidence_id: item(1),
            revision: 2,
            run_id: run(2),
            snapshot: spilled,
        },
        Event::FindingsConfirmed {
            run_id: run(2),
            integration_id: integration(1),
            findings: vec![confirmed],
        },
        finished(2, 1, RunState::Partial, Some("One dataset was refused.")),
        reviewed(1, 1, Review::Approved, None),
        determined("3.5.3[b]", Determination::NotMet),
        determined("3.5.3[b]", Determination::Met),
        parameter("mfa.threshold", serde_json::json!(0.9), Some(at(1000))),
        Event::PayloadPurged {
            payload: Digest::of(spill[0]),
            by: "Pat Doe".to_owned(),
            why: "It held CUI.".to_owned(),
        },
        Event::HistoryRestored {
            expected_seq: 40,
            found_seq: 20,
        },
    ] {
        say(&mut tx, 4, &event).await;
    }
    for (revision, file) in (1..).zip(IMPORTED) {
        blobs::put(&mut tx, &Prepared::new(file).unwrap())
            .await
            .unwrap();
        say(&mut tx, 6, &imported(revision, file, Outcome::Fail)).await;
    }
    say(
        &mut tx,
        7,
        &Event::EvidenceReviewed {
            evidence_id: item(9),
            revision: 2,
            review: Review::Approved,
            by: "Pat Doe".to_owned(),
            why: None,
        },
    )
    .await;
    tx.commit().await.unwrap();
}

/// The files of another tool in a filled vault: one account, two runs.
pub const IMPORTED: [&[u8]; 2] = [b"first file of a tool", b"second file of a tool"];

/// A file of another tool, about connection 1.
pub fn imported(revision: u32, bytes: &[u8], outcome: Outcome) -> Event {
    let sha256 = Digest::of(bytes);
    let finding = Finding {
        check: "import.prowler.iam_root_mfa_enabled".to_owned(),
        imported: Some(Imported {
            tool: "prowler".to_owned(),
            version: Some("5.46.0".to_owned()),
            file: "out.json".to_owned(),
            sha256,
            at: at(6),
        }),
        ..finding(1, outcome, vec![])
    };
    Event::FileImported {
        evidence_id: item(9),
        revision,
        label: "Prowler".to_owned(),
        integration_id: Some(integration(1)),
        file: ImportedFile {
            tool: "prowler".to_owned(),
            tool_version: Some("5.46.0".to_owned()),
            format: "prowler-ocsf".to_owned(),
            provider: "aws".to_owned(),
            account: "123456789012".to_owned(),
            account_name: String::new(),
            name: "out.json".to_owned(),
            sha256,
            bytes: bytes.len() as u64,
            rows: 1,
            made_at: at(5),
        },
        by: "Pat Doe".to_owned(),
        findings: vec![finding],
    }
}

/// A second way into the file, for tampering: with the key, past every rule of the crate.
pub async fn raw(dir: &Path) -> SqliteConnection {
    SqliteConnectOptions::new()
        .filename(dir.join("vault.db"))
        .pragma("key", format!("\"x'{}'\"", key().expose_hex().as_str()))
        .disable_statement_logging()
        .foreign_keys(false)
        .connect()
        .await
        .unwrap()
}

/// Runs one statement past every rule; the store must be closed.
pub async fn tamper(dir: &Path, sql: &'static str) {
    let mut connection = raw(dir).await;
    let done = sqlx::query(sql).execute(&mut connection).await.unwrap();
    assert!(done.rows_affected() > 0, "nothing was tampered with: {sql}");
    connection.close().await.unwrap();
}

pub fn bytes_of(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_default()
}

pub fn contains(haystack: &[u8], needle: &str) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}
