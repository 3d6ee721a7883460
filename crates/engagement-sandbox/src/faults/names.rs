//! Names near an unknown one.

/// Names further away than this are no help.
const MIN_SIMILARITY: f64 = 0.75;
/// At most this many names are suggested.
const MAX_NAMES: usize = 3;

/// The names that are most similar to a text, best first.
pub(crate) fn near<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let similarity = |name: &'a str| (strsim::jaro_winkler(text, name), name);
    let mut similar: Vec<(f64, &str)> = names.into_iter().map(similarity).collect();
    similar.retain(|(similarity, _)| *similarity >= MIN_SIMILARITY);
    similar.sort_by(|(a, x), (b, y)| b.total_cmp(a).then(x.cmp(y)));
    similar.dedup_by(|(_, a), (_, b)| a == b);
    similar.truncate(MAX_NAMES);
    similar.into_iter().map(|(_, name)| name).collect()
}

/// The near names as the end of a message: `: did you mean `a` or `b`?`, or else what there is.
pub(crate) fn suggestion<'a>(
    text: &str,
    names: impl IntoIterator<Item = &'a str>,
    otherwise: &str,
) -> String {
    let names = near(text, names)
        .into_iter()
        .map(|name| format!("`{name}`"));
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        otherwise.to_owned()
    } else {
        format!("did you mean {}?", names.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_suggested() {
        let names = ["contacts_add_tags", "contacts_create", "deals_create"];
        assert_eq!(near("contacts_creat", names)[0], "contacts_create");
        assert_eq!(
            suggestion("deal_create", names, "use another"),
            "did you mean `deals_create`?"
        );
        assert_eq!(suggestion("xyz", names, "use another"), "use another");
    }
}
