//! Masks e-mail addresses and telephone numbers in texts that may be logged.

use base64::Engine as _;
use base64::alphabet::{Alphabet, STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

/// In how many layers of escaping and encoding an address is looked for.
const LAYERS: u8 = 3;

/// Replaces each word that contains an e-mail address with `[e-mail]`: as it is, percent-encoded, escaped as in JSON or
/// HTML, or in base64. Replaces each telephone number of a plus sign and at least eight digits with `[phone]`.
///
/// Names of people, and numbers without a plus sign, are not recognised.
///
/// ```
/// use engagement_core::mask;
///
/// assert_eq!(mask("no user ada%40example.com, +49 170 1234567"), "no user [e-mail], [phone]");
/// ```
#[must_use]
pub fn mask(text: &str) -> String {
    // Numbers come second: the part before an `@` may look like one.
    numbers(&replace_words(text, "[e-mail]", &has_address))
}

/// Whether a word is to be masked. The flag says that the text was decoded from something that may not be base64 at all, so
/// that the test has to be stricter.
type Test<'a> = dyn Fn(&str, bool) -> bool + 'a;

/// The text with `stand_in` for each word that passes the test, as it is or in any layer of escaping and encoding.
pub(crate) fn replace_words(text: &str, stand_in: &str, test: &Test<'_>) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(delimits) {
        let word = piece.trim_end_matches(delimits);
        let bare = word.trim_matches(AROUND);
        if bare.is_empty() || !passes(bare, LAYERS, false, test) {
            out.push_str(piece);
            continue;
        }
        let start = word.len() - word.trim_start_matches(AROUND).len();
        out.push_str(&piece[..start]);
        out.push_str(stand_in);
        out.push_str(&piece[start + bare.len()..]);
    }
    out
}

/// The text without its last word, which may be cut off; all of it if it is one word.
pub(crate) fn without_last_word(text: &str) -> &str {
    let delimiter = text.char_indices().rev().find(|(_, c)| delimits(*c));
    delimiter.map_or(text, |(at, c)| &text[..at + c.len_utf8()])
}

/// Characters that may surround a word and do not end it. Not a delimiter: `ada@[192.0.2.1]` is an address.
const AROUND: [char; 7] = ['\'', '.', '!', '?', '*', '[', ']'];

/// Characters that end a word. Not the semicolon, which ends an entity of HTML.
fn delimits(c: char) -> bool {
    c.is_whitespace() || c.is_control() || "\"`<>(){},:|“”‘’«»".contains(c)
}

fn passes(text: &str, layers: u8, encoded: bool, test: &Test<'_>) -> bool {
    if test(text, encoded) {
        return true;
    }
    let Some(layers) = layers.checked_sub(1) else {
        return false;
    };
    unescape(text).is_some_and(|text| passes(&text, layers, encoded, test))
        || candidates(text)
            .filter_map(decode)
            .any(|text| passes(&text, layers, true, test))
}

fn has_address(text: &str, with_dot: bool) -> bool {
    text.match_indices('@').any(|(at, _)| {
        let local = text[..at].chars().next_back();
        let local = local.is_some_and(|c| !c.is_whitespace() && !matches!(c, '@' | '/'));
        let domain = &text[at + 1..];
        let end = domain.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-' | '_')));
        let name = &domain[..end.unwrap_or(domain.len())];
        let dotted = || {
            let labels = name.trim_end_matches('.').rsplit_once('.');
            labels.is_some_and(|(front, last)| !front.is_empty() && last.len() >= 2)
        };
        let starts = domain.starts_with(|c: char| c.is_alphanumeric() || c == '[');
        local && starts && (!with_dot || dotted())
    })
}

/// The text without percent-encoding and without the escapes of JSON and HTML, if it has any.
fn unescape(text: &str) -> Option<String> {
    let plain = percent_decode_str(text).decode_utf8_lossy();
    let mut out = String::with_capacity(plain.len());
    let mut rest = &*plain;
    while let Some(c) = rest.chars().next() {
        let escape = match c {
            '\\' => backslash(rest),
            '&' => entity(rest),
            _ => None,
        };
        let (c, length) = escape.unwrap_or((c, c.len_utf8()));
        out.push(c);
        rest = &rest[length..];
    }
    (out != text).then_some(out)
}

/// `\u0040` and `\x40`, with several backslashes where it was escaped more than once: what it stands for, and its length.
fn backslash(text: &str) -> Option<(char, usize)> {
    // Limited, because a long run would be scanned again for each of its backslashes.
    let run = text.bytes().take(8).take_while(|byte| *byte == b'\\');
    let rest = &text[run.count()..];
    let digits = match rest.as_bytes().first()? {
        b'u' => rest.get(1..5)?,
        b'x' => rest.get(1..3)?,
        _ => return None,
    };
    let code = u32::from_str_radix(digits, 16).ok()?;
    let length = text.len() - rest.len() + 1 + digits.len();
    Some((char::from_u32(code)?, length))
}

/// `&#64;`, `&#x40;` and `&commat;`.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(10).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let at = match name.strip_prefix('#') {
        Some(code) => match code.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => code.parse().ok()?,
        },
        None if name == "commat" => u32::from('@'),
        None => return None,
    };
    Some((char::from_u32(at)?, end + 1))
}

/// Substrings that may be base64. The signs of its alphabets also separate words.
fn candidates(text: &str) -> impl Iterator<Item = &str> {
    let outside = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_'));
    text.split(outside).flat_map(|run| {
        let whole = std::iter::once(run);
        whole
            .chain(parts(run, &['+', '/']))
            .chain(parts(run, &['-', '_']))
            .chain(parts(run, &['+', '/', '-', '_']))
    })
}

/// The parts of a run between `separators`, if there are several.
fn parts<'a>(run: &'a str, separators: &'static [char]) -> impl Iterator<Item = &'a str> {
    let several = run.contains(separators);
    run.split(separators).filter(move |_| several)
}

/// The text that base64 stands for, with or without padding.
fn decode(base64: &str) -> Option<String> {
    /// That of `a@b.co`.
    const SHORTEST: usize = 8;
    const ANY: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    const fn engine(alphabet: &Alphabet) -> GeneralPurpose {
        GeneralPurpose::new(alphabet, ANY)
    }
    const STANDARD_ENGINE: GeneralPurpose = engine(&STANDARD);
    const URL_SAFE_ENGINE: GeneralPurpose = engine(&URL_SAFE);

    if base64.len() < SHORTEST {
        return None;
    }
    // One sign alone stands for no byte.
    let length = base64.len() - usize::from(base64.len() % 4 == 1);
    let base64 = base64.get(..length)?;
    let bytes = if base64.contains(['-', '_']) {
        URL_SAFE_ENGINE.decode(base64)
    } else {
        STANDARD_ENGINE.decode(base64)
    };
    String::from_utf8(bytes.ok()?).ok()
}

fn numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = match number_length(rest) {
            Some(length) => {
                out.push_str("[phone]");
                length
            }
            None => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    out
}

/// The length of the telephone number that the text begins with: a plus sign and at least eight digits, with at most two
/// separators between them.
fn number_length(text: &str) -> Option<usize> {
    const PLUS: [&str; 5] = ["+", "%2B", "%2b", "\\u002B", "\\u002b"];
    let plus = PLUS.iter().find(|plus| text.starts_with(**plus))?;
    let (mut digits, mut separators, mut end) = (0, 0, 0);
    for (at, c) in text[plus.len()..].char_indices() {
        match c {
            '0'..='9' => {
                (digits, separators, end) = (digits + 1, 0, at + 1);
            }
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' if separators < 2 => separators += 1,
            _ => break,
        }
    }
    (digits >= 8).then_some(plus.len() + end)
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_masked_in_every_form() {
        for (text, masked) in [
            ("contact ada@example.com exists", "contact [e-mail] exists"),
            ("'ada@example.com' exists.", "'[e-mail]' exists."),
            ("exists: <ada+new@example.com>!", "exists: <[e-mail]>!"),
            ("ada@localhost, grace@example.com.", "[e-mail], [e-mail]."),
            ("mailto:ada@[192.0.2.1]", "mailto:[e-mail]]"),
            (
                r#"["ada@example.com"] [grace@example.com]"#,
                r#"["[e-mail]"] [[e-mail]]"#,
            ),
            ("josé@exämple.com", "[e-mail]"),
            ("/users/ada%40example.com/lists", "[e-mail]"),
            ("ada%2540example.com", "[e-mail]"),
            (r"ada\u0040example.com", "[e-mail]"),
            (r"ada\\u0040example.com", "[e-mail]"),
            (r"ada\x40example.com", "[e-mail]"),
            (
                "ada&#64;example.com ada&#x40;x.com ada&commat;x.com",
                "[e-mail] [e-mail] [e-mail]",
            ),
            ("no user YWRhQGV4YW1wbGUuY29t", "no user [e-mail]"),
            ("key=YWRhQGV4YW1wbGUuY29tIQ==", "[e-mail]"),
            ("/users/YWRhQGV4YW1wbGUuY29t/lists", "[e-mail]"),
            ("id_YWRhQGV4YW1wbGUuY29t-2", "[e-mail]"),
            ("YWRhQGV4YW1wbGUuY29tIQ%3D%3D", "[e-mail]"),
        ] {
            assert_eq!(mask(text), masked, "{text}");
        }
    }

    #[test]
    fn numbers_with_a_plus_sign_are_masked() {
        for (text, masked) in [
            ("no user +491701234567", "no user [phone]"),
            ("(+49 (0)170/123-45.67)", "([phone])"),
            ("%2B491701234567 \\u002b491701234567", "[phone] [phone]"),
            ("+4917012 +4917013", "+4917012 +4917013"),
            ("+49170123456x+49170123457", "[phone]x[phone]"),
            ("ada+491701234567@example.com", "[e-mail]"),
        ] {
            assert_eq!(mask(text), masked, "{text}");
        }
    }

    #[test]
    fn other_texts_stay_as_they_are() {
        for text in [
            "",
            "There is no contact with this id",
            "5766466041282560 at 2026-11-22T07:16:25+01:00",
            "123e4567-e89b-12d3-a456-426614174000",
            "8b2c1d5e9f0a4b7c8d6e5f4a3b2c1d0e",
            "meet @ noon, @ada, https://example.com/@ada, 100% \\o/ &c; a&b",
            "operationIdentifier transactionCampaignRequestNotFound",
            "Missing credentials: set .credential(\"key\", Credential::header(key)) or ACME_KEY",
        ] {
            assert_eq!(mask(text), text);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

        #[test]
        fn any_text_can_be_masked(text in any::<String>(), escapes in r#"[@%&#;+\\ux0-9a-f=\[. é]{0,40}"#) {
            let _ = mask(&text);
            let _ = mask(&escapes);
        }

        #[test]
        fn an_address_is_found_in_any_text(before: String, after: String) {
            for form in ["ada@example.com", "ada%40example.com", r"ada\u0040example.com"] {
                let masked = mask(&format!("{before}{form}{after}"));
                prop_assert!(!masked.contains(form), "{}", masked);
            }
        }

        #[test]
        fn an_encoded_address_is_found_among_words(before: String, after: String, inner in "[ -~]{0,20}") {
            let address = format!("{inner} ada@example.com");
            for form in [
                BASE64_STANDARD.encode(&address),
                BASE64_STANDARD_NO_PAD.encode(&address),
                BASE64_URL_SAFE_NO_PAD.encode(&address),
            ] {
                let masked = mask(&format!("{before} {form} {after}"));
                prop_assert!(!masked.contains(&form), "{}", masked);
            }
        }
    }
}
