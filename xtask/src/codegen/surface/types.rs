//! Types: objects, enums, unions, ids.

use std::collections::BTreeMap;

use syn::Item;

use super::{
    Fact, FieldSurface, ObjectSurface, TypeKind, TypeSurface, UnionSurface, places, shown,
};
use crate::codegen::emit::{Directions, Source, id_types, kind_of_field, variants};
use crate::codegen::names;
use crate::codegen::normalise::{IdForm, IdType};
use crate::codegen::parsed::{Field, Object};

pub(super) fn types(
    source: Source<'_>,
    places: &BTreeMap<String, String>,
) -> BTreeMap<String, TypeSurface> {
    let mut found = BTreeMap::new();
    let mut add = |module, name: String, text: &str, kind| {
        let place = places.get(&name).cloned().unwrap_or_default();
        let text = text.to_owned();
        found.insert(
            name,
            TypeSurface {
                module,
                place,
                text,
                kind,
            },
        );
    };
    let directions = Directions::of(source.document, source.parsed);
    for made in &source.parsed.objects {
        let kind = TypeKind::Object(object(source, made, &directions, places));
        add("types", made.name.to_string(), &made.docs, kind);
    }
    for item in &source.parsed.others {
        match item {
            Item::Struct(item) => {
                let inner = item.fields.iter().next();
                let inner = inner.map_or_else(String::new, |field| shown(&field.ty));
                add(
                    "types",
                    item.ident.to_string(),
                    "",
                    TypeKind::Newtype(inner),
                );
            }
            Item::Enum(item) => {
                let union = TypeKind::Union(union(source, item));
                add("types", item.ident.to_string(), "", union);
            }
            _ => {}
        }
    }
    for (name, open) in &source.normalised.enums {
        if source.parsed.used.contains(name) {
            let values = variants(&open.values).into_iter();
            let values = values.map(|(variant, value)| (variant, value.clone()));
            add(
                "enums",
                name.clone(),
                &open.description,
                TypeKind::Enum(values.collect()),
            );
        }
    }
    for name in id_types(source) {
        let kind = id(&source.normalised.ids[&name]);
        add("ids", name, "", kind);
    }
    found
}

fn object(
    source: Source<'_>,
    object: &Object,
    directions: &Directions,
    places: &BTreeMap<String, String>,
) -> ObjectSurface {
    let direction = directions.of_object(object);
    let made = |field: &Field| {
        let kind = kind_of_field(source.normalised, object, field, direction);
        FieldSurface {
            name: field.name.to_string(),
            wire: field.wire.clone(),
            ty: shown(&field.ty),
            optional: field.optional,
            facts: vec![
                Fact::new("written", written(kind)),
                Fact::new(
                    "personal, so that `Debug` hides it",
                    if field.personal { "yes" } else { "no" },
                ),
            ],
            text: field.docs.trim().to_owned(),
            place: place(source, object, field, places),
        }
    };
    let required = object.required().into_iter();
    let optional = object.fields.iter().filter(|field| field.optional);
    ObjectSurface {
        fields: required.chain(optional).map(made).collect(),
        sent: direction.sent,
        must_use: object.partial_failure,
    }
}

fn place(
    source: Source<'_>,
    object: &Object,
    field: &Field,
    places: &BTreeMap<String, String>,
) -> String {
    let mut schemas = source.document.schemas.names();
    match schemas.find(|name| object.name == names::pascal(name)) {
        Some(schema) => places::of_property(source.document, schema, &field.wire),
        None => places
            .get(&object.name.to_string())
            .cloned()
            .unwrap_or_default(),
    }
}

/// What the suffix of a field's kind means.
fn written(suffix: &str) -> &'static str {
    match suffix {
        "_text" => "as text",
        "_scalars" => "with scalar values only",
        "_scalars_or_null" => "with scalar values and `null` only",
        "_or_null" | "_null" | "_json" => "with a `null` that is set",
        _ => "plain",
    }
}

fn union(source: Source<'_>, item: &syn::ItemEnum) -> UnionSurface {
    let tagged = source.normalised.tagged.get(&item.ident.to_string());
    let selected_by = |ty: &str| {
        let mut members = tagged.into_iter().flat_map(|tagged| &tagged.members);
        let member = members.find(|(_, member)| member == ty);
        member.map_or_else(String::new, |(values, _)| values.join(", "))
    };
    let variants = item.variants.iter().map(|variant| {
        let types: Vec<String> = variant
            .fields
            .iter()
            .map(|field| shown(&field.ty))
            .collect();
        let ty = types.join(", ");
        let selected = selected_by(&ty);
        (variant.ident.to_string(), ty, selected)
    });
    let mut attributes = item.attrs.iter();
    UnionSurface {
        variants: variants.collect(),
        non_exhaustive: attributes.any(|it| it.path().is_ident("non_exhaustive")),
        tag: tagged.map_or_else(String::new, |tagged| tagged.tag.clone()),
    }
}

fn id(id: &IdType) -> TypeKind {
    let form = match id.form {
        IdForm::Integer => "an integer",
        IdForm::Text => "a text",
        IdForm::Mixed => "an integer or a text",
    };
    TypeKind::Id {
        form,
        personal: id.personal,
    }
}
