//! Without a backup an attack or a mistake is final; one that stopped weeks ago is found out when it is needed.

use super::{
    number,
    told::{Told, also},
};
use crate::datasets::{
    BACKUP_PLANS, BACKUP_RESOURCES, BACKUP_VAULTS, BackedUp, BackupPlan, BackupVault,
};
use evidence::{Outcome, Reason, Severity, Timestamp, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// | what AWS Backup has, in all regions together | judged |
/// | --- | --- |
/// | no plan, every region having been seen; the parameter `aws.other_backup` is empty | fail |
/// | the same, and it names another tool | unknown, for a person: what that tool does is not seen here |
/// | a plan | goes on |
///
/// | a vault | judged |
/// | --- | --- |
/// | names a key, or says that AWS's own key encrypts it | pass |
/// | does neither, or has no name | unknown: AWS Backup always encrypts |
///
/// | a plan, and nothing at all that was ever backed up, every region having been seen | fail; unknown, for a person, if another tool is named |
///
/// | something that is backed up | judged |
/// | --- | --- |
/// | last longer ago than the parameter allows | fail |
/// | AWS gives no time, one that is still to come, or no ARN | unknown |
/// | else | pass |
///
/// What is in no plan at all is not seen here: AWS Backup lists only what it has backed up.
pub static CHECK: Check = Check {
    id: "aws.backup.plan",
    alias: "AWS-70",
    version: 1,
    title: "There is a plan for backups, and what it protects was backed up lately.",
    objectives: &["3.8.9[a]"],
    severity: Severity::Medium,
    remedy: "In AWS Backup > Backup plans make a plan that runs daily, and assign the disks, databases and buckets with CUI to it. For a listed resource open Protected resources and see why its last job failed. If another tool makes the backups, enter its name.",
    console: super::console::console!("backup/home#/backupplan"),
    reperform: Reperform {
        portal: "AWS Backup, in each region: Backup plans; Backup vaults; Protected resources > Last backup.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do aws backup list-backup-plans --region $region; aws backup list-backup-vaults --region $region; aws backup list-protected-resources --region $region; done",
    },
    datasets: &[
        "aws.backup_plans",
        "aws.backup_vaults",
        "aws.backup_resources",
    ],
    parameters: &["aws.backup_max_age_days", "aws.other_backup"],
    clouds: Clouds::All,
    evaluate,
};

/// By so much a clock may differ.
const CLOCK_SECONDS: f64 = 600.0;

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let plans: Vec<BackupPlan> = also(collected, &mut judge, BACKUP_PLANS.id);
    let vaults: Vec<BackupVault> = also(collected, &mut judge, BACKUP_VAULTS.id);
    let resources: Vec<BackedUp> = also(collected, &mut judge, BACKUP_RESOURCES.id);
    let others = collected.parameters.list("aws.other_backup");
    let days = match number(collected, "aws.backup_max_age_days") {
        Ok(days) => days,
        Err(reason) => return reason.into(),
    };
    let every_region = collected
        .rows::<BackupPlan>(BACKUP_PLANS.id)
        .is_ok_and(|rows| rows.missing.is_none());
    let mut by_another = false;
    let planned = plans.iter().any(|plan| {
        plan.backup_plan_id
            .as_deref()
            .is_some_and(|id| !id.is_empty())
    });
    if planned {
        judge.pass();
    } else if !plans.is_empty() {
        judge.unknown("plan", "plan", "plan", "AWS does not give the plan's id.");
    } else if every_region && others.is_empty() {
        judge.fail(
            "plan",
            "plan",
            "plan",
            "AWS Backup has no plan in any region.",
        );
    } else if every_region {
        by_another = true;
        let note = format!(
            "AWS Backup has no plan in any region. The company says that {} makes the backups: look there.",
            others.join(", ")
        );
        judge.unknown("plan", "plan", "plan", note);
    }
    let every_resource = collected
        .rows::<BackedUp>(BACKUP_RESOURCES.id)
        .is_ok_and(|rows| rows.missing.is_none());
    if planned && every_resource && resources.is_empty() {
        // A plan that nothing is assigned to protects nothing.
        let (id, note) = (
            "resources",
            "There is a plan, and AWS Backup has never backed up anything.",
        );
        if others.is_empty() {
            judge.fail(id, id, "plan", note);
        } else {
            by_another = true;
            let note = format!(
                "{note} The company says that {} makes the backups: look there.",
                others.join(", ")
            );
            judge.unknown(id, id, "plan", note);
        }
    }
    for vault in &vaults {
        let id = vault.backup_vault_arn.as_deref().unwrap_or_default();
        let name = vault.backup_vault_name.as_deref().unwrap_or_default();
        let name = format!("{name} ({})", vault.region);
        match encrypted(vault) {
            Told::Yes => judge.pass(),
            Told::No(why) | Told::Unclear(why) => judge.unknown(id, name, "vault", why),
        }
    }
    let now = collected.now.unix() as f64;
    for resource in &resources {
        let id = resource.resource_arn.as_deref().unwrap_or_default();
        let name = match resource
            .resource_name
            .as_deref()
            .filter(|name| !name.is_empty())
        {
            Some(name) => format!("{name} ({})", resource.region),
            None => format!(
                "{} ({})",
                id.rsplit([':', '/']).next().unwrap_or(id),
                resource.region
            ),
        };
        let kind = resource.resource_type.as_deref().unwrap_or("resource");
        match resource.last_backup_time {
            Some(at) if now - at > days as f64 * 86_400.0 => {
                let at = Timestamp::from_unix(at as i64);
                judge.fail(id, name, kind, format!("Last backed up at {at}."));
            }
            Some(at) if at <= now + CLOCK_SECONDS && !id.is_empty() => judge.pass(),
            Some(_) => {
                let note =
                    "AWS names a last backup that is still to come, or does not say of what.";
                judge.unknown(id, name, kind, note);
            }
            None => judge.unknown(
                id,
                name,
                kind,
                "AWS does not say when it was last backed up.",
            ),
        }
    }
    let mut verdict = judge.conclude(WhenEmpty::Unknown(
        "AWS does not say whether there is a plan for backups.".to_owned(),
    ));
    let open = verdict
        .resources
        .iter()
        .filter(|resource| resource.outcome == Outcome::Unknown)
        .count();
    if verdict.outcome == Outcome::Unknown && verdict.population.complete && by_another && open == 1
    {
        let detail = "The company says that another tool makes the backups (parameter aws.other_backup): a person has to look there.";
        verdict.reason = Some(Reason::new(UnknownCode::NeedsJudgement, detail));
    }
    verdict
}

fn encrypted(vault: &BackupVault) -> Told {
    let has = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    if !has(&vault.backup_vault_name) {
        return Told::Unclear("AWS does not give its name.".to_owned());
    }
    let by_aws = vault.encryption_key_type.as_deref() == Some("AWS_OWNED_KMS_KEY");
    match has(&vault.encryption_key_arn) || by_aws {
        true => Told::Yes,
        false => Told::Unclear("AWS does not say which key encrypts it.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Completeness;
    use serde_json::{Value, json};

    /// 2026-11-23T09:00:00Z, when the tests' data was collected.
    const NOW: f64 = 1_795_424_400.0;
    const DAY: f64 = 86_400.0;

    fn account(plans: Value, vaults: Value, resources: Value) -> Account {
        let body = |list: &str, rows: Value| json!({list: rows}).to_string();
        let (plans, vaults, resources) = (
            body("BackupPlansList", plans),
            body("BackupVaultList", vaults),
            body("Results", resources),
        );
        Account::new()
            .regions(&BACKUP_PLANS, &[("us-east-1", &plans)])
            .regions(&BACKUP_VAULTS, &[("us-east-1", &vaults)])
            .regions(&BACKUP_RESOURCES, &[("us-east-1", &resources)])
    }

    fn plan() -> Value {
        json!([{"BackupPlanId": "p-1"}])
    }

    fn backed_up(at: f64) -> Value {
        json!([{"ResourceArn": "arn:aws:ec2:us-east-1:1:volume/vol-1", "ResourceType": "EBS", "LastBackupTime": at}])
    }

    #[test]
    fn seven_days_are_allowed_and_a_second_more_is_not() {
        let told = |at: f64| account(plan(), json!([]), backed_up(at)).outcome(&CHECK);
        assert_eq!(told(NOW - 7.0 * DAY), (Outcome::Pass, vec![]));
        let late = (Outcome::Fail, vec!["vol-1 (us-east-1)".to_owned()]);
        assert_eq!(told(NOW - 7.0 * DAY - 1.0), late);
        assert_eq!(told(NOW + CLOCK_SECONDS + 1.0).0, Outcome::Unknown);
        let longer = account(plan(), json!([]), backed_up(NOW - 8.0 * DAY));
        let longer = longer.with("aws.backup_max_age_days", json!(8));
        assert_eq!(longer.judge(&CHECK).outcome, Outcome::Pass);
    }

    #[test]
    fn there_has_to_be_a_plan_or_another_tool() {
        let none = || account(json!([]), json!([]), json!([]));
        assert_eq!(none().judge(&CHECK).outcome, Outcome::Fail);
        let other = none()
            .with("aws.other_backup", json!(["Veeam"]))
            .judge(&CHECK);
        assert_eq!(other.reason.unwrap().code, UnknownCode::NeedsJudgement);
        assert!(other.resources[0].note.contains("veeam"));
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let unseen = none().pages(&BACKUP_PLANS, vec![], half);
        assert_eq!(unseen.judge(&CHECK).outcome, Outcome::Unknown);
        let nameless = account(json!([{}]), json!([]), json!([]));
        assert_eq!(nameless.judge(&CHECK).outcome, Outcome::Unknown);
        let idle = || account(plan(), json!([]), json!([]));
        assert_eq!(idle().judge(&CHECK).outcome, Outcome::Fail);
        let other = idle()
            .with("aws.other_backup", json!(["Veeam"]))
            .judge(&CHECK);
        assert_eq!(other.reason.unwrap().code, UnknownCode::NeedsJudgement);
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let unseen = idle().pages(&BACKUP_RESOURCES, vec![], half);
        assert_eq!(unseen.judge(&CHECK).outcome, Outcome::Unknown);
    }

    #[test]
    fn a_vault_names_what_encrypts_it() {
        for (vault, expected) in [
            (
                json!({"BackupVaultName": "v", "EncryptionKeyArn": "k"}),
                Outcome::Pass,
            ),
            (
                json!({"BackupVaultName": "v", "EncryptionKeyType": "AWS_OWNED_KMS_KEY"}),
                Outcome::Pass,
            ),
            (json!({"BackupVaultName": "v"}), Outcome::Unknown),
            (json!({"EncryptionKeyArn": "k"}), Outcome::Unknown),
        ] {
            let account = account(plan(), json!([vault.clone()]), backed_up(NOW));
            assert_eq!(account.judge(&CHECK).outcome, expected, "{vault}");
        }
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        for resource in [json!({"ResourceArn": "a"}), json!({"LastBackupTime": NOW})] {
            let account = account(plan(), json!([]), json!([resource.clone()]));
            assert_eq!(
                account.judge(&CHECK).outcome,
                Outcome::Unknown,
                "{resource}"
            );
        }
        for dataset in [&BACKUP_PLANS, &BACKUP_VAULTS, &BACKUP_RESOURCES] {
            refused_is_unknown(&CHECK, dataset);
        }
    }
}
