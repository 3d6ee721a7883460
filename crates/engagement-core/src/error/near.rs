//! Guesses which name was meant.

use strsim::levenshtein;

/// The names most similar to `wanted`, at most three, the nearest first: ` (did you mean `a` or `b`?)`, or nothing.
pub(crate) fn did_you_mean<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let farthest = (wanted.len() / 2).max(3);
    let mut near: Vec<(usize, &str)> = names
        .map(|name| (levenshtein(wanted, name), name))
        .filter(|(distance, name)| *distance <= farthest || name.contains(wanted))
        .collect();
    near.sort_unstable();
    near.dedup();
    let near: Vec<String> = near
        .iter()
        .take(3)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    if near.is_empty() {
        String::new()
    } else {
        format!(" (did you mean {}?)", near.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_come_first() {
        let names = ["contacts_get", "contacts_list", "deals_get", "tags_list"];
        let guess = |wanted: &str| did_you_mean(wanted, names.into_iter());
        assert_eq!(
            guess("contact_get"),
            " (did you mean `contacts_get` or `contacts_list`?)"
        );
        assert_eq!(
            guess("list"),
            " (did you mean `tags_list` or `contacts_list`?)"
        );
        assert_eq!(guess("xyz"), "");
    }
}
