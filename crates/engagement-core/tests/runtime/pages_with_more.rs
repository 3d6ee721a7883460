//! Lists whose pages may report that there are more without a cursor.

use engagement_core::{Call, CallContext, ClientCore, ErrorKind, Pages, RawResponse, ResumePoint};

use crate::pagination::{all, targets};
use crate::support::*;

#[derive(Debug, serde::Deserialize)]
struct Page {
    data: Vec<i64>,
    next: Option<String>,
    has_more: Option<bool>,
}

/// Like a generated call.
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
struct List<C = Client> {
    call_context: CallContext<C>,
    cursor: Option<String>,
    after: Option<i64>,
}

impl<C> List<C> {
    fn resume(mut self, point: ResumePoint) -> Self {
        let (cursor, after) = (&mut self.cursor, &mut self.after);
        self.call_context
            .resume_at_cursor_or_id(point, cursor, after);
        self
    }

    fn into_request(self) -> Call {
        let mut call = self.call_context.into_call(&CONTACTS_LIST);
        call.query("cursor", &self.cursor);
        call.query("after", &self.after);
        call
    }
}

impl<C: Clone + 'static> List<C> {
    fn into_pages(self) -> Pages<Page> {
        let first = self.clone();
        let request = move |point| {
            let list = first.clone().resume(point);
            list.into_request().send(RawResponse::into_json)
        };
        Pages::by_cursor(self.cursor.as_deref(), request, |page: &Page| {
            page.next.clone()
        })
        .with_more(
            |page| page.has_more == Some(true),
            |page| page.data.last().map(ToString::to_string),
        )
        .after(self.after.map(|id| id.to_string()))
    }
}

engagement_core::call! { List -> Page, RawResponse::into_json }
engagement_core::list_call! { List -> Page, i64, |page| page.data }

fn list(core: &ClientCore) -> List {
    List {
        call_context: CallContext::new(core),
        cursor: None,
        after: None,
    }
}

fn page(data: &str, next: &str, has_more: &str) -> Reply {
    json(&format!(
        r#"{{"data": {data}, "next": {next}, "has_more": {has_more}}}"#
    ))
}

#[tokio::test]
async fn without_a_cursor_the_next_page_begins_after_the_last_id() {
    let server = TestServer::start([
        page("[1, 2]", "null", "true"),
        page("[3]", "\"c\"", "true"),
        page("[4]", "\"\"", "true"),
        page("[5]", "null", "null"),
    ])
    .await;
    let mut items = list(&client(&server)).stream();
    let mut points = Vec::new();
    loop {
        points.push(items.resume_point().map(|point| point.to_string()));
        if items.try_next().await.unwrap().is_none() {
            break;
        }
    }
    assert_eq!(
        targets(&server),
        [
            "/contacts",
            "/contacts?after=2",
            "/contacts?cursor=c",
            "/contacts?after=4"
        ]
    );
    let points: Vec<_> = points.iter().map(Option::as_deref).collect();
    assert_eq!(
        points,
        [
            Some("start"),
            Some("start"),
            Some("after:2"),
            Some("cursor:c"),
            Some("after:4"),
            None
        ]
    );
}

#[tokio::test]
async fn a_page_that_reports_more_without_a_cursor_is_an_error() {
    for (last, records) in [("[]", vec![1, 2]), ("[3]", vec![1, 2, 3])] {
        let server =
            TestServer::start([page("[1, 2]", "\"a\"", "true"), page(last, "null", "true")]).await;
        let client = client(&server);
        // A list whose records have no ids to continue from.
        let mut items = Pages::by_cursor(
            None,
            {
                let first = list(&client);
                move |point| {
                    let list = first.clone().resume(point);
                    list.into_request().send(RawResponse::into_json)
                }
            },
            |page: &Page| page.next.clone(),
        )
        .with_more(|page| page.has_more == Some(true), |_| None)
        .into_items(|page| page.data);
        for record in records {
            assert_eq!(items.try_next().await.unwrap(), Some(record));
        }
        let error = items.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Pagination);
        assert_eq!(
            error.to_string(),
            "acme contacts_list: the provider reports more pages, but no cursor (200 OK)"
        );
        assert!(error.was_sent() && error.body().is_some());
        assert_eq!(items.resume_point().unwrap().to_string(), "cursor:a");
        assert!(items.next().await.is_none());
        assert_eq!(server.requests().len(), 2);
    }
    // The same without a last record.
    let server = TestServer::once(page("[]", "null", "true")).await;
    let (records, error) = all(list(&client(&server)).stream()).await;
    assert_eq!(records, [0; 0]);
    assert_eq!(error.unwrap().kind(), ErrorKind::Pagination);
}

#[tokio::test]
async fn a_repeated_last_id_is_an_error() {
    let server = TestServer::once(page("[7]", "null", "true")).await;
    let (records, error) = all(list(&client(&server)).stream()).await;
    assert_eq!(records, [7, 7]);
    let error = error.unwrap();
    assert_eq!(error.kind(), ErrorKind::Pagination);
    assert_contains(&error.to_string(), "repeated a cursor");
    assert_eq!(targets(&server), ["/contacts", "/contacts?after=7"]);
}

#[tokio::test]
async fn a_list_can_start_after_an_id() {
    let server = TestServer::start([page("[8]", "\"c\"", "true"), page("[9]", "null", "false")]);
    let server = server.await;
    let list = List {
        after: Some(7),
        ..list(&client(&server))
    };
    let items = list.stream();
    assert_eq!(items.resume_point().unwrap().to_string(), "after:7");
    assert_eq!(all(items).await.0, [8, 9]);
    assert_eq!(
        targets(&server),
        ["/contacts?after=7", "/contacts?cursor=c"]
    );
}

#[tokio::test]
async fn a_resume_point_sets_the_cursor_or_the_id() {
    let server = TestServer::once(page("[1]", "null", "null")).await;
    let both = List {
        cursor: Some("c".into()),
        after: Some(7),
        ..list(&client(&server))
    };
    for point in ["start", "cursor:d", "after:8"] {
        let resumed = both.clone().resume(point.parse().unwrap());
        resumed.clone().await.unwrap();
        assert_eq!(resumed.stream().resume_point().unwrap().to_string(), point);
    }
    assert_eq!(
        targets(&server),
        ["/contacts", "/contacts?cursor=d", "/contacts?after=8"]
    );
}

#[tokio::test]
async fn a_resume_point_of_another_list_type_is_refused() {
    let server = TestServer::once(page("[1]", "null", "null")).await;
    let client = client(&server);
    // The id of a record of this list is a number.
    for other in ["page:2", "after:ada@example.com"] {
        let resumed = list(&client).resume(other.parse().unwrap());
        let error = all(resumed.stream()).await.1.unwrap();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(
            error.to_string(),
            "acme contacts_list: invalid request: the resume point belongs to another type of list"
        );
    }
    assert_eq!(server.requests().len(), 0);
}
