//! The command line's words.

use clap::{Args, Parser, Subcommand, ValueEnum, builder::BoolishValueParser};
use std::path::PathBuf;

/// CMMC evidence from the services a company already runs, on the command line.
#[derive(Parser)]
#[command(name = "cmmc", version, about, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

/// Accepted before and after the subcommand.
#[derive(Args)]
pub(crate) struct Global {
    /// Where the vaults are kept (default: the system's place for app data).
    #[arg(long, global = true, env = "CMMCPRO_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Which company, by name or id; may be left out when there is one.
    #[arg(long, global = true, value_name = "NAME-OR-ID")]
    pub company: Option<String>,
    /// Print one JSON document on stdout.
    #[arg(long, global = true)]
    pub json: bool,
    /// Print progress on stderr, one JSON object a line.
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub progress: Option<ProgressFormat>,
    /// A file that holds the vault's passphrase.
    #[arg(long, global = true, value_name = "F")]
    pub passphrase_file: Option<PathBuf>,
    /// Send requests as fast as the service allows: for measurements against emulators.
    #[arg(long, global = true, hide = true)]
    pub no_pacing: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressFormat {
    Json,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Make a company with an empty vault (or the made-up demo company).
    Init {
        /// The level to prepare for: 1 or 2.
        #[arg(long, value_parser = clap::value_parser!(u8).range(1..=2), required_unless_present = "demo")]
        level: Option<u8>,
        /// Keep the key in the system's key store.
        #[arg(long, conflicts_with = "passphrase_file")]
        keyring: bool,
        /// Write the recovery key to this new file instead of printing it.
        #[arg(long, value_name = "F", conflicts_with = "demo")]
        recovery_out: Option<PathBuf>,
        /// The company's time zone, e.g. America/New_York (default: the system's).
        #[arg(long)]
        zone: Option<String>,
        /// Make the demo company: made-up answers, judged by the real checks.
        #[arg(long)]
        demo: bool,
    },
    /// The services that can be connected, or what one has to be granted.
    Providers {
        /// The provider's id, e.g. aws.
        #[arg(requires = "policy")]
        provider: Option<String>,
        /// Print the script (policy, commands) that grants the provider what it needs and no more.
        #[arg(long, requires = "provider")]
        policy: bool,
        /// For this cloud, e.g. aws-us-gov (default: the provider's first).
        #[arg(long, requires = "policy")]
        cloud: Option<String>,
        /// For this check only, by id or alias; may be given several times (default: every check).
        #[arg(long = "check", value_name = "ID", requires = "policy")]
        checks: Vec<String>,
        /// Whether to grant also what is collected as evidence alone (default: yes, or no with --check).
        #[arg(
            long,
            value_name = "yes|no",
            requires = "policy",
            value_parser = BoolishValueParser::new(),
            hide_possible_values = true
        )]
        evidence: Option<bool>,
    },
    /// Connect a service; saved when sign-in works.
    Connect {
        /// The provider's id, e.g. entra-id.
        provider: String,
        /// A label for the connection.
        #[arg(long)]
        label: Option<String>,
        /// The cloud, e.g. gcc-high.
        #[arg(long)]
        cloud: Option<String>,
        /// A field that is no secret.
        #[arg(long = "set", value_name = "KEY=VALUE")]
        fields: Vec<String>,
        /// The way to sign in, e.g. certificate, browser or device (default: the one that the given fields fit).
        #[arg(long, value_name = "METHOD")]
        auth: Option<String>,
        /// A file with a JSON object of fields, secrets among them; - for standard input.
        #[arg(long, value_name = "F|-", required_unless_present = "auth")]
        secrets_file: Option<PathBuf>,
    },
    /// Sign in anew with a saved connection: as a person, or with other secrets.
    Reconnect {
        /// Id or label.
        integration: String,
        /// A file with a JSON object of the secret fields; - for standard input. None where a person signs in.
        #[arg(long, value_name = "F|-")]
        secrets_file: Option<PathBuf>,
    },
    /// Test a connection: who answers, and how each permission stands.
    Test {
        /// Id or label.
        integration: String,
    },
    /// The connections.
    List {
        /// Removed ones too.
        #[arg(long)]
        all: bool,
    },
    /// Remove a connection: its credentials are destroyed, its evidence is kept.
    Remove {
        /// Id or label.
        integration: String,
    },
    /// Collect everything of connections.
    Sync {
        /// Ids or labels; all where left out.
        integrations: Vec<String>,
        /// All connections.
        #[arg(long, conflicts_with = "integrations")]
        all: bool,
    },
    /// Collect what a control's checks need, and say what it shows.
    Collect {
        /// 3.5.3, IA.L2-3.5.3 or IA.1.076.
        control: String,
    },
    /// What the checks say.
    Findings {
        /// Of one connection.
        #[arg(long, value_name = "I")]
        integration: Option<String>,
        /// Of one check, by id or alias.
        #[arg(long, value_name = "ID")]
        check: Option<String>,
        /// For one control.
        #[arg(long, value_name = "R")]
        requirement: Option<String>,
        /// pass, fail, not_applicable or unknown.
        #[arg(long, value_name = "O")]
        outcome: Option<String>,
        /// Past ones too.
        #[arg(long)]
        history: bool,
        /// Judge the stored data again, offline, and show what is different from what was recorded, and why.
        #[arg(long, conflicts_with = "history")]
        reevaluate: bool,
    },
    /// Evidence items.
    Evidence {
        #[command(subcommand)]
        command: EvidenceCommand,
    },
    /// Import a result file of another tool as evidence.
    Import {
        /// prowler-ocsf, prowler-csv or scubagear.
        format: String,
        /// The file, as the tool wrote it.
        file: PathBuf,
        /// The connection it is about, by id or label (default: the one to the same account).
        #[arg(long, value_name = "I")]
        integration: Option<String>,
        /// A label for it.
        #[arg(long, value_name = "L")]
        label: Option<String>,
        /// Who imports it (default: the user of this computer).
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Decide an objective.
    Determine {
        /// E.g. 3.5.3[b].
        objective: String,
        /// met, not_met, not_applicable or not_assessed.
        determination: String,
        /// Who decides.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why: required for met and not_applicable.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
        /// With partial credit (3.5.3[d] and 3.13.11[a]).
        #[arg(long)]
        partial: bool,
    },
    /// Thresholds, exemptions, organisation-defined values.
    Params {
        #[command(subcommand)]
        command: ParamsCommand,
    },
    /// How collecting, checks and decisions stand.
    Status {
        /// One control; all where left out.
        control: Option<String>,
    },
    /// The score from the decisions.
    Score,
    /// The schedule.
    Schedule {
        #[command(subcommand)]
        command: ScheduleCommand,
    },
    /// The vault itself.
    Vault {
        #[command(subcommand)]
        command: VaultCommand,
    },
}

#[derive(Subcommand)]
pub(crate) enum EvidenceCommand {
    /// List items.
    List {
        /// Of one connection.
        #[arg(long, value_name = "I")]
        integration: Option<String>,
        /// For one control.
        #[arg(long, value_name = "R")]
        requirement: Option<String>,
        /// to_review, approved or rejected.
        #[arg(long)]
        review: Option<String>,
        /// current, partial, stale or failed.
        #[arg(long)]
        state: Option<String>,
    },
    /// Show one item.
    Show {
        /// Its id.
        id: String,
    },
    /// Approve the newest revision.
    Approve {
        /// The item's id.
        id: String,
        /// Who.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// A remark.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Reject the newest revision.
    Reject {
        /// The item's id.
        id: String,
        /// Who.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        why: String,
    },
}

#[derive(Subcommand)]
pub(crate) enum ParamsCommand {
    /// List them.
    List,
    /// Set one.
    Set {
        /// Its key.
        key: String,
        /// Its value: a number, a text, a JSON list, or null for the default.
        value: String,
        /// Who.
        #[arg(long, value_name = "NAME")]
        by: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        why: String,
        /// Until when, e.g. 2027-01-31.
        #[arg(long, value_name = "DATE")]
        until: Option<String>,
    },
}

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum ScheduleCommand {
    /// Do what the scheduler would do now, once.
    RunDue,
}

#[derive(Clone, Copy, Subcommand)]
pub(crate) enum VaultCommand {
    /// Check links, bytes, tables, blobs and pages.
    Verify,
}
