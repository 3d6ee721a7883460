//! Names that become Rust names: operations, groups, schemas, properties.

use std::collections::BTreeSet;

use crate::codegen::names;

/// Letters with marks as plain ones; other letters outside ASCII are dropped.
pub(crate) fn ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_ascii() => out.push(c),
            'à'..='å' => out.push('a'),
            'À'..='Å' => out.push('A'),
            'è'..='ë' => out.push('e'),
            'È'..='Ë' => out.push('E'),
            'ì'..='ï' => out.push('i'),
            'ò'..='ö' | 'ø' => out.push('o'),
            'Ò'..='Ö' | 'Ø' => out.push('O'),
            'ù'..='ü' => out.push('u'),
            'Ù'..='Ü' => out.push('U'),
            'ç' => out.push('c'),
            'ñ' => out.push('n'),
            'ß' => out.push_str("ss"),
            'æ' => out.push_str("ae"),
            c if c.is_alphanumeric() => {}
            _ => out.push(' '),
        }
    }
    out
}

/// The words of a name, in small letters: split at signs and where capitals begin.
pub(crate) fn words(text: &str) -> Vec<String> {
    let text = ascii(text);
    let mut found = Vec::new();
    for part in text.split(|c: char| !c.is_ascii_alphanumeric()) {
        let letters: Vec<char> = part.chars().collect();
        let mut word = String::new();
        for (at, &c) in letters.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| letters[at]);
            let small_next = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
            let starts = c.is_ascii_uppercase()
                && before.is_some_and(|b| b.is_ascii_lowercase() || small_next);
            if starts && !word.is_empty() {
                found.push(std::mem::take(&mut word));
            }
            word.push(c.to_ascii_lowercase());
        }
        if !word.is_empty() {
            found.push(word);
        }
    }
    found
}

pub(crate) fn snake(text: &str) -> String {
    words(text).join("_")
}

pub(crate) fn pascal(text: &str) -> String {
    words(text).iter().map(|word| capital(word)).collect()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// What two names have in common when they become the same Rust name.
pub(crate) fn folded(text: &str) -> String {
    let plain = text.chars().filter(char::is_ascii_alphanumeric);
    plain.collect::<String>().to_ascii_lowercase()
}

/// The name, or the name with the first number that makes it unlike all that are taken; it is taken then.
pub(crate) fn unique(name: &str, separator: &str, taken: &mut BTreeSet<String>) -> String {
    let mut found = name.to_owned();
    let mut number = 2;
    while !taken.insert(folded(&found)) {
        found = format!("{name}{separator}{number}");
        number += 1;
    }
    found
}

fn is_keyword(word: &str) -> bool {
    syn::parse_str::<syn::Ident>(word).is_err()
}

/// The name as Rust code calls it.
pub(crate) fn in_rust(name: &str) -> String {
    if is_keyword(name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// A group's name from a tag.
pub(crate) fn group(tag: &str) -> String {
    let mut name = snake(tag);
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'v');
    }
    if name.is_empty() {
        name.push_str("general");
    }
    let taken = match name.as_str() {
        // What every client has.
        "api" | "request" | "with" | "builder" | "from_env" | "new" | "clone" | "base_url"
        | "as_async" | "block_on" | "operation" | "runtime" | "request_to" | "server_url"
        | "mod" => true,
        _ => names::is_taken_type(&pascal(&name)) || is_keyword(&name),
    };
    if taken {
        name.push_str("_calls");
    }
    name
}

/// An action's name from the words that are left of an operation id.
pub(crate) fn action(name: &str) -> String {
    let mut name = snake(name);
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert(0, 'v');
    }
    match name.as_str() {
        "" => name.push_str("call"),
        // What every handle has, or keywords.
        "new" | "exec" | "client" | "clone" | "self" | "super" | "fmt" | "crate" => {
            name.push_str("_call");
        }
        _ => {}
    }
    name
}

/// A schema's name: letters and digits only, and no name that generated code uses itself.
pub(crate) fn schema(name: &str) -> String {
    let plain = ascii(name);
    let keep = plain == name
        && plain.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !folded(&plain).is_empty();
    let mut out = if keep {
        plain
    } else {
        let parts = plain.split(|c: char| !c.is_ascii_alphanumeric());
        parts.map(capital).collect()
    };
    if out.is_empty() {
        out.push_str("Schema");
    }
    if out.starts_with(|c: char| c.is_ascii_digit()) {
        out.insert(0, 'V');
    }
    let taken = match folded(&out).as_str() {
        "apierror" => false,
        // Types that stand in for schemas, or that generated code uses.
        "extra" | "scalar" | "epochseconds" | "epochmillis" | "bytes" | "serialize"
        | "deserialize" | "display" | "fromstr" | "deref" | "enums" | "ids" | "types" => true,
        _ => names::is_taken_type(&pascal(&out)),
    };
    if taken {
        out.push_str("Schema");
    }
    out
}

/// Whether the generator has a parameter of that name in the same place itself.
pub(crate) fn is_taken_parameter(name: &str) -> bool {
    matches!(snake(name).as_str(), "" | "client" | "body")
}
