//! Lists in numbered pages.

use engagement_core::{Error, PageStart, ResponseValue, Runtime, Stream, items, numbered_pages};
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::support::*;

#[derive(Debug, serde::Deserialize)]
struct Page {
    data: Vec<i64>,
    total: Option<i64>,
}

/// Shaped as generated builders are.
#[derive(Clone)]
struct List<'a> {
    client: &'a Runtime,
    page: Option<i64>,
    size: Option<i64>,
}

impl<'a> List<'a> {
    async fn send(self) -> Result<ResponseValue<Page>, Error> {
        let mut call = self.client.call(&CONTACTS_LIST);
        call.query("page", &self.page);
        call.query("size", &self.size);
        call.send().await?.json()
    }

    fn pages(self) -> impl Stream<Item = Result<ResponseValue<Page>, Error>> + Send + 'a {
        let start = PageStart {
            page: self.page,
            size: self.size,
        };
        numbered_pages(
            self,
            start,
            Self::send,
            |list, page| List {
                page: Some(page),
                ..list
            },
            |page| page.data.len(),
            |page| page.total,
        )
    }
}

/// What came, page by page, and the queries that were sent for it.
async fn walk(start: (Option<i64>, Option<i64>), replies: &[&str]) -> (Vec<Vec<i64>>, Vec<String>) {
    let server = TestServer::start(replies.iter().map(|body| json(body))).await;
    let client = client(&server);
    let list = List {
        client: &client,
        page: start.0,
        size: start.1,
    };
    let pages: Vec<_> = list.pages().take(10).try_collect().await.unwrap();
    let pages = pages.into_iter().map(|page| page.into_inner().data);
    let queries = server.requests();
    let queries = queries.iter().map(|request| {
        let target = request.split(' ').nth(1).unwrap();
        target.strip_prefix("/contacts?").unwrap().to_owned()
    });
    (pages.collect(), queries.collect())
}

#[tokio::test]
async fn an_empty_page_is_the_end() {
    let (pages, queries) = walk(
        (None, None),
        &[r#"{"data": [1, 2]}"#, r#"{"data": [3]}"#, r#"{"data": []}"#],
    )
    .await;
    assert_eq!(pages, [vec![1, 2], vec![3]]);
    assert_eq!(queries, ["page=1", "page=2", "page=3"]);

    let (pages, queries) = walk((None, Some(5)), &[r#"{"data": [], "total": 9}"#]).await;
    assert_eq!(pages, [vec![0; 0]]);
    assert_eq!(queries, ["page=1&size=5"]);

    // Whatever the total says.
    let (pages, queries) = walk(
        (None, None),
        &[
            r#"{"data": [1], "total": 9}"#,
            r#"{"data": [], "total": 9}"#,
        ],
    )
    .await;
    assert_eq!((pages.len(), queries.len()), (1, 2));
}

#[tokio::test]
async fn the_total_is_the_end() {
    let two_and_one = [
        r#"{"data": [1, 2], "total": 3}"#,
        r#"{"data": [3], "total": 3}"#,
    ];
    let (pages, queries) = walk((None, None), &two_and_one).await;
    assert_eq!(pages, [vec![1, 2], vec![3]]);
    assert_eq!(queries, ["page=1", "page=2"]);

    // More than the total has: the end too.
    let (_, queries) = walk((Some(1), None), &[r#"{"data": [1, 2], "total": 1}"#]).await;
    assert_eq!(queries, ["page=1"]);

    // Two pages of two came before.
    let (pages, queries) = walk((Some(3), Some(2)), &[r#"{"data": [5], "total": 5}"#]).await;
    assert_eq!(
        (pages, queries),
        (vec![vec![5]], vec!["page=3&size=2".to_owned()])
    );
}

#[tokio::test]
async fn what_is_not_known_is_not_guessed() {
    // From the third page on, of pages of unknown size: the total says nothing.
    let (pages, queries) = walk(
        (Some(3), None),
        &[
            r#"{"data": [5, 6], "total": 2}"#,
            r#"{"data": [], "total": 2}"#,
        ],
    )
    .await;
    assert_eq!(pages, [vec![5, 6]]);
    assert_eq!(queries, ["page=3", "page=4"]);

    // A total below nothing is none; without one and without an empty page it goes on.
    let (pages, queries) = walk((None, None), &[r#"{"data": [1], "total": -1}"#]).await;
    assert_eq!((pages.len(), queries.len()), (10, 10));
    assert_eq!(queries[9], "page=10");

    // There is no page after the last number.
    let (pages, queries) = walk((Some(i64::MAX), Some(i64::MAX)), &[r#"{"data": [1]}"#]).await;
    assert_eq!(pages, [vec![1]]);
    assert_eq!(
        queries,
        ["page=9223372036854775807&size=9223372036854775807"]
    );
}

#[tokio::test]
async fn pages_are_asked_for_late_and_an_error_is_the_end() {
    let server = TestServer::start([
        json(r#"{"data": [1]}"#),
        reply("500 Internal Server Error", "text/plain", "oops"),
        json(r#"{"data": [2]}"#),
    ])
    .await;
    let client = unrepeated(&server);
    let list = List {
        client: &client,
        page: None,
        size: None,
    };
    let mut stream = Box::pin(items(list.pages(), |page| page.data));
    assert_eq!(server.requests().len(), 0);
    assert_eq!(stream.try_next().await.unwrap(), Some(1));
    assert_eq!(server.requests().len(), 1);
    assert!(stream.try_next().await.unwrap_err().is_server_error());
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(server.requests().len(), 2);
}
