//! The feature `show-personal-data` decides what every client prints.

use serde::Deserialize as _;
use serde_json::json;

#[test]
fn the_feature_shows_personal_data() {
    let user =
        engage_client::types::User::deserialize(json!({ "id": "1", "email": "ada@example.com" }));
    let shown = format!("{:?}", user.unwrap());
    let expected = cfg!(feature = "show-personal-data");
    assert_eq!(shown.contains("ada@example.com"), expected, "{shown}");
    assert_eq!(
        shown.contains("email: Some(Redacted)"),
        !expected,
        "{shown}"
    );
}
