//! Result files of other tools as evidence: taken in, kept as they are, shown beside the product's own findings.
//!
//! What a tool said never feeds an indication: that is over the product's own checks of the connected services. It is
//! counted apart and says where it is from, and where it contradicts an own check, that is named.

mod item;
mod standing;

pub(crate) use item::{describe, detail, labels, requirement_ids};
pub(crate) use standing::{Link, disagreements};

use crate::{
    App,
    api::{ApiError, ImportDone, ImportFile, OutcomeCounts},
    connect::count,
    control::person,
    status::Standing,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use evidence::{Digest, EvidenceId, Finding, IntegrationId};
use imports::{Format, ImportError, Provenance, Report};
use store::{
    Connection, Event, ImportedFile,
    blobs::{self, Prepared},
    chain,
    imports::ImportItem,
    integrations::Integration,
};

/// The largest file that comes through the window, in bytes. The command line reads up to the reader's own limit.
const MAX_FROM_WINDOW: usize = 16 * 1024 * 1024;

/// How far a file's time may lie in the future, in seconds: Prowler's CSV names no zone.
const AHEAD: i64 = 24 * 3600;

/// Longest label, in characters.
const LABEL_MAX: usize = 100;

/// A file that a person hands over.
#[derive(Clone, Debug)]
pub struct Handed {
    /// `prowler-ocsf, prowler-csv, scubagear`.
    pub format: String,
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Id or label of the connection it is about.
    pub integration: Option<String>,
    /// A label.
    pub label: Option<String>,
    /// Who hands it over.
    pub by: String,
}

/// Imports a file that the window read.
pub async fn import_file(app: &App, request: ImportFile) -> Result<ImportDone, ApiError> {
    let refused = |why: &str, fix: &str| {
        Err(ApiError::usage("The file was not imported.", why, fix)
            .about("content")
            .coded("import_refused"))
    };
    if request.content.len() / 4 * 3 > MAX_FROM_WINDOW {
        return refused(
            "It is larger than 16 MiB.",
            "Import it with `cmmc import` on the command line, which reads larger files.",
        );
    }
    let Ok(bytes) = STANDARD.decode(&request.content) else {
        return refused("It did not arrive whole.", "Choose the file again.");
    };
    import(
        app,
        Handed {
            format: request.format,
            name: request.file_name,
            bytes,
            integration: request.integration,
            label: request.label,
            by: request.by,
        },
    )
    .await
}

/// Imports a file. The same file again adds nothing; a newer one of the same tool and account is the next revision.
pub async fn import(app: &App, handed: Handed) -> Result<ImportDone, ApiError> {
    let open = app.company()?;
    if open.demo {
        return Err(ApiError::usage(
            "The file was not imported.",
            "This is the demo company: everything in it is made up, and real results must not be mixed in.",
            "Set up your company first.",
        )
        .coded("demo_company"));
    }
    let by = person(&handed.by)?;
    let format: Format = handed.format.parse().map_err(|()| {
        let known: Vec<&str> = Format::ALL.iter().map(|format| format.word()).collect();
        ApiError::usage(
            "There is no such format.",
            "It is not one that can be imported.",
            format!("Use one of: {}.", known.join(", ")),
        )
        .about("format")
    })?;
    let name = imports::file_name(&handed.name);
    let (report, page) = read(format, handed.bytes).await?;
    let now = app.now();
    if report.made_at.unix() > now.unix() + AHEAD {
        return Err(ApiError::usage(
            "The file was not imported.",
            format!(
                "It says that it was made on {}, which is still to come.",
                report.made_at
            ),
            "Check the clock of this computer and of the one that the tool ran on.",
        )
        .coded("import_from_the_future"));
    }
    let mut tx = open.store.begin().await?;
    if let Some((id, _)) = store::imports::imported(&mut tx, page.digest()).await? {
        drop(tx);
        return done(app, id, false).await;
    }
    let integration = link(&mut tx, handed.integration, &report).await?;
    let known = store::imports::of(
        &mut tx,
        report.tool.word(),
        &report.provider,
        &report.account,
    )
    .await?;
    if let Some(newest) = known.as_ref().map(|item| &item.newest)
        && newest.file.made_at > report.made_at
    {
        return Err(ApiError::usage(
            "The file was not imported.",
            format!(
                "It is of {}, and one of {} is there already.",
                report.made_at, newest.file.made_at
            ),
            "Import the newest file of the tool.",
        )
        .coded("newer_import"));
    }
    let (evidence_id, revision) = known.as_ref().map_or_else(
        || (EvidenceId::random(), 1),
        |item| (item.id, item.newest.revision + 1),
    );
    let integration_id = integration
        .map(|integration| integration.id)
        .or(known.as_ref().and_then(|item| item.integration_id));
    let label = label(handed.label, known.as_ref(), &report)?;
    let findings = imports::findings(
        &report,
        &Provenance {
            about: about(integration_id, evidence_id),
            file: name.clone(),
            sha256: page.digest(),
            at: now,
        },
    );
    blobs::put(&mut tx, &page).await?;
    let event = Event::FileImported {
        evidence_id,
        revision,
        label,
        integration_id,
        file: ImportedFile {
            tool: report.tool.word().to_owned(),
            tool_version: report.version,
            format: format.word().to_owned(),
            provider: report.provider,
            account: report.account,
            account_name: report.account_name,
            name,
            sha256: page.digest(),
            bytes: page.length(),
            rows: report.rows,
            made_at: report.made_at,
        },
        by,
        findings,
    };
    chain::record(&mut tx, now, &event).await?;
    tx.commit().await?;
    open.keep_head().await?;
    done(app, evidence_id, true).await
}

/// What findings of an import name as their connection.
fn about(integration: Option<IntegrationId>, item: EvidenceId) -> IntegrationId {
    integration.unwrap_or(IntegrationId(item.0))
}

/// Reads a file, and compresses it for the store, where it holds nobody up.
async fn read(format: Format, bytes: Vec<u8>) -> Result<(Report, Prepared), ApiError> {
    tokio::task::spawn_blocking(move || {
        let report = imports::read(format, &bytes).map_err(|error| unread(&error))?;
        Ok((report, Prepared::new(&bytes)?))
    })
    .await
    .map_err(|_| ApiError::bug("reading a file stopped"))?
}

fn unread(error: &ImportError) -> ApiError {
    ApiError::usage("The file was not imported.", error.to_string(), error.fix())
        .about("content")
        .coded("import_refused")
}

/// What the stored bytes of an item say now, as they would be recorded; the inner error says why they can't be read.
pub(crate) async fn reread(
    item: &ImportItem,
    bytes: Vec<u8>,
) -> Result<Result<Vec<Finding>, String>, ApiError> {
    let Ok(format) = item.newest.file.format.parse::<Format>() else {
        return Ok(Err("This version does not know its format.".to_owned()));
    };
    let from = Provenance {
        about: about(item.integration_id, item.id),
        file: item.newest.file.name.clone(),
        sha256: Digest::of(&bytes),
        at: item.newest.imported_at,
    };
    tokio::task::spawn_blocking(move || {
        imports::read(format, &bytes)
            .map(|report| imports::findings(&report, &from))
            .map_err(|error| error.to_string())
    })
    .await
    .map_err(|_| ApiError::bug("reading a file stopped"))
}

/// Our provider for what a tool calls a service.
pub(crate) fn provider_of(service: &str) -> &str {
    match service {
        "m365" | "microsoft365" => "entra-id",
        "googleworkspace" => "google-workspace",
        other => other,
    }
}

/// Whether a file speaks of what a connection is to.
fn speaks_of(integration: &Integration, provider: &str, account: &str) -> bool {
    integration.provider == provider_of(provider)
        && integration.identity_id.eq_ignore_ascii_case(account)
}

/// The connection that a file is about: the one named, which must be to the same account, or the one that is.
async fn link(
    connection: &mut Connection,
    named: Option<String>,
    report: &Report,
) -> Result<Option<Integration>, ApiError> {
    if let Some(name) = named {
        let integration = store::integrations::find(connection, &name).await?;
        if speaks_of(&integration, &report.provider, &report.account) {
            return Ok(Some(integration));
        }
        return Err(ApiError::usage(
            "The file was not imported.",
            format!(
                "It speaks of {} ({}), and \"{}\" is connected to {} ({}).",
                report.account,
                report.provider,
                integration.label,
                integration.identity_id,
                integration.provider
            ),
            "Choose the connection to the same account, or none.",
        )
        .about("integration")
        .coded("identity_mismatch"));
    }
    let mut fitting = store::integrations::list(connection, false)
        .await?
        .into_iter()
        .filter(|one| speaks_of(one, &report.provider, &report.account));
    let first = fitting.next();
    // Two connections to one account: which of them is meant, a person has to say.
    Ok(first.filter(|_| fitting.next().is_none()))
}

/// The label: as given, as it was, or made from tool and account.
fn label(
    given: Option<String>,
    known: Option<&ImportItem>,
    report: &Report,
) -> Result<String, ApiError> {
    let given = given
        .map(|label| label.trim().to_owned())
        .filter(|label| !label.is_empty());
    if given.as_ref().is_some_and(|label| {
        label.chars().count() > LABEL_MAX || label.chars().any(char::is_control)
    }) {
        return Err(ApiError::usage(
            "The file was not imported.",
            "The label is longer than 100 characters, or not on one line.",
            "Use a shorter one.",
        )
        .about("label"));
    }
    Ok(given
        .or_else(|| known.map(|item| item.label.clone()))
        .unwrap_or_else(|| {
            let account = if report.account_name.is_empty() {
                &report.account
            } else {
                &report.account_name
            };
            imports::clean(&format!("{} {account}", report.tool.name()), LABEL_MAX - 1)
        }))
}

/// The answer to an import: how its item stands.
async fn done(app: &App, id: EvidenceId, added: bool) -> Result<ImportDone, ApiError> {
    let open = app.company()?;
    let standing = Standing::read(app, &open).await?;
    let mut reader = open.store.read().await?;
    let item = store::imports::get(&mut reader, id)
        .await?
        .ok_or_else(|| ApiError::bug("an imported item is missing"))?;
    let findings: Vec<&Finding> = standing
        .imported
        .iter()
        .filter(|stored| stored.import_id == id)
        .map(|stored| &stored.finding)
        .collect();
    let checks: OutcomeCounts = count(findings.iter().map(|finding| finding.outcome));
    let unmapped = findings
        .iter()
        .filter(|finding| finding.objectives.is_empty())
        .count();
    Ok(ImportDone {
        added,
        evidence: describe(&standing.connected_labels(), &item, &findings, standing.now),
        checks,
        unmapped: u32::try_from(unmapped).unwrap_or(u32::MAX),
        disagreements: disagreements(&standing, findings.into_iter().cloned()),
    })
}
