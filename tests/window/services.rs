//! The main job in the window: connect, collect, look at evidence; quit, start again offline.

use crate::journey::{collected, control, fill_field, go, unlocked};
use end_to_end::{Canary, Desk, Entra, Moto, Window};

#[tokio::test(flavor = "multi_thread")]
async fn services_are_connected_and_their_evidence_is_there_offline() {
    let desk = Desk::with_company();
    let (entra, moto) = (Entra::start(), Moto::start());
    let window = unlocked(&desk).await;
    go(&window, "Integrations").await;
    window.see("Connect the first service").await;
    window.audit("integrations-empty").await;

    connect_entra(&desk, &window, &entra).await;
    connect_aws(&window, &moto).await;
    go(&window, "Integrations").await;
    window.see("2 connections").await;
    window.audit("integrations").await;

    control(&window, "3.5.3").await;
    window.button("Auto-collect evidence").await;
    collected(&window).await;
    window.see("Checks suggest not met").await;
    open_check(
        &window,
        "Every enabled member can use multifactor authentication.",
    )
    .await;
    for person in [
        "dexter.halyard@halyardprecision.example",
        "priya.vennadmin@halyardprecision.onmicrosoft.com",
    ] {
        window.see(person).await;
    }
    open_check(
        &window,
        "Every user with a console password has multi-factor authentication.",
    )
    .await;
    let without_mfa = moto.seeded.without_mfa();
    assert!(!without_mfa.is_empty());
    for person in &without_mfa {
        window.see(person).await;
    }
    let with_mfa = moto
        .seeded
        .people
        .iter()
        .find(|person| person.console && person.mfa)
        .unwrap();
    assert!(!window.text().await.contains(&with_mfa.name));
    window.audit("control-collected").await;
    users_trails_and_groups(&window, &moto).await;

    raw_evidence(&window, "evidence").await;
    for page in ["Activity", "All settings", "Overview"] {
        go(&window, page).await;
        window.audit(&page.to_lowercase().replace(' ', "-")).await;
    }
    window.quit().await;

    // Offline: everything stopped, a new process, the same evidence.
    let secrets = [entra.secret(), moto.key("secret_access_key")];
    drop(entra);
    drop(moto);
    let window = unlocked(&desk).await;
    raw_evidence(&window, "evidence-offline").await;
    control(&window, "3.5.3").await;
    window.see("Checks suggest not met").await;
    // Collecting now fails in words, and the last known answer stays in view.
    window.button("Auto-collect evidence").await;
    collected(&window).await;
    window.see("Checks can't tell").await;
    window.audit("control-offline").await;
    window.quit().await;

    let log = std::fs::read(desk.path("window.log")).unwrap();
    for canary in [
        Canary::of("the client secret", &secrets[0]),
        Canary::of("the secret access key", &secrets[1]),
        Canary::of(
            "a person's address",
            "dexter.halyard@halyardprecision.example",
        ),
    ] {
        let mut hits = canary.in_folder(&desk.data());
        hits.extend(canary.in_folder(&desk.home()));
        hits.extend(canary.in_bytes("the app's output", &log));
        assert_eq!(hits, Vec::<String>::new());
    }
}

/// What the ids AC.1.001, AU.2.041 and CM.2.061 stand for: who may use the account, what is recorded, what is there.
async fn users_trails_and_groups(window: &Window, moto: &Moto) {
    for (requirement, check, screen) in [
        (
            "3.1.1",
            "Every IAM user is on the company's list of authorized users.",
            "control-users",
        ),
        (
            "3.3.2",
            "A trail records every management event in every region.",
            "control-trails",
        ),
        (
            "3.4.1",
            "Every server and security group is on the company's inventory.",
            "control-groups",
        ),
    ] {
        control(window, requirement).await;
        window.button("Auto-collect evidence").await;
        collected(window).await;
        open_check(window, check).await;
        match requirement {
            "3.1.1" => {
                for user in moto.users() {
                    window.see(&user).await;
                }
            }
            "3.3.2" => window.see("aws.cloudtrail.multi_region").await,
            _ => {
                for region in end_to_end::moto::REGIONS {
                    window.see(&format!("open-ssh ({region})")).await;
                }
            }
        }
        window.audit(screen).await;
    }
    go(window, "Evidence").await;
    window.button("CloudTrail trails").await;
    window.press("tab", "Records").await;
    window.see("every-region").await;
    window.press("tab", "Raw").await;
    window.see(end_to_end::moto::REGIONS[1]).await;
    window.audit("evidence-trails").await;
}

async fn connect_entra(desk: &Desk, window: &Window, entra: &Entra) {
    window.button("Connect Microsoft Entra ID").await;
    window.find("heading", "Which cloud is it in?").await;
    window.audit("connect-cloud").await;
    window.button("Advanced").await;
    window.choose("~Custom endpoint").await;
    window.button("Continue").await;
    window.see("Policy.Read.All").await;
    window.find("button", "Copy list").await;
    window.find("button", "Copy script").await;
    window.audit("connect-prepare").await;
    window.button("Continue").await;

    window.choose("~Client secret").await;
    window.button("Test connection").await;
    window.see("is needed.").await;
    fill_field(window, "(tenant)", &entra.tenant_id()).await;
    fill_field(window, "(client)", &entra.client_id()).await;
    fill_field(window, "sign-in address", &entra.emulator.login_url()).await;
    fill_field(window, "graph address", &entra.emulator.graph_url()).await;
    window
        .fill("Client secret", "not~the.secret-0123456789abcdefghij")
        .await;
    window.audit("connect-sign-in").await;
    window.button("Test connection").await;
    for word in ["What", "Why", "Fix"] {
        window.see(word).await;
    }
    window.see("did not accept").await;
    window.audit("connect-refused").await;
    let listed = desk.cmmc(&["list", "--all"]).ok();
    assert_eq!(
        listed["integrations"].as_array().unwrap().len(),
        0,
        "nothing was saved"
    );

    if window.maybe("textbox", "Client secret").await.is_none() {
        window.button("Back").await;
    }
    window.fill("Client secret", &entra.secret()).await;
    window.button("Test connection").await;
    window.see("Halyard Precision Works").await;
    window.see("Granted").await;
    window.audit("connect-tested").await;
    window.button("~Continue").await;
    window.fill("Label", end_to_end::entra::LABEL).await;
    window.audit("connect-save").await;
    window.button("Save and sync").await;
    collected(window).await;
    window
        .find("heading", &format!("~{}", end_to_end::entra::LABEL))
        .await;
    window.see("Collected").await;
    window.audit("integration").await;
}

async fn connect_aws(window: &Window, moto: &Moto) {
    go(window, "Integrations").await;
    window.button("Connect Amazon Web Services").await;
    window.button("Advanced").await;
    window.choose("~Custom endpoint").await;
    window.button("Continue").await;
    window.see("iam:GetCredentialReport").await;
    window.button("~Choose what is checked").await;
    window.button("Select none").await;
    window.see("0 permissions remain").await;
    window.button("Select all").await;
    window.see("iam:GetCredentialReport").await;
    window.audit("connect-choose").await;
    window.button("Continue").await;
    window
        .fill("Access key ID", &moto.key("access_key_id"))
        .await;
    window
        .fill("Secret access key", &moto.key("secret_access_key"))
        .await;
    fill_field(window, "endpoint address", moto.url()).await;
    window.button("Test connection").await;
    window.see("123456789012").await;
    window.button("~on").await;
    window.fill("Label", end_to_end::moto::LABEL).await;
    window.button("Save and sync").await;
    collected(window).await;
    window
        .find("heading", &format!("~{}", end_to_end::moto::LABEL))
        .await;
}

async fn open_check(window: &Window, title: &str) {
    window.button(&format!("~{title}")).await;
}

/// Goes to the users' evidence and reads its raw page as it was stored.
async fn raw_evidence(window: &Window, screen: &str) {
    go(window, "Evidence").await;
    window.button("Users").await;
    window.see("Answered as").await;
    window.audit(screen).await;
    window.press("tab", "Raw").await;
    window.button("Show the page as it was stored").await;
    window
        .see("\"userPrincipalName\": \"dexter.halyard@halyardprecision.example\"")
        .await;
    window.audit(&format!("{screen}-raw")).await;
}
