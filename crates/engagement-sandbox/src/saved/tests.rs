use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;

use crate::accounts;
use crate::accounts::testing;
use crate::clock::Clock;
use crate::http::account_cell::{AccountCell, downcast_mut};
use crate::provider::{self, Provider};
use crate::store::{Existing, OpenFolder, Settings, Source, Store};

const NAMES: [&str; 2] = ["accounts.log", "accounts-copy.log"];

/// Accounts of all providers that are saved.
struct Running {
    clock: Clock,
    store: Arc<Store>,
    cells: Arc<Vec<(&'static Provider, AccountCell)>>,
    notices: Vec<String>,
}

fn start(folder: &Path, min_folded: usize) -> Result<Running, String> {
    start_with(folder, min_folded, Existing::Use)
}

fn start_with(folder: &Path, min_folded: usize, existing: Existing) -> Result<Running, String> {
    let clock = Clock::new();
    let store = Arc::new(Store::new());
    let opened = OpenFolder::open(folder, existing)?;
    let mut recovered = opened.recover()?.map_or_else(Vec::new, |recovered| {
        clock.advance_to(recovered.time);
        recovered.accounts
    });
    let mut credentials = BTreeMap::new();
    let cell = |provider: &'static Provider| {
        let mut settings = testing::settings(provider);
        settings.clock = clock.for_provider();
        credentials.insert(provider.name.to_owned(), provider.credentials.clone());
        let known = recovered
            .iter()
            .position(|(known, _)| known.name == provider.name);
        let known = known.map(|position| recovered.swap_remove(position).1);
        let mut account = known.unwrap_or_else(|| accounts::open(provider, &settings));
        account.attach(&settings);
        let store = Some(Arc::clone(&store));
        (
            provider,
            AccountCell::new(provider.name, account, settings.clock, store),
        )
    };
    let cells: Vec<_> = provider::all()?.iter().map(cell).collect();
    let cells = Arc::new(cells);
    let settings = Settings {
        clock: clock.clone(),
        log_size: 500,
        credentials,
        others: vec![("future".to_owned(), "[1]".to_owned())],
        min_folded: Some(min_folded),
    };
    let weak = Arc::downgrade(&cells);
    let source: Source = Box::new(move |f| {
        let cells = weak.upgrade()?;
        let used: Vec<_> = cells
            .iter()
            .map(|(provider, cell)| (provider.name, cell.get()))
            .collect();
        f();
        let copy = |(name, account): &(&'static str, crate::http::account_cell::AccountRef<'_>)| {
            (*name, account.clone_account())
        };
        Some(used.iter().map(copy).collect())
    });
    let notices = store.start(opened, settings, source)?;
    Ok(Running {
        clock,
        store,
        cells,
        notices,
    })
}

impl Running {
    fn cell(&self, provider: &str) -> &AccountCell {
        let found = self.cells.iter().find(|(known, _)| known.name == provider);
        &found.unwrap().1
    }

    /// Executes all calls, each a little later than the one before, and all changes that aren't calls.
    fn change_everything(&self) {
        for (index, (provider, operation, call)) in testing::calls().into_iter().enumerate() {
            self.clock.advance(Duration::from_millis(1_234));
            let operation = provider.document.operation(&operation).unwrap();
            let skew = if index % 3 == 0 { -5_000 } else { 0 };
            let executed = self.cell(provider.name).execute(operation, call, skew);
            self.store.wait(executed.ticket.unwrap()).unwrap();
        }
        let (_, ticket) = self.cell("engageone").change(|account| {
            let account: &mut accounts::engageone::EngageOneAccount =
                downcast_mut(account).unwrap();
            account.add_sender("me@example.com".to_owned());
        });
        self.store.wait(ticket.unwrap()).unwrap();
        // What is due later happens while somebody reads.
        self.clock.advance(Duration::from_secs(80 * 365 * 86_400));
        let messages = self.cell("engagespot").get().outbox().len();
        assert_eq!(messages, 3);
    }

    fn saved(&self) -> Vec<String> {
        let cells = self.cells.iter();
        cells.map(|(_, cell)| cell.get().save().unwrap()).collect()
    }

    /// Adds a tag, and waits until it is on disk.
    fn tag(&self, name: &str) -> Result<(), String> {
        let provider = self
            .cells
            .iter()
            .find(|(known, _)| known.name == "engagebay")
            .unwrap()
            .0;
        let operation = provider.document.operation("tags_create").unwrap();
        let body = serde_json::json!({ "tag": name });
        let call = testing::with_user(&serde_json::Map::new(), body);
        let executed = self.cell("engagebay").execute(operation, call, 0);
        executed.result.map_err(|error| error.message)?;
        self.store.wait(executed.ticket.unwrap())
    }

    fn tags(&self) -> Vec<String> {
        let lists = self.cell("engagebay").get().records(1_000);
        let tags = lists.into_iter().find(|list| list.kind == "tags").unwrap();
        let tags = tags.records.iter();
        tags.map(|tag| tag["tag"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn read(folder: &TempDir) -> [Vec<u8>; 2] {
    NAMES.map(|name| fs::read(folder.path().join(name)).unwrap_or_default())
}

fn write(folder: &TempDir, contents: &[Vec<u8>; 2]) {
    for (name, content) in NAMES.iter().zip(contents) {
        fs::write(folder.path().join(name), content).unwrap();
    }
}

/// A folder after these tags, each in a line of its own.
fn with_tags(tags: &[&str]) -> TempDir {
    let folder = folder();
    let running = start(folder.path(), usize::MAX).unwrap();
    for tag in tags {
        running.tag(tag).unwrap();
    }
    folder
}

#[test]
fn repeated_calls_lead_to_the_same_accounts() {
    for min_folded in [usize::MAX, 1] {
        let folder = folder();
        let running = start(folder.path(), min_folded).unwrap();
        running.change_everything();
        let (saved, now) = (running.saved(), running.clock.now());
        drop(running);
        let again = start(folder.path(), min_folded).unwrap();
        assert_eq!(again.notices, [""; 0]);
        assert_eq!(again.saved(), saved);
        assert!(again.clock.now() >= now, "the clock runs on");
        drop(again);
        let text = String::from_utf8(read(&folder)[0].clone()).unwrap();
        assert_eq!(
            text.lines().count(),
            1,
            "the changes are folded at the start"
        );
        assert!(text.contains(r#""future":[1]"#), "{text}");
    }
}

#[test]
fn the_folder_does_not_grow_without_end() {
    let folder = folder();
    let running = start(folder.path(), 10_000).unwrap();
    let first = read(&folder)[0].len();
    for number in 0..500 {
        running.tag(&format!("T{}", number % 10)).unwrap();
        let [main, copy] = read(&folder);
        assert!(main.len() < 3 * first.max(10_000), "{}", main.len());
        assert_eq!(main.len(), copy.len());
    }
    let number = String::from_utf8(read(&folder)[0].clone()).unwrap();
    let number: u64 = number.split(' ').nth(1).unwrap().parse().unwrap();
    assert!(number > 1, "there was a snapshot since: {number}");
    drop(running);
    assert_eq!(start(folder.path(), 10_000).unwrap().tags().len(), 10);
}

#[test]
fn two_sandboxes_do_not_share_a_folder() {
    let folder = folder();
    let running = start(folder.path(), 1).unwrap();
    let why = start(folder.path(), 1).err().unwrap();
    let path = folder.path().display();
    assert_eq!(
        why,
        format!("{path} is in use by another sandbox: stop it, or use another folder")
    );
    drop(running);
    start(folder.path(), 1).unwrap();
}

#[test]
fn accounts_can_start_anew() {
    let folder = with_tags(&["A"]);
    let old = read(&folder);
    let running = start_with(folder.path(), 1, Existing::PutAside).unwrap();
    let path = folder.path().display();
    assert_eq!(
        running.notices,
        [format!(
            "{path}: the accounts start anew; the old ones are in accounts.log.old"
        )]
    );
    assert_eq!(running.tags(), [""; 0]);
    for (name, content) in NAMES.iter().zip(&old) {
        let kept = fs::read(folder.path().join(format!("{name}.old"))).unwrap();
        assert_eq!(kept, *content);
    }
    running.tag("B").unwrap();
    drop(running);
    assert_eq!(start(folder.path(), 1).unwrap().tags(), ["B"]);
}

/// What a kill can leave behind: a part of the last step in the first file, or in the second.
#[test]
fn a_kill_at_any_byte_of_a_write_is_no_damage() {
    let folder = with_tags(&["A", "B"]);
    let [main, copy] = read(&folder);
    assert_eq!(main, copy);
    let last = 1 + main[..main.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    for cut in (last..main.len())
        .step_by(9)
        .chain([main.len() - 1, main.len()])
    {
        // The first file has a part, the second one nothing of the line.
        write(&folder, &[main[..cut].to_vec(), main[..last].to_vec()]);
        let running = start(folder.path(), 1).unwrap();
        assert_eq!(running.notices, [""; 0], "{cut}");
        let expected: &[&str] = if cut == main.len() {
            &["A", "B"]
        } else {
            &["A"]
        };
        assert_eq!(running.tags(), expected, "{cut}");
        drop(running);
        // The first file has all, the second one a part.
        write(&folder, &[main.clone(), main[..cut].to_vec()]);
        let running = start(folder.path(), 1).unwrap();
        assert_eq!(running.notices, [""; 0], "{cut}");
        assert_eq!(running.tags(), ["A", "B"], "{cut}");
    }
    // New files replace the old ones: so far only the first.
    write(&folder, &[main.clone(), main.clone()]);
    drop(start(folder.path(), 1).unwrap());
    for old in [&main[..], &main[..last]] {
        let [folded, _] = read(&folder);
        write(&folder, &[folded, old.to_vec()]);
        let running = start(folder.path(), 1).unwrap();
        assert_eq!(running.notices, [""; 0]);
        assert_eq!(running.tags(), ["A", "B"]);
        drop(running);
        write(&folder, &[main.clone(), main.clone()]);
        drop(start(folder.path(), 1).unwrap());
    }
}

/// Damages one file, and expects that it is reported and kept, and that nothing is lost.
fn damage(index: usize, change: &dyn Fn(&mut Vec<u8>), case: &str) {
    let folder = with_tags(&["A", "B", "C"]);
    let mut contents = read(&folder);
    change(&mut contents[index]);
    write(&folder, &contents);
    let running = start(folder.path(), usize::MAX).unwrap();
    assert_eq!(running.tags(), ["A", "B", "C"], "{case}");
    let path = folder.path().join(NAMES[index]);
    let other = folder.path().join(NAMES[1 - index]);
    let start_of_notice = format!(
        "{} is damaged and is made anew from {}: ",
        path.display(),
        other.display()
    );
    let end = format!(". The damaged file is kept as {}.damaged-1", NAMES[index]);
    let [notice] = &running.notices[..] else {
        panic!("{case}: {:?}", running.notices);
    };
    assert!(
        notice.starts_with(&start_of_notice) && notice.ends_with(&end),
        "{case}: {notice}"
    );
    let kept = folder.path().join(format!("{}.damaged-1", NAMES[index]));
    assert_eq!(fs::read(kept).unwrap(), contents[index], "{case}");
    running.tag("D").unwrap();
    drop(running);
    let again = start(folder.path(), usize::MAX).unwrap();
    assert_eq!((again.tags().len(), again.notices.len()), (4, 0), "{case}");
}

#[test]
fn a_damaged_file_is_kept_and_made_anew() {
    let mut random = fastrand::Rng::with_seed(7);
    for index in [0, 1] {
        damage(index, &|file| file.fill(0), "zeroed");
        damage(index, &Vec::clear, "empty");
        damage(index, &|file| *file = b"Dear diary,\n".to_vec(), "text");
        damage(index, &|file| file.truncate(file.len() / 2), "truncated");
        damage(
            index,
            &|file| file.truncate(file.len() - 1_500),
            "end truncated",
        );
        damage(index, &|file| file.extend(b"more\n"), "extended");
        damage(index, &|file| file.extend(file.clone()), "doubled");
        for round in 0..25 {
            let (at, length) = (random.f64(), random.usize(1..64));
            let bytes: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
            let overwrite = |file: &mut Vec<u8>| {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    clippy::cast_precision_loss,
                    reason = "a position"
                )]
                let at = (at * (file.len() - bytes.len()) as f64) as usize;
                file[at..at + bytes.len()].copy_from_slice(&bytes);
            };
            damage(index, &overwrite, &format!("random bytes, round {round}"));
        }
    }
}

#[test]
fn lines_that_are_missing_are_damage() {
    let whole = with_tags(&["A", "B", "C"]);
    let [file, _] = read(&whole);
    let ends: Vec<usize> = (0..file.len()).filter(|at| file[*at] == b'\n').collect();
    for index in [0, 1] {
        let cut = |file: &mut Vec<u8>| file.truncate(ends[1] + 1);
        damage(index, &cut, "ends with a line");
        let gap = |file: &mut Vec<u8>| drop(file.drain(ends[1] + 1..=ends[2]));
        damage(index, &gap, "a line is missing");
    }
}

#[test]
fn a_missing_file_is_made_anew() {
    for index in [0, 1] {
        let folder = with_tags(&["A"]);
        let path = folder.path().join(NAMES[index]);
        fs::remove_file(&path).unwrap();
        let running = start(folder.path(), 1).unwrap();
        let other = folder.path().join(NAMES[1 - index]);
        let (path, other) = (path.display(), other.display());
        assert_eq!(
            running.notices,
            [format!("{path} is missing and is made anew from {other}")]
        );
        assert_eq!(running.tags(), ["A"]);
        let [main, copy] = read(&folder);
        assert_eq!(main, copy);
    }
}

#[test]
fn if_both_files_are_damaged_nothing_is_changed() {
    let folder = with_tags(&["A", "B", "C", "D"]);
    let [file, _] = read(&folder);
    let end_of_first = file.iter().position(|byte| *byte == b'\n').unwrap();
    let mut changed = file.clone();
    changed[end_of_first + 20] ^= 1;
    let mut late = file.clone();
    let last = late.len() - 5;
    late[last] ^= 1;
    let cut = file[..=end_of_first].to_vec();
    for contents in [
        [changed.clone(), changed.clone()],
        [Vec::new(), changed],
        // One is readable, but the other shows that lines are missing.
        [late.clone(), cut.clone()],
        [cut, late],
    ] {
        write(&folder, &contents);
        let why = start(folder.path(), 1).err().unwrap();
        for name in NAMES {
            let path = folder.path().join(name);
            assert!(why.contains(&path.display().to_string()), "{why}");
        }
        assert!(
            why.contains("both damaged, and nothing was changed"),
            "{why}"
        );
        assert_eq!(read(&folder), contents);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }
    let running = start_with(folder.path(), 1, Existing::PutAside).unwrap();
    assert_eq!(running.tags(), [""; 0]);
}

#[test]
fn another_format_is_refused() {
    let folder = with_tags(&["A"]);
    let content = r#"1 {"version":2,"new":[]}"#;
    let checksum = crc32fast::hash(content.as_bytes());
    let line = format!("{checksum:08x} {content}\n").into_bytes();
    let contents = [line.clone(), line];
    write(&folder, &contents);
    let why = start(folder.path(), 1).err().unwrap();
    let path = folder.path().join(NAMES[0]);
    assert_eq!(
        why,
        format!(
            "{} has the format 2, which this version of the sandbox doesn't know",
            path.display()
        )
    );
    assert_eq!(read(&folder), contents);
}

#[test]
fn a_folder_that_cannot_be_written_is_refused() {
    let folder = folder();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for (path, reason) in [
        (file.clone(), "can't be created: "),
        (file.join("inside"), "can't be created: "),
    ] {
        let why = start(&path, 1).err().unwrap();
        assert!(
            why.starts_with(&format!("{} {reason}", path.display())),
            "{why}"
        );
    }
    // Nobody can write there, not even root.
    fs::create_dir(folder.path().join("lock")).unwrap();
    let why = start(folder.path(), 1).err().unwrap();
    assert!(
        why.starts_with(&format!("{} can't be written: ", folder.path().display())),
        "{why}"
    );
}
