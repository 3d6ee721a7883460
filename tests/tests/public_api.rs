//! The public API of each crate as text, read from its source: a change that users would notice shows in review.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use engagement_tests::providers;
use quote::ToTokens;
use syn::{Item, Visibility};

#[test]
fn apis() {
    for name in [
        "engagement-core",
        "engagebay-client",
        "engage-client",
        "engageone-client",
        "engagespot-client",
        "webengage-client",
        "engagement-clients",
        "engagement-document",
        "engagement-sandbox",
    ] {
        let folder = providers::root().join("crates").join(name).join("src");
        let mut files = BTreeMap::new();
        collect(&folder, &folder, &mut files);
        let mut out = String::new();
        for (file, text) in files {
            let parsed =
                syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}/{file}: {error}"));
            let lines = items(&parsed.items);
            if !lines.is_empty() {
                let _ = writeln!(out, "## {file}\n{}", lines.join("\n"));
                out.push('\n');
            }
        }
        insta::assert_snapshot!(format!("api_{name}"), out);
    }
}

fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            files.insert(name, std::fs::read_to_string(&path).unwrap());
        }
    }
}

fn public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn items(items: &[Item]) -> Vec<String> {
    let mut out = Vec::new();
    for item in items {
        match item {
            Item::Struct(item) if public(&item.vis) => {
                out.push(format!("struct {}{}", item.ident, generics(&item.generics)));
                for field in item.fields.iter().filter(|field| public(&field.vis)) {
                    let name = field
                        .ident
                        .as_ref()
                        .map_or("0".to_owned(), ToString::to_string);
                    out.push(format!("    {name}: {}", text(&field.ty)));
                }
            }
            Item::Enum(item) if public(&item.vis) => {
                out.push(format!("enum {}", item.ident));
                out.extend(item.variants.iter().map(|variant| {
                    let mut fields = variant.fields.clone();
                    fields.iter_mut().for_each(|field| field.attrs.clear());
                    format!("    {}{}", variant.ident, text(&fields))
                }));
            }
            Item::Fn(item) if public(&item.vis) => out.push(text(&item.sig)),
            Item::Trait(item) if public(&item.vis) => {
                out.push(format!("trait {}", item.ident));
                for item in &item.items {
                    if let syn::TraitItem::Fn(function) = item {
                        out.push(format!("    {}", text(&function.sig)));
                    }
                }
            }
            Item::Impl(item) => implementation(item, &mut out),
            Item::Type(item) if public(&item.vis) => {
                out.push(format!("type {} = {}", item.ident, text(&item.ty)))
            }
            Item::Const(item) if public(&item.vis) => {
                out.push(format!("const {}: {}", item.ident, text(&item.ty)))
            }
            Item::Static(item) if public(&item.vis) => {
                out.push(format!("static {}: {}", item.ident, text(&item.ty)))
            }
            Item::Use(item) if public(&item.vis) => out.push(format!("use {}", text(&item.tree))),
            Item::Mod(item) if public(&item.vis) => out.push(format!("mod {}", item.ident)),
            Item::Macro(item) => out.extend(made_by(item)),
            _ => {}
        }
    }
    out
}

fn implementation(item: &syn::ItemImpl, out: &mut Vec<String>) {
    let of = text(&item.self_ty);
    if let Some((path, _)) = &item.trait_ {
        out.push(format!("impl {} for {of}", text(path)));
        return;
    }
    let functions = item.items.iter().filter_map(|item| match item {
        syn::ImplItem::Fn(function) if public(&function.vis) => {
            Some(format!("    {}", text(&function.sig)))
        }
        syn::ImplItem::Const(constant) if public(&constant.vis) => Some(format!(
            "    const {}: {}",
            constant.ident,
            text(&constant.ty)
        )),
        _ => None,
    });
    let functions: Vec<String> = functions.collect();
    if !functions.is_empty() {
        out.push(format!("impl {of}"));
        out.extend(functions);
    }
}

/// What a macro makes: the words of an `open_enum!`, the type of an `id!`, what a `call!` gives; or the name of an exported
/// macro.
fn made_by(item: &syn::ItemMacro) -> Option<String> {
    let name = item.mac.path.segments.last()?.ident.to_string();
    if let ("macro_rules", Some(ident)) = (name.as_str(), &item.ident) {
        return Some(format!("macro {ident}!"));
    }
    let kind = match name.as_str() {
        "open_enum" => "",
        "id" => "id ",
        "call" | "call_methods" => "call ",
        "list_call" => "list ",
        _ => return None,
    };
    let words: Vec<String> = text(&item.mac.tokens)
        .split(" # [doc")
        .map(|part| {
            part.rsplit(']')
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .collect();
    let made = words.join(" ");
    Some(format!("{kind}{}", made.trim().trim_start_matches("pub ")))
}

fn generics(generics: &syn::Generics) -> String {
    if generics.params.is_empty() {
        return String::new();
    }
    format!("<{}>", text(&generics.params).replace(' ', ""))
}

/// Tokens with the blanks that people write.
fn text(tokens: &impl ToTokens) -> String {
    let mut out = tokens.to_token_stream().to_string();
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" > ", "> "),
        (" >", ">"),
        ("< ", "<"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        ("& ", "&"),
        (" :", ":"),
        (",)", ")"),
        ("> >", ">>"),
        (" ;", ";"),
    ] {
        out = out.replace(from, to);
    }
    out.trim().to_owned()
}
