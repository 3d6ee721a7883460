//! The start of a database's file.
//!
//! The database's crate trusts the sizes there: damaged ones make it panic or allocate gigabytes before it looks at a checksum.
//! So they are compared with the length of the file first. A file may be longer than its start says, if its process was killed
//! after it had made the file longer and before it had written anything there.

const MAGIC: &[u8] = b"redb\x1A\x0A\xA9\x0D\x0A";
/// Where the sizes start, which are numbers of four bytes. All but the first are numbers of pages.
const SIZES: usize = 12;
/// The size of a page, and of a region's start and content, as the crate chooses them.
const CHOSEN: [u64; 3] = [4096, 130, 1 << 20];

/// Checks that a file is at least as long as its start says.
///
/// # Errors
/// If it is not.
pub(super) fn check(bytes: &[u8]) -> Result<(), String> {
    if bytes.is_empty() {
        return Err("it is empty".to_owned());
    }
    if !bytes.starts_with(MAGIC) {
        return Err("it is not a database".to_owned());
    }
    let length = bytes.len() as u64;
    let is_complete = expected_length(bytes).is_some_and(|expected| expected <= length);
    if !is_complete || !length.is_multiple_of(CHOSEN[0]) {
        return Err("its length is not as its start says".to_owned());
    }
    Ok(())
}

/// The length of a file with this start.
fn expected_length(bytes: &[u8]) -> Option<u64> {
    let sizes = bytes.get(SIZES..)?.chunks_exact(4).map(little_endian);
    let sizes: Vec<u64> = sizes.take(CHOSEN.len() + 2).collect();
    let (chosen, [full_regions, last_content]) = sizes.split_at_checked(CHOSEN.len())? else {
        return None;
    };
    let [page, start, content] = CHOSEN;
    let last = match (*full_regions, *last_content) {
        (0, 0) => return None,
        (_, 0) => 0,
        (_, last_content) => start + last_content,
    };
    let pages = 1 + full_regions * (start + content) + last;
    pages.checked_mul(page).filter(|_| chosen == CHOSEN)
}

fn little_endian(bytes: &[u8]) -> u64 {
    let bytes = bytes.iter().rev();
    bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::super::database::Database;
    use super::*;

    const LENGTH: Result<(), &str> = Err("its length is not as its start says");

    /// The file after a change of one of its sizes.
    fn with_size(file: &[u8], index: usize, change: impl Fn(u64) -> u64) -> Vec<u8> {
        let mut file = file.to_vec();
        let size = &mut file[SIZES + 4 * index..][..4];
        let changed = change(little_endian(size)).to_le_bytes();
        size.copy_from_slice(&changed[..4]);
        file
    }

    #[test]
    fn sizes_that_do_not_fit_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new");
        drop(Database::create(&path, 1, "{}").unwrap());
        let file = std::fs::read(path).unwrap();
        let check = |bytes: &[u8]| check(bytes);
        let is = |bytes: &[u8], expected: Result<(), &str>| {
            assert_eq!(
                check(bytes).as_ref().map_err(String::as_str).copied(),
                expected
            );
        };
        is(&file, Ok(()));
        is(&[&file[..], &[0; 4096]].concat(), Ok(()));
        is(&[], Err("it is empty"));
        is(b"Dear diary", Err("it is not a database"));
        for length in [
            MAGIC.len(),
            20,
            31,
            32,
            4096,
            file.len() - 4096,
            file.len() - 1,
        ] {
            is(&file[..length], LENGTH);
        }
        is(&[&file[..], b"more"].concat(), LENGTH);
        for index in 0..5 {
            is(&with_size(&file, index, |size| size + 1), LENGTH);
            is(&with_size(&file, index, |_| u64::from(u32::MAX)), LENGTH);
        }
        for index in [0, 1, 2, 4] {
            is(&with_size(&file, index, |_| 0), LENGTH);
        }
    }
}
