//! Lists with cursors.

use std::collections::BTreeSet;
use std::marker::PhantomPinned;
use std::pin::pin;

use engagement_core::{
    Call, CallContext, ClientCore, Error, ErrorKind, Items, Pages, RawResponse, ResumePoint,
    Stream, Unredacted,
};
use futures_util::{StreamExt, TryStreamExt, future};

use crate::support::*;

#[derive(Debug, serde::Deserialize)]
pub(crate) struct Page {
    data: Vec<i64>,
    next: Option<String>,
}

/// Like a generated call.
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
pub(crate) struct List<C = Client> {
    call_context: CallContext<C>,
    owner: Option<String>,
    cursor: Option<String>,
}

impl<C> List<C> {
    pub(crate) fn of(core: &ClientCore) -> Self {
        Self {
            call_context: CallContext::new(core),
            owner: None,
            cursor: None,
        }
    }

    pub(crate) fn resume(mut self, point: ResumePoint) -> Self {
        self.call_context.resume_at_cursor(point, &mut self.cursor);
        self
    }

    fn into_request(self) -> Call {
        let mut call = self.call_context.into_call(&CONTACTS_LIST);
        call.query("owner", &self.owner);
        call.query("cursor", &self.cursor);
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
    }
}

engagement_core::call! { List -> Page, RawResponse::into_json }
engagement_core::list_call! { List -> Page, i64, |page| page.data }

pub(crate) fn list(core: &ClientCore) -> List {
    List::of(core)
}

pub(crate) fn page(data: &str, next: &str) -> Reply {
    json(&format!(r#"{{"data": {data}, "next": {next}}}"#))
}

pub(crate) fn targets(server: &TestServer) -> Vec<String> {
    server
        .requests()
        .iter()
        .map(|request| request.split(' ').nth(1).unwrap().to_owned())
        .collect()
}

/// The records until the end or an error, and that error.
pub(crate) async fn all(mut items: Items<i64>) -> (Vec<i64>, Option<Error>) {
    let mut all = Vec::new();
    loop {
        match items.next().await {
            Some(Ok(item)) => all.push(item),
            Some(Err(error)) => {
                assert!(items.next().await.is_none());
                return (all, Some(error));
            }
            None => return (all, None),
        }
    }
}

#[tokio::test]
async fn each_page_is_requested_once_and_on_demand() {
    let server = TestServer::start([
        page("[1, 2]", "\"a\""),
        page("[]", "\"b c\""),
        page("[3]", "null"),
    ])
    .await;
    let client = client(&server);
    let mut stream = list(&client).stream();
    assert_eq!(server.requests().len(), 0);
    assert_eq!(stream.try_next().await.unwrap(), Some(1));
    assert_eq!(stream.try_next().await.unwrap(), Some(2));
    assert_eq!(server.requests().len(), 1);
    assert_eq!(stream.try_next().await.unwrap(), Some(3));
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(
        targets(&server),
        ["/contacts", "/contacts?cursor=a", "/contacts?cursor=b%20c"]
    );

    let pages: Vec<Page> = list(&client).pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 1);
    assert_eq!(pages[0].data, [3]);
    // A single page.
    assert_eq!(list(&client).await.unwrap().data, [3]);
}

#[tokio::test]
async fn an_empty_cursor_ends_the_list() {
    let server = TestServer::once(page("[1]", "\"\"")).await;
    let client = client(&server);
    let all: Vec<i64> = list(&client).stream().try_collect().await.unwrap();
    assert_eq!((all, server.requests().len()), (vec![1], 1));
}

#[tokio::test]
async fn a_repeated_cursor_is_an_error() {
    for (replies, items_before, requests, again) in [
        (vec![page("[1]", "\"a\"")], vec![1, 1], 2, "cursor:a"),
        (
            vec![
                page("[1]", "\"a\""),
                page("[2]", "\"b\""),
                page("[3]", "\"a\""),
            ],
            vec![1, 2, 3],
            3,
            "cursor:a",
        ),
    ] {
        let server = TestServer::start(replies).await;
        let client = client(&server);
        let mut items = list(&client).stream();
        for expected in items_before {
            assert_eq!(items.try_next().await.unwrap(), Some(expected));
        }
        let error = items.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Pagination);
        assert_eq!(
            error.to_string(),
            format!(
                "acme contacts_list: after {requests} pages the provider repeated a cursor, so the list would never end (200 OK)"
            )
        );
        assert_eq!(items.resume_point().unwrap().to_string(), again);
        assert!(items.next().await.is_none());
        assert_eq!(server.requests().len(), requests);
    }
}

#[tokio::test]
async fn an_empty_cursor_starts_the_list() {
    let server = TestServer::once(page("[1]", "null")).await;
    let empty = List {
        cursor: Some(String::new()),
        ..list(&client(&server))
    };
    let items = empty.stream();
    assert_eq!(items.resume_point().unwrap().to_string(), "start");
    assert_eq!(all(items).await.0, [1]);
    assert_eq!(targets(&server), ["/contacts"]);
}

/// The first cursor counts too.
#[tokio::test]
async fn a_repeated_first_cursor_is_an_error() {
    let server = TestServer::once(page("[1]", "\"a\"")).await;
    let from_a = List {
        cursor: Some("a".into()),
        ..list(&client(&server))
    };
    let (items, error) = all(from_a.stream()).await;
    assert_eq!(items, [1]);
    assert_eq!(error.unwrap().kind(), ErrorKind::Pagination);
    assert_eq!(targets(&server), ["/contacts?cursor=a"]);
}

#[tokio::test]
async fn an_error_ends_the_list() {
    let server = TestServer::start([
        page("[1]", "\"a\""),
        reply("500 Internal Server Error", "text/plain", "oops"),
        page("[2]", "null"),
    ])
    .await;
    let client = without_retries(&server);
    let (items, error) = all(list(&client).stream()).await;
    assert_eq!(items, [1]);
    assert!(error.unwrap().is_server_error());
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn try_collect_returns_the_error() {
    let server = TestServer::start([page("[1]", "\"a\""), json("{")]).await;
    let client = client(&server);
    let error = list(&client).stream().try_collect::<Vec<_>>().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Decode);
    let error = list(&client).pages().try_collect::<Vec<_>>().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn combinators_of_other_crates_work() {
    fn stream_of(client: ClientCore) -> impl Stream<Item = Result<String, Error>> + Send + 'static {
        let items = list(&client).stream();
        items.map_ok(|id| format!("contact {id}"))
    }
    let server =
        TestServer::responding(
            |request| match request.starts_with("GET /contacts?cursor=a") {
                true => page("[3]", "null"),
                false => page("[1, 2]", "\"a\""),
            },
        )
        .await;
    let client = client(&server);
    let texts: Vec<String> = stream_of(client.clone()).try_collect().await.unwrap();
    assert_eq!(texts, ["contact 1", "contact 2", "contact 3"]);
    let even = list(&client).stream();
    let even = even.try_filter(|id| future::ready(id % 2 == 0));
    assert_eq!(even.count().await, 1);
    let pages = list(&client).pages().map_ok(|page| page.data.len());
    assert_eq!(pages.try_collect::<Vec<_>>().await.unwrap(), [2, 1]);
    // The inherent methods take precedence over those of the traits.
    let set: BTreeSet<i64> = list(&client).stream().try_collect().await.unwrap();
    assert_eq!(set.len(), 3);
    let mut items = list(&client).stream();
    assert_eq!(items.size_hint(), (0, None));
    assert_eq!(StreamExt::next(&mut items).await.unwrap().unwrap(), 1);
    assert_eq!(items.next().await.unwrap().unwrap(), 2);
    assert_eq!(TryStreamExt::try_next(&mut items).await.unwrap(), Some(3));
    assert_eq!(items.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn streams_are_send_unpin_and_static() {
    fn good<T: Stream + Send + Unpin + 'static>() {}
    good::<Items<i64>>();
    good::<Items<String>>();
    good::<Pages<Page>>();
    good::<Items<PhantomPinned>>();
    good::<Pages<PhantomPinned>>();

    let server = TestServer::once(page("[1, 2]", "null")).await;
    let mut items = list(&client(&server)).stream();
    assert_eq!(items.try_next().await.unwrap(), Some(1));
    let rest = tokio::spawn(async move { all(items).await });
    assert_eq!(rest.await.unwrap().0, [2]);
    assert_eq!(server.requests().len(), 1);
    let debug = format!("{:?}", list(&client(&server)).stream());
    assert_eq!(debug, "Items { .. }");
    let debug = format!("{:?}", list(&client(&server)).pages());
    assert_eq!(debug, "Pages { .. }");
}

/// No record is lost, and no page is requested again.
#[tokio::test]
async fn a_dropped_next_future_is_continued_by_the_next_one() {
    let server = TestServer::start([page("[1]", "\"a\""), page("[2]", "null")]).await;
    let mut items = list(&client(&server)).stream();
    let mut points = Vec::new();
    let mut dropped = 0;
    let mut found = Vec::new();
    loop {
        let result = {
            let mut next = pin!(items.next());
            let polled = future::poll_fn(|context| {
                use std::task::Poll;
                match next.as_mut().poll(context) {
                    Poll::Ready(item) => Poll::Ready(Some(item)),
                    Poll::Pending => Poll::Ready(None),
                }
            });
            polled.await
        };
        match result {
            Some(Some(item)) => found.push(item.unwrap()),
            Some(None) => break,
            None => {
                dropped += 1;
                points.push(items.resume_point().unwrap().to_string());
                tokio::task::yield_now().await;
            }
        }
    }
    assert!(dropped > 1);
    points.dedup();
    assert_eq!(points, ["start", "cursor:a"]);
    assert_eq!(found, [1, 2]);
    assert_eq!(targets(&server), ["/contacts", "/contacts?cursor=a"]);
}

/// Three pages with different cursors. The second one can fail.
async fn three_pages(fails: bool) -> TestServer {
    TestServer::responding(move |request| {
        let target = request.split(' ').nth(1).unwrap();
        match target.split_once("cursor=").map(|(_, cursor)| cursor) {
            None => page("[1, 2]", "\"a:1\""),
            Some("a%3A1") if fails => reply("500 X", "text/plain", ""),
            Some("a%3A1") => page("[3, 4]", "\"b\""),
            Some("b") => page("[5]", "null"),
            Some(other) => panic!("unexpected cursor {other}"),
        }
    })
    .await
}

fn text(point: Option<ResumePoint>) -> Option<String> {
    point.map(|point| point.to_string())
}

#[tokio::test]
async fn a_resume_point_is_the_page_of_the_next_record() {
    let server = three_pages(false).await;
    let mut items = list(&client(&server)).stream();
    for (point, item) in [
        ("start", 1),
        ("start", 2),
        ("cursor:a:1", 3),
        ("cursor:a:1", 4),
        ("cursor:b", 5),
    ] {
        assert_eq!(text(items.resume_point()).as_deref(), Some(point));
        assert_eq!(items.try_next().await.unwrap(), Some(item));
    }
    for _ in 0..2 {
        assert_eq!(items.resume_point(), None);
        assert_eq!(items.try_next().await.unwrap(), None);
    }

    let mut pages = list(&client(&server)).pages();
    for (point, count) in [("start", 2), ("cursor:a:1", 2), ("cursor:b", 1)] {
        assert_eq!(text(pages.resume_point()).as_deref(), Some(point));
        let page = pages.try_next().await.unwrap().unwrap();
        assert_eq!(page.data.len(), count);
    }
    assert_eq!(pages.resume_point(), None);
    assert!(pages.next().await.is_none());

    let from_b = List {
        cursor: Some("b".into()),
        ..list(&client(&server))
    };
    assert_eq!(
        text(from_b.clone().stream().resume_point()).as_deref(),
        Some("cursor:b")
    );
    assert_eq!(all(from_b.stream()).await.0, [5]);
}

#[tokio::test]
async fn after_an_error_the_resume_point_is_that_of_the_failed_page() {
    let failing = three_pages(true).await;
    let mut items = list(&without_retries(&failing)).stream();
    for item in [1, 2] {
        assert_eq!(items.try_next().await.unwrap(), Some(item));
    }
    assert!(items.try_next().await.unwrap_err().is_server_error());
    for _ in 0..2 {
        assert_eq!(text(items.resume_point()).as_deref(), Some("cursor:a:1"));
        assert!(items.next().await.is_none());
    }
    let point = items.resume_point().unwrap();

    let healthy = three_pages(false).await;
    let rest = list(&client(&healthy)).resume(point).stream();
    assert_eq!(all(rest).await.0, [3, 4, 5]);
    assert_eq!(
        targets(&healthy),
        ["/contacts?cursor=a%3A1", "/contacts?cursor=b"]
    );

    // The first page failed.
    let down = TestServer::once(reply("500 X", "text/plain", "")).await;
    let mut pages = list(&without_retries(&down)).pages();
    pages.try_next().await.unwrap_err();
    assert_eq!(text(pages.resume_point()).as_deref(), Some("start"));
    assert!(pages.next().await.is_none());
}

#[tokio::test]
async fn a_list_continues_from_every_resume_point_without_losing_records() {
    let of = |client: &ClientCore| List {
        owner: Some("ada".into()),
        ..list(client)
    };
    for (taken, requests, again) in [
        (0, &["", "&cursor=a%3A1", "&cursor=b"][..], 0),
        (1, &["", "&cursor=a%3A1", "&cursor=b"], 1),
        (2, &["&cursor=a%3A1", "&cursor=b"], 0),
        (3, &["&cursor=a%3A1", "&cursor=b"], 1),
        (4, &["&cursor=b"], 0),
    ] {
        let server = three_pages(false).await;
        let mut items = of(&client(&server)).stream();
        let mut found = Vec::new();
        for _ in 0..taken {
            found.push(items.try_next().await.unwrap().unwrap());
        }
        // As if stored in a file.
        let stored = serde_json::to_string(&items.resume_point()).unwrap();
        let point: ResumePoint = serde_json::from_str(&stored).unwrap();
        let server = three_pages(false).await;
        let (rest, error) = all(of(&client(&server)).resume(point).stream()).await;
        assert!(error.is_none());
        let expected: Vec<_> = requests
            .iter()
            .map(|query| format!("/contacts?owner=ada{query}"))
            .collect();
        assert_eq!(targets(&server), expected);
        assert_eq!(found.len() + rest.len(), 5 + again, "{taken}");
        assert_eq!(
            rest,
            (found.len() as i64 + 1 - again as i64..=5).collect::<Vec<_>>()
        );
    }
}

#[tokio::test]
async fn a_resume_point_replaces_the_cursor() {
    let server = three_pages(false).await;
    let from_b = List {
        cursor: Some("b".into()),
        ..list(&client(&server))
    };
    let start = from_b.clone().resume("start".parse().unwrap());
    assert_eq!(start.await.unwrap().data, [1, 2]);
    let a = from_b.resume("cursor:a:1".parse().unwrap());
    assert_eq!(all(a.stream()).await.0, [3, 4, 5]);
}

#[tokio::test]
async fn a_resume_point_of_another_list_type_is_refused() {
    let server = three_pages(false).await;
    let client = client(&server);
    for other in ["page:2", "after:7"] {
        let point: ResumePoint = other.parse().unwrap();
        let resumed = || list(&client).resume(point.clone());
        for error in [
            resumed().await.unwrap_err(),
            resumed().response().await.unwrap_err(),
            resumed().pages().try_next().await.unwrap_err(),
            all(resumed().stream()).await.1.unwrap(),
        ] {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(!error.was_sent());
            assert_eq!(
                error.to_string(),
                "acme contacts_list: invalid request: the resume point belongs to another type of list"
            );
        }
    }
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_cursor_is_not_printed() {
    let point: ResumePoint = "cursor:ada@example.com".parse().unwrap();
    assert!(!format!("{point:?}").contains("ada"));
    assert!(format!("{:?}", Unredacted(&point)).contains("ada"));
    assert!(serde_json::from_str::<ResumePoint>("\"ada@example.com\"").is_err());
}
