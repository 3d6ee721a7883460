//! Lists that come in pages.

use std::collections::HashSet;
use std::future::Future;

use futures_core::Stream;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::error::{Error, ErrorKind};
use crate::response::ResponseValue;

/// The pages of a list, each requested when it is asked for.
///
/// The stream ends after the page whose `next` is `None` or empty, and after any error. A provider that gives a cursor
/// again would be asked for ever; that is an error instead.
pub fn pages<C, P, F>(
    first: C,
    send: fn(C) -> F,
    next: fn(&P) -> Option<String>,
    with_cursor: fn(C, String) -> C,
) -> impl Stream<Item = Result<ResponseValue<P>, Error>>
where
    C: Clone,
    F: Future<Output = Result<ResponseValue<P>, Error>>,
{
    let start = Walk {
        first,
        cursor: Cursor::First,
        seen: HashSet::new(),
    };
    stream::try_unfold(start, move |mut walk| async move {
        let call = match std::mem::replace(&mut walk.cursor, Cursor::End) {
            Cursor::End => return Ok(None),
            Cursor::First => walk.first.clone(),
            Cursor::Next(cursor) => with_cursor(walk.first.clone(), cursor),
            Cursor::Repeated(error) => return Err(error),
        };
        let page = send(call).await?;
        if let Some(cursor) = next(&page).filter(|cursor| !cursor.is_empty()) {
            walk.cursor = if walk.seen.insert(cursor.clone()) {
                Cursor::Next(cursor)
            } else {
                Cursor::Repeated(repeated(&page, walk.seen.len() + 1))
            };
        }
        Ok(Some((page, walk)))
    })
}

struct Walk<C> {
    first: C,
    cursor: Cursor,
    seen: HashSet<String>,
}

enum Cursor {
    First,
    Next(String),
    /// Told only after the page that brought it: its items are good.
    Repeated(Error),
    End,
}

fn repeated<P>(page: &ResponseValue<P>, pages: usize) -> Error {
    let detail =
        format!("after {pages} pages the provider repeated a cursor, so the list would never end");
    Error::new(ErrorKind::Pagination, page.subject().clone(), detail).sent(page.attempts())
}

/// The items of pages.
pub fn items<P, I, S>(pages: S, take: fn(P) -> Vec<I>) -> impl Stream<Item = Result<I, Error>>
where
    S: Stream<Item = Result<ResponseValue<P>, Error>>,
{
    pages
        .map_ok(move |page| stream::iter(take(page.into_inner())).map(Ok))
        .try_flatten()
}
