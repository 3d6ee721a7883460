//! The bytes of a response, and the end of its connection.

use crate::fault::{ConnectionEnd, CutPoint, Fault, Pace};
use crate::request;
use crate::response::{Body, Content, Parts, Response};

const PAGE: &[u8] = b"<!DOCTYPE html>\n<html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>\n";

/// A response as it is sent.
#[derive(Debug)]
pub(crate) struct WireResponse {
    pub(crate) bytes: Vec<u8>,
    /// Length of the pieces, and when they are sent.
    pub(crate) pace: Option<(usize, Pace)>,
    /// `None` if the connection can serve another request.
    pub(crate) end: Option<ConnectionEnd>,
}

/// Head and body as they are sent, and the end of the connection if the fault has one.
struct Encoded {
    head: Vec<u8>,
    body: Vec<u8>,
    end: Option<ConnectionEnd>,
}

impl WireResponse {
    /// Encodes a response with a fault, or else with its own fault. The response to HEAD has no body.
    pub(crate) fn new(response: Response, fault: Option<Fault>, is_head: bool) -> Self {
        let fault = fault.or(response.fault);
        let content = match &fault {
            Some(Fault::Html) => {
                Response::new("200 OK")
                    .header("content-type", "text/html; charset=utf-8")
                    .body(PAGE)
                    .content
            }
            _ => response.content,
        };
        let Encoded { head, body, end } = match content {
            Content::Raw(bytes) => split(bytes),
            Content::Parts(parts) => {
                let mut encoded = encode(parts, fault.as_ref());
                if is_head {
                    encoded.body.clear();
                }
                encoded
            }
        };
        let close = request::header(&head, "connection") == Some("close");
        let end = end.or(close.then_some(ConnectionEnd::Close));
        match fault {
            Some(Fault::Cut { at, end }) => Self::cut(head, &body, at, end),
            Some(Fault::ResetUnread | Fault::ResetUnhandled) => Self::nothing(ConnectionEnd::Reset),
            Some(Fault::StopReading { .. }) => Self::nothing(ConnectionEnd::Silence),
            Some(Fault::Dribble { bytes, pace }) => Self {
                bytes: [head, body].concat(),
                pace: Some((bytes.max(1), pace)),
                end,
            },
            Some(Fault::Continue { times }) => {
                let interim = b"HTTP/1.1 100 Continue\r\n\r\n".repeat(times);
                Self {
                    bytes: [interim, head, body].concat(),
                    pace: None,
                    end,
                }
            }
            _ => Self {
                bytes: [head, body].concat(),
                pace: None,
                end,
            },
        }
    }

    fn nothing(end: ConnectionEnd) -> Self {
        Self {
            bytes: Vec::new(),
            pace: None,
            end: Some(end),
        }
    }

    fn cut(head: Vec<u8>, body: &[u8], at: CutPoint, end: ConnectionEnd) -> Self {
        let length = match at {
            CutPoint::Start => 0,
            CutPoint::Head => head.len() / 2,
            CutPoint::Body => head.len(),
            CutPoint::HalfBody => head.len() + body.len() / 2,
            CutPoint::End => head.len() + body.len(),
            CutPoint::Byte(count) => count,
        };
        let mut bytes = head;
        bytes.extend_from_slice(body);
        bytes.truncate(length);
        Self {
            bytes,
            pace: None,
            end: Some(end),
        }
    }
}

/// Splits raw bytes after the blank line that ends the head.
fn split(mut bytes: Vec<u8>) -> Encoded {
    let blank_line = bytes.windows(4).position(|bytes| bytes == b"\r\n\r\n");
    let body = bytes.split_off(blank_line.map_or(bytes.len(), |position| position + 4));
    Encoded {
        head: bytes,
        body,
        end: None,
    }
}

fn encode(mut parts: Parts, fault: Option<&Fault>) -> Encoded {
    change(&mut parts, fault);
    let (framing, body) = match parts.body {
        Body::Sized(body) => {
            let length = match fault {
                Some(Fault::LongerLength { by, .. }) => body.len().saturating_add(*by),
                Some(Fault::ShorterLength { by }) => body.len().saturating_sub(*by),
                _ => body.len(),
            };
            let without_body = ["1", "204", "304"]
                .iter()
                .any(|start| parts.status.starts_with(start));
            let framing = ("content-length", length.to_string());
            ((!without_body || length > 0).then_some(framing), body)
        }
        Body::Chunked(chunks) => {
            let framing = ("transfer-encoding", "chunked".to_owned());
            (Some(framing), encode_chunks(chunks, fault))
        }
    };
    let has_header = |name: &str| {
        let mut headers = parts.headers.iter();
        headers.any(|(known, _)| known.eq_ignore_ascii_case(name))
    };
    if let Some((name, value)) = framing
        && !has_header("content-length")
        && !has_header("transfer-encoding")
    {
        parts.headers.push((name.to_owned(), value));
    }
    let times = match fault {
        Some(Fault::DuplicateHeaders) => 2,
        _ => 1,
    };
    let lines = parts
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n").repeat(times));
    let lines: String = lines.collect();
    Encoded {
        head: format!("HTTP/1.1 {}\r\n{lines}\r\n", parts.status).into_bytes(),
        body,
        end: match fault {
            Some(
                Fault::LongerLength { end, .. }
                | Fault::ShortChunk { end, .. }
                | Fault::NoLastChunk { end },
            ) => Some(*end),
            _ => None,
        },
    }
}

/// Applies a fault to the headers and the body of a response.
fn change(parts: &mut Parts, fault: Option<&Fault>) {
    match fault {
        Some(Fault::LargeHeader { bytes }) => {
            let header = ("x-large".to_owned(), "a".repeat(*bytes));
            parts.headers.push(header);
        }
        Some(Fault::Encoded { encoding, body }) => {
            let header = ("content-encoding".to_owned(), encoding.clone());
            parts.headers.push(header);
            parts.body = Body::Sized(body.clone());
        }
        Some(Fault::GarbageChunkSize | Fault::ShortChunk { .. } | Fault::NoLastChunk { .. }) => {
            let body = std::mem::replace(&mut parts.body, Body::Sized(Vec::new()));
            parts.body = Body::Chunked(body.into_chunks());
        }
        Some(Fault::LongerLength { .. } | Fault::ShorterLength { .. }) => {
            let body = std::mem::replace(&mut parts.body, Body::Sized(Vec::new()));
            parts.body = Body::Sized(body.into_chunks().concat());
        }
        _ => {}
    }
}

fn encode_chunks(mut chunks: Vec<Vec<u8>>, fault: Option<&Fault>) -> Vec<u8> {
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
