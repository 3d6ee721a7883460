//! Lists in pages.

use std::pin::pin;

use engagement_core::{Error, ErrorKind, ResponseValue, Runtime, Stream, items, pages};
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::support::*;

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Page {
    data: Vec<i64>,
    next: Option<String>,
}

/// Shaped as generated builders are.
#[derive(Clone)]
pub(crate) struct List<'a> {
    pub(crate) client: &'a Runtime,
    pub(crate) cursor: Option<String>,
}

impl<'a> List<'a> {
    async fn send(self) -> Result<ResponseValue<Page>, Error> {
        let mut call = self.client.call(&CONTACTS_LIST);
        call.query("cursor", &self.cursor);
        call.send().await?.json()
    }

    pub(crate) fn pages(
        self,
    ) -> impl Stream<Item = Result<ResponseValue<Page>, Error>> + Send + 'a {
        pages(
            self,
            Self::send,
            |page| page.next.clone(),
            |list, cursor| List {
                cursor: Some(cursor),
                ..list
            },
        )
    }

    pub(crate) fn stream(self) -> impl Stream<Item = Result<i64, Error>> + Send + 'a {
        items(self.pages(), |page| page.data)
    }
}

pub(crate) fn page(data: &str, next: &str) -> Reply {
    json(&format!(r#"{{"data": {data}, "next": {next}}}"#))
}

fn targets(server: &TestServer) -> Vec<String> {
    server
        .requests()
        .iter()
        .map(|request| request.split(' ').nth(1).unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn every_page_is_asked_for_once_and_late() {
    let server = TestServer::start([
        page("[1, 2]", "\"a\""),
        page("[]", "\"b c\""),
        page("[3]", "null"),
    ])
    .await;
    let client = client(&server);
    let list = List {
        client: &client,
        cursor: None,
    };
    let mut stream = pin!(list.clone().stream());
    assert_eq!(server.requests().len(), 0);
    assert_eq!(stream.try_next().await.unwrap(), Some(1));
    assert_eq!(stream.try_next().await.unwrap(), Some(2));
    assert_eq!(server.requests().len(), 1);
    assert_eq!(stream.try_next().await.unwrap(), Some(3));
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(
        targets(&server),
        ["/contacts", "/contacts?cursor=a", "/contacts?cursor=b%20c"]
    );

    let pages: Vec<_> = list.pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 1);
    assert_eq!(pages[0].status(), 200);
}

#[tokio::test]
async fn an_empty_cursor_is_the_end() {
    let server = TestServer::once(page("[1]", "\"\"")).await;
    let client = client(&server);
    let all: Vec<i64> = List {
        client: &client,
        cursor: None,
    }
    .stream()
    .try_collect()
    .await
    .unwrap();
    assert_eq!((all, server.requests().len()), (vec![1], 1));
}

#[tokio::test]
async fn a_repeated_cursor_is_an_error_and_not_a_loop() {
    for (replies, items_before, requests) in [
        (vec![page("[1]", "\"a\"")], vec![1, 1], 2),
        (
            vec![
                page("[1]", "\"a\""),
                page("[2]", "\"b\""),
                page("[3]", "\"a\""),
            ],
            vec![1, 2, 3],
            3,
        ),
    ] {
        let server = TestServer::start(replies).await;
        let client = client(&server);
        let outcomes: Vec<_> = List {
            client: &client,
            cursor: None,
        }
        .stream()
        .collect()
        .await;
        let (last, good) = outcomes.split_last().unwrap();
        assert_eq!(
            good.iter()
                .map(|item| *item.as_ref().unwrap())
                .collect::<Vec<_>>(),
            items_before
        );
        let error = last.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Pagination);
        assert_eq!(
            error.to_string(),
            format!(
                "contacts_list: after {requests} pages the provider repeated a cursor, so the list would never end (200 OK)"
            )
        );
        assert_eq!(server.requests().len(), requests);
    }
}

#[tokio::test]
async fn an_error_is_the_end() {
    let server = TestServer::start([
        page("[1]", "\"a\""),
        reply("500 Internal Server Error", "text/plain", "oops"),
        page("[2]", "null"),
    ])
    .await;
    let client = unrepeated(&server);
    let outcomes: Vec<_> = List {
        client: &client,
        cursor: None,
    }
    .stream()
    .collect()
    .await;
    assert_eq!(outcomes.len(), 2);
    assert!(outcomes[0].is_ok() && outcomes[1].as_ref().unwrap_err().is_server_error());
    assert_eq!(server.requests().len(), 2);
}
