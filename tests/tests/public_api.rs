//! The public API of each crate as text, read from its source, so that reviewers see every change of it.

mod support;

use std::fmt::Write as _;

use engagement_tests::providers;
use quote::ToTokens;
use syn::{Item, Visibility};

#[test]
fn apis() {
    let others = ["clients", "core", "document", "sandbox"];
    let others = others.map(|name| format!("engagement-{name}"));
    let clients = providers::ALL.iter();
    let clients = clients.map(|provider| format!("{}-client", provider.name));
    for name in clients.chain(others) {
        let mut out = String::new();
        for (file, text) in support::rust_files(format!("crates/{name}/src")) {
            let parsed = syn::parse_file(&text);
            let parsed = parsed.unwrap_or_else(|error| panic!("{name}/{file}: {error}"));
            let mut lines = items(&parsed.items);
            if name == "engagement-clients" && file == "lib.rs" {
                without_clients(&mut lines);
            }
            if !lines.is_empty() {
                let _ = writeln!(out, "## {file}\n{}\n", lines.join("\n"));
            }
        }
        insta::assert_snapshot!(format!("api_{name}"), out);
    }
}

/// Removes the re-export of each client: a new provider changes no snapshot but its own.
fn without_clients(lines: &mut Vec<String>) {
    for provider in providers::ALL {
        let name = provider.name;
        let line = format!("use {name}_client as {name}");
        let at = lines.iter().position(|known| *known == line);
        lines.remove(at.unwrap_or_else(|| panic!("the facade has no `{line}`")));
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
                    let name = field.ident.as_ref();
                    let name = name.map_or("0".to_owned(), ToString::to_string);
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
            Item::Macro(item) => out.extend(expanded(item)),
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

/// The items of a macro: the values of an `open_enum!`, the type of an `id!`, the result of a `call!`, or the name of an
/// exported macro.
fn expanded(item: &syn::ItemMacro) -> Option<String> {
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
    let tokens = text(&item.mac.tokens);
    let parts = tokens.split(" # [doc");
    let parts = parts.map(|part| part.rsplit(']').next().unwrap_or_default().trim());
    let items = parts.collect::<Vec<_>>().join(" ");
    Some(format!("{kind}{}", items.trim().trim_start_matches("pub ")))
}

fn generics(generics: &syn::Generics) -> String {
    if generics.params.is_empty() {
        return String::new();
    }
    format!("<{}>", text(&generics.params).replace(' ', ""))
}

/// Tokens with the usual spaces.
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
