//! What a document has servers do is nobody's business but the company's.

use super::{console::console, told::also};
use crate::datasets::{DOCUMENT_SHARES, DOCUMENTS, Document, DocumentShare};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each of the account's own documents of Systems Manager:
///
/// | it is shared with | judged |
/// | --- | --- |
/// | everybody (`all`) | fail |
/// | some accounts, or none | pass |
/// | what is not said, or was not read | unknown |
///
/// Without any document of its own, all regions having answered: not applicable.
pub static CHECK: Check = Check {
    id: "aws.ssm.public_documents",
    alias: "AWS-46",
    version: 1,
    title: "No document of Systems Manager is public.",
    objectives: &["3.1.3[e]", "3.1.22[d]"],
    severity: Severity::High,
    remedy: "Open each listed document in Systems Manager > Documents > Owned by me, and make it private under Details > Permissions. Block public sharing for documents in the preferences of each region.",
    console: console!("systems-manager/documents"),
    reperform: Reperform {
        portal: "Systems Manager > Documents > Owned by me, in each region: open each one, Details > Permissions.",
        command: "for each region: aws ssm list-documents --filters Key=Owner,Values=Self; for each document: aws ssm describe-document-permission --permission-type Share --name NAME",
    },
    datasets: &["aws.ssm_documents", "aws.ssm_document_shares"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let documents: Vec<Document> = also(collected, &mut judge, DOCUMENTS.id);
    let shares: Vec<DocumentShare> = also(collected, &mut judge, DOCUMENT_SHARES.id);
    let key = |region: &str, name: &str| (format!("{region}:{name}"), format!("{name} ({region})"));
    for share in &shares {
        let all = |ids: &[String]| ids.iter().any(|id| id.eq_ignore_ascii_case("all"));
        if share.account_ids.as_deref().is_some_and(all) {
            let (id, name) = key(&share.region, &share.document);
            judge.fail(id, name, "document", "Everybody can read it.");
        }
    }
    for document in &documents {
        let region = &document.region;
        let Some(name) = document.name.as_deref() else {
            judge.unknown(
                "",
                format!("? ({region})"),
                "document",
                "AWS gives it no name.",
            );
            continue;
        };
        let own: Vec<&DocumentShare> = shares
            .iter()
            .filter(|share| share.region == *region && share.document == name)
            .collect();
        let public = |share: &&DocumentShare| {
            let ids = share.account_ids.as_deref().unwrap_or_default();
            ids.iter().any(|id| id.eq_ignore_ascii_case("all"))
        };
        if own.iter().any(public) {
            continue;
        }
        if !own.is_empty() && own.iter().all(|share| share.account_ids.is_some()) {
            judge.pass();
        } else {
            let (id, shown) = key(region, name);
            judge.unknown(
                id,
                shown,
                "document",
                "With whom it is shared was not read.",
            );
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    fn account(documents: Value, shares: &[(&str, Value)]) -> Account {
        let list = json!({ "DocumentIdentifiers": documents }).to_string();
        let pages = shares
            .iter()
            .map(|(name, ids)| {
                let body = json!({ "AccountIds": ids }).to_string();
                (origin(200, "us-east-1", Some(name)), body.into_bytes())
            })
            .collect();
        Account::new()
            .regions(&DOCUMENTS, &[("us-east-1", &list)])
            .pages(&DOCUMENT_SHARES, pages, Completeness::complete())
    }

    #[test]
    fn shared_with_everybody_fails() {
        let outcome = |ids: Value| account(json!([{"Name": "a"}]), &[("a", ids)]).outcome(&CHECK);
        assert_eq!(outcome(json!([])).0, Outcome::Pass);
        assert_eq!(outcome(json!(["123456789012"])).0, Outcome::Pass);
        let named = (Outcome::Fail, vec!["a (us-east-1)".to_owned()]);
        assert_eq!(outcome(json!(["all"])), named);
        assert_eq!(outcome(json!(["123456789012", "All"])), named);
        assert_eq!(outcome(Value::Null).0, Outcome::Unknown);
    }

    #[test]
    fn every_document_has_to_be_asked_about() {
        let two = json!([{"Name": "a"}, {"Name": "b"}]);
        let one = account(two, &[("a", json!([]))]);
        assert_eq!(
            one.outcome(&CHECK),
            (Outcome::Unknown, vec!["b (us-east-1)".to_owned()])
        );
        let pages = [("a", json!([])), ("a", json!(["all"]))];
        let second = account(json!([{"Name": "a"}]), &pages);
        assert_eq!(
            second.judge(&CHECK).outcome,
            Outcome::Fail,
            "its second page counts"
        );
        let unlisted = account(json!([]), &[("a", json!(["all"]))]);
        assert_eq!(unlisted.judge(&CHECK).outcome, Outcome::Fail);
        assert_eq!(
            account(json!([{}]), &[]).judge(&CHECK).outcome,
            Outcome::Unknown
        );
        assert_eq!(
            account(json!([]), &[]).judge(&CHECK).outcome,
            Outcome::NotApplicable
        );
        refused_is_unknown(&CHECK, &DOCUMENTS);
        refused_is_unknown(&CHECK, &DOCUMENT_SHARES);
    }
}
