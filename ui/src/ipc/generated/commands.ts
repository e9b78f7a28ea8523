// Made from the command table in Rust (cargo test -p engine). Do not edit.
import type { Access } from "./Access";
import type { AccessFor } from "./AccessFor";
import type { Activity } from "./Activity";
import type { AnswerClosing } from "./AnswerClosing";
import type { AppState } from "./AppState";
import type { Catalogue } from "./Catalogue";
import type { CollectEvidence } from "./CollectEvidence";
import type { Collected } from "./Collected";
import type { Company } from "./Company";
import type { CompanyCreated } from "./CompanyCreated";
import type { ConfirmRecovery } from "./ConfirmRecovery";
import type { ConnectIntegration } from "./ConnectIntegration";
import type { Connected } from "./Connected";
import type { ControlDetail } from "./ControlDetail";
import type { CreateCompany } from "./CreateCompany";
import type { Determine } from "./Determine";
import type { DueRun } from "./DueRun";
import type { EvidenceDetail } from "./EvidenceDetail";
import type { EvidenceItem } from "./EvidenceItem";
import type { EvidenceList } from "./EvidenceList";
import type { EvidenceRef } from "./EvidenceRef";
import type { Findings } from "./Findings";
import type { GetControl } from "./GetControl";
import type { GetPage } from "./GetPage";
import type { GetStatus } from "./GetStatus";
import type { ImportDone } from "./ImportDone";
import type { ImportFile } from "./ImportFile";
import type { Integration } from "./Integration";
import type { IntegrationDetail } from "./IntegrationDetail";
import type { IntegrationRef } from "./IntegrationRef";
import type { Integrations } from "./Integrations";
import type { ListEvidence } from "./ListEvidence";
import type { ListFindings } from "./ListFindings";
import type { ListIntegrations } from "./ListIntegrations";
import type { Nothing } from "./Nothing";
import type { OpenLink } from "./OpenLink";
import type { PageText } from "./PageText";
import type { ParameterList } from "./ParameterList";
import type { Providers } from "./Providers";
import type { ReconnectIntegration } from "./ReconnectIntegration";
import type { RecoveryConfirmed } from "./RecoveryConfirmed";
import type { RecoveryKeyShown } from "./RecoveryKeyShown";
import type { RenewRecoveryKey } from "./RenewRecoveryKey";
import type { RequirementStatus } from "./RequirementStatus";
import type { ReviewEvidence } from "./ReviewEvidence";
import type { Schedule } from "./Schedule";
import type { ScoreReport } from "./ScoreReport";
import type { SetAppearance } from "./SetAppearance";
import type { SetParameter } from "./SetParameter";
import type { SetSchedule } from "./SetSchedule";
import type { Status } from "./Status";
import type { SyncIntegration } from "./SyncIntegration";
import type { Synced } from "./Synced";
import type { TestIntegration } from "./TestIntegration";
import type { Tested } from "./Tested";
import type { Unlock } from "./Unlock";
import type { UpdateProfile } from "./UpdateProfile";
import type { VaultVerified } from "./VaultVerified";

/** Every command: what it is asked, what it answers, whether it reports progress. */
export interface Commands {
  /** What the app knows before a vault is open. */
  app_state: { request: Nothing; answer: AppState; streams: false };
  /** Makes a company and opens it. The recovery key is in the answer, once. */
  create_company: { request: CreateCompany; answer: CompanyCreated; streams: false };
  /** Makes a new recovery key in place of the old one. It is in the answer, once. */
  renew_recovery_key: { request: RenewRecoveryKey; answer: RecoveryKeyShown; streams: false };
  /** Shows that the recovery key was written down. */
  confirm_recovery: { request: ConfirmRecovery; answer: RecoveryConfirmed; streams: false };
  /** Makes the demo company and opens it. */
  create_demo: { request: Nothing; answer: Company; streams: false };
  /** Opens a vault. */
  unlock: { request: Unlock; answer: Company; streams: false };
  /** Closes the open vault. */
  lock: { request: Nothing; answer: Nothing; streams: false };
  /** Changes the company's profile. */
  update_profile: { request: UpdateProfile; answer: Company; streams: false };
  /** Changes the colours. */
  set_appearance: { request: SetAppearance; answer: Nothing; streams: false };
  /** Takes what a person answered about closing the window; the window itself is the shell's. */
  answer_closing: { request: AnswerClosing; answer: Nothing; streams: false };
  /** Requirements and objectives in plain words. */
  catalogue: { request: Nothing; answer: Catalogue; streams: false };
  /** Per requirement: collection, indication, determination. */
  get_status: { request: GetStatus; answer: Status; streams: false };
  /** The score, and beside it the projected one. */
  get_score: { request: Nothing; answer: ScoreReport; streams: false };
  /** Everything about one control. */
  get_control: { request: GetControl; answer: ControlDetail; streams: false };
  /** Takes a person's decision about an objective. */
  determine: { request: Determine; answer: RequirementStatus; streams: false };
  /** The providers that work. */
  list_providers: { request: Nothing; answer: Providers; streams: false };
  /** What has to be granted for the checks that are wanted, and the scripts that grant it. */
  access_for: { request: AccessFor; answer: Access; streams: false };
  /** Connects a service; nothing is saved unless sign-in works. */
  connect_integration: { request: ConnectIntegration; answer: Connected; streams: true };
  /** Signs in anew with a saved connection; the same tenant or account has to answer. */
  reconnect_integration: { request: ReconnectIntegration; answer: Connected; streams: true };
  /** Opens the page of the sign-in that is under way in the browser. */
  open_sign_in: { request: Nothing; answer: Nothing; streams: false };
  /** Gives up the sign-in that is under way. */
  cancel_sign_in: { request: Nothing; answer: Nothing; streams: false };
  /** Tests a connection, saved or being entered. */
  test_integration: { request: TestIntegration; answer: Tested; streams: true };
  /** The connections. */
  list_integrations: { request: ListIntegrations; answer: Integrations; streams: false };
  /** Everything about a connection. */
  get_integration: { request: IntegrationRef; answer: IntegrationDetail; streams: false };
  /** Syncs connections. */
  sync_integration: { request: SyncIntegration; answer: Synced; streams: true };
  /** Collects what a control's checks need. */
  collect_evidence: { request: CollectEvidence; answer: Collected; streams: true };
  /** Stops whatever is being collected. */
  cancel_work: { request: Nothing; answer: Nothing; streams: false };
  /** Removes a connection; its evidence is kept. */
  remove_integration: { request: IntegrationRef; answer: Integration; streams: false };
  /** What the checks say. */
  list_findings: { request: ListFindings; answer: Findings; streams: false };
  /** The evidence items. */
  list_evidence: { request: ListEvidence; answer: EvidenceList; streams: false };
  /** One evidence item whole. */
  get_evidence: { request: EvidenceRef; answer: EvidenceDetail; streams: false };
  /** A part of a raw page. */
  get_page: { request: GetPage; answer: PageText; streams: false };
  /** Takes a person's review of an evidence item. */
  review_evidence: { request: ReviewEvidence; answer: EvidenceItem; streams: false };
  /** Imports a result file of another tool as evidence. */
  import_file: { request: ImportFile; answer: ImportDone; streams: false };
  /** The parameters. */
  list_parameters: { request: Nothing; answer: ParameterList; streams: false };
  /** Sets a parameter by name and reason. */
  set_parameter: { request: SetParameter; answer: ParameterList; streams: false };
  /** Runs, requests, schedule. */
  get_activity: { request: Nothing; answer: Activity; streams: false };
  /** Changes when the daily sync runs. */
  set_schedule: { request: SetSchedule; answer: Schedule; streams: false };
  /** Runs what is due now, once. */
  run_due: { request: Nothing; answer: DueRun; streams: true };
  /** Checks the whole vault. */
  verify_vault: { request: Nothing; answer: VaultVerified; streams: false };
  /** Opens a page in the browser. */
  open_link: { request: OpenLink; answer: Nothing; streams: false };
}
