//! From nothing to a score: a stranger makes a company and decides.

use crate::journey::{control, go};
use end_to_end::desk::PASSPHRASE;
use end_to_end::{Canary, Desk, Window};

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_makes_a_company_decides_and_sees_the_score() {
    let desk = Desk::new();
    let window = Window::open(&desk).await;
    window.button("~Set up my company").await;
    // What is missing is said beside the field.
    window.button("Continue").await;
    window.see("Write the name of the company.").await;
    window
        .fill("Company name", "Farrow & Sons <Machining>")
        .await;
    window.choose("~Level 2").await;
    window.audit("first-run-company").await;
    window.button("Continue").await;

    window.find("heading", "How should the vault open?").await;
    window.choose("~With a passphrase only").await;
    window.fill("Passphrase", "short").await;
    window.button("Create vault").await;
    window.see("At least 12 characters.").await;
    window.fill("Passphrase", PASSPHRASE).await;
    window.fill("Passphrase again", PASSPHRASE).await;
    window.audit("first-run-vault").await;
    window.button("Create vault").await;

    let key = recovery(&window).await;
    window.find("heading", "A few facts for the reports").await;
    window.fill("CAGE code", "7F4K2").await;
    window.audit("first-run-profile").await;
    window.button("Open the company").await;

    window.find("heading", "Overview").await;
    window.see("No score yet").await;
    window.see("Farrow & Sons <Machining>").await;
    window.audit("overview-new").await;
    go(&window, "Requirements").await;
    window.audit("requirements").await;

    control(&window, "3.1.1").await;
    window.audit("control").await;
    decide(
        &window,
        "[a]",
        "Met",
        "The list of accounts was checked against payroll.",
    )
    .await;
    window.see("Nora Quill").await;
    window.audit("control-decided").await;
    for letter in ["b", "c", "d", "e", "f"] {
        decide(&window, &format!("[{letter}]"), "Met", "Seen on site.").await;
    }
    window
        .see("Every objective is met or not applicable.")
        .await;

    // The security plan makes the score appear: 110 - 313 + 5 for 3.1.1.
    control(&window, "3.12.4").await;
    for letter in ["a", "b", "c", "d", "e", "f", "g", "h"] {
        decide(&window, &format!("[{letter}]"), "Met", "The plan of May.").await;
    }
    go(&window, "Overview").await;
    window.see("Self-assessed score").await;
    window.see("-198").await;
    window.audit("overview-score").await;
    window.quit().await;

    // The same by the command line, and nothing of it readable on the disk.
    desk.file("passphrase", &format!("{PASSPHRASE}\n"));
    assert_eq!(desk.cmmc(&["score"]).ok()["score"], -198);
    assert_eq!(desk.cmmc(&["vault", "verify"]).ok()["ok"], true);
    let log = std::fs::read(desk.path("window.log")).unwrap();
    for canary in [
        Canary::of("the passphrase", PASSPHRASE),
        Canary::of("the recovery key", &key.join("-")),
        Canary::of("the recovery key as shown", &key.join("")),
        Canary::of(
            "a reason",
            "The list of accounts was checked against payroll.",
        ),
        Canary::of("the company's name", "Farrow & Sons <Machining>"),
    ] {
        let mut hits = canary.in_folder(&desk.data());
        hits.extend(canary.in_folder(&desk.home()));
        hits.extend(canary.in_bytes("the app's output", &log));
        assert_eq!(hits, Vec::<String>::new());
    }
}

/// Reads the recovery key, gets a group wrong, then right.
async fn recovery(window: &Window) -> Vec<String> {
    window.find("heading", "Write down the recovery key").await;
    let key = window
        .script(
            "return [...document.querySelectorAll('ol[aria-label=\"Recovery key\"] li')].map((one) => one.lastChild.textContent.trim())",
            vec![],
        )
        .await;
    let key: Vec<String> = serde_json::from_value(key).unwrap();
    assert_eq!(key.len(), 8);
    assert!(key.iter().all(|group| group.len() == 7), "{key:?}");
    // No screenshot: it would show the key.
    end_to_end::axe::audit(window, "recovery key").await;
    let asked: Vec<usize> = {
        let text = window.text().await;
        (1..=8)
            .filter(|place| text.contains(&format!("Group {place}")))
            .collect()
    };
    assert_eq!(asked.len(), 2);
    for place in &asked {
        window.fill(&format!("Group {place}"), "0000000").await;
    }
    window.button("Continue").await;
    window
        .see(&format!("This is not group {}.", asked[0]))
        .await;
    for place in &asked {
        window
            .fill(&format!("Group {place}"), &key[place - 1].to_lowercase())
            .await;
    }
    window.button("Continue").await;
    key
}

/// Opens an objective, decides it and closes it again.
async fn decide(window: &Window, bracket: &str, choice: &str, why: &str) {
    window.button(&format!("~{bracket}")).await;
    window.choose(choice).await;
    window.fill("Why", why).await;
    window.fill("Your name", "Nora Quill").await;
    window.button("Record decision").await;
    window.find("button", "Decide again").await;
    window.button(&format!("~{bracket}")).await;
}
