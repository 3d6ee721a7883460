//! Names that become Rust names: operations, groups, schemas, properties.

use std::collections::BTreeSet;

use crate::codegen::names;

/// Parameters that the generator has in the same place itself.
const TAKEN_PARAMETERS: [&str; 2] = ["client", "body"];

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

/// The name as Rust code calls it.
pub(crate) fn in_rust(name: &str) -> String {
    if names::is_keyword(name) {
        format!("{name}_")
    } else {
        name.to_owned()
    }
}

/// Whether a header can have the name: RFC 9110 calls it a token.
pub(crate) fn is_header(name: &str) -> bool {
    let in_token = |b: u8| b.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&b);
    !name.is_empty() && name.bytes().all(in_token)
}

/// Whether an environment variable belongs to the provider. A document names no others: the values of these are sent.
pub(crate) fn is_variable_of(prefix: &str, name: &str) -> bool {
    let own = name.strip_prefix(prefix);
    let own = own.and_then(|rest| rest.strip_prefix('_'));
    let fine = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    own.is_some_and(|own| !own.is_empty() && own.chars().all(fine))
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
        | "as_async" | "block_on" | "operation" | "core" | "runtime" | "request_to"
        | "server_url" | "mod" => true,
        _ => names::is_taken_type(&pascal(&name)) || names::is_keyword(&name),
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

/// The action without the group's name, `list` of `list_parcels` in `parcels`, where it is what the verb is about: `add_to_list` in
/// `lists` keeps it.
pub(crate) fn without_group(action_name: &str, group: &str) -> String {
    let words: Vec<&str> = action_name.split('_').collect();
    let group: Vec<&str> = group.split('_').collect();
    let is_group = |words: &[&str]| {
        let (Some((last, rest)), Some((group_last, group_rest))) =
            (words.split_last(), group.split_last())
        else {
            return false;
        };
        rest == group_rest
            && (last == group_last || singular(group_last).iter().any(|one| one == last))
    };
    let after = 1 + group.len();
    let linked = words
        .get(after)
        .is_some_and(|word| matches!(*word, "and" | "or"));
    let verb = words.first().is_some_and(|word| !is_preposition(word));
    if verb && !linked && words.len() >= after && is_group(&words[1..after]) {
        let kept = words[..1].iter().chain(&words[after..]);
        return action(&kept.copied().collect::<Vec<_>>().join("_"));
    }
    action_name.to_owned()
}

/// What the plural of a word can be the plural of.
fn singular(word: &str) -> Vec<String> {
    let endings = [("ies", "y"), ("es", ""), ("s", "")];
    let found = endings
        .iter()
        .filter_map(|(plural, one)| Some(format!("{}{one}", word.strip_suffix(plural)?)));
    found.filter(|one| !one.is_empty()).collect()
}

fn is_preposition(word: &str) -> bool {
    matches!(
        word,
        "to" | "of" | "for" | "by" | "in" | "from" | "with" | "on" | "at"
    )
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
        "extra" | "scalar" | "epochseconds" | "epochmillis" | "secret" | "upload"
        | "attributes" | "bytes" | "serialize" | "deserialize" | "display" | "fromstr"
        | "deref" | "enums" | "ids" | "types" => true,
        // Within the macros of the runtime, whose type parameters have one letter.
        "field" | "fields" | "slots" => true,
        letter if letter.len() == 1 => true,
        _ => names::is_taken_type(&pascal(&out)),
    };
    if taken {
        out.push_str("Schema");
    }
    out
}

/// The names of the values that one call takes, in the form in which they clash.
#[derive(Debug, Default)]
pub(crate) struct ValueNames(BTreeSet<String>);

impl ValueNames {
    /// Takes a name that the document gives.
    pub(crate) fn take(&mut self, rust: &str) {
        self.0.insert(folded(rust));
    }

    /// Takes the Rust name of a value. `Some` is another name than the generator would give it: that is no identifier, or taken;
    /// `place` tells it from a value of the same name.
    pub(crate) fn name(&mut self, wire: &str, place: &str) -> Option<String> {
        let snake = match names::snake(wire) {
            snake if wire.is_ascii() => snake,
            _ => self::snake(wire),
        };
        let plain = wire
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.[] ".contains(c));
        let plain = plain && wire.starts_with(|c: char| c.is_ascii_alphabetic());
        let reserved = TAKEN_PARAMETERS.contains(&snake.as_str());
        if plain && !reserved && self.0.insert(folded(&snake)) {
            return None;
        }
        let base = match snake.trim_matches('_') {
            "" | "x" => "value".to_owned(),
            base if base.starts_with(|c: char| c.is_ascii_digit()) => format!("v{base}"),
            base => base.to_owned(),
        };
        let mut numbered = (2..).map(|number| format!("{base}_{number}"));
        let mut first = [base.clone(), format!("{base}_{place}")].into_iter();
        loop {
            let name = first.next().or_else(|| numbered.next())?;
            let free = names::snake(&name) == name
                && names::value_of_call(&name) == name
                && !TAKEN_PARAMETERS.contains(&name.as_str());
            if free && self.0.insert(folded(&name)) {
                return Some(name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_groups_name_goes_where_the_verb_is_about_it() {
        for (action, group, want) in [
            ("list_parcels", "parcels", "list"),
            ("get_parcel", "parcels", "get"),
            ("get_parcel_by_id", "parcels", "get_by_id"),
            ("list_companies", "companies", "list"),
            ("get_company", "companies", "get"),
            ("find_box", "boxes", "find"),
            ("list_user_groups", "user_groups", "list"),
            ("list_groups", "user_groups", "list_groups"),
            ("add_to_list", "lists", "add_to_list"),
            (
                "search_users_and_companies",
                "users",
                "search_users_and_companies",
            ),
            ("list", "parcels", "list"),
            ("new_parcel", "parcels", "new_call"),
        ] {
            assert_eq!(without_group(action, group), want, "{action} in {group}");
        }
    }
}
