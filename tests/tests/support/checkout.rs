//! A copy of the files that codegen reads and writes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use engagement_tests::providers;
use walkdir::WalkDir;
use xtask::codegen::WITH_PARTS;

/// A copy of the files that codegen reads and writes. Dropping it removes them.
pub(crate) struct Checkout(PathBuf);

impl Checkout {
    pub(crate) fn new(name: &str) -> Self {
        let root = super::program_folder(name);
        let source = providers::root();
        let manifest = std::fs::read_to_string(source.join("specs/generated-files.txt")).unwrap();
        let mut files: Vec<String> = manifest
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(str::to_owned)
            .collect();
        files.push("specs/generated-files.txt".into());
        for folder in ["specs", "benches/fixtures", "tests/fixtures"] {
            for entry in std::fs::read_dir(source.join(folder)).unwrap() {
                let name = entry.unwrap().file_name().to_string_lossy().into_owned();
                if name.ends_with(".yaml") {
                    files.push(format!("{folder}/{name}"));
                }
            }
        }
        // Each README is generated from the text beside it.
        let readmes = files
            .iter()
            .filter_map(|file| file.strip_suffix("README.md"));
        let sources: Vec<String> = readmes.map(|at| format!("{at}docs/README.md")).collect();
        files.extend(sources);
        files.extend(WITH_PARTS.map(str::to_owned));
        files.extend(["LICENSE-APACHE", "LICENSE-MIT"].map(str::to_owned));
        for provider in providers::ALL {
            files.push(format!("crates/{}-client/Cargo.toml", provider.name));
        }
        for file in files {
            let to = root.join(&file);
            std::fs::create_dir_all(to.parent().unwrap()).unwrap();
            std::fs::copy(source.join(&file), to).unwrap();
        }
        Self(root)
    }

    pub(crate) fn root(&self) -> &Path {
        &self.0
    }

    pub(crate) fn read(&self, file: &str) -> String {
        std::fs::read_to_string(self.0.join(file)).unwrap()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        std::fs::write(self.0.join(file), text).unwrap();
    }

    pub(crate) fn edit(&self, file: &str, from: &str, to: &str) {
        let text = self.read(file);
        assert!(text.contains(from), "{file} has no `{from}`");
        self.write(file, &text.replacen(from, to, 1));
    }

    /// Every file with its text.
    pub(crate) fn files(&self) -> BTreeMap<String, String> {
        let entries = WalkDir::new(&self.0).into_iter().map(Result::unwrap);
        let files = entries.filter(|entry| entry.file_type().is_file());
        let read = |entry: walkdir::DirEntry| {
            let name = entry.path().strip_prefix(&self.0).unwrap();
            let name = name.to_str().unwrap().replace('\\', "/");
            (name, std::fs::read_to_string(entry.path()).unwrap())
        };
        files.map(read).collect()
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
