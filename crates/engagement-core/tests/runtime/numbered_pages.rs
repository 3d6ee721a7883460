//! Lists in numbered pages.

use engagement_core::{Call, CallContext, ClientCore, ErrorKind, Pages, RawResponse, ResumePoint};
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::support::*;

#[derive(Debug, serde::Deserialize)]
struct Page {
    data: Vec<i64>,
    total: Option<i64>,
}

/// Like a generated call.
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
struct List<C = Client> {
    call_context: CallContext<C>,
    page: Option<i64>,
    size: Option<i64>,
}

impl<C> List<C> {
    fn resume(mut self, point: ResumePoint) -> Self {
        self.call_context.resume_at_page(point, &mut self.page);
        self
    }

    fn into_request(self) -> Call {
        let mut call = self.call_context.into_call(&CONTACTS_LIST);
        call.query("page", &self.page);
        call.query("size", &self.size);
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
        Pages::numbered(
            self.page,
            request,
            |page: &Page| page.data.len(),
            |page: &Page| page.total,
        )
    }
}

engagement_core::call! { List -> Page, RawResponse::into_json }
engagement_core::list_call! { List -> Page, i64, |page| page.data }

fn list(core: &ClientCore) -> List {
    List {
        call_context: CallContext::new(core),
        page: None,
        size: None,
    }
}

fn queries(server: &TestServer) -> Vec<String> {
    let targets = crate::pagination::targets(server);
    let query = |target: String| target.strip_prefix("/contacts?").unwrap().to_owned();
    targets.into_iter().map(query).collect()
}

/// The pages, and the queries of their requests.
async fn list_pages(
    start: (Option<i64>, Option<i64>),
    replies: &[&str],
) -> (Vec<Vec<i64>>, Vec<String>) {
    let server = TestServer::start(replies.iter().map(|body| json(body))).await;
    let client = client(&server);
    let list = List {
        page: start.0,
        size: start.1,
        ..list(&client)
    };
    let pages: Vec<_> = list.pages().take(10).try_collect().await.unwrap();
    let pages = pages.into_iter().map(|page| page.data);
    (pages.collect(), queries(&server))
}

#[tokio::test]
async fn an_empty_page_ends_the_list() {
    let (pages, queries) = list_pages(
        (None, None),
        &[r#"{"data": [1, 2]}"#, r#"{"data": [3]}"#, r#"{"data": []}"#],
    )
    .await;
    assert_eq!(pages, [vec![1, 2], vec![3]]);
    assert_eq!(queries, ["page=1", "page=2", "page=3"]);

    let (pages, queries) = list_pages((None, Some(5)), &[r#"{"data": [], "total": 9}"#]).await;
    assert_eq!(pages, [vec![0; 0]]);
    assert_eq!(queries, ["page=1&size=5"]);

    // Even if the total is larger.
    let (pages, queries) = list_pages(
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
async fn the_total_ends_the_list() {
    let two_and_one = [
        r#"{"data": [1, 2], "total": 3}"#,
        r#"{"data": [3], "total": 3}"#,
    ];
    let (pages, queries) = list_pages((None, None), &two_and_one).await;
    assert_eq!(pages, [vec![1, 2], vec![3]]);
    assert_eq!(queries, ["page=1", "page=2"]);

    // More elements than the total end the list too.
    let (_, queries) = list_pages((Some(1), None), &[r#"{"data": [1, 2], "total": 1}"#]).await;
    assert_eq!(queries, ["page=1"]);

    // A total of zero.
    let (pages, queries) = list_pages((None, None), &[r#"{"data": [], "total": 0}"#]).await;
    assert_eq!((pages, queries.len()), (vec![vec![]], 1));
}

#[tokio::test]
async fn the_total_is_ignored_if_the_list_does_not_start_at_page_1() {
    // From a later page on, the number of earlier records is unknown, because providers may reduce the page size.
    for (size, total) in [(None, 2), (Some(2), 6), (Some(100), 6), (Some(2), 0)] {
        let (pages, queries) = list_pages(
            (Some(3), size),
            &[
                &format!(r#"{{"data": [5, 6], "total": {total}}}"#),
                &format!(r#"{{"data": [7], "total": {total}}}"#),
                &format!(r#"{{"data": [], "total": {total}}}"#),
            ],
        )
        .await;
        assert_eq!(pages, [vec![5, 6], vec![7]]);
        let size = size.map_or_else(String::new, |size| format!("&size={size}"));
        assert_eq!(queries, [3, 4, 5].map(|page| format!("page={page}{size}")));
    }

    // A provider may treat page 0 as page 1.
    let again = [
        r#"{"data": [1, 2], "total": 4}"#,
        r#"{"data": [1, 2], "total": 4}"#,
        r#"{"data": [3, 4], "total": 4}"#,
        r#"{"data": [], "total": 4}"#,
    ];
    let (pages, queries) = list_pages((Some(0), None), &again).await;
    assert_eq!(pages, [vec![1, 2], vec![1, 2], vec![3, 4]]);
    assert_eq!(queries, ["page=0", "page=1", "page=2", "page=3"]);

    // A negative total is ignored. Without an empty page the list continues.
    let (pages, queries) = list_pages((None, None), &[r#"{"data": [1], "total": -1}"#]).await;
    assert_eq!((pages.len(), queries.len()), (10, 10));
    assert_eq!(queries[9], "page=10");

    // There is no page after the largest number.
    let (pages, queries) =
        list_pages((Some(i64::MAX), Some(i64::MAX)), &[r#"{"data": [1]}"#]).await;
    assert_eq!(pages, [vec![1]]);
    assert_eq!(
        queries,
        ["page=9223372036854775807&size=9223372036854775807"]
    );
}

#[tokio::test]
async fn pages_are_requested_on_demand_and_an_error_ends_the_list() {
    let server = TestServer::start([
        json(r#"{"data": [1]}"#),
        reply("500 Internal Server Error", "text/plain", "oops"),
        json(r#"{"data": [2]}"#),
    ])
    .await;
    let client = without_retries(&server);
    let mut stream = list(&client).stream();
    assert_eq!(server.requests().len(), 0);
    assert_eq!(stream.try_next().await.unwrap(), Some(1));
    assert_eq!(server.requests().len(), 1);
    assert!(stream.try_next().await.unwrap_err().is_server_error());
    assert_eq!(stream.resume_point().unwrap().to_string(), "page:2");
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(server.requests().len(), 2);
}

/// Five records in pages of two.
async fn five() -> TestServer {
    TestServer::responding(|request| {
        let page = request.split(['=', ' ', '&']).nth(2).unwrap();
        json(match page {
            "1" => r#"{"data": [1, 2], "total": 5}"#,
            "2" => r#"{"data": [3, 4], "total": 5}"#,
            "3" => r#"{"data": [5], "total": 5}"#,
            _ => r#"{"data": [], "total": 5}"#,
        })
    })
    .await
}

#[tokio::test]
async fn a_list_continues_from_every_resume_point_without_losing_records() {
    for (taken, point, rest, requests) in [
        (0, "page:1", &[1, 2, 3, 4, 5][..], 1..=3),
        (1, "page:1", &[1, 2, 3, 4, 5], 1..=3),
        (2, "page:2", &[3, 4, 5], 2..=4),
        (3, "page:2", &[3, 4, 5], 2..=4),
        (4, "page:3", &[5], 3..=4),
    ] {
        let server = five().await;
        let mut items = list(&client(&server)).stream();
        for _ in 0..taken {
            items.try_next().await.unwrap().unwrap();
        }
        let found = items.resume_point().unwrap();
        assert_eq!(found.to_string(), point);
        let server = five().await;
        let sized = List {
            size: Some(2),
            page: Some(9),
            ..list(&client(&server))
        };
        let resumed = sized.resume(found).stream();
        assert_eq!(resumed.try_collect::<Vec<_>>().await.unwrap(), rest);
        let expected = requests.map(|page| format!("page={page}&size=2"));
        assert_eq!(queries(&server), expected.collect::<Vec<_>>());
    }
    let server = five().await;
    let mut items = list(&client(&server)).stream();
    while items.try_next().await.unwrap().is_some() {}
    assert_eq!(items.resume_point(), None);
}

#[tokio::test]
async fn a_resume_point_of_another_list_type_is_refused() {
    let server = five().await;
    for other in ["cursor:2", "after:2"] {
        let resumed = list(&client(&server)).resume(other.parse().unwrap());
        let error = resumed.stream().try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(
            error.to_string(),
            "acme contacts_list: invalid request: the resume point belongs to another type of list"
        );
    }
    assert_eq!(server.requests().len(), 0);
    let start = list(&client(&server)).resume("start".parse().unwrap());
    assert_eq!(
        start.stream().try_collect::<Vec<_>>().await.unwrap().len(),
        5
    );
}
