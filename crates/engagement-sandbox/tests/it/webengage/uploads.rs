use serde_json::{Value, json};

use super::{Account, multipart, refused};

const CATALOG: &str = "/api/v1/accounts/sandbox0/catalog/catalog_7/upload";
const RECOMMENDATION: &str = "/api/v1/accounts/sandbox0/recommendation/manual/upload";
const FILE: &str = "name=\"file\"; filename=\"items.csv\"";
const META: &str = "name=\"recommendationMeta\"";

impl Account {
    async fn upload(&self, path: &str, parts: &[(&str, &str)]) -> (u16, Value) {
        let (content_type, body) = multipart(parts);
        let headers = [("content-type", content_type.as_str())];
        let response = self.send("dashboard", "POST", path, &headers, body).await;
        (response.status, response.json())
    }
}

#[tokio::test]
async fn a_catalog_file_is_listed_with_its_columns() {
    let account = Account::start().await;
    let csv = "\u{feff}id,\"title, long\",price\r\nsku-1,Lamp,19.5\r\n";
    assert_eq!(
        account.upload(CATALOG, &[(FILE, csv)]).await,
        (
            200,
            json!({ "response": { "data": {}, "message": "The file was taken in and is being processed", "status": "success" } })
        )
    );
    let uploads = account.handle().uploads();
    assert_eq!(uploads.len(), 1);
    assert_eq!(
        (
            uploads[0].slug.as_str(),
            uploads[0].file_name.as_str(),
            uploads[0].bytes
        ),
        ("catalog_7", "items.csv", csv.len())
    );
    assert_eq!(uploads[0].columns, ["id", "title, long", "price"]);
    assert_eq!(uploads[0].meta, Value::Null);
}

#[tokio::test]
async fn a_form_must_have_one_file_that_is_not_empty() {
    let account = Account::start().await;
    assert_eq!(
        account.upload(CATALOG, &[(FILE, " \r\n")]).await,
        refused(400, "the file is empty")
    );
    assert_eq!(
        account.upload(CATALOG, &[(FILE, "a"), (FILE, "b")]).await.0,
        400
    );
    assert_eq!(
        account.upload(CATALOG, &[("name=\"other\"", "a")]).await.0,
        400
    );
    assert!(account.handle().uploads().is_empty());
}

#[tokio::test]
async fn a_recommendation_is_created_or_replaced() {
    let account = Account::start().await;
    let mut meta = json!({ "type": "USER_ITEM_MANUAL", "name": "For you", "catalogSlug": "catalog_7", "createdBy": "ada@example.com" });
    let csv = "user,recommended\nada,sku-2";
    let done = (200, json!({ "response": { "status": "success" } }));
    assert_eq!(
        account
            .upload(RECOMMENDATION, &[(META, &meta.to_string()), (FILE, csv)])
            .await,
        done
    );
    let first = &account.handle().uploads()[0];
    assert_eq!(
        (first.slug.as_str(), first.bytes, &first.meta),
        ("u_recommendation1", csv.len(), &meta)
    );
    assert_eq!(first.columns, ["user", "recommended"]);
    meta["recommendationSlug"] = json!("i_recommendation7");
    assert_eq!(
        account
            .upload(RECOMMENDATION, &[(META, &meta.to_string()), (FILE, csv)])
            .await,
        done
    );
    assert_eq!(account.handle().uploads()[1].slug, "i_recommendation7");
}

#[tokio::test]
async fn a_recommendation_needs_csv_and_a_description() {
    let account = Account::start().await;
    let meta = json!({ "type": "STATIC_MANUAL", "name": "Top", "catalogSlug": "catalog_7", "createdBy": "ada@example.com" });
    assert_eq!(
        account
            .upload(
                RECOMMENDATION,
                &[(META, &meta.to_string()), (FILE, " <items/>")]
            )
            .await,
        refused(400, "the file is XML: recommendations must be CSV")
    );
    for meta in ["{}", "not JSON"] {
        assert_eq!(
            account
                .upload(RECOMMENDATION, &[(META, meta), (FILE, "a")])
                .await
                .0,
            400
        );
    }
    assert_eq!(account.upload(RECOMMENDATION, &[(FILE, "a")]).await.0, 400);
    assert!(account.handle().uploads().is_empty());
}
