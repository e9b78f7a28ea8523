#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::{auth::refused, manifest::tests::TEXT};

const METHODS: &str = r#"
[[auth_method]]
id = "browser"
label = "In the browser"
fields = ["client_id"]
interactive = "browser"
[auth_method.oauth]
client_id = "client_id"
authorize = "{login}/{tenant_id}/authorize"
token = "{login}/{tenant_id}/token"
issuer = "{login}/{tenant_id}"
scopes = ["openid", "offline_access", "api/{permission}"]
redirect = "localhost"
parameters = { prompt = "select_account" }
verification_hosts = ["acme.example"]

[[auth_method]]
id = "device"
label = "With a code"
fields = ["client_id"]
interactive = "device"
[auth_method.oauth]
client_id = "client_id"
device = "{login}/device/code"
token = "{login}/token"
verification_hosts = ["enter.acme.example"]

[[field]]
name = "tenant_id"
"#;

fn text() -> String {
    TEXT.replacen("\n[[field]]\nname = \"tenant_id\"\n", METHODS, 1)
}

fn manifest() -> Manifest {
    Manifest::parse(&text()).unwrap()
}

fn config(tenant: &str) -> BTreeMap<String, String> {
    [
        ("tenant_id", tenant),
        ("client_id", "app"),
        ("cloud", "gov"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

#[test]
fn the_browser_is_sent_to_the_clouds_own_address_with_the_scopes_of_the_permissions() {
    let manifest = manifest();
    let config = config("0a1b-2c3d");
    let cloud = manifest.cloud(&config).unwrap();
    let request = manifest
        .sign_in_request("browser", &cloud, &config, refused)
        .unwrap();
    let Some(SignInRequest::Browser(request)) = request else {
        panic!("{request:?}");
    };
    assert_eq!(
        request.authorize.as_str(),
        "https://login.gov.acme.example/0a1b-2c3d/authorize"
    );
    assert_eq!(
        request.token.as_str(),
        "https://login.gov.acme.example/0a1b-2c3d/token"
    );
    assert_eq!(
        request.issuer.as_deref(),
        Some("https://login.gov.acme.example/0a1b-2c3d")
    );
    assert_eq!(
        request.scope.as_deref(),
        Some("openid offline_access api/Users.Read api/Policies.Read")
    );
    assert_eq!(request.redirect, Redirect::Localhost);
    assert_eq!(
        request.extra,
        [("prompt".to_owned(), "select_account".to_owned())]
    );
    assert_eq!(
        (request.client_id.as_str(), request.limit.as_secs()),
        ("app", 300)
    );
}

#[test]
fn a_custom_endpoint_is_asked_instead() {
    let manifest = manifest();
    let mut config = config("0a1b-2c3d");
    config.insert("cloud".to_owned(), "custom".to_owned());
    config.insert("login_url".to_owned(), "http://127.0.0.1:9/base".to_owned());
    config.insert("api_url".to_owned(), "http://127.0.0.1:9".to_owned());
    let cloud = manifest.cloud(&config).unwrap();
    let request = manifest
        .sign_in_request("device", &cloud, &config, refused)
        .unwrap();
    let Some(SignInRequest::Device(request)) = request else {
        panic!("{request:?}");
    };
    assert_eq!(
        request.device.as_str(),
        "http://127.0.0.1:9/base/device/code"
    );
    assert_eq!(request.scope, None);
    let page = |text: &str| manifest.may_verify_at("device", &cloud, &Url::parse(text).unwrap());
    assert!(page("http://127.0.0.1:9/enter"));
    assert!(page("https://enter.acme.example/device"));
    for other in [
        "http://127.0.0.1:10/enter",
        "https://acme.example/",
        "https://x.enter.acme.example/",
        "https://enter.acme.example:444/",
        "https://u@enter.acme.example/",
        "http://enter.acme.example/",
    ] {
        assert!(!page(other), "{other}");
    }
    assert!(!manifest.may_verify_at(
        "client_secret",
        &cloud,
        &Url::parse("https://enter.acme.example").unwrap()
    ));
}

#[test]
fn a_field_is_one_part_of_the_path_and_nothing_more() {
    let manifest = manifest();
    for odd in [
        "", "..", "../x", "a/b", "a?b", "a#b", "a%2fb", "a@b", "a b", "a\\b",
    ] {
        let config = config(odd);
        let cloud = manifest.cloud(&config).unwrap();
        let error = manifest
            .sign_in_request("browser", &cloud, &config, refused)
            .unwrap_err();
        assert_eq!(error.field, "tenant_id", "{odd}");
        assert!(odd.is_empty() || !error.message.contains(odd));
    }
    let config = config("t");
    let cloud = manifest.cloud(&config).unwrap();
    assert!(
        manifest
            .sign_in_request("client_secret", &cloud, &config, refused)
            .unwrap()
            .is_none()
    );
}

#[test]
fn a_person_is_never_guessed() {
    let manifest = manifest();
    assert_eq!(
        manifest.infer_auth(["tenant_id", "client_id"]),
        "client_secret"
    );
    assert_eq!(
        manifest.infer_auth(["client_id", "certificate_pem"]),
        "certificate"
    );
}

#[test]
fn nothing_entered_can_take_the_place_of_a_sign_in() {
    let manifest = manifest();
    let mut values = config("0a1b-2c3d");
    values.insert(crate::auth::SIGNED_IN.to_owned(), "x".to_owned());
    assert_eq!(
        manifest.clean("device", values).unwrap_err().field,
        crate::auth::SIGNED_IN
    );
    let cleaned = manifest.clean("device", config("0a1b-2c3d")).unwrap();
    assert!(cleaned.secrets.is_empty());
    assert_eq!(cleaned.config["auth"], "device");
}

#[test]
fn contradictions_are_refused() {
    let with = |from: &str, to: &str| {
        let text = text();
        assert!(text.contains(from), "{from}");
        Manifest::parse(&text.replacen(from, to, 1))
            .unwrap_err()
            .to_string()
    };
    for (from, to, told) in [
        ("interactive = \"browser\"\n", "", "needs both"),
        (
            "authorize = \"{login}/{tenant_id}/authorize\"\n",
            "",
            "has no authorize address",
        ),
        (
            "device = \"{login}/device/code\"\n",
            "",
            "has no device address",
        ),
        (
            "token = \"{login}/token\"",
            "token = \"https://evil.example/token\"",
            "does not begin with a host",
        ),
        (
            "token = \"{login}/token\"",
            "token = \"{nowhere}/token\"",
            "does not begin with a host",
        ),
        (
            "token = \"{login}/token\"",
            "token = \"{login}.evil.example\"",
            "whose host goes on",
        ),
        (
            "token = \"{login}/token\"",
            "token = \"{login}/{plan}\"",
            "{plan} in an address",
        ),
        (
            "token = \"{login}/token\"",
            "token = \"{login}/{api_url}\"",
            "{api_url} in an address",
        ),
        (
            "\"api/{permission}\"",
            "\"{audience}/x\"",
            "{audience} in a scope",
        ),
        ("\"api/{permission}\"", "\"two words\"", "is not one word"),
        (
            "parameters = { prompt = \"select_account\" }",
            "parameters = { state = \"x\" }",
            "sets state",
        ),
        (
            "oauth]\nclient_id = \"client_id\"",
            "oauth]\nclient_id = \"client_secret\"",
            "as its client ID",
        ),
        (
            "fields = [\"client_id\"]\ninteractive",
            "fields = [\"client_id\", \"client_secret\"]\ninteractive",
            "a secret, although a person signs in",
        ),
        (
            "name = \"plan\"",
            "name = \"signed_in\"",
            "can't be the name of a field",
        ),
        (
            "interactive = \"browser\"",
            "interactive = \"pigeon\"",
            "unknown variant",
        ),
    ] {
        let error = with(from, to);
        assert!(error.contains(told), "{told}: {error}");
    }
}
