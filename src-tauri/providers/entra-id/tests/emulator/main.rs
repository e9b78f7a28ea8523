//! The provider against a strict stand-in for Microsoft Graph.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bench;
mod person;

use bench::*;
use evidence::{Outcome, Timestamp, UnknownCode};
use graph_emulator::{ClientCertificate, Emulator, Fault, Nullable, Options, RetryAfter, Tenant};
use provider_entra_id::PROVIDER;
use provider_kit::{Connection, ErrorClass, GrantState, Provider};

#[tokio::test]
async fn a_whole_sync_reads_every_dataset_and_only_reads() {
    let emulator = small();
    let session = open(&emulator).await;
    assert_eq!(session.identity().id, emulator.tenant().id);
    for dataset in PROVIDER.datasets() {
        let name = dataset.id.strip_prefix("entra-id.").unwrap();
        let (pages, completeness) = collect(session.as_ref(), name)
            .await
            .unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert!(
            completeness.complete || dataset.row_cap.is_some(),
            "{name}: {completeness:?}"
        );
        assert!(!pages.bodies.is_empty(), "{name}");
    }
    for request in emulator.log() {
        assert!(
            request.method == "GET" || request.path.ends_with("/oauth2/v2.0/token"),
            "{} {}",
            request.method,
            request.path
        );
        assert_eq!(request.status, 200, "{} {}", request.path, request.query);
    }
}

#[tokio::test]
async fn the_list_of_role_assignable_groups_is_kept_beside_their_members() {
    let emulator = small();
    let (pages, completeness) = collect(open(&emulator).await.as_ref(), "role-group-members")
        .await
        .unwrap();
    assert!(completeness.complete);
    let assignable = |group: &&serde_json::Value| group["isAssignableToRole"] == true;
    let tenant = emulator.tenant();
    let groups: Vec<_> = tenant.groups.iter().filter(assignable).collect();
    assert_eq!((groups.len(), pages.bodies.len()), (1, 2));
    let listing: serde_json::Value = serde_json::from_slice(&pages.bodies[0]).unwrap();
    assert_eq!(listing.get("@cmmcpro.group"), None);
    assert_eq!(listing["value"][0]["id"], groups[0]["id"]);
    let members: serde_json::Value = serde_json::from_slice(&pages.bodies[1]).unwrap();
    assert_eq!(members["@cmmcpro.group"], groups[0]["id"]);
    assert_eq!(pages.rows, 3, "one group and its two members");
}

#[tokio::test]
async fn who_may_join_a_group_with_roles_is_asked_group_by_group() {
    let emulator = small();
    let session = open(&emulator).await;
    let (pages, completeness) = collect(session.as_ref(), "role-group-eligibility")
        .await
        .unwrap();
    assert!(completeness.complete);
    assert_eq!(
        (pages.bodies.len(), pages.rows),
        (2, 2),
        "one group, and one who may join it"
    );
    let asked = emulator.log().into_iter().rev().find(|request| {
        request
            .path
            .ends_with("/privilegedAccess/group/eligibilityScheduleInstances")
    });
    let group = serde_json::from_slice::<serde_json::Value>(&pages.bodies[0]).unwrap()["value"][0]
        ["id"]
        .clone();
    assert!(asked.unwrap().query.contains(group.as_str().unwrap()));
    emulator.edit(Tenant::remove_licences);
    let error = failure(session.as_ref(), "role-group-eligibility").await;
    assert_eq!(error.reason().code, UnknownCode::LicenceMissing);
}

#[tokio::test]
async fn the_newest_score_is_all_that_is_wanted() {
    let emulator = small();
    emulator.edit(|tenant| {
        let mut older = tenant.governance.secure_scores[0].clone();
        older["id"] = "older".into();
        tenant.governance.secure_scores.push(older);
    });
    let (pages, completeness) = collect(open(&emulator).await.as_ref(), "secure-score")
        .await
        .unwrap();
    assert_eq!((pages.bodies.len(), pages.rows), (1, 1));
    assert!(completeness.complete, "{completeness:?}");
}

#[tokio::test]
async fn many_users_come_page_by_page_and_logs_stop_at_their_cap() {
    let emulator = Emulator::start(Tenant::sized(2_500), Options::default()).unwrap();
    let session = open(&emulator).await;
    let (pages, completeness) = collect(session.as_ref(), "users").await.unwrap();
    assert_eq!((pages.bodies.len(), pages.rows), (3, 2_500));
    assert!(completeness.complete);
    let (pages, completeness) = collect(session.as_ref(), "sign-ins").await.unwrap();
    assert!(
        pages.rows >= 500 && !completeness.complete,
        "{} rows",
        pages.rows
    );
    assert_eq!(completeness.reason.unwrap().code, UnknownCode::Partial);
}

#[tokio::test]
async fn every_check_has_an_answer_for_the_typical_company() {
    let emulator = small();
    let datasets = everything(open(&emulator).await.as_ref()).await;
    let now = Timestamp::from_datetime(emulator.tenant().reference);
    let outcome = |id: &str| {
        let check = PROVIDER
            .checks()
            .iter()
            .find(|check| check.id == id)
            .unwrap();
        judge(&datasets, now, check).outcome
    };
    for (id, expected) in [
        (
            "entra-id.conditional_access.mfa_enforced_for_all",
            Outcome::Fail,
        ),
        (
            "entra-id.conditional_access.admin_mfa_enforced",
            Outcome::Fail,
        ),
        ("entra-id.users.members_mfa_capable", Outcome::Fail),
        ("entra-id.users.inactive_members_disabled", Outcome::Fail),
        ("entra-id.roles.privileged_accounts_valid", Outcome::Fail),
        (
            "entra-id.external.guest_invitations_restricted",
            Outcome::Fail,
        ),
        ("entra-id.external.guest_access_limited", Outcome::Pass),
    ] {
        assert_eq!(outcome(id), expected, "{id}");
    }
}

#[tokio::test]
async fn refused_sign_ins_say_what_to_do_and_never_the_secret() {
    let old = "an-expired~secret.0123456789abcdef";
    let emulator = Emulator::start(
        Tenant::small(),
        Options {
            expired_secret: Some(old.to_owned()),
            ..Options::default()
        },
    )
    .unwrap();
    let secret = |value: &'static str| {
        move |it: &mut Connection| {
            drop(
                it.secrets
                    .insert("client_secret".to_owned(), value.to_owned().into()),
            )
        }
    };
    let set = |name: &'static str, value: &'static str| {
        move |it: &mut Connection| drop(it.config.insert(name.to_owned(), value.to_owned()))
    };
    let nobody = "00000000-0000-4000-8000-00000000beef";
    for (error, class, code) in [
        (
            refused(&emulator, secret("a-wrong~secret.0123456789abcdef")).await,
            ErrorClass::Authentication,
            "wrong_secret",
        ),
        (
            refused(&emulator, secret(old)).await,
            ErrorClass::Authentication,
            "expired_secret",
        ),
        (
            refused(&emulator, set("client_id", nobody)).await,
            ErrorClass::Configuration,
            "unknown_app",
        ),
        (
            refused(&emulator, set("tenant_id", nobody)).await,
            ErrorClass::Configuration,
            "unknown_tenant",
        ),
        (
            refused(&emulator, set("like", "gcc-high")).await,
            ErrorClass::Configuration,
            "wrong_scope",
        ),
        (
            refused(&emulator, set("tenant_id", "../x")).await,
            ErrorClass::Configuration,
            "invalid_field",
        ),
        (
            refused(&emulator, |it| it.secrets.clear()).await,
            ErrorClass::Configuration,
            "invalid_field",
        ),
        (
            refused(&emulator, |it| it.cancel.cancel()).await,
            ErrorClass::Cancelled,
            "cancelled",
        ),
    ] {
        assert_eq!(
            (error.class, error.code.as_str()),
            (class, code),
            "{error:?}"
        );
        let all = format!("{error:?}");
        assert!(
            !all.contains("secret.0123456789") && !error.fix.is_empty() && !error.why.is_empty(),
            "{all}"
        );
    }
}

#[tokio::test]
async fn a_certificate_signs_in_and_another_one_does_not() {
    let certificate = ClientCertificate::generate().unwrap();
    let options = Options {
        certificate: Some(certificate.clone()),
        client_secret: None,
        ..Options::default()
    };
    let emulator = Emulator::start(Tenant::small(), options).unwrap();
    let pem = |certificate: &ClientCertificate| {
        let pem = certificate.to_pem();
        move |it: &mut Connection| drop(it.secrets.insert("certificate_pem".to_owned(), pem.into()))
    };
    let session = PROVIDER
        .sign_in(connection(&emulator, pem(&certificate)))
        .await
        .unwrap();
    assert!(collect(session.as_ref(), "users").await.is_ok());
    let error = refused(&emulator, pem(&ClientCertificate::generate().unwrap())).await;
    assert_eq!(error.code, "wrong_certificate");
}

#[tokio::test]
async fn another_tenant_stops_everything() {
    let emulator = small();
    emulator.faults().set("/", Fault::WrongTenant);
    let error = refused(&emulator, |_| {}).await;
    assert_eq!(error.class, ErrorClass::Identity, "{error:?}");
    emulator.faults().clear_all();
    let domain = emulator.tenant().domain_names[0].clone();
    let by_domain = connection(&emulator, |it| {
        drop(it.config.insert("tenant_id".to_owned(), domain))
    });
    assert_eq!(
        PROVIDER.sign_in(by_domain).await.unwrap().identity().id,
        emulator.tenant().id
    );
}

#[tokio::test]
async fn a_missing_permission_is_named_and_the_rest_still_works() {
    let roles = [
        "User.Read.All",
        "Organization.Read.All",
        "Mail.Read",
        "Directory.AccessAsUser.All",
    ];
    let options = Options {
        roles: roles.map(str::to_owned).into(),
        ..Options::default()
    };
    let emulator = Emulator::start(Tenant::small(), options).unwrap();
    let session = open(&emulator).await;
    assert!(collect(session.as_ref(), "users").await.is_ok());
    for (name, grant) in [
        ("conditional-access-policies", "Policy.Read.All"),
        ("role-assignments", "RoleManagement.Read.Directory"),
        ("directory-audits", "AuditLog.Read.All"),
        ("user-sign-in-activity", "AuditLog.Read.All"),
        ("applications", "Application.Read.All"),
        ("groups", "GroupMember.Read.All"),
    ] {
        let error = failure(session.as_ref(), name).await;
        assert_eq!(error.class, ErrorClass::Permission, "{name}: {error:?}");
        assert!(
            error.why.contains(grant)
                && error.fix.contains(grant)
                && !error.why.contains("User.Read.All"),
            "{name}: {error:?}"
        );
    }
    let grants = session.grants().await.unwrap();
    let state = |name: &str| {
        grants
            .iter()
            .find(|grant| grant.permission == name)
            .map(|grant| grant.state)
    };
    assert_eq!(state("User.Read.All"), Some(GrantState::Granted));
    assert_eq!(state("Policy.Read.All"), Some(GrantState::Missing));
    assert_eq!(state("Mail.Read"), Some(GrantState::Excess));
    assert_eq!(
        state("Directory.AccessAsUser.All"),
        Some(GrantState::Excess)
    );
}

#[tokio::test]
async fn without_the_permission_for_the_organization_the_token_says_whose_it_is() {
    let options = Options {
        roles: vec!["User.Read.All".to_owned()],
        ..Options::default()
    };
    let emulator = Emulator::start(Tenant::small(), options).unwrap();
    assert_eq!(open(&emulator).await.identity().id, emulator.tenant().id);
}

#[tokio::test]
async fn without_a_licence_users_still_come_and_the_rest_is_unknown_for_that_reason() {
    let emulator = small();
    emulator.edit(Tenant::remove_licences);
    let session = open(&emulator).await;
    assert!(collect(session.as_ref(), "users").await.is_ok());
    for name in [
        "user-sign-in-activity",
        "mfa-registration",
        "sign-ins",
        "role-eligibility",
        "role-assignment-schedules",
    ] {
        let error = failure(session.as_ref(), name).await;
        assert_eq!(
            error.reason().code,
            UnknownCode::LicenceMissing,
            "{name}: {error:?}"
        );
    }
}

#[tokio::test]
async fn throttling_is_waited_for_and_a_service_that_fails_twice_is_asked_again() {
    let emulator = small();
    let session = open(&emulator).await;
    emulator.faults().set(
        "/users",
        Fault::Throttle {
            times: 1,
            retry_after: Some(RetryAfter::Seconds(1)),
        },
    );
    emulator
        .faults()
        .set("/groups", Fault::ServerError { times: 2 });
    emulator
        .faults()
        .set("/domains", Fault::Unauthorized { times: 1 });
    for name in ["users", "groups", "domains"] {
        assert!(
            collect(session.as_ref(), name).await.unwrap().1.complete,
            "{name}"
        );
    }
}

#[tokio::test]
async fn whatever_goes_wrong_has_its_class_and_nothing_is_taken_for_complete() {
    let emulator = Emulator::start(Tenant::sized(1_200), Options::default()).unwrap();
    let session = open(&emulator).await;
    let forever = u32::MAX;
    for (fault, class) in [
        (
            Fault::Throttle {
                times: forever,
                retry_after: Some(RetryAfter::Seconds(3600)),
            },
            ErrorClass::Throttled,
        ),
        (
            Fault::ServerError { times: forever },
            ErrorClass::ServiceOutage,
        ),
        (
            Fault::Unauthorized { times: forever },
            ErrorClass::Authentication,
        ),
        (Fault::Forbidden, ErrorClass::Permission),
        (Fault::Truncate, ErrorClass::Network),
        (Fault::Reset, ErrorClass::Network),
        (Fault::HtmlPage, ErrorClass::Proxy),
        (Fault::EmptyBody, ErrorClass::MalformedAnswer),
        (Fault::InvalidJson, ErrorClass::MalformedAnswer),
        (Fault::RepeatNextLink, ErrorClass::MalformedAnswer),
        (Fault::NumberNextLink, ErrorClass::MalformedAnswer),
        (
            Fault::ForeignNextLink("192.0.2.7".to_owned()),
            ErrorClass::MalformedAnswer,
        ),
        (
            Fault::GzipBomb { mebibytes: 256 },
            ErrorClass::MalformedAnswer,
        ),
    ] {
        emulator.faults().set("/users", fault.clone());
        let error = failure(session.as_ref(), "users").await;
        assert_eq!(error.class, class, "{fault:?}: {error:?}");
        assert!(!error.what.is_empty() && !error.why.is_empty() && !error.fix.is_empty());
        emulator.faults().clear_all();
    }
    emulator.faults().set("/users", Fault::EmptyPage);
    assert_eq!(
        collect(session.as_ref(), "users").await.unwrap().0.rows,
        1_200,
        "an empty page with a next link is legal"
    );
}

#[tokio::test]
async fn nulls_and_absent_members_never_make_a_check_pass() {
    for nullable in [Nullable::Null, Nullable::Omitted] {
        let emulator = Emulator::start(
            Tenant::small(),
            Options {
                nullable,
                ..Options::default()
            },
        )
        .unwrap();
        let session = open(&emulator).await;
        let datasets = everything(session.as_ref()).await;
        let now = Timestamp::from_datetime(emulator.tenant().reference);
        for check in PROVIDER.checks() {
            let verdict = judge(&datasets, now, check);
            assert_ne!(
                verdict.outcome,
                Outcome::Pass,
                "{} with {nullable:?}",
                check.id
            );
        }
    }
}

#[tokio::test]
async fn hostile_names_break_nothing() {
    let emulator = Emulator::start(Tenant::hostile(), Options::default()).unwrap();
    let datasets = everything(open(&emulator).await.as_ref()).await;
    let now = Timestamp::from_datetime(emulator.tenant().reference);
    for check in PROVIDER.checks() {
        let _ = judge(&datasets, now, check);
    }
}
