//! Evidence items as people look at them: provenance, records, raw pages, reviews.

use crate::{
    App,
    api::{
        ApiError, Decided, EvidenceDetail, EvidenceItem, EvidenceList, EvidenceRef,
        EvidenceRevision, GetPage, ListEvidence, PageText, ReviewEvidence,
    },
    collect::resolve,
    control::person,
    freshness, imports,
    judge::origin_of,
    providers::{checks_in, dataset, from_word, maps_to, word},
    status::supports,
    sync::like,
};
use evidence::{Digest, EvidenceId, IntegrationId, Review, Timestamp};
use provider_kit::RawPage;
use store::{
    Connection, Event, chain,
    evidence_items::{Item, Revision},
};

/// Records shown of an item; all of them are in its pages.
const RECORDS: usize = 200;
/// Bytes of a raw page handed out at once.
const PART: u64 = 256 * 1024;

/// An item as people see it.
pub(crate) async fn describe_item(
    app: &App,
    connection: &mut Connection,
    item: &Item,
    now: Timestamp,
) -> Result<EvidenceItem, ApiError> {
    let integration = store::integrations::get(connection, item.integration_id).await?;
    let provider = app.provider(&integration.provider)?;
    let cloud = like(provider, &integration)?;
    let status = store::datasets::get(connection, item.integration_id, &item.dataset).await?;
    let newest = &item.newest;
    let snapshot_id = newest
        .confirmed
        .as_ref()
        .map_or(newest.snapshot, |confirmed| confirmed.snapshot);
    let snapshot = store::snapshots::get(connection, snapshot_id).await?;
    let (title, what, objectives) = match dataset(provider, &item.dataset) {
        Some(dataset) => (
            dataset.title,
            dataset.what,
            supports(provider, &cloud, dataset),
        ),
        None => ("", "", Vec::new()),
    };
    Ok(EvidenceItem {
        id: item.id.to_string(),
        title: if title.is_empty() {
            item.dataset.clone()
        } else {
            title.to_owned()
        },
        what: what.to_owned(),
        integration_id: integration.id.to_string(),
        integration_label: integration.label,
        integration_type: integration.provider,
        dataset: item.dataset.clone(),
        objectives: objectives.into_iter().map(str::to_owned).collect(),
        revision: newest.revision,
        collected_at: newest.collected_at.to_string(),
        confirmed_at: newest.seen_at().to_string(),
        state: word(&freshness::state(status.as_ref(), now)),
        review: word(&newest.review),
        rows: snapshot.rows,
        pages: snapshot.pages.len() as u64,
        content_sha256: newest.content_sha256.to_string(),
        snapshot: snapshot_id.to_string(),
        custom_host: integration.custom_host,
        imported: None,
    })
}

/// Lists items.
pub async fn list(app: &App, request: ListEvidence) -> Result<EvidenceList, ApiError> {
    let open = app.company()?;
    let requirement = request
        .requirement
        .map(|control| resolve(&control))
        .transpose()?;
    let review: Option<Review> = request
        .review
        .map(|review| from_word(&review, "review", "to_review, approved, rejected"))
        .transpose()?;
    let mut reader = open.store.read().await?;
    let integration = match request.integration {
        Some(name) => Some(store::integrations::find(&mut reader, &name).await?.id),
        None => None,
    };
    let filter = store::evidence_items::Filter {
        integration,
        dataset: None,
        review,
        connected_only: false,
    };
    let mut evidence = Vec::new();
    for item in store::evidence_items::list(&mut reader, &filter).await? {
        evidence.push(describe_item(app, &mut reader, &item, app.now()).await?);
    }
    evidence.extend(imported(app, &mut reader, integration, review).await?);
    evidence.retain(|item| {
        let objectives: Vec<&str> = item.objectives.iter().map(String::as_str).collect();
        requirement.is_none_or(|id| maps_to(&objectives, id.as_str()))
            && request
                .state
                .as_ref()
                .is_none_or(|state| item.state == *state)
    });
    Ok(EvidenceList { evidence })
}

/// Imported files as items.
async fn imported(
    app: &App,
    reader: &mut Connection,
    integration: Option<IntegrationId>,
    review: Option<Review>,
) -> Result<Vec<EvidenceItem>, ApiError> {
    let connections = imports::labels(reader).await?;
    let mut items = Vec::new();
    for item in store::imports::list(reader).await? {
        if integration.is_some_and(|id| item.integration_id != Some(id))
            || review.is_some_and(|review| item.newest.review != review)
        {
            continue;
        }
        let said = store::imports::findings(reader, Some(item.id), false).await?;
        let said: Vec<_> = said.iter().map(|stored| &stored.finding).collect();
        items.push(imports::describe(&connections, &item, &said, app.now()));
    }
    Ok(items)
}

fn id_of(text: &str) -> Result<EvidenceId, ApiError> {
    text.parse().map_err(|_| {
        ApiError::usage(
            "There is no such evidence.",
            format!("{text} is not an evidence id."),
            "Use an id from `cmmc evidence list`.",
        )
        .about("id")
    })
}

/// One item whole.
pub async fn show(app: &App, request: EvidenceRef) -> Result<EvidenceDetail, ApiError> {
    let open = app.company()?;
    let mut reader = open.store.read().await?;
    let id = id_of(&request.id)?;
    if let Some(file) = store::imports::get(&mut reader, id).await? {
        return imports::detail(&mut reader, &file, app.now()).await;
    }
    let item = store::evidence_items::get(&mut reader, id).await?;
    let described = describe_item(app, &mut reader, &item, app.now()).await?;
    let integration = store::integrations::get(&mut reader, item.integration_id).await?;
    let provider = app.provider(&integration.provider)?;
    let cloud = like(provider, &integration)?;
    let snapshot_id: Digest = described
        .snapshot
        .parse()
        .map_err(|_| ApiError::bug("snapshot id"))?;
    let snapshot = store::snapshots::get(&mut reader, snapshot_id).await?;
    let mut records = Vec::new();
    if let Some(dataset) = dataset(provider, &item.dataset) {
        let pages = store::snapshots::pages(&mut reader, snapshot_id).await?;
        for (about, page) in snapshot.pages.iter().zip(pages) {
            if records.len() >= RECORDS {
                break;
            }
            // A purged or damaged page shows nothing here; `vault verify` says what is wrong with it.
            if let Ok(found) = page.bytes().map_err(|_| ()).and_then(|body| {
                let origin = origin_of(about);
                let raw = RawPage {
                    body: &body,
                    origin: &origin,
                };
                dataset.read(&raw).map_err(|_| ())
            }) {
                records.extend(found);
            }
        }
    }
    records.truncate(RECORDS);
    let revisions = store::evidence_items::revisions(&mut reader, item.id)
        .await?
        .into_iter()
        .map(revision)
        .collect();
    let mut reperform: Vec<String> = checks_in(provider, &cloud)
        .filter(|check| check.datasets.contains(&item.dataset.as_str()))
        .flat_map(|check| {
            [
                check.reperform.portal.to_owned(),
                check.reperform.command.to_owned(),
            ]
        })
        .collect();
    reperform.sort();
    reperform.dedup();
    Ok(EvidenceDetail {
        item: described,
        identity: snapshot.identity,
        pages: snapshot.pages,
        incomplete: snapshot.completeness.reason.map(|reason| reason.detail),
        records,
        revisions,
        reperform,
    })
}

fn revision(stored: Revision) -> EvidenceRevision {
    let reviewed = match (&stored.reviewed_by, stored.reviewed_at) {
        (Some(by), Some(at)) => Some(Decided {
            by: by.clone(),
            at: at.to_string(),
            why: stored.review_why.clone(),
        }),
        _ => None,
    };
    EvidenceRevision {
        revision: stored.revision,
        collected_at: stored.collected_at.to_string(),
        confirmed_at: stored.seen_at().to_string(),
        snapshot: stored.snapshot.to_string(),
        content_sha256: stored.content_sha256.to_string(),
        review: word(&stored.review),
        reviewed,
    }
}

/// A part of a raw page as text, cut between characters.
pub async fn page(app: &App, request: GetPage) -> Result<PageText, ApiError> {
    let open = app.company()?;
    let digest: Digest = request.page.parse().map_err(|_| {
        ApiError::usage(
            "There is no such page.",
            "It is not named by a digest.",
            "Use one from the item's pages.",
        )
        .about("page")
    })?;
    let mut reader = open.store.read().await?;
    let body = store::blobs::get(&mut reader, digest).await?.bytes()?;
    let text = String::from_utf8_lossy(&body);
    let mut start = usize::try_from(request.offset)
        .unwrap_or(usize::MAX)
        .min(text.len());
    while !text.is_char_boundary(start) {
        start += 1;
    }
    let mut end = start
        .saturating_add(usize::try_from(PART).unwrap_or(usize::MAX))
        .min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Ok(PageText {
        text: text.get(start..end).unwrap_or_default().to_owned(),
        bytes: text.len() as u64,
        next_offset: (end < text.len()).then_some(end as u64),
    })
}

/// Takes a person's review of the newest revision. It says that the artifact is good; it changes no objective.
pub async fn review(app: &App, request: ReviewEvidence) -> Result<EvidenceItem, ApiError> {
    let open = app.company()?;
    let review: Review = from_word(&request.review, "review", "approved, rejected")?;
    let by = person(&request.by)?;
    let why = request
        .why
        .map(|why| why.trim().to_owned())
        .filter(|why| !why.is_empty());
    if review == Review::ToReview {
        return Err(ApiError::usage(
            "The review was not saved.",
            "A review approves or rejects.",
            "Use one of: approved, rejected.",
        )
        .about("review"));
    }
    if review == Review::Rejected && why.is_none() {
        return Err(ApiError::usage(
            "The review was not saved.",
            "A rejection needs a reason.",
            "Say what is wrong with this evidence.",
        )
        .about("why"));
    }
    let mut tx = open.store.begin().await?;
    let id = id_of(&request.id)?;
    let newest = match store::imports::get(&mut tx, id).await? {
        Some(file) => file.newest.revision,
        None => {
            store::evidence_items::get(&mut tx, id)
                .await?
                .newest
                .revision
        }
    };
    if newest != request.revision {
        return Err(ApiError::usage(
            "The review was not saved.",
            format!("Revision {newest} is newer than the one you looked at."),
            "Look at the newest revision first.",
        )
        .coded("newer_revision"));
    }
    let event = Event::EvidenceReviewed {
        evidence_id: id,
        revision: request.revision,
        review,
        by,
        why,
    };
    chain::record(&mut tx, app.now(), &event).await?;
    tx.commit().await?;
    open.keep_head().await?;
    let mut reader = open.store.read().await?;
    if let Some(file) = store::imports::get(&mut reader, id).await? {
        return Ok(imports::detail(&mut reader, &file, app.now()).await?.item);
    }
    let item = store::evidence_items::get(&mut reader, id).await?;
    describe_item(app, &mut reader, &item, app.now()).await
}
