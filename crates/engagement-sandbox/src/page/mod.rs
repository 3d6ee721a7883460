//! The files of the page at `/`, which the binary contains.

/// A file.
pub(crate) struct Asset {
    path: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) text: &'static str,
}

/// What the page may do: load its own files, ask its own API, and show messages in frames. Scripts can't make HTML of text.
pub(crate) const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const ICON: &str = "image/svg+xml";

macro_rules! asset {
    ($path:literal, $content_type:ident, $file:literal) => {
        Asset {
            path: $path,
            content_type: $content_type,
            text: include_str!(concat!("assets/", $file)),
        }
    };
}

static ASSETS: [Asset; 10] = [
    asset!("/", HTML, "index.html"),
    asset!("/assets/style.css", STYLE, "style.css"),
    asset!("/assets/icon.svg", ICON, "icon.svg"),
    asset!("/assets/script.js", SCRIPT, "script.js"),
    asset!("/assets/api.js", SCRIPT, "api.js"),
    asset!("/assets/dom.js", SCRIPT, "dom.js"),
    asset!("/assets/requests.js", SCRIPT, "requests.js"),
    asset!("/assets/messages.js", SCRIPT, "messages.js"),
    asset!("/assets/records.js", SCRIPT, "records.js"),
    asset!("/assets/faults.js", SCRIPT, "faults.js"),
];

/// The file at a path.
pub(crate) fn asset(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}
