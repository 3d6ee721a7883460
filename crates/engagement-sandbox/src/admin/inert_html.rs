//! HTML without elements that lead elsewhere.
//!
//! A policy keeps browsers from sending requests, but not from connecting: Chromium resolves the name of the host of
//! `<iframe src>` or of a link that is clicked, and opens a connection to it, before it asks the policy. `<link rel=preconnect>`
//! does that by definition.

/// Elements that navigate or connect. Browsers know none whose name has `x-` before these.
const ELEMENTS: [&str; 11] = [
    "a",
    "area",
    "embed",
    "fencedframe",
    "form",
    "frame",
    "iframe",
    "link",
    "meta",
    "object",
    "portal",
];
/// How what was a link looks. It comes last, so that it does not change the mode in which the document is shown.
const STYLE: &str = "<style>:where(x-a[href]){color:#0b57d0;text-decoration:underline}</style>";

/// The same HTML with unknown elements in place of those that navigate or connect.
pub(super) fn inert_html(html: &str) -> String {
    let mut out = String::with_capacity(html.len() + STYLE.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let after = &rest[at + 1..];
        let slash = usize::from(after.starts_with('/'));
        let name = &after[slash..];
        // These characters, and no others, end the name of a tag.
        let end = name.find(['\t', '\n', '\r', '\x0c', ' ', '/', '>']);
        let name = &name[..end.unwrap_or(name.len())];
        let start = at + 1 + slash;
        out += &rest[..start];
        if ELEMENTS
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
        {
            out += "x-";
        }
        rest = &rest[start..];
    }
    out + rest + STYLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_that_lead_elsewhere_are_unknown_ones() {
        for (html, inert) in [
            ("é<LiNk rel=preconnect>", "é<x-LiNk rel=preconnect>"),
            (
                "<a href=x>a</a><abbr>b</abbr>",
                "<x-a href=x>a</x-a><abbr>b</abbr>",
            ),
            (
                "<iframe/src=x><<iframe\nsrc>",
                "<x-iframe/src=x><<x-iframe\nsrc>",
            ),
            ("<A\x0chref><a\rhref><a", "<x-A\x0chref><x-a\rhref><x-a"),
            (
                "<object>&lt;a<p title='<meta>'>",
                "<x-object>&lt;a<p title='<x-meta>'>",
            ),
            ("< a><!a><a\u{a0}>", "< a><!a><a\u{a0}>"),
        ] {
            assert_eq!(inert_html(html), format!("{inert}{STYLE}"));
        }
    }
}
