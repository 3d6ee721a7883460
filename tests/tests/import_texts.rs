//! Texts and names of imported documents: whatever they are, they stay texts and names.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::sample::select;
use pulldown_cmark::{CodeBlockKind, Event, Options as Markdown, Parser, Tag, TagEnd};
use quote::ToTokens;
use serde_json::{Value, json};
use syn::visit::Visit;
use xtask::import::{Core, Options, adapt, crate_files, generate};

fn options() -> Options {
    Options {
        name: "sample".into(),
        title: None,
        server: None,
        source: "sample.json".into(),
    }
}

/// The files of the crate, and what the import left out.
fn import(document: Value) -> Result<(BTreeMap<String, String>, Vec<String>), String> {
    let adapted = adapt(document, &options()).map_err(|failure| failure.to_string())?;
    let generated = generate(adapted, "sample.json").map_err(|failure| failure.to_string())?;
    let left_out = generated.adapted.report.left_out.iter();
    let left_out = left_out.map(|note| note.text.clone()).collect();
    let core = Core::Version("=0.1.0".into());
    let files =
        crate_files(&generated, &options(), &core).map_err(|failure| failure.to_string())?;
    Ok((files, left_out))
}

/// A document with a text at every place that has one.
fn sample() -> Value {
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Sample", "version": "1", "description": "About it." },
        "externalDocs": { "url": "https://docs.example.com" },
        "servers": [{ "url": "https://api.example.com", "description": "Main." }],
        "tags": [{ "name": "things", "description": "Things." }],
        "security": [{ "key": [] }],
        "paths": { "/things/{id}": {
            "description": "Of the path.",
            "post": {
                "operationId": "things_make", "tags": ["things"], "summary": "Makes one", "description": "Makes a thing.",
                "externalDocs": { "url": "https://docs.example.com/make", "description": "More." },
                "parameters": [
                    { "name": "id", "in": "path", "required": true, "description": "Its id.", "example": "a", "schema": { "type": "string", "description": "An id.", "pattern": "^a" } },
                    { "name": "kind", "in": "query", "description": "Its kind.", "schema": { "type": "string", "enum": ["big", "small"], "description": "A kind.", "default": "big" } },
                    { "name": "X-Trace", "in": "header", "description": "A trace.", "schema": { "type": "string", "title": "Trace" } },
                ],
                "requestBody": { "description": "The thing.", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" }, "example": { "label": "x" } } } },
                "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } } } }, "404": { "description": "none" } },
            },
            "put": {
                "operationId": "things_picture", "tags": ["things"], "summary": "Puts a picture", "deprecated": true,
                "requestBody": { "content": { "multipart/form-data": {
                    "schema": { "type": "object", "properties": { "picture": { "type": "string", "format": "binary", "description": "A file." }, "note": { "type": "string", "description": "A note." } } },
                    "encoding": { "picture": { "contentType": "image/png" } } } } },
                "responses": { "204": { "description": "done" } },
            },
        } },
        "components": {
            "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "X-Key", "description": "A key.",
                "x-credential": { "label": "A label", "env": ["SAMPLE_KEY"] } } },
            "schemas": {
                "Thing": { "type": "object", "title": "A thing", "description": "A thing.", "required": ["label"], "properties": {
                    "label": { "type": "string", "description": "Its label.", "example": "x", "pattern": "^x" },
                    "state": { "type": "string", "description": "Its state.", "enum": ["new", "old"] },
                    "part": { "oneOf": [{ "$ref": "#/components/schemas/Part" }, { "type": "string", "description": "Or its name." }], "description": "A part." },
                } },
                "Part": { "type": "object", "description": "A part.", "properties": { "size": { "type": "integer", "description": "Its size.", "title": "Size" } } },
            },
        },
    })
}

/// The pointers of all texts of a value.
fn texts(pointer: &str, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(pointer.to_owned()),
        Value::Object(object) => {
            for (key, value) in object {
                let key = key.replace('~', "~0").replace('/', "~1");
                texts(&format!("{pointer}/{key}"), value, found);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                texts(&format!("{pointer}/{at}"), value, found);
            }
        }
        _ => {}
    }
}

/// Whether the text at a place says nothing about the form of the client.
fn is_prose(pointer: &str) -> bool {
    let prose = [
        "description",
        "summary",
        "title",
        "label",
        "version",
        "pattern",
        "example",
        "contentType",
    ];
    let last = pointer.rsplit('/').next().unwrap_or_default();
    // A property is called like that.
    let named = pointer.ends_with("/properties/label");
    prose.contains(&last) && !named || pointer.ends_with("/externalDocs/url")
}

/// The tokens without comments, with `""` for every literal.
fn shape(tokens: TokenStream) -> String {
    let mut out = String::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                if matches!(tokens.peek(), Some(TokenTree::Punct(next)) if next.as_char() == '!') {
                    tokens.next();
                }
                let doc = match tokens.peek() {
                    Some(TokenTree::Group(group)) => {
                        let first = group.stream().into_iter().next();
                        first.is_some_and(|first| first.to_string() == "doc")
                    }
                    _ => false,
                };
                if doc {
                    tokens.next();
                } else {
                    out.push_str("# ");
                }
            }
            TokenTree::Group(group) => {
                out.push_str(&format!("{:?}(", group.delimiter()));
                // The printer ends what it breaks into lines with a comma.
                let inner = shape(group.stream());
                out.push_str(inner.strip_suffix(", ").unwrap_or(&inner));
                out.push_str(") ");
            }
            TokenTree::Literal(_) => out.push_str("\"\" "),
            other => out.push_str(&format!("{other} ")),
        }
    }
    out
}

/// The blocks of a Markdown text that rustdoc compiles.
fn compiled_blocks(text: &str) -> Vec<String> {
    let options = Markdown::ENABLE_TABLES
        | Markdown::ENABLE_FOOTNOTES
        | Markdown::ENABLE_STRIKETHROUGH
        | Markdown::ENABLE_TASKLISTS
        | Markdown::ENABLE_SMART_PUNCTUATION;
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for event in Parser::new_ext(text, options) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let compiled = match kind {
                    CodeBlockKind::Indented => true,
                    CodeBlockKind::Fenced(language) => !matches!(&*language, "text" | "json"),
                };
                open = compiled.then(String::new);
            }
            Event::Text(text) => {
                if let Some(open) = &mut open {
                    open.push_str(&text);
                }
            }
            Event::End(TagEnd::CodeBlock) => found.extend(open.take()),
            _ => {}
        }
    }
    found
}

/// The comments of each item, in macros too.
fn comments(tokens: TokenStream, found: &mut Vec<String>) {
    let mut comment = String::new();
    let mut finish = |comment: &mut String| {
        if !comment.is_empty() {
            found.push(std::mem::take(comment));
        }
    };
    let mut inner = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                let parts: Vec<TokenTree> = group.stream().into_iter().collect();
                if let [TokenTree::Ident(doc), _, TokenTree::Literal(text)] = parts.as_slice()
                    && doc == "doc"
                {
                    let text: syn::LitStr = syn::parse2(text.to_token_stream()).unwrap();
                    comment.push_str(text.value().strip_prefix(' ').unwrap_or(&text.value()));
                    comment.push('\n');
                } else {
                    finish(&mut comment);
                    inner.push(group.stream());
                }
            }
            TokenTree::Punct(sign) if "#!".contains(sign.as_char()) => {}
            _ => finish(&mut comment),
        }
    }
    finish(&mut comment);
    for tokens in inner {
        comments(tokens, found);
    }
}

/// What must be the same for two texts at a place that says nothing about the form of the client.
fn forms(files: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (path, text) in files {
        if path.ends_with(".rs") {
            let file =
                syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}\n{text}"));
            found.insert(path.clone(), shape(file.to_token_stream()));
            let mut all = Vec::new();
            comments(file.to_token_stream(), &mut all);
            let blocks: Vec<String> = all.iter().flat_map(|text| compiled_blocks(text)).collect();
            // The module's own examples.
            if path != "src/generated/testing.rs" {
                assert_eq!(blocks, Vec::<String>::new(), "{path}\n{text}");
            }
        } else if path == "docs/README.md" || path.ends_with("operations.md") {
            found.insert(path.clone(), compiled_blocks(text).join("\n---\n"));
        }
    }
    found
}

/// Texts, among them many that end comments, literals and blocks of code, or begin some.
fn hostile() -> impl Strategy<Value = String> {
    const PARTS: &[&str] = &[
        "\n",
        "\r",
        "\r\n",
        "\u{85}",
        "\u{2028}",
        "\u{b}",
        "\t",
        "    ",
        "\n\n",
        " ",
        "\"",
        "\\",
        "'",
        "*/",
        "/*",
        "//",
        "#",
        "\"#",
        "`",
        "``",
        "```",
        "```rust",
        "~~~",
        "~~~rust",
        "````\n",
        "* ",
        "- ",
        "1. ",
        "> ",
        "<!--",
        "-->",
        "](",
        "[",
        "]",
        "<pre>",
        "|",
        "pub fn canary() {}",
        "fn main() { panic!() }",
        "mod canary;",
        "#[cfg(any())]",
        "}",
        "{",
        ")",
        "(",
        ";",
        "\u{202e}",
        "\u{2066}",
        "\u{0}",
        "\u{1b}[31m",
        "é",
        "日本",
        "😀",
        "a",
        "word",
        "a text of many words that is so long that it does not fit into one line of a comment, and has to be wrapped once",
    ];
    let part = prop_oneof![4 => select(PARTS).prop_map(str::to_owned), 1 => any::<String>()];
    proptest::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
}

fn with(pointer: &str, text: &str) -> Value {
    let mut document = sample();
    *document.pointer_mut(pointer).unwrap() = json!(text);
    document
}

fn all_texts() -> Vec<String> {
    let mut found = Vec::new();
    texts("", &sample(), &mut found);
    found
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_never_becomes_code(at in select(all_texts()), text in hostile()) {
        let Ok((files, _)) = import(with(&at, &text)) else {
            prop_assert!(!is_prose(&at), "{at}: {:?}", import(with(&at, &text)));
            return Ok(());
        };
        let got = forms(&files);
        // White space, ranges and lists are no media type of a part.
        let none = at.ends_with("/contentType") && (text.trim().is_empty() || text.contains(['*', ',']));
        if is_prose(&at) && !none {
            let (plain, _) = import(with(&at, "plain")).unwrap();
            let plain = forms(&plain);
            prop_assert_eq!(got.keys().collect::<Vec<_>>(), plain.keys().collect::<Vec<_>>());
            for (path, got) in &got {
                prop_assert_eq!(got, &plain[path], "{}: {}", at, path);
            }
        } else {
            let canary = got.values().any(|tokens| tokens.split(' ').any(|token| token == "canary"));
            prop_assert!(!canary, "{}: {:?}", at, text);
        }
    }
}

/// The same for texts that once did, at every place.
#[test]
fn known_texts_never_become_code() {
    let texts = [
        "a\npub fn canary() {}\n/// b",
        "a\rb",
        "X-Key)\n    pub fn canary() {}\n    #[cfg(any())]\n    /// (",
        "```rust\nfn main() { panic!() }\n```",
        "* ```\n  panic!()\n  ```",
        "*     panic!()",
        "a\n\n\tpanic!()",
        "````\n```\n````rust\npanic!()\n````",
        "<!--](\n```\n-->](\n```\npanic!()",
    ];
    for at in all_texts() {
        for text in texts {
            let Ok((files, _)) = import(with(&at, text)) else {
                assert!(!is_prose(&at), "{at}: {text}");
                continue;
            };
            let canary = forms(&files).into_values();
            let canary =
                canary.flat_map(|tokens| tokens.split(' ').map(str::to_owned).collect::<Vec<_>>());
            assert!(
                !canary.into_iter().any(|token| token == "canary"),
                "{at}: {text}"
            );
        }
    }
}

/// A foreign document can't have another variable read, and sent to its host.
#[test]
fn variables_belong_to_the_provider() {
    for (env, want) in [
        ("AWS_SECRET_ACCESS_KEY", "SAMPLE_API_KEY"),
        ("SAMPLE_OWN", "SAMPLE_OWN"),
        ("SAMPLES_KEY", "SAMPLE_API_KEY"),
        ("SAMPLE_", "SAMPLE_API_KEY"),
        ("SAMPLE_A\nB", "SAMPLE_API_KEY"),
    ] {
        for ours in [false, true] {
            let mut document = with("/components/securitySchemes/key/x-credential/env/0", env);
            if ours {
                document["x-provider"] = json!("sample");
            }
            let adapted = adapt(document, &options()).unwrap();
            let schemes = &adapted.document["components"]["securitySchemes"];
            assert_eq!(
                schemes["key"]["x-credential"]["env"],
                json!([want]),
                "{env}"
            );
            let is_reported = adapted.report.markdown().contains("begin with `SAMPLE_`");
            assert_eq!(is_reported, env != want, "{env}");
        }
    }
}

#[test]
fn a_header_of_a_credential_is_a_token() {
    for name in ["X-Key)\n/// (", "X Key", "X-Ké", "X:Key"] {
        let adapted = adapt(
            with("/components/securitySchemes/key/name", name),
            &options(),
        )
        .unwrap();
        assert_eq!(
            adapted.document["components"]["securitySchemes"],
            json!({}),
            "{name}"
        );
        let note = &adapted.report.left_out[0];
        assert_eq!(note.pointer, "/components/securitySchemes/key");
        assert!(
            note.text.contains("can't be the name of a header"),
            "{}",
            note.text
        );
    }
}

/// Names that Rust, its prelude, macros or generated code use, and some that are no identifiers.
const WORST: &[&str] = &[
    "Self",
    "self",
    "super",
    "crate",
    "async",
    "await",
    "gen",
    "dyn",
    "try",
    "type",
    "union",
    "macro_rules",
    "T",
    "C",
    "A",
    "D",
    "S",
    "N",
    "E",
    "Vec",
    "vec",
    "Option",
    "Some",
    "None",
    "Ok",
    "Err",
    "String",
    "string",
    "Result",
    "Box",
    "std",
    "core",
    "alloc",
    "serde",
    "serde_json",
    "engagement_core",
    "schemars",
    "client",
    "Client",
    "send",
    "response",
    "into_response",
    "with",
    "body",
    "fields",
    "field",
    "Field",
    "Fields",
    "Slots",
    "slots",
    "map",
    "extra",
    "new",
    "clone",
    "default",
    "from",
    "call",
    "value",
    "Value",
    "call_context",
    "stream",
    "pages",
    "iter",
    "items",
    "Call",
    "Pages",
    "types",
    "enums",
    "ids",
    "mod",
    "main",
    "i64",
    "bool",
    "str",
    "Secret",
    "Upload",
    "Attributes",
    "Scalar",
    "Error",
    "ApiError",
    "Unknown",
    "unknown",
    "Debug",
    "Send",
    "Default",
    "X",
    "_",
    "__",
    "-",
    "$",
    "+1",
    "-1",
    "1",
    "1a",
    "2x",
    "2X",
    "x2",
    "@type",
    "$top",
    "a<",
    "a>",
    "a=",
    "userId",
    "user_id",
    "UserID",
    "user-id",
    "é",
    "É",
    "größe",
    "日本",
    "中国",
    "😀",
    "🎉",
    "\"",
    "\\",
    "a\"b",
    "a\nb",
    "a`b",
    " ",
    "a b",
    "a.b",
    "a[]",
    "operations",
    "testing",
    "blocking",
    "api",
    "request",
    "fmt",
    "eq",
];

fn name() -> impl Strategy<Value = String> {
    prop_oneof![6 => select(WORST).prop_map(str::to_owned), 1 => "\\PC{1,6}", 1 => "[a-zA-Z0-9_$<>-]{1,5}"]
}

fn distinct(count: usize) -> impl Strategy<Value = Vec<String>> {
    proptest::collection::btree_set(name(), count..=count)
        .prop_map(|names| names.into_iter().collect())
        .prop_shuffle()
}

/// A document with these names at every place of a name.
fn named(names: &[String]) -> Value {
    let at = |index: usize| names[index % names.len()].clone();
    // The signs of paths and of their wildcards can't be in a name there.
    let path: String = at(0)
        .chars()
        .filter(|c| c.is_alphanumeric() || "_-.@$<>".contains(*c))
        .collect();
    let path = if !path.contains(char::is_alphanumeric) {
        "id".to_owned()
    } else {
        path
    };
    let key = |name: &str| name.replace('~', "~0").replace('/', "~1");
    let reference =
        |name: String| json!({ "$ref": format!("#/components/schemas/{}", key(&name)) });
    let text = || json!({ "type": "string" });
    let parameter =
        |name: String, place: &str| json!({ "name": name, "in": place, "schema": text() });
    let header: String = at(3).chars().filter(char::is_ascii_alphanumeric).collect();
    let mut paths = serde_json::Map::new();
    paths.insert(
        format!("/a/{{{path}}}"),
        json!({ "post": {
            "operationId": at(1), "tags": [at(2)],
            "parameters": [
                { "name": path, "in": "path", "required": true, "schema": text() },
                parameter(path.clone(), "query"), parameter(at(1), "query"), parameter(at(2), "query"), parameter(at(3), "query"),
                parameter(format!("X{header}"), "header"), parameter(format!("x{header}"), "query"),
            ],
            "requestBody": { "content": { "application/json": { "schema": reference(at(4)) } } },
            "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": reference(at(5)) } } } },
        } }),
    );
    paths.insert(
        "/b".into(),
        json!({ "post": {
            "operationId": at(3), "tags": [at(2)],
            "parameters": [parameter(at(0), "query")],
            "requestBody": { "content": { "application/x-www-form-urlencoded": { "schema": { "type": "object", "required": [at(4)], "properties": {
                at(4): text(), at(5): text(), at(6): text() } } } } },
            "responses": { "204": { "description": "ok" } },
        }, "get": { "operationId": at(4), "tags": [at(5)], "responses": { "200": { "description": "ok", "content": { "application/json": { "schema": { "type": "array", "items": reference(at(6)) } } } } } } }),
    );
    let mut schemas = serde_json::Map::new();
    let mut properties = serde_json::Map::new();
    for name in names {
        properties.insert(name.clone(), text());
    }
    let nested = json!({ "type": "object", "properties": { at(0): { "type": "object", "properties": { at(1): text() } }, at(2): reference(at(6)), at(3): { "type": "string", "enum": names } } });
    schemas.insert(
        at(4),
        json!({ "type": "object", "required": [at(0), at(5)], "properties": properties }),
    );
    schemas.insert(at(5), nested);
    schemas.insert(at(6), json!({ "type": "string", "enum": names }));
    json!({
        "openapi": "3.0.3", "info": { "title": "Names", "version": "1" }, "servers": [{ "url": "https://api.example.com" }],
        "paths": paths, "components": { "schemas": schemas },
    })
}

/// Finds names that two items of one scope have.
#[derive(Default)]
struct Scopes {
    methods: BTreeSet<String>,
    twice: Vec<String>,
}

impl Scopes {
    fn check(&mut self, scope: &str, names: impl Iterator<Item = String>) {
        let mut seen = BTreeSet::new();
        for name in names {
            if name == "gen" || !seen.insert(name.clone()) {
                self.twice.push(format!("{scope}: {name}"));
            }
        }
    }
}

impl<'a> Visit<'a> for Scopes {
    fn visit_file(&mut self, file: &'a syn::File) {
        let types = file.items.iter().filter_map(|item| match item {
            syn::Item::Struct(item) => Some(item.ident.to_string()),
            syn::Item::Enum(item) => Some(item.ident.to_string()),
            syn::Item::Mod(item) => Some(item.ident.to_string()),
            syn::Item::Macro(item) => {
                // `pub enum Name { … }` and `pub struct Name(…)`.
                let tokens: Vec<String> = item
                    .mac
                    .tokens
                    .clone()
                    .into_iter()
                    .map(|token| token.to_string())
                    .collect();
                let at = tokens
                    .iter()
                    .position(|token| token == "enum" || token == "struct")?;
                let defines = at > 0 && tokens[at - 1] == "pub";
                defines.then(|| tokens[at + 1].clone())
            }
            _ => None,
        });
        self.check("types", types);
        let values = file.items.iter().filter_map(|item| match item {
            syn::Item::Fn(item) => Some(item.sig.ident.to_string()),
            syn::Item::Const(item) => Some(item.ident.to_string()),
            syn::Item::Static(item) => Some(item.ident.to_string()),
            _ => None,
        });
        self.check("values", values);
        syn::visit::visit_file(self, file);
    }

    fn visit_fields_named(&mut self, fields: &'a syn::FieldsNamed) {
        self.check(
            "fields",
            fields
                .named
                .iter()
                .filter_map(|field| Some(field.ident.as_ref()?.to_string())),
        );
    }

    fn visit_item_enum(&mut self, item: &'a syn::ItemEnum) {
        self.check(
            "variants",
            item.variants
                .iter()
                .map(|variant| variant.ident.to_string()),
        );
    }

    fn visit_macro(&mut self, item: &'a syn::Macro) {
        // The variants of `open_enum!`: `Name = "value"`.
        for token in item.tokens.clone() {
            let TokenTree::Group(group) = token else {
                continue;
            };
            let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
            let variants = tokens.windows(3).filter_map(|three| match three {
                [
                    TokenTree::Ident(name),
                    TokenTree::Punct(sign),
                    TokenTree::Literal(_),
                ] if sign.as_char() == '=' => Some(name.to_string()),
                _ => None,
            });
            self.check("variants", variants);
        }
    }

    fn visit_item_impl(&mut self, item: &'a syn::ItemImpl) {
        if item.trait_.is_none() {
            let of = item.self_ty.to_token_stream().to_string();
            let call = item.items.iter().any(
                |inner| matches!(inner, syn::ImplItem::Fn(function) if function.sig.ident == "into_request"),
            );
            for inner in &item.items {
                if let syn::ImplItem::Fn(function) = inner {
                    let name = function.sig.ident.to_string();
                    let inherited = call
                        && [
                            "send",
                            "response",
                            "with",
                            "extra_header",
                            "extra_query",
                            "into_response",
                        ]
                        .contains(&name.as_str());
                    if inherited || name == "gen" || !self.methods.insert(format!("{of}::{name}")) {
                        self.twice.push(format!("method {of}::{name}"));
                    }
                }
            }
        }
        syn::visit::visit_item_impl(self, item);
    }

    fn visit_signature(&mut self, signature: &'a syn::Signature) {
        let arguments = signature
            .inputs
            .iter()
            .filter_map(|argument| match argument {
                syn::FnArg::Typed(typed) => Some(typed.pat.to_token_stream().to_string()),
                syn::FnArg::Receiver(_) => None,
            });
        self.check("arguments", arguments);
    }
}

fn check_names(names: &[String]) -> Result<(), String> {
    let (files, left_out) = import(named(names))?;
    if !left_out.is_empty() {
        return Err(format!("left out: {left_out:?}"));
    }
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let file = syn::parse_file(text).map_err(|error| format!("{path}: {error}\n{text}"))?;
        // The face of the client is a file of its own.
        let mut scopes = Scopes::default();
        scopes.visit_file(&file);
        if !scopes.twice.is_empty() {
            return Err(format!("{path}: {:?}\n{text}", scopes.twice));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_name_is_imported_and_none_twice(names in distinct(7)) {
        check_names(&names).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn each_of_the_worst_names_is_imported() {
    let mut failures = Vec::new();
    for names in WORST.chunks(7) {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        if let Err(failure) = check_names(&names) {
            failures.push(format!(
                "{names:?}: {}",
                &failure[..failure.len().min(3000)]
            ));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
