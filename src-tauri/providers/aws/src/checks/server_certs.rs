//! A certificate that ran out proves nothing, and whoever meets it learns to look away.

use super::rights::filled;
use crate::datasets::{SERVER_CERTIFICATES, ServerCertificate};
use evidence::{Severity, Timestamp};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each certificate that is stored in IAM.
///
/// | it holds until | verdict |
/// | --- | --- |
/// | a moment before the collection | fail |
/// | the collection or later | pass |
/// | AWS does not say | unknown |
///
/// There is none, and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.server_certs",
    alias: "AWS-24",
    version: 1,
    title: "No TLS certificate stored in IAM has expired.",
    objectives: &["3.13.8[c]", "3.13.15[a]"],
    severity: Severity::Low,
    remedy: "Delete each listed certificate with `aws iam delete-server-certificate --server-certificate-name NAME`, after replacing it where a load balancer uses it. Certificate Manager renews certificates by itself.",
    console: super::console::console!("acm/home#/certificates/list"),
    reperform: Reperform {
        portal: "The console does not show them; EC2 > Load balancers > Listeners names those in use.",
        command: "aws iam list-server-certificates",
    },
    datasets: &["aws.iam_server_certificates"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let certificates = match collected.rows::<ServerCertificate>(SERVER_CERTIFICATES.id) {
        Ok(certificates) => certificates,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&certificates);
    for certificate in &certificates.rows {
        let named = filled(&certificate.server_certificate_name);
        let id = filled(&certificate.arn).or(named).unwrap_or("");
        let name = named.unwrap_or(id);
        let until: Option<Timestamp> =
            filled(&certificate.expiration).and_then(|at| at.parse().ok());
        match until {
            Some(until) if until < collected.now => {
                judge.fail(id, name, "certificate", format!("It expired at {until}."));
            }
            Some(_) => judge.pass(),
            None => judge.unknown(id, name, "certificate", "AWS does not say when it expires."),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};

    fn list(inner: &str) -> Vec<u8> {
        format!(
            "<ListServerCertificatesResponse><ListServerCertificatesResult><ServerCertificateMetadataList>{inner}\
             </ServerCertificateMetadataList></ListServerCertificatesResult></ListServerCertificatesResponse>"
        )
        .into_bytes()
    }

    fn until(at: &str) -> Vec<u8> {
        list(&format!(
            "<member><ServerCertificateName>c</ServerCertificateName>{at}</member>"
        ))
    }

    #[test]
    fn the_moment_decides() {
        let outcome = |body: Vec<u8>| {
            let account = Account::new().page(&SERVER_CERTIFICATES, body);
            account.judge(&CHECK).outcome
        };
        let at = |at: &str| until(&format!("<Expiration>{at}</Expiration>"));
        assert_eq!(outcome(at("2026-11-23T08:59:59Z")), Outcome::Fail);
        assert_eq!(outcome(at("2026-11-23T09:00:00Z")), Outcome::Pass);
        assert_eq!(outcome(at("soon")), Outcome::Unknown);
        assert_eq!(outcome(until("")), Outcome::Unknown);
        assert_eq!(outcome(list("")), Outcome::NotApplicable);
    }

    #[test]
    fn half_a_list_never_passes_and_nothing_is_not_none() {
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let account = Account::new().part(&SERVER_CERTIFICATES, list(""), half);
        assert_eq!(account.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &SERVER_CERTIFICATES);
    }
}
