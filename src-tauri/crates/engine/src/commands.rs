//! The command table: what the window may ask for, and who answers.

use crate::{
    App, ProgressSink, access, activity,
    api::{self, ApiError, Nothing, VaultProblem, VaultVerified, commands},
    attended, catalogue, collect, companies, connect, control, demo, evidence_view, findings,
    imports, links, parameters, providers, recovery, schedule, score, status, sync,
};
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeSet;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandInfo {
    /// The command's name.
    pub name: &'static str,
    /// Whether it reports progress.
    pub streams: bool,
}

commands! {
    /// What the app knows before a vault is open.
    app_state: Nothing => api::AppState = companies::app_state;
    /// Makes a company and opens it. The recovery key is in the answer, once.
    create_company: api::CreateCompany => api::CompanyCreated = companies::create;
    /// Makes a new recovery key in place of the old one. It is in the answer, once.
    renew_recovery_key: api::RenewRecoveryKey => api::RecoveryKeyShown = recovery::renew;
    /// Shows that the recovery key was written down.
    confirm_recovery: api::ConfirmRecovery => api::RecoveryConfirmed = recovery::confirm;
    /// Makes the demo company and opens it.
    create_demo: Nothing => api::Company = demo::create;
    /// Opens a vault.
    unlock: api::Unlock => api::Company = companies::unlock;
    /// Closes the open vault.
    lock: Nothing => Nothing = companies::lock;
    /// Changes the company's profile.
    update_profile: api::UpdateProfile => api::Company = companies::update_profile;
    /// Changes the colours.
    set_appearance: api::SetAppearance => Nothing = companies::set_appearance;
    /// Takes what a person answered about closing the window; the window itself is the shell's.
    answer_closing: api::AnswerClosing => Nothing = companies::answer_closing;
    /// Requirements and objectives in plain words.
    catalogue: Nothing => api::Catalogue = catalogue::get;
    /// Per requirement: collection, indication, determination.
    get_status: api::GetStatus => api::Status = status::get;
    /// The score, and beside it the projected one.
    get_score: Nothing => api::ScoreReport = score::get;
    /// Everything about one control.
    get_control: api::GetControl => api::ControlDetail = control::get;
    /// Takes a person's decision about an objective.
    determine: api::Determine => api::RequirementStatus = control::determine;
    /// The providers that work.
    list_providers: Nothing => api::Providers = providers::list;
    /// What has to be granted for the checks that are wanted, and the scripts that grant it.
    access_for: api::AccessFor => api::Access = access::access_for;
    /// Connects a service; nothing is saved unless sign-in works.
    connect_integration: api::ConnectIntegration => api::Connected, streams = connect::connect_showing;
    /// Signs in anew with a saved connection; the same tenant or account has to answer.
    reconnect_integration: api::ReconnectIntegration => api::Connected, streams = connect::reconnect;
    /// Opens the page of the sign-in that is under way in the browser.
    open_sign_in: Nothing => Nothing = attended::open_sign_in;
    /// Gives up the sign-in that is under way.
    cancel_sign_in: Nothing => Nothing = attended::cancel_sign_in;
    /// Tests a connection, saved or being entered.
    test_integration: api::TestIntegration => api::Tested, streams = connect::test_showing;
    /// The connections.
    list_integrations: api::ListIntegrations => api::Integrations = connect::list;
    /// Everything about a connection.
    get_integration: api::IntegrationRef => api::IntegrationDetail = connect::detail;
    /// Syncs connections.
    sync_integration: api::SyncIntegration => api::Synced, streams = sync::sync;
    /// Collects what a control's checks need.
    collect_evidence: api::CollectEvidence => api::Collected, streams = collect::collect;
    /// Stops whatever is being collected.
    cancel_work: Nothing => Nothing = cancel_work;
    /// Removes a connection; its evidence is kept.
    remove_integration: api::IntegrationRef => api::Integration = connect::remove;
    /// What the checks say.
    list_findings: api::ListFindings => api::Findings = findings::list;
    /// The evidence items.
    list_evidence: api::ListEvidence => api::EvidenceList = evidence_view::list;
    /// One evidence item whole.
    get_evidence: api::EvidenceRef => api::EvidenceDetail = evidence_view::show;
    /// A part of a raw page.
    get_page: api::GetPage => api::PageText = evidence_view::page;
    /// Takes a person's review of an evidence item.
    review_evidence: api::ReviewEvidence => api::EvidenceItem = evidence_view::review;
    /// Imports a result file of another tool as evidence.
    import_file: api::ImportFile => api::ImportDone = imports::import_file;
    /// The parameters.
    list_parameters: Nothing => api::ParameterList = parameters::list;
    /// Sets a parameter by name and reason.
    set_parameter: api::SetParameter => api::ParameterList = parameters::set;
    /// Runs, requests, schedule.
    get_activity: Nothing => api::Activity = activity::get;
    /// Changes when the daily sync runs.
    set_schedule: api::SetSchedule => api::Schedule = schedule::set;
    /// Runs what is due now, once.
    run_due: Nothing => api::DueRun, streams = schedule::run_due;
    /// Checks the whole vault.
    verify_vault: Nothing => VaultVerified = verify_vault;
    /// Opens a page in the browser.
    open_link: api::OpenLink => Nothing = links::open_link;
}

/// Stops whatever is being collected, within half a second.
pub async fn cancel_work(app: &App, _: Nothing) -> Result<Nothing, ApiError> {
    app.company()?.give_up();
    Ok(Nothing {})
}

/// Checks links, bytes, projections, blobs, pages and the head of the open vault.
pub async fn verify_vault(app: &App, _: Nothing) -> Result<VaultVerified, ApiError> {
    let open = app.company()?;
    let report = store::verify::verify(&open.store, open.expected_head().await).await?;
    Ok(VaultVerified {
        ok: report.ok,
        entries: report.entries,
        head: report.head.to_string(),
        problems: report
            .problems
            .into_iter()
            .map(|problem| VaultProblem {
                what: problem.what,
                place: problem.place,
            })
            .collect(),
    })
}

fn parse<T: DeserializeOwned>(request: serde_json::Value) -> Result<T, ApiError> {
    serde_json::from_value(request).map_err(|error| {
        // The text of a serde error can repeat what was sent, which may hold a secret: its class and place are enough.
        ApiError::usage(
            "The request can't be read.",
            format!(
                "It is not of the command's shape ({:?} error).",
                error.classify()
            ),
            "This is a mistake of the caller.",
        )
    })
}

fn write<T: Serialize>(answer: &T) -> Result<serde_json::Value, ApiError> {
    serde_json::to_value(answer).map_err(|error| ApiError::bug(error.to_string()))
}

fn unknown_command(name: &str) -> ApiError {
    ApiError::usage(
        "There is no such command.",
        format!("{name} is not in the table."),
        "This is a mistake of the caller.",
    )
}

fn ts_config() -> ts_rs::Config {
    ts_rs::Config::default()
}

fn compose(imports: &BTreeSet<String>, rows: &str) -> String {
    let mut text = String::from(
        "// Made from the command table in Rust (cargo test -p engine). Do not edit.\n",
    );
    for name in imports {
        text.push_str(&format!("import type {{ {name} }} from \"./{name}\";\n"));
    }
    text.push_str("\n/** Every command: what it is asked, what it answers, whether it reports progress. */\nexport interface Commands {\n");
    text.push_str(rows);
    text.push_str("}\n");
    text
}
