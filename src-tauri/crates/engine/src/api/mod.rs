//! The one contract that the window and the command line speak: requests and answers in camelCase JSON, and the table
//! of commands (see `table`). `ts-rs` writes the TypeScript of every type here into `ui/src/ipc/generated`.

mod activity;
mod catalogue;
mod company;
mod control;
mod error;
mod evidence_items;
mod integrations;
mod parameters;

pub use activity::*;
pub use catalogue::*;
pub use company::*;
pub use control::*;
pub use error::ApiError;
pub use evidence_items::*;
pub use integrations::*;
pub use parameters::*;

/// The command table, as the UI's author sees it (names, requests, answers). `streams`: progress comes over a channel.
///
/// | command | request | answer |
/// | --- | --- | --- |
/// | app_state | Nothing | AppState |
/// | create_company | CreateCompany | CompanyCreated |
/// | confirm_recovery | ConfirmRecovery | RecoveryConfirmed |
/// | create_demo | Nothing | Company |
/// | unlock | Unlock | Company |
/// | lock | Nothing | Nothing |
/// | update_profile | UpdateProfile | Company |
/// | set_appearance | SetAppearance | Nothing |
/// | catalogue | Nothing | Catalogue |
/// | get_status | GetStatus | Status |
/// | get_score | Nothing | ScoreReport |
/// | get_control | GetControl | ControlDetail |
/// | determine | Determine | RequirementStatus |
/// | list_providers | Nothing | Providers |
/// | connect_integration | ConnectIntegration | Connected |
/// | test_integration | TestIntegration | Tested |
/// | list_integrations | ListIntegrations | Integrations |
/// | get_integration | IntegrationRef | IntegrationDetail |
/// | sync_integration | SyncIntegration | Synced, streams Progress |
/// | collect_evidence | CollectEvidence | Collected, streams Progress |
/// | cancel_work | Nothing | Nothing |
/// | remove_integration | IntegrationRef | Integration |
/// | list_findings | ListFindings | Findings |
/// | list_evidence | ListEvidence | EvidenceList |
/// | get_evidence | EvidenceRef | EvidenceDetail |
/// | get_page | GetPage | PageText |
/// | review_evidence | ReviewEvidence | EvidenceItem |
/// | list_parameters | Nothing | ParameterList |
/// | set_parameter | SetParameter | ParameterList |
/// | get_activity | Nothing | Activity |
/// | set_schedule | SetSchedule | Schedule |
/// | run_due | Nothing | DueRun, streams Progress |
/// | verify_vault | Nothing | VaultVerified |
/// | open_link | OpenLink | Nothing |
pub mod contract {}
