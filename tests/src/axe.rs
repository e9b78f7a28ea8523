//! Accessibility: axe-core in the real page.

use crate::{Window, programs};
use serde_json::{Value, json};

/// Lets axe look at the page as it is now, and fails with what it found.
///
/// # Panics
/// When there are violations.
pub async fn audit(window: &Window, screen: &str) {
    let source = std::fs::read_to_string(programs::in_repository(
        "ui/node_modules/axe-core/axe.min.js",
    ))
    .expect("axe-core is installed with the UI's packages");
    if window
        .script("return typeof window.axe === 'object'", vec![])
        .await
        == false
    {
        window.script(&source, vec![]).await;
    }
    let found = window
        .script_async(
            "const [options, done] = arguments;
             window.axe.run(document, options).then(
               (found) => done(found.violations.map((one) => ({
                 rule: one.id, impact: one.impact,
                 places: one.nodes.slice(0, 4).map((node) => node.target.join(' ') + ': ' + node.failureSummary),
               }))),
               (error) => done([{ rule: 'axe itself', places: [String(error)] }]));",
            vec![json!({"iframes": false, "resultTypes": ["violations"]})],
        )
        .await;
    assert_eq!(
        found,
        Value::Array(Vec::new()),
        "axe on {screen}: {found:#}"
    );
}
