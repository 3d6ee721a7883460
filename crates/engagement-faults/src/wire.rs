//! The bytes of an answer, and what happens after them.

use crate::answer::{Answer, Body, Content, Parts};
use crate::fault::{At, End, Fault, Pace};

const PAGE: &[u8] = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>\n";

/// What is written for one request.
#[derive(Debug)]
pub(crate) struct Wire {
    pub(crate) bytes: Vec<u8>,
    pub(crate) pace: Option<(usize, Pace)>,
    /// `None` if the connection is good for another request.
    pub(crate) end: Option<End>,
}

impl Wire {
    /// `to_head`: whether HEAD was asked, whose answer has no body.
    pub(crate) fn of(answer: Answer, fault: Option<Fault>, to_head: bool) -> Self {
        let fault = fault.or(answer.fault);
        let content = match &fault {
            Some(Fault::Html) => {
                Answer::new("200 OK")
                    .header("content-type", "text/html; charset=utf-8")
                    .body(PAGE)
                    .content
            }
            _ => answer.content,
        };
        let (head, mut body, mut end) = match content {
            Content::Raw(bytes) => {
                let head = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n");
                let head = head.map_or(bytes.len(), |at| at + 4);
                (bytes[..head].to_vec(), bytes[head..].to_vec(), None)
            }
            Content::Parts(parts) => {
                let (head, mut body, end) = written(parts, fault.as_ref());
                if to_head {
                    body.clear();
                }
                (head, body, end)
            }
        };
        let mut pace = None;
        let mut bytes = Vec::new();
        match fault {
            Some(Fault::Cut { at, end: then }) => {
                let all = head.len() + body.len();
                let kept = match at {
                    At::Start => 0,
                    At::Head => head.len() / 2,
                    At::Body => head.len(),
                    At::HalfBody => head.len() + body.len() / 2,
                    At::End => all,
                    At::Byte(count) => count,
                };
                bytes = head;
                bytes.append(&mut body);
                bytes.truncate(kept);
                return Self {
                    bytes,
                    pace,
                    end: Some(then),
                };
            }
            Some(Fault::ResetUnread | Fault::ResetUnhandled) => {
                return Self {
                    bytes,
                    pace,
                    end: Some(End::Reset),
                };
            }
            Some(Fault::StopReading { .. }) => {
                return Self {
                    bytes,
                    pace,
                    end: Some(End::Silence),
                };
            }
            Some(Fault::Dribble {
                bytes: piece,
                pace: given,
            }) => {
                pace = Some((piece.max(1), given));
            }
            Some(Fault::Continue { times }) => {
                bytes = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(times);
            }
            _ => {}
        }
        bytes.extend_from_slice(&head);
        bytes.append(&mut body);
        if end.is_none() && crate::request::header(&head, "connection") == Some("close") {
            end = Some(End::Close);
        }
        Self { bytes, pace, end }
    }
}

/// Head, body with its framing, and how it ends if that is a part of the fault.
fn written(mut parts: Parts, fault: Option<&Fault>) -> (Vec<u8>, Vec<u8>, Option<End>) {
    let mut end = None;
    match fault {
        Some(Fault::LargeHeader { bytes }) => {
            parts
                .headers
                .push(("x-large".to_owned(), "a".repeat(*bytes)));
        }
        Some(Fault::Encoded { encoding, body }) => {
            let header = ("content-encoding".to_owned(), encoding.clone());
            parts.headers.push(header);
            parts.body = Body::Whole(body.clone());
        }
        Some(Fault::GarbageChunkSize | Fault::ShortChunk { .. } | Fault::NoLastChunk { .. }) => {
            parts.body = Body::Chunks(parts.body.into_chunks())
        }
        Some(Fault::LongerLength { .. } | Fault::ShorterLength { .. }) => {
            parts.body = Body::Whole(parts.body.into_chunks().concat());
        }
        _ => {}
    }
    let (framing, body) = match parts.body {
        Body::Whole(body) => {
            let mut length = body.len();
            match fault {
                Some(Fault::LongerLength { by, end: then }) => {
                    length = length.saturating_add(*by);
                    end = Some(*then);
                }
                Some(Fault::ShorterLength { by }) => length = length.saturating_sub(*by),
                _ => {}
            }
            let bodiless = ["1", "204", "304"];
            let bodiless = bodiless.iter().any(|start| parts.status.starts_with(start));
            let framing = (!bodiless || length > 0).then(|| ("content-length", length.to_string()));
            (framing, body)
        }
        Body::Chunks(chunks) => {
            if let Some(Fault::ShortChunk { end: then, .. } | Fault::NoLastChunk { end: then }) =
                fault
            {
                end = Some(*then);
            }
            let framing = Some(("transfer-encoding", "chunked".to_owned()));
            (framing, chunked(chunks, fault))
        }
    };
    let given = |name: &str| {
        let mut headers = parts.headers.iter();
        headers.any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    if let Some((name, value)) = framing
        && !given("content-length")
        && !given("transfer-encoding")
    {
        parts.headers.push((name.to_owned(), value));
    }
    let times = if matches!(fault, Some(Fault::DuplicateHeaders)) {
        2
    } else {
        1
    };
    let lines = parts
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n").repeat(times));
    let head = format!(
        "HTTP/1.1 {}\r\n{}\r\n",
        parts.status,
        lines.collect::<String>()
    );
    (head.into_bytes(), body, end)
}

fn chunked(mut chunks: Vec<Vec<u8>>, fault: Option<&Fault>) -> Vec<u8> {
    let missing = match fault {
        Some(Fault::ShortChunk { missing, .. }) => {
            if chunks.is_empty() {
                chunks.push(Vec::new());
            }
            *missing
        }
        _ => 0,
    };
    let last = chunks.len().saturating_sub(1);
    let mut sizes: Vec<String> = chunks
        .iter()
        .enumerate()
        .map(|(index, chunk)| {
            let missing = if index == last { missing } else { 0 };
            format!("{:x}", chunk.len().saturating_add(missing))
        })
        .collect();
    if !matches!(fault, Some(Fault::NoLastChunk { .. })) {
        chunks.push(Vec::new());
        sizes.push("0".to_owned());
    }
    if matches!(fault, Some(Fault::GarbageChunkSize)) {
        sizes[0] = "wrong".to_owned();
    }
    let mut body = Vec::new();
    for (size, chunk) in sizes.iter().zip(&chunks) {
        body.extend_from_slice(size.as_bytes());
        body.extend_from_slice(b"\r\n");
        body.extend_from_slice(chunk);
        body.extend_from_slice(b"\r\n");
    }
    body
}
