//! `cargo xtask import` over an earlier import: what the user owns stays, corrections are applied again, and the version rises
//! by what changed.

mod support;

use std::path::{Path, PathBuf};

use xtask::import::{Arguments, to_folder};
use xtask::workspace::root;

/// The vendor's document. It says that a weight is a text, which is wrong.
const FIRST: &str = r"openapi: 3.0.3
info: {title: Parcels API, version: '1'}
servers: [{url: https://api.parcels.test/v1}]
paths:
  /parcels:
    get:
      operationId: listParcels
      tags: [parcels]
      parameters:
        - {name: page, in: query, schema: {type: integer}}
        - {name: per_page, in: query, schema: {type: integer}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/ParcelPage'}}}}
  /parcels/{id}:
    get:
      operationId: getParcel
      tags: [parcels]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Parcel'}}}}
  /events:
    get:
      operationId: listEvents
      tags: [events]
      parameters: [{name: cursor, in: query, schema: {type: string}}]
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/EventPage'}}}}
components:
  schemas:
    Parcel: {type: object, required: [id], properties: {id: {type: string}, weight: {type: string}}}
    ParcelPage:
      type: object
      properties:
        data: {type: array, items: {$ref: '#/components/schemas/Parcel'}}
        meta: {type: object, properties: {total: {type: integer}}}
    Event: {type: object, properties: {name: {type: string}}}
    EventPage:
      type: object
      properties: {items: {type: array, items: {$ref: '#/components/schemas/Event'}}, next_cursor: {type: string}}
";

const OVERLAY: &str = "overlay: 1.0.0
info: {title: Corrections, version: '1'}
actions:
  - target: $.components.schemas.Parcel.properties.weight
    description: It is sent as a number.
    update: {type: number}
";

struct Import(PathBuf);

impl Import {
    fn new(name: &str) -> Self {
        Self(support::program_folder(name))
    }

    fn krate(&self) -> PathBuf {
        self.0.join("parcels-client")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.krate().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.krate().join(name)).unwrap()
    }

    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name}: {text}");
        self.write(name, &text.replace(from, to));
    }

    fn arguments(&self, file: &str, text: &str) -> Arguments {
        let file = self.0.join(file);
        std::fs::write(&file, text).unwrap();
        Arguments {
            file,
            name: "parcels".into(),
            title: None,
            server: None,
            out: Some(self.krate()),
            core: Some(root().to_string_lossy().into_owned()),
            overlay: None,
            overwrite: false,
        }
    }

    fn run(&self, file: &str, text: &str) -> Result<String, String> {
        to_folder(&self.arguments(file, text))
    }

    /// Every file and its text.
    fn files(&self) -> Vec<(String, String)> {
        let entries = walkdir::WalkDir::new(self.krate()).sort_by_file_name();
        let files = entries.into_iter().map(|entry| entry.unwrap().into_path());
        let files = files.filter(|path| path.is_file());
        let text = |path: &Path| std::fs::read_to_string(path).unwrap();
        files
            .map(|path| (path.display().to_string(), text(&path)))
            .collect()
    }
}

impl Drop for Import {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The vendor's next document: a list takes a depot, and events are gone.
fn second() -> String {
    let (head, rest) = FIRST.split_once("  /events:\n").unwrap();
    let (_, rest) = rest.split_once("components:\n").unwrap();
    let depot = "        - {name: depot, in: query, required: true, schema: {type: string}}\n        - {name: page, in";
    format!("{head}components:\n{rest}").replace("        - {name: page, in", depot)
}

#[test]
fn own_code_and_corrections_survive_the_vendors_next_document() {
    let import = Import::new("import-again");
    import.write("overlay.yaml", OVERLAY);
    let output = import.run("first.yaml", FIRST).unwrap();
    assert!(
        output.contains("corrected by 1 action(s) of the overlay"),
        "{output}"
    );
    assert!(
        import
            .read("src/generated/types.rs")
            .contains("pub weight: Option<f64>")
    );
    assert!(import.read("Cargo.toml").contains("version = \"0.1.0\""));
    assert!(!import.read("REPORT.md").contains("Since the last import"));

    let own = "pub fn is_heavy(parcel: &crate::types::Parcel) -> bool {\n    parcel.weight > Some(30.0)\n}\n";
    import.write("src/extra.rs", own);
    import.write("tests/own.rs", "// mine\n");
    import.edit(
        "src/lib.rs",
        "mod runtime;\n",
        "mod runtime;\npub mod extra;\n",
    );
    import.edit("docs/README.md", "# parcels-client", "# Parcels");
    import.edit("Cargo.toml", "serde_json = \"1\"\n", "serde_json = \"1\"\nfastrand = \"2\" # mine\n\n[package.metadata.own]\nteam = \"parcels\"\n");

    let output = import.run("second.yaml", &second()).unwrap();
    assert_eq!(import.read("src/extra.rs"), own);
    assert_eq!(import.read("tests/own.rs"), "// mine\n");
    assert!(import.read("src/lib.rs").contains("pub mod extra;\n"));
    assert!(import.read("README.md").contains("\n# Parcels\n"));
    assert!(
        import
            .read("src/generated/types.rs")
            .contains("pub weight: Option<f64>")
    );
    let manifest = import.read("Cargo.toml");
    assert!(manifest.contains("fastrand = \"2\" # mine\n"), "{manifest}");
    assert!(
        manifest.contains("[package.metadata.own]\nteam = \"parcels\"\n"),
        "{manifest}"
    );
    assert!(manifest.contains("version = \"0.2.0\"\n"), "{manifest}");
    assert!(!import.krate().join("src/generated/events.rs").exists());

    let report = import.read("REPORT.md");
    let begin = "<!-- @generated by cargo xtask import -->\n\n# What the import of second.yaml did\n\n## Since the last import\n\n```text\nbreaking\n  \
        parcels_list: query parameter `depot` is new and required; pass it as argument 1 of `parcels().list(depot)` (openapi.yaml:";
    assert!(report.starts_with(begin), "{report}");
    assert!(report.contains("\n  events_list: the operation is gone; remove calls of `events().list()` (the last openapi.yaml:"), "{report}");
    assert!(
        report.contains("\nLargest change: breaking. Version 0.1.0 becomes 0.2.0.\n"),
        "{report}"
    );
    for text in [
        "since the last import\nbreaking\n  parcels_list: query parameter `depot` is new",
        "kept      src/lib.rs, which is yours since you edited it\n",
        "kept      docs/README.md, which is yours since you edited it\n",
    ] {
        assert!(output.contains(text), "{output}");
    }

    // Once more, from the crate's own document: nothing to correct, and nothing changes.
    let mut arguments = import.arguments("second.yaml", "");
    arguments.file = import.krate().join("openapi.yaml");
    to_folder(&arguments).unwrap();
    assert!(import.read("Cargo.toml").contains("version = \"0.2.0\"\n"));
    assert!(
        import
            .read("src/generated/types.rs")
            .contains("pub weight: Option<f64>")
    );
}

#[test]
fn an_edited_generated_file_is_reported_or_put_aside() {
    let import = Import::new("import-edited");
    import.run("first.yaml", FIRST).unwrap();
    import.edit("src/client.rs", "//! How a client is made.", "//! Mine.");
    import.edit(
        "src/generated/events.rs",
        "What the provider calls",
        "My events:",
    );
    let before = import.files();
    let error = import.run("second.yaml", &second()).unwrap_err();
    assert!(error.contains("2 file(s) which were edited since the last import and would be replaced: src/client.rs, src/generated/events.rs. Nothing was written."), "{error}");
    assert!(
        error.contains("overlay.yaml") && error.contains("--overwrite"),
        "{error}"
    );
    assert_eq!(import.files(), before);

    let mut arguments = import.arguments("second.yaml", &second());
    arguments.overwrite = true;
    let output = to_folder(&arguments).unwrap();
    assert!(
        output.contains("replaced  src/client.rs; your version is src/client.rs.edited\n"),
        "{output}"
    );
    assert!(import.read("src/client.rs.edited").contains("//! Mine."));
    assert!(
        import
            .read("src/client.rs")
            .contains("//! How a client is made.")
    );
    assert!(
        import
            .read("src/generated/events.rs.edited")
            .contains("My events")
    );
    assert!(!import.krate().join("src/generated/events.rs").exists());
    // The next import is not disturbed by them.
    import.run("second.yaml", &second()).unwrap();
}

#[test]
fn a_correction_that_matches_nothing_is_named_and_nothing_is_written() {
    let import = Import::new("import-overlay");
    import.run("first.yaml", FIRST).unwrap();
    import.write(
        "overlay.yaml",
        &OVERLAY.replace("properties.weight", "properties.mass"),
    );
    let before = import.files();
    let error = import.run("first.yaml", FIRST).unwrap_err();
    let path = import.krate().join("overlay.yaml");
    let want = format!(
        "{}:4: target `$.components.schemas.Parcel.properties.mass` matches nothing in the vendor's document: correct it, or delete the action if the vendor has corrected that place",
        path.display()
    );
    assert_eq!(error, want);
    assert_eq!(import.files(), before);

    let mut arguments = import.arguments("first.yaml", FIRST);
    arguments.overlay = Some(import.0.join("no-such.yaml"));
    let error = to_folder(&arguments).unwrap_err();
    assert!(error.contains("no-such.yaml: "), "{error}");
}

#[test]
fn a_crate_that_no_import_made_is_refused() {
    let import = Import::new("import-foreign");
    import.write("Cargo.toml", "[package]\nname = \"other\"\n");
    let error = import.run("first.yaml", FIRST).unwrap_err();
    assert!(
        error.contains(
            "holds a crate that no import made: it has Cargo.toml and no imported-files.txt"
        ),
        "{error}"
    );
    assert_eq!(import.files().len(), 1);
}

#[test]
fn a_broken_manifest_is_named_and_nothing_is_written() {
    let import = Import::new("import-manifest");
    import.run("first.yaml", FIRST).unwrap();
    import.edit("Cargo.toml", "version = \"0.1.0\"", "version = ");
    let before = import.files();
    let error = import.run("second.yaml", &second()).unwrap_err();
    assert!(
        error.contains("Cargo.toml: ") && error.contains("line 5"),
        "{error}"
    );
    assert_eq!(import.files(), before);
}

#[test]
fn lists_of_common_styles_are_read_page_by_page() {
    let import = Import::new("import-pages");
    import.run("first.yaml", FIRST).unwrap();
    let document = import.read("openapi.yaml");
    let document = engagement_document::Document::from_yaml(&document).unwrap();
    let style = |id: &str| document.operation(id).unwrap().pagination.clone();
    assert_eq!(
        format!("{:?}", style("parcels_list").unwrap()),
        "Page { param: \"page\", size: \"per_page\", items: \"/data\", total: \"/meta/total\" }"
    );
    assert_eq!(
        format!("{:?}", style("events_list").unwrap()),
        "Cursor { param: \"cursor\", next: \"/next_cursor\", items: \"/items\", conflicts: [], more: None, after: None }"
    );
    assert_eq!(style("parcels_get"), None);
    let report = import.read("REPORT.md");
    assert!(report.contains("* `/paths/~1parcels/get`: its pages can be read one after another: guessed from the names `page`, `per_page`, `/data`, `/meta/total`\n"), "{report}");

    // One side alone is no style: without a total, with pages from zero, or with a cursor that is never returned.
    for (from, to) in [
        (
            "meta: {type: object, properties: {total: {type: integer}}}",
            "more: {type: boolean}",
        ),
        (
            "{name: page, in: query, schema: {type: integer}}",
            "{name: page, in: query, schema: {type: integer, default: 0}}",
        ),
        ("{name: per_page,", "{name: depth,"),
    ] {
        import.run("first.yaml", &FIRST.replace(from, to)).unwrap();
        let report = import.read("REPORT.md");
        assert!(
            !report.contains("`/paths/~1parcels/get`: its pages"),
            "{report}"
        );
    }
    import
        .run("first.yaml", &FIRST.replace("next_cursor", "following"))
        .unwrap();
    assert!(
        !import
            .read("REPORT.md")
            .contains("`/paths/~1events/get`: its pages")
    );
}

#[test]
fn a_name_that_two_operations_would_get_stays_long() {
    let import = Import::new("import-names");
    let clash = FIRST.replace("operationId: getParcel\n", "operationId: list\n");
    import.run("first.yaml", &clash).unwrap();
    let document = import.read("openapi.yaml");
    let document = engagement_document::Document::from_yaml(&document).unwrap();
    let ids: Vec<&str> = document
        .operations
        .iter()
        .map(|operation| operation.id.as_str())
        .collect();
    assert_eq!(ids, ["parcels_list_parcels", "parcels_list", "events_list"]);
}
