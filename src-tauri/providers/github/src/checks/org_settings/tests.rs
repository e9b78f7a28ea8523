use super::*;
use crate::checks::testing::Org;
use evidence::Outcome::{self, Fail, Pass, Unknown};
use serde_json::{Value, json};

fn says(check: &Check, settings: Value) -> Outcome {
    Org::new().organization(settings).says(check).0
}

#[test]
fn a_setting_that_should_be_off() {
    for (check, members) in [
        (
            &PRIVATE_FORKS,
            vec!["members_can_fork_private_repositories"],
        ),
        (
            &INVITE_OUTSIDE,
            vec!["members_can_invite_outside_collaborators"],
        ),
        (
            &REPO_DELETION,
            vec![
                "members_can_delete_repositories",
                "members_can_change_repo_visibility",
            ],
        ),
    ] {
        let all = |value: Value| -> Value {
            members
                .iter()
                .map(|name| ((*name).to_owned(), value.clone()))
                .collect()
        };
        assert_eq!(says(check, all(json!(false))), Pass);
        for name in &members {
            for (value, expected) in [
                (json!(true), Fail),
                (json!(null), Unknown),
                (json!(7), Unknown),
            ] {
                let mut settings = all(json!(false));
                settings[*name] = value.clone();
                assert_eq!(says(check, settings), expected, "{name} {value}");
            }
        }
        let silent = Org::new().organization(json!({})).says(check);
        assert_eq!(silent, (Unknown, Some(UnknownCode::PermissionMissing)));
    }
    let mixed = json!({"members_can_delete_repositories": true});
    assert_eq!(
        says(&REPO_DELETION, mixed),
        Fail,
        "one that is seen decides"
    );
}

#[test]
fn the_base_permission_against_what_the_company_allows() {
    for (value, read, none) in [
        (json!("none"), Pass, Pass),
        (json!("read"), Pass, Fail),
        (json!("write"), Fail, Fail),
        (json!("admin"), Fail, Fail),
        (json!(null), Unknown, Unknown),
        (json!("triage"), Unknown, Unknown),
    ] {
        let org = |widest: &str| {
            Org::new()
                .organization(json!({"default_repository_permission": value}))
                .with(WIDEST, json!(widest))
        };
        assert_eq!(org("read").says(&BASE_PERMISSION).0, read, "{value}");
        assert_eq!(org("none").says(&BASE_PERMISSION).0, none, "{value}");
    }
    let odd = Org::new()
        .organization(json!({"default_repository_permission": "read"}))
        .with(WIDEST, json!("write"));
    assert_eq!(
        odd.says(&BASE_PERMISSION),
        (Unknown, Some(UnknownCode::NeedsJudgement))
    );
}

#[test]
fn creating_public_repositories() {
    for (public, any, kind, expected) in [
        (json!(true), json!(false), json!("none"), Fail),
        (json!(true), json!(null), json!(null), Fail),
        (json!(null), json!(true), json!("all"), Fail),
        (json!(false), json!(true), json!("all"), Fail),
        (json!(false), json!(false), json!(null), Pass),
        (json!(false), json!(true), json!("private"), Pass),
        (json!(false), json!(true), json!("internal"), Pass),
        (json!(false), json!(true), json!(null), Unknown),
        (json!(false), json!(null), json!("private"), Unknown),
        (json!(null), json!(false), json!("none"), Unknown),
    ] {
        let settings = json!({
            "members_can_create_public_repositories": public,
            "members_can_create_repositories": any,
            "members_allowed_repository_creation_type": kind,
        });
        assert_eq!(
            says(&REPO_CREATION, settings.clone()),
            expected,
            "{settings}"
        );
    }
}

#[test]
fn pages_for_everybody() {
    for (public, any, expected) in [
        (json!(false), json!(true), Pass),
        (json!(false), json!(null), Pass),
        (json!(null), json!(false), Pass),
        (json!(true), json!(false), Pass),
        (json!(true), json!(true), Fail),
        (json!(true), json!(null), Unknown),
        (json!(null), json!(null), Unknown),
    ] {
        let settings = json!({
            "members_can_create_public_pages": public, "members_can_create_pages": any,
        });
        assert_eq!(
            says(&PUBLIC_PAGES, settings.clone()),
            expected,
            "{settings}"
        );
    }
}

#[test]
fn no_verified_domain_is_information() {
    let says = |value: Value| {
        Org::new()
            .organization(json!({"is_verified": value}))
            .says(&VERIFIED_DOMAIN)
    };
    let settled = Org::new()
        .organization(json!({"is_verified": false}))
        .with(NOT_NEEDED, json!(["verified_domain"]));
    assert_eq!(settled.says(&VERIFIED_DOMAIN), (Pass, None));
    assert_eq!(says(json!(true)), (Pass, None));
    assert_eq!(
        says(json!(false)),
        (Unknown, Some(UnknownCode::NeedsJudgement))
    );
    assert_eq!(
        says(json!(null)),
        (Unknown, Some(UnknownCode::MalformedAnswer))
    );
}
