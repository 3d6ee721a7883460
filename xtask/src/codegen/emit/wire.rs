//! How types are read, written and printed: macros of the runtime.

use std::fmt::Write as _;

use quote::ToTokens;

use crate::codegen::names;
use crate::codegen::normalise::{Normalised, TaggedUnion};
use crate::codegen::parsed::{Field, Object, ParsedOutput, identifiers, spelt};

/// Whether an object is part of requests and of responses.
#[derive(Clone, Copy)]
pub(crate) struct Direction {
    pub(crate) sent: bool,
    pub(crate) read: bool,
}

/// How the type is read, written and printed.
pub(super) fn object(
    out: &mut String,
    object: &Object,
    normalised: &Normalised,
    direction: Direction,
) {
    let _ = writeln!(
        out,
        "engagement_core::wire_object! {{\n    {} {{",
        object.name
    );
    for field in &object.fields {
        let kind = if field.optional {
            "optional"
        } else {
            "required"
        };
        let of_kind = of_kind(normalised, object, field, direction);
        let personal = if field.personal { " personal" } else { "" };
        let _ = writeln!(
            out,
            "        {kind}{of_kind} {}: {:?}{personal},",
            field.name, field.wire
        );
    }
    let open = if object.open { ": open" } else { "" };
    let _ = writeln!(out, "    }} extra{open}\n}}");
}

/// Whether the field is an integer id that the provider requires as text.
pub(super) fn is_as_text(normalised: &Normalised, object: &Object, wire: &str) -> bool {
    let place = format!("{}{}", object.name, names::pascal(wire));
    normalised.ids_as_text.contains(&place)
}

/// The suffix of the field's kind in `wire_object!`, if it is read or written in a special way.
pub(crate) fn of_kind(
    normalised: &Normalised,
    object: &Object,
    field: &Field,
    direction: Direction,
) -> &'static str {
    if is_as_text(normalised, object, &field.wire) {
        return "_text";
    }
    if !direction.sent {
        return "";
    }
    let place = format!("{}{}", object.name, names::pascal(&field.wire));
    let ty = spelt(&field.ty);
    if ty == "engagement_core::Attributes" {
        match normalised.scalar_objects.get(&place) {
            Some(true) => return "_scalars_or_null",
            Some(false) => return "_scalars",
            None => {}
        }
        if field.optional && normalised.nullable_objects.contains(&place) {
            return "_or_null";
        }
    }
    // What is only sent keeps a `null` that a caller's JSON has: in a response it says the same as an absent field.
    match (direction.read, field.optional) {
        (false, true) if ty == "serde_json::Value" => "_json",
        (false, true) if object.open => "_null",
        _ => "",
    }
}

/// `Debug` of a union or a newtype: objects have their own, numbers, times and flags are never personal, and anything else
/// could be.
pub(super) fn debug(out: &mut String, item: &syn::Item, parsed: &ParsedOutput) {
    let plain = |name: &str| match name {
        "Vec" | "Box" | "std" | "boxed" | "vec" | "i64" | "f64" | "bool" | "engagement_core"
        | "EpochSeconds" | "EpochMillis" => true,
        name => parsed.has_own_debug(name),
    };
    match item {
        syn::Item::Struct(item) => {
            let _ = writeln!(
                out,
                "\nengagement_core::personal_debug! {{ struct {} }}",
                item.ident
            );
        }
        // Enums that derive it contain objects only.
        syn::Item::Enum(item) if !derives_debug(&item.attrs) => {
            let _ = writeln!(
                out,
                "\nengagement_core::personal_debug! {{\n    enum {} {{",
                item.ident
            );
            for variant in &item.variants {
                let mut types = variant.fields.iter().map(|field| spelt(&field.ty));
                let plain = types.all(|ty| identifiers(&ty).all(plain));
                let kind = if plain { "plain" } else { "personal" };
                let _ = writeln!(out, "        {kind} {},", variant.ident);
            }
            out.push_str("    }\n}\n");
        }
        _ => {}
    }
}

fn derives_debug(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string();
        attribute.path().is_ident("derive") && identifiers(&text).any(|name| name == "Debug")
    })
}

/// Reads and writes a union that one field selects.
pub(super) fn union(out: &mut String, name: &str, tagged: &TaggedUnion) {
    let _ = writeln!(
        out,
        "engagement_core::tagged_union! {{\n    {name} by {:?} {{",
        tagged.tag
    );
    for (values, ty) in &tagged.members {
        let values: Vec<String> = values.iter().map(|value| format!("{value:?}")).collect();
        let _ = writeln!(
            out,
            "        {} => {},",
            values.join(" | "),
            tagged.variant(ty)
        );
    }
    let _ = writeln!(
        out,
        "        _ => {},\n    }}\n}}",
        tagged.other_variant().0
    );
}
