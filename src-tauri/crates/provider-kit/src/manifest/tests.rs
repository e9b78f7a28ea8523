#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use secrecy::ExposeSecret;
use std::collections::BTreeMap;

pub(crate) const TEXT: &str = r#"
id = "acme"
name = "Acme"
category = "identity"
monogram = "Ac"
summary = "Who may sign in."
docs_url = "https://docs.acme.example/api"
link_hosts = ["acme.example"]
reads = ["Users."]
never_reads = ["Mail."]

[[cloud]]
id = "global"
label = "Global"
hosts = { login = "https://login.acme.example", api = "https://api.acme.example" }
audience = "acme"
console = "https://console.acme.example/"

[[cloud]]
id = "gov"
label = "Government"
hosts = { login = "https://login.gov.acme.example", api = "https://api.gov.acme.example" }
console = "https://gov.acme.example"

[custom]
fields = ["login_url", "api_url"]
like_default = "global"

[[auth_method]]
id = "client_secret"
label = "A client secret"
fields = ["client_id", "client_secret"]

[[auth_method]]
id = "certificate"
label = "A certificate"
fields = ["client_id", "certificate_pem"]

[[field]]
name = "tenant_id"
label = "Tenant ID"
kind = "text"
required = true
pattern = "[0-9a-f]{4}-[0-9a-f]{4}"
pattern_help = "Eight hex digits with a hyphen."
example = "0a1b-2c3d"

[[field]]
name = "client_id"
label = "Client ID"
kind = "text"
required = true
example = "app"

[[field]]
name = "client_secret"
label = "Client secret"
kind = "secret"
required = true
example = "made-up"

[[field]]
name = "certificate_pem"
label = "Certificate and key"
kind = "multiline_secret"
required = true
example = "made-up"

[[field]]
name = "plan"
label = "Plan"
kind = "choice"
options = [{ value = "basic", label = "Basic" }, { value = "full", label = "Full" }]
example = "basic"

[[field]]
name = "regions"
label = "Regions"
kind = "region_list"
pattern = "[a-z]+-[0-9]"
example = "east-1,west-2"
advanced = true

[[field]]
name = "login_url"
label = "Login address"
kind = "text"
example = "https://login.example.com"

[[field]]
name = "api_url"
label = "API address"
kind = "text"
example = "https://api.example.com"

[[permission]]
grant = "Users.Read"
why = "Reads users."
role_id = "r1"

[[permission]]
grant = "Policies.Read"
why = "Reads policies."
optional = true

[[excess]]
pattern = ".*\\.Write"
why = "Could change things."

[[script]]
cloud = "*"
label = "Create the app"
language = "bash"
item = '"{}"'
between = ", "
text = "grant [{{permissions}}] in {{cloud}} at {{host:api}} roles {{role_ids}}"

[[parameter]]
key = "acme.stale_days"
label = "Days"
help = "After so many days without sign-in an account is stale."
kind = "integer"
default = 45
min = 1
max = 365
unit = "days"

[[parameter]]
key = "acme.exempt"
label = "Exempt accounts"
help = "Accounts that are not judged."
kind = "list"
default = []
"#;

fn acme() -> Manifest {
    Manifest::parse(TEXT).unwrap()
}

fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn clean(pairs: &[(&str, &str)]) -> Result<Cleaned, FieldError> {
    let mut all = values(&[
        ("tenant_id", "0a1b-2c3d"),
        ("client_id", "app"),
        ("client_secret", "s3cret"),
    ]);
    all.extend(values(pairs));
    acme().clean("client_secret", all)
}

#[test]
fn the_screens_get_camel_case() {
    let json = serde_json::to_value(acme()).unwrap();
    assert_eq!(json["docsUrl"], "https://docs.acme.example/api");
    assert_eq!(json["neverReads"][0], "Mail.");
    assert_eq!(json["custom"]["likeDefault"], "global");
    assert_eq!(
        json["fields"][0]["patternHelp"],
        "Eight hex digits with a hyphen."
    );
    assert_eq!(json["fields"][3]["kind"], "multiline_secret");
    assert_eq!(json["permissions"][0]["roleId"], "r1");
}

#[test]
fn mistakes_are_found_when_it_is_read() {
    for (from, to) in [
        ("id = \"acme\"", "id = \"Acme\""),
        ("name = \"Acme\"", "name = \"Acme\"\ncolour = \"red\""),
        ("why = \"Reads users.\"", "why = \"\""),
        ("why = \"Reads users.\"\n", ""),
        ("[0-9a-f]{4}-[0-9a-f]{4}", "[0-9a-f"),
        ("example = \"0a1b-2c3d\"", "example = \"nothing\""),
        ("name = \"client_id\"", "name = \"tenant_id\""),
        ("grant = \"Policies.Read\"", "grant = \"Users.Read\""),
        ("id = \"gov\"", "id = \"custom\""),
        ("like_default = \"global\"", "like_default = \"moon\""),
        (
            "\"login_url\", \"api_url\"",
            "\"login_url\", \"nothing_url\"",
        ),
        (
            "fields = [\"client_id\", \"certificate_pem\"]",
            "fields = [\"client_id\", \"nothing\"]",
        ),
        (
            "https://docs.acme.example/api",
            "https://docs.acme.example.evil/api",
        ),
        (
            "https://docs.acme.example/api",
            "http://docs.acme.example/api",
        ),
        (
            "https://login.gov.acme.example",
            "http://login.gov.acme.example",
        ),
        ("default = 45", "default = 400"),
        ("{{cloud}}", "{{clod}}"),
        ("cloud = \"*\"", "cloud = \"moon\""),
        ("pattern = \".*\\\\.Write\"\n", ""),
        ("monogram = \"Ac\"", "monogram = \"A\""),
        ("never_reads = [\"Mail.\"]", "never_reads = []"),
    ] {
        assert!(TEXT.contains(from), "{from}");
        assert!(
            Manifest::parse(&TEXT.replacen(from, to, 1)).is_err(),
            "{from} -> {to}"
        );
    }
}

#[test]
fn secrets_are_set_apart() {
    let cleaned = clean(&[("plan", "full")]).unwrap();
    assert_eq!(
        cleaned.config,
        values(&[
            ("auth", "client_secret"),
            ("cloud", "global"),
            ("tenant_id", "0a1b-2c3d"),
            ("client_id", "app"),
            ("plan", "full")
        ])
    );
    assert_eq!(cleaned.secrets["client_secret"].expose_secret(), "s3cret");
    assert_eq!((cleaned.secrets.len(), cleaned.notices.len()), (1, 0));
    assert!(!format!("{cleaned:?}").contains("s3cret"));
}

#[test]
fn what_copying_brings_along_is_taken_away_with_a_notice() {
    for pasted in [
        " 0a1b-2c3d\t",
        "\u{feff}0a1b-2c3d",
        "0a1b\u{200b}-2c3d",
        "\"0a1b-2c3d\"",
        "\u{201c}0a1b-2c3d\u{201d}",
        "\u{ff10}a1b\u{ff0d}2c3\u{ff44}",
        "'0a1b-2c3d'\r\n",
    ] {
        let cleaned =
            clean(&[("tenant_id", pasted)]).unwrap_or_else(|error| panic!("{pasted:?}: {error}"));
        assert_eq!(cleaned.config["tenant_id"], "0a1b-2c3d", "{pasted:?}");
        assert!(!cleaned.notices.is_empty(), "{pasted:?}");
    }
    let cleaned = clean(&[("client_secret", " \"CANARY\"\u{200b}")]).unwrap();
    assert_eq!(cleaned.secrets["client_secret"].expose_secret(), "CANARY");
    assert!(
        cleaned
            .notices
            .iter()
            .all(|notice| !notice.message.contains("CANARY"))
    );
}

#[test]
fn pem_text_keeps_its_lines() {
    let plain = values(&[("tenant_id", "0a1b-2c3d"), ("client_id", "app")]);
    for pasted in [
        "-----A-----\r\nb\r\n-----Z-----\r\n",
        "  -----A-----\nb\n-----Z-----",
        "-----A-----\\nb\\n-----Z-----\\n",
    ] {
        let mut all = plain.clone();
        all.insert("certificate_pem".into(), pasted.into());
        let cleaned = acme().clean("certificate", all).unwrap();
        assert_eq!(
            cleaned.secrets["certificate_pem"].expose_secret(),
            "-----A-----\nb\n-----Z-----"
        );
    }
}

#[test]
fn wrong_fields_are_named_and_never_repeated() {
    for (pairs, field) in [
        (&[("tenant_id", "CANARY")][..], "tenant_id"),
        (&[("tenant_id", "0a1b-2c3d-CANARY")], "tenant_id"),
        (&[("tenant_id", "")], "tenant_id"),
        (&[("client_secret", "  ")], "client_secret"),
        (&[("client_secret", "CAN\nARY")], "client_secret"),
        (&[("colour", "CANARY")], "colour"),
        (&[("certificate_pem", "CANARY")], "certificate_pem"),
        (&[("plan", "CANARY")], "plan"),
        (&[("regions", "east-1, CANARY!")], "regions"),
        (&[("cloud", "moon")], "cloud"),
        (&[("like", "gov")], "like"),
        (&[("api_url", "https://x.example")], "api_url"),
        (&[("cloud", "custom")], "login_url"),
        (
            &[
                ("cloud", "custom"),
                ("like", "moon"),
                ("login_url", "https://x.example"),
                ("api_url", "https://x.example"),
            ],
            "like",
        ),
    ] {
        let error = clean(pairs).unwrap_err();
        assert_eq!(error.field, field, "{pairs:?}: {error}");
        assert!(!error.message.contains("CANARY"), "{error}");
    }
    assert_eq!(
        acme().clean("password", BTreeMap::new()).unwrap_err().field,
        "auth"
    );
}

#[test]
fn regions_become_a_tidy_list() {
    assert_eq!(
        clean(&[("regions", " East-1 , west-2;east-1 ")])
            .unwrap()
            .config["regions"],
        "east-1,west-2"
    );
    assert!(
        !clean(&[("regions", " ")])
            .unwrap()
            .config
            .contains_key("regions")
    );
}

#[test]
fn a_custom_endpoint_changes_hosts_only() {
    let custom = |login: &str| {
        clean(&[
            ("cloud", "custom"),
            ("like", "gov"),
            ("login_url", login),
            ("api_url", "https://api.lab.example:8443/base/"),
        ])
    };
    let cleaned = custom("http://127.0.0.1:9000/").unwrap();
    let cloud = acme().cloud(&cleaned.config).unwrap();
    assert_eq!(
        (
            cloud.id.as_str(),
            cloud.like.as_str(),
            cloud.console.as_str()
        ),
        ("custom", "gov", "https://gov.acme.example")
    );
    assert_eq!(cloud.host("login"), Some("http://127.0.0.1:9000"));
    assert_eq!(cloud.host("api"), Some("https://api.lab.example:8443/base"));
    assert_eq!(
        cloud.custom_host.as_deref(),
        Some("127.0.0.1:9000, api.lab.example:8443")
    );
    for wrong in [
        "http://login.lab.example",
        "login.lab.example",
        "https://u:p@x.example",
        "https://x.example?a=1",
        "ftp://x.example",
    ] {
        assert_eq!(custom(wrong).unwrap_err().field, "login_url", "{wrong}");
    }
    let like_default = values(&[
        ("login_url", "https://a.example"),
        ("api_url", "https://b.example"),
    ]);
    assert_eq!(
        acme()
            .resolve_cloud("custom", &like_default)
            .unwrap()
            .audience
            .as_deref(),
        Some("acme")
    );
    let gov = acme().resolve_cloud("gov", &BTreeMap::new()).unwrap();
    assert_eq!(
        (gov.host("api"), &gov.custom_host),
        (Some("https://api.gov.acme.example"), &None)
    );
    assert_eq!(acme().cloud(&BTreeMap::new()).unwrap().id, "global");
}

#[test]
fn the_sign_in_follows_from_the_fields() {
    let acme = acme();
    assert_eq!(
        acme.infer_auth(["client_id", "certificate_pem"]),
        "certificate"
    );
    assert_eq!(
        acme.infer_auth(["client_id", "client_secret"]),
        "client_secret"
    );
    assert_eq!(acme.infer_auth([]), "client_secret");
}

#[test]
fn a_draft_holds_no_secret() {
    let all = values(&[
        ("tenant_id", "t"),
        ("client_secret", "CANARY"),
        ("certificate_pem", "CANARY"),
        ("odd", "CANARY"),
        ("cloud", "gov"),
    ]);
    let draft = Draft::new(&acme(), "client_secret", "HQ", &all);
    assert_eq!(
        draft.fields(),
        &values(&[("cloud", "gov"), ("tenant_id", "t")])
    );
    assert_eq!(
        (draft.provider(), draft.auth(), draft.label()),
        ("acme", "client_secret", "HQ")
    );
    let json = serde_json::to_string(&draft).unwrap();
    assert!(!json.contains("CANARY"));
    assert_eq!(serde_json::from_str::<Draft>(&json).unwrap(), draft);
}

#[test]
fn scripts_list_the_permissions() {
    let script = &acme().scripts_for("gov")[0];
    assert_eq!(
        script.text,
        "grant [\"Users.Read\", \"Policies.Read\"] in gov at https://api.gov.acme.example roles \"r1\""
    );
    assert!(acme().scripts_for("custom")[0].text.contains("in global"));
}

#[test]
fn scripts_list_the_permissions_that_are_asked_for_and_no_others() {
    let acme = acme();
    let policies = acme.permission("Policies.Read").unwrap();
    let script = &acme.scripts_granting("gov", &[policies])[0];
    assert_eq!(
        script.text,
        "grant [\"Policies.Read\"] in gov at https://api.gov.acme.example roles "
    );
    assert!(acme.scripts_granting("gov", &[]).is_empty());
    let without = TEXT
        .replace("[{{permissions}}]", "")
        .replace("{{role_ids}}", "");
    let without = Manifest::parse(&without).unwrap();
    assert_eq!(without.scripts_granting("gov", &[]).len(), 1);
}

#[test]
fn links_and_excess_grants_are_judged() {
    let acme = acme();
    assert_eq!(acme.excess_of("Users.Write"), Some("Could change things."));
    assert_eq!(
        (
            acme.excess_of("Users.Read"),
            acme.excess_of("Users.Write.Not")
        ),
        (None, None)
    );
    for (link, may) in [
        ("https://acme.example/x", true),
        ("https://a.b.acme.example/", true),
        ("https://notacme.example/", false),
        ("http://acme.example/", false),
        ("https://acme.example:8443/", false),
        ("https://acme.example@evil.example/", false),
        ("javascript:alert(1)", false),
    ] {
        assert_eq!(acme.may_open(link), may, "{link}");
    }
}

#[test]
fn parameters_keep_their_limits() {
    let acme = acme();
    let days = &acme.parameters[0];
    assert_eq!(days.read(" 30 ").unwrap(), 30);
    for wrong in ["0", "366", "many", ""] {
        assert!(days.read(wrong).is_err(), "{wrong}");
    }
    let exempt = &acme.parameters[1];
    assert_eq!(
        exempt.read("a, b,,").unwrap(),
        serde_json::json!(["a", "b"])
    );
    assert!(exempt.check(&serde_json::json!(["a", 1])).is_err());
    let percent = Parameter {
        kind: ParameterKind::Percent,
        min: None,
        max: None,
        ..days.clone()
    };
    assert_eq!(percent.read("80 %").unwrap(), 80);
    assert!(percent.read("101").is_err() && percent.read("-1").is_err());
}
