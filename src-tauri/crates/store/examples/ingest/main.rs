//! How fast answers become evidence, beside the plainest way to put the same bytes into a file.
//!
//! `ingest FOLDER PAIRS DATASETS PAGES RECORDS` works in a folder of its own below FOLDER and prints one JSON document.
//! A pair is three measurements of the same made-up records, in an order that turns from pair to pair:
//!
//! - `raw`: SQLite's C interface, one row a record, without encryption, hash or chain (see `raw`);
//! - `stored`: this crate, from records in hand: canonical form and digest of each record, digest of each page,
//!   compression, snapshot, chain entries, encryption;
//! - `parsed`: the same from the bytes of the answers, as a sync does it.
//!
//! All of them commit once a dataset with `synchronous=FULL`. What a service's answers cost on the way is not in it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that breaks has nothing to report but where it broke"
)]

mod made_up;
mod raw;

use evidence::{
    CompanyId, Completeness, ContentDigest, Digest, EvidenceId, IdentityStamp, IntegrationId,
    PageRecord, PageRequest, RunId, Snapshot, Timestamp,
};
use made_up::Dataset;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::Path,
    time::{Duration, Instant},
};
use store::{CompanyProfile, Event, Store, Trigger, chain, snapshots};
use vault::Secret32;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [folder, numbers @ ..] = words.as_slice() else {
        panic!("ingest FOLDER PAIRS DATASETS PAGES RECORDS");
    };
    let numbers: Vec<usize> = numbers.iter().map(|word| word.parse().unwrap()).collect();
    let [pairs, datasets, pages, records] = numbers[..] else {
        panic!("ingest FOLDER PAIRS DATASETS PAGES RECORDS");
    };
    let datasets: Vec<Dataset> = (0..datasets)
        .map(|number| Dataset::new(number, pages, records))
        .collect();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let measure = |way: usize| {
        // Beside each other in one folder: the same file system, and nothing of an earlier round in the way.
        let folder = tempfile::tempdir_in(folder).unwrap();
        match way {
            0 => raw::write(&folder.path().join("plain.db"), &datasets),
            1 => runtime.block_on(store_all(folder.path(), &datasets, true)),
            _ => runtime.block_on(store_all(folder.path(), &datasets, false)),
        }
    };
    let mut measured = Vec::new();
    for pair in 0..pairs {
        let mut times = [Duration::ZERO; 3];
        for turn in 0..3 {
            let way = (pair + turn) % 3;
            times[way] = measure(way);
        }
        let [raw, stored, parsed] = times.map(|time| time.as_secs_f64());
        measured.push(json!({"raw": raw, "stored": stored, "parsed": parsed}));
    }
    let rows: usize = datasets.iter().map(Dataset::rows).sum();
    let bytes: usize = datasets.iter().map(Dataset::bytes).sum();
    let version = raw::version();
    println!(
        "{}",
        json!({"rows": rows, "bytes": bytes, "commits": datasets.len(), "sqlite": version, "pairs": measured})
    );
}

/// Keeps every dataset in a new vault, as a run does; what comes before the run is not counted.
async fn store_all(folder: &Path, datasets: &[Dataset], in_hand: bool) -> Duration {
    let store = Store::create(folder, &Secret32::from_bytes([7; 32]))
        .await
        .unwrap();
    let (run, integration) = (RunId::random(), IntegrationId::random());
    begin(&store, run, integration).await;
    let mut took = Duration::ZERO;
    for dataset in datasets {
        // Records in hand were parsed before; their memory is theirs to give away.
        let parsed = in_hand.then(|| parse(dataset));
        let started = Instant::now();
        let parsed = parsed.unwrap_or_else(|| parse(dataset));
        keep(&store, run, integration, dataset, parsed).await;
        took += started.elapsed();
    }
    store.close().await.unwrap();
    took
}

fn parse(dataset: &Dataset) -> Vec<Vec<Value>> {
    let page = |body: &Vec<u8>| match serde_json::from_slice(body).unwrap() {
        Value::Object(mut members) => match members.remove("value") {
            Some(Value::Array(records)) => records,
            _ => panic!("a page has records"),
        },
        _ => panic!("a page is an object"),
    };
    dataset.pages.iter().map(page).collect()
}

/// What the engine does with one dataset: digests, snapshot, two entries, one commit.
async fn keep(
    store: &Store,
    run: RunId,
    integration: IntegrationId,
    dataset: &Dataset,
    parsed: Vec<Vec<Value>>,
) {
    let mut content = ContentDigest::new(&["/signInActivity/lastSignInDateTime"]);
    let mut pages = Vec::new();
    for (body, records) in dataset.pages.iter().zip(parsed) {
        for record in records {
            let key = record["id"].as_str().unwrap().to_owned();
            content.add(key, record).unwrap();
        }
        pages.push(PageRecord {
            request: PageRequest {
                method: "GET".to_owned(),
                host: "graph.example".to_owned(),
                path: "/v1.0/users".to_owned(),
                query: "$top=999".to_owned(),
            },
            status: 200,
            place: None,
            subject: None,
            page_sha256: Digest::of(body),
            bytes: body.len() as u64,
        });
    }
    let rows = content.rows();
    let snapshot = Snapshot {
        dataset: dataset.name.clone(),
        identity: IdentityStamp {
            id: "tenant-1".to_owned(),
            name: "Made-up tenant".to_owned(),
            cloud: "global".to_owned(),
            custom_host: None,
        },
        pages,
        completeness: Completeness::complete(),
        rows,
        content_sha256: content.finish().unwrap(),
    };
    let now = Timestamp::from_unix(1_790_000_000);
    let mut tx = store.begin().await.unwrap();
    let id = snapshots::put(&mut tx, &snapshot, &dataset.pages)
        .await
        .unwrap();
    let collected = Event::DatasetCollected {
        run_id: run,
        integration_id: integration,
        dataset: dataset.name.clone(),
        snapshot: id,
        content_sha256: snapshot.content_sha256,
        rows,
        pages: snapshot.pages.len() as u64,
        partial: None,
        confirmed: 0,
    };
    let revised = Event::EvidenceRevised {
        evidence_id: EvidenceId::random(),
        integration_id: integration,
        dataset: dataset.name.clone(),
        revision: 1,
        run_id: run,
        snapshot: id,
        content_sha256: snapshot.content_sha256,
    };
    for event in [collected, revised] {
        chain::record(&mut tx, now, &event).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn begin(store: &Store, run_id: RunId, integration_id: IntegrationId) {
    let events = [
        Event::CompanyCreated {
            company_id: CompanyId::random(),
            profile: CompanyProfile {
                name: "Bench Machine Shop".to_owned(),
                level: 2,
                zone: "America/New_York".to_owned(),
                cage_code: None,
                uei: None,
                scope: None,
                demo: false,
            },
        },
        Event::IntegrationConnected {
            integration_id,
            provider: "entra-id".to_owned(),
            label: "Bench tenant".to_owned(),
            cloud: "global".to_owned(),
            config: BTreeMap::new(),
            identity_id: "tenant-1".to_owned(),
            identity_name: "Made-up tenant".to_owned(),
            custom_host: None,
        },
        Event::RunStarted {
            run_id,
            integration_id,
            trigger: Trigger::Person,
            scheduled_for: None,
            datasets: Vec::new(),
        },
    ];
    let mut tx = store.begin().await.unwrap();
    for event in &events {
        chain::record(&mut tx, Timestamp::from_unix(1_790_000_000), event)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}
