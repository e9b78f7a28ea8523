//! One finding of Security Hub: what it says, of what, and for which requirements.

use crate::datasets::{Compliance, HubFinding};

/// What is said of one finding.
pub(super) enum Said {
    Pass,
    Fail,
    /// Nothing, on purpose.
    Nothing,
    /// AWS says that it can't tell.
    Open(&'static str),
    /// The answer is not of the documented shape.
    Unclear(&'static str),
}

/// Whether it is of this region, as far as it says where it is of.
pub(super) fn is_of(finding: &HubFinding, region: &str) -> bool {
    finding.made_in.as_deref().is_none_or(|own| own == region)
}

/// The region of its resource.
pub(super) fn place(finding: &HubFinding) -> &str {
    finding.made_in.as_deref().unwrap_or(&finding.region)
}

/// What a finding says.
pub(super) fn said(finding: &HubFinding) -> Said {
    match finding.record_state.as_deref() {
        Some("ACTIVE") => {}
        Some("ARCHIVED") => return Said::Nothing,
        _ => return Said::Unclear("AWS does not say whether it is still so"),
    }
    let workflow = finding
        .workflow
        .as_ref()
        .and_then(|workflow| workflow.status.as_deref());
    let resolved = match workflow {
        Some("SUPPRESSED") => return Said::Nothing,
        Some("NEW" | "NOTIFIED") => false,
        Some("RESOLVED") => true,
        _ => return Said::Unclear("AWS does not say what became of it"),
    };
    let compliance = finding
        .compliance
        .as_ref()
        .and_then(|compliance| compliance.status.as_deref());
    match compliance {
        Some("PASSED") => Said::Pass,
        Some("FAILED") if resolved => Said::Open("Marked as resolved, and not evaluated again yet"),
        Some("FAILED") => Said::Fail,
        Some("WARNING" | "NOT_AVAILABLE") => Said::Open("AWS could not evaluate it"),
        _ => Said::Unclear("AWS does not say whether it passed"),
    }
}

/// The id and kind of the resource, and the name of the control.
pub(super) fn about(finding: &HubFinding) -> (String, String, &str) {
    let resource = finding.resources.as_ref().and_then(|all| all.first());
    let own = finding.id.as_deref().unwrap_or_default();
    let id = resource
        .and_then(|resource| resource.id.as_deref())
        .unwrap_or(own);
    let kind = resource
        .and_then(|resource| resource.kind.as_deref())
        .unwrap_or("finding");
    let control = finding
        .compliance
        .as_ref()
        .and_then(|compliance| compliance.security_control_id.as_deref());
    let name = match (control, finding.title.as_deref()) {
        (Some(control), Some(title)) => format!("{control}: {title}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => id.to_owned(),
    };
    (id.to_owned(), name, kind)
}

/// What is so, where, and for which requirements AWS counts it.
pub(super) fn note(finding: &HubFinding, what: &str) -> String {
    let requirements = finding.compliance.as_ref().map(requirements);
    let region = place(finding);
    match requirements {
        Some(ids) if !ids.is_empty() => {
            format!("{what}, in {region}. AWS counts it for {}.", ids.join(", "))
        }
        _ => format!("{what}, in {region}. AWS does not say for which requirement."),
    }
}

/// The requirements that AWS names: `NIST.800-171.r2 3.5.3`.
fn requirements(compliance: &Compliance) -> Vec<&str> {
    compliance
        .related_requirements
        .iter()
        .flatten()
        .filter_map(|related| related.strip_prefix("NIST.800-171.r2 "))
        .filter(|id| {
            let parts: Vec<&str> = id.split('.').collect();
            parts.len() == 3
                && parts[0] == "3"
                && parts.iter().all(|part| part.parse::<u8>().is_ok())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn only_requirements_of_800_171_are_named() {
        let related = |list: &[&str]| -> Compliance {
            serde_json::from_value(json!({"RelatedRequirements": list})).unwrap()
        };
        let all = related(&[
            "NIST.800-171.r2 3.14.6",
            "NIST.800-171.r2 3.5.3",
            "NIST.800-171.r2 4.1.1",
            "NIST.800-171.r2 3.1",
            "NIST.800-171.r2 3.a.1",
            "NIST.800-171.r3 3.1.1",
            "PCI DSS v4.0.1/1.16",
        ]);
        assert_eq!(requirements(&all), ["3.14.6", "3.5.3"]);
    }
}
