//! axe in the real window: the same engine that draws for people is the one that is judged.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::json;

use super::Window;

/// A rule of axe that the page breaks.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Violation {
    /// The rule, such as `color-contrast`.
    pub rule: String,
    /// What is wrong.
    pub help: String,
    /// The elements that break it, each as `selector: why`.
    pub elements: Vec<String>,
}

impl Window {
    /// What axe has against the page as it is now, by the rules of WCAG 2.2 up to AA and axe's own best practices.
    pub async fn violations(&self) -> Vec<Violation> {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/node_modules/axe-core/axe.min.js");
        let axe = fs::read_to_string(&path).unwrap_or_else(|error| {
            panic!(
                "{}: {error}. The build of the window installs it; was it built with LOTSE_SKIP_UI?",
                path.display()
            )
        });
        if !self.script::<bool>("return 'axe' in window", vec![]).await {
            self.script::<Option<bool>>(&format!("{axe}; return null"), vec![])
                .await;
        }
        self.drawn().await;
        self.script_async(
            "const { violations } = await axe.run(document, { runOnly: args[0], resultTypes: ['violations'] });
             return violations.map(({ id, help, nodes }) => ({
                 rule: id,
                 help,
                 elements: nodes.map((node) => node.target.join(' ') + ': ' + node.failureSummary),
             }))",
            vec![json!(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])],
        )
        .await
    }
}
