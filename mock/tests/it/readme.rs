//! The documents in the tables of the README can be set as they stand there.

use mock_registry::MockRegistry;
use serde_json::Value;

use crate::support::Harness;

const README: &str = include_str!("../../README.md");

#[tokio::test]
async fn what_the_readme_says_can_be_set() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let mut endpoint = None;
    let mut set = 0;
    for line in README.lines() {
        if let Some((_, rest)) = line.split_once("| `POST __admin/") {
            endpoint = rest.split('`').next();
        } else if !line.starts_with('|') {
            endpoint = None;
        } else if let Some(endpoint) = endpoint
            && let Some(document) = line.split('`').nth_back(1)
            && line.ends_with("` |")
        {
            let document: Value = serde_json::from_str(document)
                .unwrap_or_else(|error| panic!("{error}: {document}"));
            harness.admin("POST", endpoint, &document).await.expect(201);
            set += 1;
        }
    }
    assert!(set >= 30, "{set}");
}
