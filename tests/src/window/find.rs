//! Finding things as a person does: by what they are and what they are called.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::Window;

/// Reads roles and names as assistive technology would, as far as this front end uses them.
const FIND: &str = include_str!("find.js");

impl Window {
    /// The visible element with this role and accessible name, as soon as there is one. The name may be a part of the
    /// whole one; an exact match wins over a beginning, and that over a part.
    pub async fn role(&self, role: &str, name: &str) -> WebElement {
        let query = json!({ "role": role, "name": name });
        self.find(&format!("there is a {role} “{name}”"), query).await
    }

    /// The field that this label belongs to.
    pub async fn label(&self, label: &str) -> WebElement {
        self.find(&format!("there is a field “{label}”"), json!({ "label": label }))
            .await
    }

    /// The visible element with this `data-testid`.
    pub async fn test_id(&self, id: &str) -> WebElement {
        self.find(
            &format!("there is an element with the test id {id}"),
            json!({ "testId": id }),
        )
        .await
    }

    /// Waits until this text can be read somewhere in the window.
    pub async fn text(&self, text: &str) -> WebElement {
        self.find(&format!("“{text}” can be read"), json!({ "text": text }))
            .await
    }

    /// Waits until there is no visible element with this role and name any more.
    pub async fn gone(&self, role: &str, name: &str) {
        let query = json!({ "role": role, "name": name });
        self.until(&format!("there is no {role} “{name}” any more"), async || {
            self.script::<Value>(FIND, vec![query.clone()])
                .await
                .is_null()
                .then_some(())
        })
        .await;
    }

    /// Clicks the element with this role and name, as soon as nothing lies over it.
    pub async fn click(&self, role: &str, name: &str) {
        self.until(&format!("{role} “{name}” can be clicked"), async || {
            self.role(role, name).await.click().await.ok()
        })
        .await;
    }

    async fn find(&self, claim: &str, query: Value) -> WebElement {
        self.until(claim, async || {
            let found = self.web().execute(FIND, vec![query.clone()]).await;
            found.ok().and_then(|answer| answer.element().ok())
        })
        .await
    }
}
