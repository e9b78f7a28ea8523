//! The accounts: a fixed cast that shows every kind of gap, then generated staff.

use serde_json::{Value, json};

use super::Tenant;
use super::seed::{GIVEN, SURNAMES, TITLES, before, guid, mix, pick};

/// How many accounts the fixed cast has.
pub(super) const CAST: usize = 26;

/// The cast number of the emergency account.
pub(super) const BREAK_GLASS: u64 = 2;

/// The subscription most staff hold: with Exchange and Entra ID P2.
pub(super) const BUSINESS_SKU: u64 = 1;

/// What sets one account apart from the next.
struct Traits {
    name: Option<(&'static str, &'static str)>,
    title: &'static str,
    guest: bool,
    enabled: bool,
    licensed: bool,
    synced: bool,
    admin: bool,
    pending: bool,
    /// Registered methods; none means no MFA.
    methods: &'static [&'static str],
    /// Days since the last successful sign-in; `None` means never.
    last_seen: Option<i64>,
    created: i64,
}

const PUSH: &[&str] = &["microsoftAuthenticatorPush", "softwareOneTimePasscode"];
const KEY: &[&str] = &["fido2SecurityKey"];
const HELLO: &[&str] = &["windowsHelloForBusiness", "microsoftAuthenticatorPush"];
const SMS: &[&str] = &["mobilePhone"];

fn traits(number: u64) -> Traits {
    let luck = mix(number ^ 0xa11c_e000);
    let mut one = Traits {
        name: None,
        title: pick(TITLES, number),
        guest: false,
        enabled: true,
        licensed: true,
        synced: false,
        admin: false,
        pending: false,
        methods: if luck.is_multiple_of(3) { HELLO } else { PUSH },
        last_seen: Some(i64::try_from(luck % 9).unwrap_or(0)),
        created: 200 + i64::try_from(luck % 1500).unwrap_or(0),
    };
    let staff_admin = |one: &mut Traits, name, title, methods| {
        one.name = Some(name);
        one.title = title;
        one.admin = true;
        one.licensed = false;
        one.methods = methods;
    };
    match number {
        0 => staff_admin(
            &mut one,
            ("Marit", "Solheim (admin)"),
            "IT Manager, administration",
            KEY,
        ),
        1 => {
            // A director who is also Global Administrator with the everyday account, and without MFA.
            staff_admin(&mut one, ("Dexter", "Halyard"), "Managing Director", &[]);
            one.licensed = true;
        }
        2 => {
            staff_admin(
                &mut one,
                ("Emergency", "Access One"),
                "Emergency account",
                KEY,
            );
            one.last_seen = Some(140);
        }
        3 => staff_admin(
            &mut one,
            ("Priya", "Venn (admin)"),
            "Security lead, administration",
            &[],
        ),
        4 => {
            staff_admin(&mut one, ("Anton", "Beck (admin)"), "Help desk", PUSH);
            one.synced = true;
        }
        5 => {
            staff_admin(
                &mut one,
                ("Lorna", "Fitch (admin)"),
                "Former mail administrator",
                PUSH,
            );
            one.enabled = false;
            one.last_seen = Some(310);
        }
        9 | 14 => one.methods = &[],
        11 => one.last_seen = Some(203),
        12 => one.last_seen = None,
        13 => {
            one.enabled = false;
            one.licensed = false;
            one.last_seen = Some(400);
        }
        16 | 17 => one.synced = true,
        18 => one.methods = SMS,
        22..=25 => {
            one.guest = true;
            one.licensed = false;
            one.title = "";
            one.pending = number == 24;
            one.methods = if number == 22 { PUSH } else { &[] };
            one.last_seen = match number {
                22 => Some(3),
                23 => Some(12),
                24 => None,
                _ => Some(265),
            };
        }
        number if number >= CAST as u64 => {
            one.guest = luck.is_multiple_of(23);
            one.enabled = !luck.is_multiple_of(19);
            one.licensed = !one.guest && one.enabled;
            one.synced = luck.is_multiple_of(5);
            if luck.is_multiple_of(13) {
                one.methods = &[];
            }
            if luck.is_multiple_of(37) {
                one.last_seen = Some(91 + i64::try_from(luck % 300).unwrap_or(0));
            }
        }
        _ => {}
    }
    one
}

pub(super) fn fill(tenant: &mut Tenant, count: usize) {
    for number in 0..count as u64 {
        let one = traits(number);
        let user = account(tenant, number, &one);
        // The report leaves disabled accounts out.
        if one.enabled {
            tenant
                .registration_details
                .push(registration(tenant, &user, &one));
        }
        tenant.users.push(user);
    }
}

fn account(tenant: &Tenant, number: u64, one: &Traits) -> Value {
    let (given, surname) = one.name.unwrap_or((
        pick(GIVEN, number.wrapping_mul(7)),
        pick(SURNAMES, number.wrapping_mul(13) ^ 5),
    ));
    let default_domain = tenant.domain_names.first().map_or("", String::as_str);
    let initial_domain = tenant.domain_names.get(1).map_or("", String::as_str);
    let nick: String = format!("{given}.{surname}")
        .to_lowercase()
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '.')
        .collect();
    let nick = if one.name.is_some() {
        nick
    } else {
        format!("{nick}{number}")
    };
    let upn = if one.guest {
        format!("{nick}_partner.example#EXT#@{initial_domain}")
    } else if one.admin && !one.licensed {
        format!("{nick}@{initial_domain}")
    } else {
        format!("{nick}@{default_domain}")
    };
    let mail = if one.guest {
        json!(format!("{nick}@partner.example"))
    } else if one.licensed {
        json!(format!("{nick}@{default_domain}"))
    } else {
        Value::Null
    };
    let now = tenant.reference;
    let minutes = i64::try_from(mix(number) % 480).unwrap_or(0);
    let mut user = json!({
        "id": guid("user", number),
        "deletedDateTime": null,
        "accountEnabled": one.enabled,
        "ageGroup": null,
        "assignedLicenses": if one.licensed {
            json!([{"disabledPlans": [], "skuId": guid("sku", BUSINESS_SKU)}])
        } else {
            json!([])
        },
        "businessPhones": if one.licensed { json!([format!("555-01{:02}", number % 100)]) } else { json!([]) },
        "city": if one.guest { Value::Null } else { json!("Marrowport") },
        "companyName": if one.guest { Value::Null } else { json!("Halyard Precision Works") },
        "country": if one.guest { Value::Null } else { json!("US") },
        "createdDateTime": if number % 11 == 10 { Value::Null } else { json!(before(now, one.created, minutes)) },
        "creationType": if one.guest { json!("Invitation") } else { Value::Null },
        "department": if one.guest { Value::Null } else { json!(pick(&["Shop floor", "Office", "Engineering"], number)) },
        "displayName": format!("{given} {surname}"),
        "employeeId": if one.guest || one.admin { Value::Null } else { json!(format!("H{number:05}")) },
        "employeeType": if one.guest || one.admin { Value::Null } else { json!("Employee") },
        "externalUserState": if one.guest {
            json!(if one.pending { "PendingAcceptance" } else { "Accepted" })
        } else {
            Value::Null
        },
        "externalUserStateChangeDateTime": if one.guest { json!(before(now, one.created, 0)) } else { Value::Null },
        "givenName": given,
        "jobTitle": if one.title.is_empty() { Value::Null } else { json!(one.title) },
        "lastPasswordChangeDateTime": before(now, one.created.min(120), minutes),
        "mail": mail,
        "mailNickname": nick,
        "mobilePhone": null,
        "officeLocation": if one.guest { Value::Null } else { json!("Building 2") },
        "onPremisesDomainName": if one.synced { json!("corp.halyardprecision.example") } else { Value::Null },
        "onPremisesImmutableId": if one.synced { json!(format!("imm-{number}")) } else { Value::Null },
        "onPremisesLastSyncDateTime": if one.synced { json!(before(now, 0, 25)) } else { Value::Null },
        "onPremisesSyncEnabled": if one.synced { json!(true) } else { Value::Null },
        "otherMails": [],
        "passwordPolicies": if number == BREAK_GLASS { json!("DisablePasswordExpiration") } else { Value::Null },
        "preferredLanguage": if one.guest { Value::Null } else { json!("en-US") },
        "proxyAddresses": [],
        "surname": surname,
        "usageLocation": if one.guest { Value::Null } else { json!("US") },
        "userPrincipalName": upn,
        "userType": if one.guest { "Guest" } else { "Member" },
    });
    if let Some(days) = one.last_seen {
        user["signInActivity"] = json!({
            "lastSignInDateTime": before(now, days, minutes),
            "lastSignInRequestId": guid("request", number),
            "lastNonInteractiveSignInDateTime": before(now, days, minutes / 2),
            "lastNonInteractiveSignInRequestId": guid("request", number + 1_000_000),
            "lastSuccessfulSignInDateTime": before(now, days, minutes / 2),
            "lastSuccessfulSignInRequestId": guid("request", number + 1_000_000),
        });
    }
    user
}

fn registration(tenant: &Tenant, user: &Value, one: &Traits) -> Value {
    let mfa = !one.methods.is_empty();
    let strong = one
        .methods
        .iter()
        .any(|method| method.contains("fido2") || method.contains("Hello"));
    json!({
        "id": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user["displayName"],
        "userType": if one.guest { "guest" } else { "member" },
        "isAdmin": one.admin,
        "isMfaRegistered": mfa,
        "isMfaCapable": mfa,
        "isPasswordlessCapable": strong,
        "isSsprRegistered": mfa,
        "isSsprEnabled": !one.admin,
        "isSsprCapable": mfa && !one.admin,
        "isSystemPreferredAuthenticationMethodEnabled": mfa,
        "systemPreferredAuthenticationMethods": if mfa { json!([if strong { "fido2" } else { "push" }]) } else { json!([]) },
        "userPreferredMethodForSecondaryAuthentication": if mfa { "push" } else { "none" },
        "methodsRegistered": one.methods,
        "lastUpdatedDateTime": before(tenant.reference, 1, 0),
    })
}
