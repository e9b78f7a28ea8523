//! A person signs in with a code: nothing secret is typed, and nothing secret is shown.

use crate::journey::{collected, fill_field, go, unlocked};
use end_to_end::{Canary, Desk, GitHub, Window, github::LABEL};
use github_emulator::{DeviceAnswer, Options};

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_signs_in_with_a_code_and_the_organization_is_collected() {
    let desk = Desk::with_company();
    let github = GitHub::serving(Options {
        device_interval: 1,
        ..Options::default()
    });
    let window = unlocked(&desk).await;
    go(&window, "Integrations").await;
    window.button("Connect GitHub").await;
    window.button("Advanced").await;
    window.choose("~Custom endpoint").await;
    window.button("Continue").await;
    window.see("Your code: of files only").await;
    window.audit("github-prepare").await;
    window.button("Continue").await;

    window.choose("~Sign in with a code").await;
    let company = github.emulator.company();
    window.fill("Organization", &company.login).await;
    fill_field(
        &window,
        "client id of the app",
        &github.emulator.options().app.client_id,
    )
    .await;
    fill_field(&window, "address", &github.emulator.api_url()).await;
    window.audit("github-sign-in").await;

    // Who declines is told so, and nothing is kept.
    window.button("Sign in").await;
    code_on_screen(&window).await;
    window.audit("github-code").await;
    github.emulator.answer_device(DeviceAnswer::Denied);
    for word in ["What", "Why", "Fix"] {
        window.see(word).await;
    }
    window.audit("github-declined").await;
    let listed = desk.cmmc(&["list", "--all"]).ok();
    assert_eq!(listed["integrations"].as_array().unwrap().len(), 0);

    github.emulator.answer_device(DeviceAnswer::Pending);
    if window.maybe("button", "Sign in").await.is_none() {
        window.button("Back").await;
    }
    window.button("Sign in").await;
    code_on_screen(&window).await;
    github.emulator.answer_device(DeviceAnswer::Approved {
        login: "ivy-owner".to_owned(),
        owner: true,
    });
    window.see("Granted").await;
    window.audit("github-tested").await;
    window.button("~Continue").await;
    window.fill("Label", LABEL).await;
    window.button("Save and sync").await;
    collected(&window).await;
    window.find("heading", &format!("~{LABEL}")).await;
    window.see("Collected").await;
    window.audit("github-integration").await;
    window.quit().await;

    let tokens = github.tokens();
    assert!(tokens.iter().any(|one| one.starts_with("ghu_")));
    let log = std::fs::read(desk.path("window.log")).unwrap();
    for token in &tokens {
        let canary = Canary::of("a token", token);
        let mut hits = canary.in_folder(&desk.data());
        hits.extend(canary.in_folder(&desk.home()));
        hits.extend(canary.in_bytes("the app's output", &log));
        assert_eq!(hits, Vec::<String>::new());
    }
}

/// The code that the service gave out is on the screen, with the warning that belongs to it.
async fn code_on_screen(window: &Window) {
    window.see("Enter this code at GitHub").await;
    window.see("Only enter a code that you see here.").await;
    window.see("Waiting for you.").await;
}
