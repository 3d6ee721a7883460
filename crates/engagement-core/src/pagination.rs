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
    page.failed(ErrorKind::Pagination, detail)
}

/// Where a list of numbered pages begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageStart {
    /// The first page to ask for; page one if not given.
    pub page: Option<i64>,
    /// How many items a page has, as far as the caller asked for that.
    pub size: Option<i64>,
}

impl PageStart {
    /// How many items stand on the pages before the first, if that can be known.
    fn items_before(self) -> Option<i64> {
        match self.page {
            Some(page @ 2..) => self.size?.checked_mul(page - 1),
            _ => Some(0),
        }
    }
}

/// Pages numbered from one, each requested when it is asked for.
///
/// The number is sent with every request, the first one too. The stream ends with a page that has no items, which is
/// only given if it is the first; after the page that completes `total`, where the provider tells one and it is known
/// what was on the pages before the start; and after any error. A provider that tells no total and never gives an empty
/// page is asked for ever.
pub fn numbered_pages<C, P, F>(
    first: C,
    start: PageStart,
    send: fn(C) -> F,
    with_page: fn(C, i64) -> C,
    count: fn(&P) -> usize,
    total: fn(&P) -> Option<i64>,
) -> impl Stream<Item = Result<ResponseValue<P>, Error>>
where
    C: Clone,
    F: Future<Output = Result<ResponseValue<P>, Error>>,
{
    let number = start.page.unwrap_or(1);
    let walk = NumberedWalk {
        first,
        next: Some(number),
        is_first: true,
        seen: start.items_before(),
    };
    stream::try_unfold(walk, move |mut walk| async move {
        let Some(number) = walk.next.take() else {
            return Ok(None);
        };
        let page = send(with_page(walk.first.clone(), number)).await?;
        let items = count(&page);
        if items == 0 {
            return Ok(std::mem::take(&mut walk.is_first).then_some((page, walk)));
        }
        walk.is_first = false;
        let items = i64::try_from(items).unwrap_or(i64::MAX);
        walk.seen = walk.seen.map(|seen| seen.saturating_add(items));
        // A negative total is how some say that they don't know it.
        let total = total(&page).filter(|total| *total >= 0);
        let complete = walk
            .seen
            .zip(total)
            .is_some_and(|(seen, total)| seen >= total);
        walk.next = number.checked_add(1).filter(|_| !complete);
        Ok(Some((page, walk)))
    })
}

struct NumberedWalk<C> {
    first: C,
    next: Option<i64>,
    is_first: bool,
    /// Items up to here, from the very first one on; `None` if unknown.
    seen: Option<i64>,
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
