//! What the READMEs of all clients have in common.

/// The sections of every client's README, in this order. Other sections may be between them.
pub(crate) const SECTIONS: &[&str] = &[
    "First call",
    "Authenticate",
    "Retries, time and limits",
    "Spawning and streaming",
    "Errors",
    "Testing",
    "`Redacted` in debug output",
    "Crypto provider",
    "Blocking",
    "Features",
    "Operations",
];

/// Each line, with the language of its code block.
pub(crate) fn lines(text: &str) -> Vec<(Option<&str>, &str)> {
    let mut block = None;
    let mut found = Vec::new();
    for line in text.lines() {
        match (line.trim_start().strip_prefix("```"), block) {
            (Some(language), None) => block = Some(language),
            (Some(_), Some(_)) => block = None,
            (None, _) => found.push((block, line)),
        }
    }
    assert_eq!(block, None, "a code block is not closed");
    found
}

/// The text of a section, without its heading.
pub(crate) fn section<'a>(text: &'a str, name: &str) -> &'a str {
    let (_, rest) = text
        .split_once(&format!("\n## {name}\n"))
        .unwrap_or_else(|| panic!("there is no section `{name}`"));
    rest.split_once("\n## ")
        .map_or(rest, |(section, _)| section)
}

/// The headings of a README that are in every one.
pub(crate) fn headings(text: &str) -> Vec<&str> {
    let headings = lines(text).into_iter().filter_map(|(block, line)| {
        let heading = line.strip_prefix("## ")?;
        (block.is_none() && SECTIONS.contains(&heading)).then_some(heading)
    });
    headings.collect()
}

/// Texts that are equal for all providers.
pub(crate) fn shared_texts(text: &str) -> String {
    let retries = section(text, "Retries, time and limits");
    let (_, defaults) = retries.split_once("\n| ").expect("a table");
    let (defaults, _) = defaults.split_once("to that server.").expect("the rules");
    let redacted = section(text, "`Redacted` in debug output");
    let (redacted, _) = redacted.split_once("```").expect("an example");
    let testing = section(text, "Testing");
    let (testing, _) = testing.split_once("](").expect("a link");
    let kinds: Vec<&str> = section(text, "Errors")
        .lines()
        .filter(|line| line.starts_with("| `") && line.as_bytes()[3].is_ascii_uppercase())
        .collect();
    let crypto = section(text, "Crypto provider");
    format!("{defaults}{redacted}{testing}{kinds:?}{crypto}")
}
