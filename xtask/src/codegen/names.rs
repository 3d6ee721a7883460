//! Rust names for names of a document, by the rules of progenitor.

/// `contacts_add_tags` -> `ContactsAddTags`; `USD-$` -> `UsdDollar`.
pub(crate) fn pascal(text: &str) -> String {
    let mut out = String::new();
    for word in words(text) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            out.extend(first.to_uppercase());
            out.push_str(letters.as_str());
        }
    }
    if out.is_empty() {
        return "Empty".to_owned();
    }
    if out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, 'V');
    }
    out
}

/// `next_cursor` of `nextCursor`, `lists` of `lists[]`; keywords get a trailing underscore.
pub(crate) fn snake(text: &str) -> String {
    let out = match words(text).join("_") {
        out if out.is_empty() => "x".to_owned(),
        out => out,
    };
    if syn::parse_str::<syn::Ident>(&out).is_ok() {
        out
    } else if out.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{out}")
    } else {
        format!("{out}_")
    }
}

pub(crate) fn screaming(text: &str) -> String {
    words(text).join("_").to_uppercase()
}

/// Types that generated modules use by their short names, and those of the prelude.
const TAKEN_TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Call",
    "CallContext",
    "Client",
    "Pages",
    "ResumePoint",
];

/// Whether a generated module can't have a type of that name.
pub(crate) fn is_taken_type(name: &str) -> bool {
    TAKEN_TYPES.contains(&name)
}

/// The name of a call's argument or setter: with an underscore if every call has a method or field of that name.
pub(crate) fn value_of_call(rust: &str) -> String {
    match rust {
        "send" | "response" | "stream" | "pages" | "iter" | "items" | "with" | "body"
        | "resume" | "extra_header" | "extra_query" | "clone" | "into_future" => format!("{rust}_"),
        // Of the generated code alone.
        "call_context" | "field" | "fields" | "into_request" | "into_pages" => format!("{rust}_"),
        _ => rust.to_owned(),
    }
}

/// The name of a type's field: with an underscore if every type has a function or field of that name.
pub(crate) fn field_of_type(rust: &str) -> String {
    match rust {
        "new" | "extra" | "default" | "clone" | "from" => format!("{rust}_"),
        _ => rust.to_owned(),
    }
}

/// The module of a group: with an underscore if every client crate has a module of that name.
pub(crate) fn module_of_group(group: &str) -> String {
    let name = snake(group);
    match name.as_str() {
        "types" | "ids" | "enums" | "testing" | "blocking" | "client" | "header" | "observe" => {
            format!("{name}_")
        }
        // Of the generated code alone.
        "apis" | "catalogue" | "generated" | "operations" | "regions" => format!("{name}_"),
        _ => name,
    }
}

/// The words of a name: split at anything that is no letter or digit, and where capitals begin.
///
/// All-capital words lose their capitals (`MULTICHECKBOX`), signs that would be lost are spelt out.
fn words(text: &str) -> Vec<String> {
    let mut spelt = String::new();
    for (at, c) in text.chars().enumerate() {
        match c {
            '-' if at == 0 => spelt.push_str("minus "),
            '>' => spelt.push_str(" gt "),
            '<' => spelt.push_str(" lt "),
            '=' => spelt.push_str(" eq "),
            '+' => spelt.push_str(" plus "),
            '$' => spelt.push_str(" dollar "),
            '%' => spelt.push_str(" percent "),
            c => spelt.push(c),
        }
    }
    let mut found = Vec::new();
    for part in spelt
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
    {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (at, &c) in letters.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| letters[at]);
            let after = letters.get(at + 1);
            let starts = c.is_uppercase()
                && before.is_some_and(|b| {
                    b.is_lowercase()
                        || b.is_numeric() && after.is_some_and(|a| a.is_lowercase())
                        || b.is_uppercase() && after.is_some_and(|a| a.is_lowercase())
                });
            if starts {
                found.push(std::mem::take(&mut word).to_lowercase());
            }
            word.push(c);
        }
        found.push(word.to_lowercase());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_rust_names() {
        for (text, want) in [
            ("contacts_add_tags", "ContactsAddTags"),
            ("USD-$", "UsdDollar"),
            ("MULTICHECKBOX", "Multicheckbox"),
            ("-created_time", "MinusCreatedTime"),
            ("camelCaseURLPart", "CamelCaseUrlPart"),
            ("2x", "V2x"),
            (">=", "GtEq"),
        ] {
            assert_eq!(pascal(text), want);
        }
        for (text, want) in [
            ("lists[]", "lists"),
            ("type", "type_"),
            ("companyId", "company_id"),
            ("self", "self_"),
            ("callbackURL", "callback_url"),
        ] {
            assert_eq!(snake(text), want);
        }
    }
}
