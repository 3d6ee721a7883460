//! Lines of a file: a checksum, a number and JSON.

/// A line: `1f2e3d4c 7 {…}`. JSON has no line breaks.
pub(super) fn encode(number: u64, json: &str) -> Vec<u8> {
    let content = format!("{number} {json}");
    let checksum = crc32fast::hash(content.as_bytes());
    format!("{checksum:08x} {content}\n").into_bytes()
}

/// The number and the JSON of a line without its end; `None` if it is not as it was written.
pub(super) fn decode(line: &[u8]) -> Option<(u64, &str)> {
    let (checksum, content) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    let expected = format!("{:08x}", crc32fast::hash(content.as_bytes()));
    if checksum != expected {
        return None;
    }
    let (number, json) = content.split_once(' ')?;
    Some((number.parse().ok()?, json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_change_of_a_line_is_found() {
        let line = encode(7, r#"{"a":"b c"}"#);
        let line = line.strip_suffix(b"\n").unwrap();
        assert_eq!(decode(line), Some((7, r#"{"a":"b c"}"#)));
        for position in 0..line.len() {
            for bit in 0..8 {
                let mut changed = line.to_vec();
                changed[position] ^= 1 << bit;
                assert_eq!(decode(&changed), None, "{position} {bit}");
            }
            assert_eq!(decode(&line[..position]), None, "{position}");
        }
    }
}
