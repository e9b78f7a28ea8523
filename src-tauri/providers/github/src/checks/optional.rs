//! Practices that a company may want or not. What is not done is information, for a person to judge; once the company has
//! entered that it does not need one, the matter is settled.

use super::told::Told;
use provider_kit::Collected;

/// The parameter that names the practices that the company does not need.
pub(super) const NOT_NEEDED: &str = "github.not_needed";

/// What is told of a practice `name`, as information: done, not needed, or for a person to judge.
pub(super) fn wanted(collected: &Collected<'_>, name: &str, told: Told) -> Told {
    let settled = collected.parameters.list(NOT_NEEDED);
    match told {
        Told::Yes => Told::Yes,
        _ if settled.iter().any(|entry| entry == name) => Told::Yes,
        Told::No(why) => Told::for_a_person(format!(
            "{why} Nobody has entered yet that {name} is not needed (parameter {NOT_NEEDED})."
        )),
        unclear => unclear,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::Org;
    use evidence::{Reason, UnknownCode};
    use serde_json::json;

    #[test]
    fn what_is_not_needed_is_settled_and_nothing_else() {
        let told = |list: serde_json::Value, told: Told| {
            let org = Org::new().with(NOT_NEEDED, list);
            org.look(|collected| wanted(collected, "linear", told))
        };
        let hidden = || Told::Unclear(Reason::new(UnknownCode::PermissionMissing, "H."));
        assert_eq!(told(json!(["Linear"]), Told::no("N.")), Told::Yes);
        assert_eq!(told(json!(["linear"]), hidden()), Told::Yes);
        assert_eq!(told(json!(["other"]), hidden()), hidden());
        assert_eq!(told(json!([]), Told::Yes), Told::Yes);
        let Told::Unclear(reason) = told(json!(["other"]), Told::no("N.")) else {
            panic!("it is for a person");
        };
        assert_eq!(reason.code, UnknownCode::NeedsJudgement);
        assert!(reason.detail.starts_with("N. Nobody has entered yet"));
    }
}
