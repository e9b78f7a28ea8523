//! Who may connect, with what, and what is granted.

use crate::support::*;
use github_emulator::{Access, Company, DeviceAnswer, Emulator, Fault, Options, Token, TokenKind};
use provider_github::PROVIDER;
use provider_kit::{
    Connection, ErrorClass, Grant, GrantState, Provider, Session,
    auth::{DeviceFlow, DeviceRequest, MemorySink, SystemClock, refused as of_oauth},
    manifest::SignInRequest,
};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

fn with_token(secret: String) -> impl FnOnce(&mut Connection) {
    move |it: &mut Connection| {
        it.secrets.insert("token".to_owned(), secret.into());
    }
}

fn as_app(emulator: &Emulator) -> impl FnOnce(&mut Connection) + use<> {
    let (id, key) = (
        emulator.options().app.client_id.clone(),
        emulator.app_key_pem().unwrap(),
    );
    move |it: &mut Connection| {
        it.secrets.clear();
        it.secrets.insert("private_key".to_owned(), key.into());
        it.config.insert("app_id".to_owned(), id);
        it.config.insert("auth".to_owned(), "app".to_owned());
    }
}

fn find<'a>(grants: &'a [Grant], name: &str) -> &'a Grant {
    grants
        .iter()
        .find(|grant| grant.permission == name)
        .unwrap_or_else(|| panic!("{name} is not in {grants:?}"))
}

#[tokio::test]
async fn refused_sign_ins_say_what_to_do_and_never_the_token() {
    let emulator = tidy();
    let set = |name: &'static str, value: &'static str| {
        move |it: &mut Connection| drop(it.config.insert(name.to_owned(), value.to_owned()))
    };
    let mut personal = Token::fine_grained("11PERSONAL0CANARY");
    personal.of_this_organization = false;
    for (error, class, code) in [
        (
            refused(&emulator, with_token("github_pat_CANARY".to_owned())).await,
            ErrorClass::Authentication,
            "token_refused",
        ),
        (
            refused(&emulator, set("organization", "nobody-here")).await,
            ErrorClass::Configuration,
            "unknown_organization",
        ),
        (
            refused(&emulator, set("organization", "../x")).await,
            ErrorClass::Configuration,
            "invalid_field",
        ),
        (
            refused(&emulator, |it| it.secrets.clear()).await,
            ErrorClass::Configuration,
            "invalid_field",
        ),
        (
            refused(&emulator, with_token("CANARY with spaces".to_owned())).await,
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
        assert!(!format!("{error:?}").contains("CANARY"));
        assert!(!error.why.is_empty() && !error.fix.is_empty());
    }
}

#[tokio::test]
async fn what_keeps_a_good_token_out_is_named() {
    let emulator = tidy();
    for (fault, code, says) in [
        (Fault::SsoRequired, "single_sign_on", "authorize"),
        (Fault::IpAllowList, "address_not_allowed", "allow list"),
    ] {
        emulator.faults().set("/", fault);
        let error = refused(&emulator, |_| {}).await;
        emulator.faults().clear_all();
        assert_eq!(
            (error.class, error.code.as_str()),
            (ErrorClass::Permission, code)
        );
        assert!(error.fix.contains(says), "{}", error.fix);
        assert!(!error.fix.contains("authorization_request"));
    }
}

#[tokio::test]
async fn an_app_reads_with_a_token_that_only_reads_and_is_renewed() {
    let emulator = tidy();
    let session = PROVIDER
        .sign_in(connection(&emulator, as_app(&emulator)))
        .await
        .unwrap();
    assert!(
        collect(session.as_ref(), "deploy_keys")
            .await
            .unwrap()
            .1
            .complete
    );
    assert!(
        collect(session.as_ref(), "actions_permissions")
            .await
            .unwrap()
            .1
            .complete
    );
    // The token ends in the middle of the work; another one takes its place.
    emulator.edit_tokens(|tokens| tokens.retain(|one| one.kind != TokenKind::Installation));
    assert!(
        collect(session.as_ref(), "repository_hooks")
            .await
            .unwrap()
            .1
            .complete
    );
    let log = emulator.log();
    let tokens = log
        .iter()
        .filter(|one| one.path.ends_with("/access_tokens"))
        .count();
    assert_eq!(tokens, 2);
    assert!(
        log.iter()
            .any(|one| one.token == Some(TokenKind::Installation))
    );
    assert!(log.iter().all(github_emulator::LoggedRequest::is_read_only));
    let error = failure(session.as_ref(), "members_without_2fa").await;
    assert_eq!(
        error.class,
        ErrorClass::Permission,
        "an app is no owner: {error:?}"
    );
}

#[tokio::test]
async fn an_app_that_is_not_let_in_says_why() {
    let start = |change: fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        Emulator::start(Company::tidy(&shape()), options).unwrap()
    };
    let emulator = start(|it| it.app.installed = false);
    let error = refused(&emulator, as_app(&emulator)).await;
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Configuration, "app_not_installed")
    );
    let emulator = start(|it| it.app.suspended = true);
    let error = refused(&emulator, as_app(&emulator)).await;
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Authentication, "app_suspended")
    );
    // Another app's key.
    let (one, other) = (tidy(), tidy());
    let error = refused(&one, |it| {
        as_app(&other)(it);
    })
    .await;
    assert_eq!(
        (error.class, error.code.as_str()),
        (ErrorClass::Authentication, "app_refused")
    );
    // Their clock is far ahead of ours: the statement has ended before it came.
    let emulator = tidy();
    emulator.advance_clock(Duration::from_secs(7200));
    let error = refused(&emulator, as_app(&emulator)).await;
    assert_eq!(error.class, ErrorClass::Authentication, "{error:?}");
}

#[tokio::test]
async fn an_apps_permissions_are_listed_and_those_to_write_are_too_much() {
    let mut options = Options::default();
    options
        .app
        .permissions
        .insert("administration".to_owned(), Access::Write);
    options
        .app
        .permissions
        .insert("issues".to_owned(), Access::Read);
    options.app.permissions.remove("organization_hooks");
    let emulator = Emulator::start(Company::tidy(&shape()), options).unwrap();
    let session = PROVIDER
        .sign_in(connection(&emulator, as_app(&emulator)))
        .await
        .unwrap();
    let grants = session.grants().await.unwrap();
    assert_eq!(find(&grants, "members:read").state, GrantState::Granted);
    let missing = find(&grants, "organization_hooks:read");
    assert_eq!(missing.state, GrantState::Missing);
    assert!(missing.why.contains("github.organization_hooks") && missing.fix.contains("Webhooks"));
    let excess = find(&grants, "administration:write");
    assert_eq!(excess.state, GrantState::Excess);
    assert!(excess.why.contains("change") && excess.fix.contains("Read-only"));
    assert_eq!(find(&grants, "issues:read").state, GrantState::Excess);
    assert_eq!(
        find(&grants, "owner of the organization").state,
        GrantState::Unknown
    );
}

#[tokio::test]
async fn what_a_token_lacks_is_found_out_and_named() {
    let emulator = tidy();
    let granted = open(&emulator).await.grants().await.unwrap();
    for permission in &PROVIDER.manifest().permissions {
        let grant = find(&granted, &permission.grant);
        assert_eq!(grant.state, GrantState::Granted, "{grant:?}");
    }
    for permission in &PROVIDER.manifest().permissions {
        let key = permission.role_id.as_deref().unwrap();
        // Every token has it.
        if key == "metadata" {
            continue;
        }
        let token = Token::fine_grained(&format!("11WITHOUT0{key}")).without(key);
        let secret = emulator.add_token(token);
        let session = PROVIDER
            .sign_in(connection(&emulator, with_token(secret)))
            .await
            .unwrap();
        let grants = session.grants().await.unwrap();
        let grant = find(&grants, &permission.grant);
        assert_eq!(grant.state, GrantState::Missing, "{grant:?}");
        assert!(grant.fix.contains("Read-only"), "{grant:?}");
        let lost = grants
            .iter()
            .filter(|grant| grant.state == GrantState::Missing)
            .count();
        assert_eq!(lost, 1, "{key}: {grants:?}");
    }
}

#[tokio::test]
async fn a_classic_token_reads_everything_and_can_do_too_much() {
    let emulator = tidy();
    let secret = emulator.add_token(Token::new(TokenKind::Classic, "CLASSIC0TOKEN"));
    let session = PROVIDER
        .sign_in(connection(&emulator, with_token(secret)))
        .await
        .unwrap();
    assert!(
        collect(session.as_ref(), "members_without_2fa")
            .await
            .is_ok()
    );
    let grants = session.grants().await.unwrap();
    assert_eq!(
        find(&grants, "administration:read").state,
        GrantState::Granted
    );
    for scope in ["repo", "admin:org", "admin:org_hook"] {
        let excess = find(&grants, scope);
        assert_eq!(excess.state, GrantState::Excess);
        assert!(excess.why.contains("change") && excess.fix.contains("fine-grained"));
    }
}

#[tokio::test]
async fn the_end_of_a_token_is_known_after_the_first_answer() {
    let emulator = tidy();
    let mut token = Token::fine_grained("11ENDS0SOON");
    let ends = emulator.company().now + chrono::TimeDelta::days(20);
    token.expires_at = Some(ends);
    let secret = emulator.add_token(token);
    let session = PROVIDER
        .sign_in(connection(&emulator, with_token(secret)))
        .await
        .unwrap();
    let expiry = session.expiry().await.unwrap();
    assert_eq!(expiry.at.unix(), ends.timestamp());
    assert!(open(&emulator).await.expiry().await.is_none());
}

#[tokio::test]
async fn another_organization_behind_the_same_name_has_another_identity() {
    let emulator = tidy();
    let before = open(&emulator).await.identity().clone();
    emulator.faults().set("/", Fault::WrongOrganization);
    let after = open(&emulator).await.identity().clone();
    assert_eq!(before.name, after.name);
    assert_ne!(before.id, after.id, "the engine compares this and stops");
}

/// Signs in as a person with a code, as the engine does.
async fn with_code(emulator: &Emulator, owner: bool) -> (Connection, Arc<MemorySink>) {
    emulator.answer_device(DeviceAnswer::Approved {
        login: github_emulator::OWNER.to_owned(),
        owner,
    });
    let address = |path: &str| format!("{}{path}", emulator.url()).parse().unwrap();
    let client_id = emulator.options().app.client_id.clone();
    let http = connection(emulator, |_| {}).http;
    let cancel = CancellationToken::new();
    let flow = DeviceFlow::begin(
        http,
        Arc::new(SystemClock),
        DeviceRequest {
            device: address("/login/device/code"),
            token: address("/login/oauth/access_token"),
            client_id: client_id.clone(),
            scope: None,
            extra: Vec::new(),
            refusal: of_oauth,
        },
        &cancel,
    )
    .await
    .unwrap();
    let tokens = flow.wait(&cancel).await.unwrap();
    let secrets = tokens.secrets().unwrap();
    let sink = Arc::new(MemorySink::new(secrets.clone()));
    let kept = Arc::clone(&sink);
    let connection = connection(emulator, move |it| {
        it.secrets = secrets;
        it.config.insert("auth".to_owned(), "device".to_owned());
        it.config.insert("client_id".to_owned(), client_id);
        it.renewed = kept;
    });
    (connection, sink)
}

#[tokio::test]
async fn an_owner_who_signs_in_with_a_code_sees_what_owners_see() {
    let options = Options {
        device_interval: 1,
        ..Options::default()
    };
    let emulator = Emulator::start(Company::tidy(&shape()), options).unwrap();
    let (connection, sink) = with_code(&emulator, true).await;
    let session: Box<dyn Session> = PROVIDER.sign_in(connection).await.unwrap();
    assert!(
        collect(session.as_ref(), "members_without_2fa")
            .await
            .is_ok()
    );
    let grants = session.grants().await.unwrap();
    assert_eq!(
        find(&grants, "owner of the organization").state,
        GrantState::Granted
    );
    // Eight hours later the token is renewed, and what replaces it is kept.
    let before = sink.secrets();
    emulator.advance_clock(Duration::from_secs(9 * 3600));
    assert!(collect(session.as_ref(), "owners").await.is_ok());
    let shown = |secrets: &std::collections::BTreeMap<String, SecretString>| {
        use secrecy::ExposeSecret as _;
        secrets
            .values()
            .map(|one| one.expose_secret().to_owned())
            .collect::<Vec<_>>()
    };
    assert_ne!(shown(&before), shown(&sink.secrets()));
}

#[test]
fn a_code_is_asked_for_where_the_connection_goes() {
    let manifest = PROVIDER.manifest();
    let request = |cloud: &str, base: Option<&str>| {
        let mut config: std::collections::BTreeMap<String, String> =
            [("client_id".to_owned(), "Iv23li".to_owned())].into();
        config.extend(base.map(|base| ("base_url".to_owned(), base.to_owned())));
        let cloud = manifest.resolve_cloud(cloud, &config).unwrap();
        let request = manifest
            .sign_in_request("device", &cloud, &config, of_oauth)
            .unwrap();
        match request {
            Some(SignInRequest::Device(request)) => request.device.to_string(),
            _ => panic!("no code"),
        }
    };
    assert_eq!(
        request("github", None),
        "https://github.com/login/device/code"
    );
    assert_eq!(
        request("custom", Some("http://127.0.0.1:9")),
        "http://127.0.0.1:9/login/device/code"
    );
    // Elsewhere the address follows from a field: nobody is sent to another service instead.
    for cloud in ["ghe", "ghes"] {
        assert!(request(cloud, None).contains(".invalid/"));
    }
}
