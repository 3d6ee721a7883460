//! The hand-written files of a new client crate, made from templates.

use engagement_document::{BodyKind, Document, Location, Operation, Scheme, SchemeKind};

use crate::codegen::{names, title};

/// Values by the names of their places in a template.
struct Values(Vec<(&'static str, String)>);

impl Values {
    fn fill(&self, template: &str) -> String {
        let mut text = template.to_owned();
        for (name, value) in &self.0 {
            text = text.replace(&format!("{{{{{name}}}}}"), value);
        }
        text
    }
}

/// The files of a client crate besides the generated ones: path from its folder, and text. `rust` is the oldest version
/// of Rust that the workspace supports.
pub fn crate_files(document: &Document, rust: &str) -> Vec<(&'static str, String)> {
    let values = values(document, rust);
    [
        ("Cargo.toml", include_str!("templates/Cargo.toml.txt")),
        ("src/lib.rs", include_str!("templates/lib.rs.txt")),
        ("src/client.rs", include_str!("templates/client.rs.txt")),
        ("src/blocking.rs", include_str!("templates/blocking.rs.txt")),
        ("docs/README.md", include_str!("templates/README.md.txt")),
    ]
    .map(|(file, template)| (file, values.fill(template)))
    .into()
}

fn values(document: &Document, rust: &str) -> Values {
    let name = &document.provider;
    let module = format!("{name}_client");
    let builder = Builder::new(document);
    let operation = example_operation(document);
    let multipart = has_uploads(document);
    let core = if multipart {
        "engagement-core = { workspace = true, features = [\"multipart\"] }"
    } else {
        "engagement-core.workspace = true"
    };
    let without_uploads = |text: &str| if multipart { "" } else { text }.to_owned();
    let env = env(document);
    let listed: Vec<String> = env.iter().map(|(name, _)| format!("`{name}`")).collect();
    let reads = listed.join(", ").replace('`', "");
    let setup = |value: fn(&str) -> String| builder.expression(document, &module, value);
    Values(vec![
        ("name", name.clone()),
        ("crate", format!("{name}-client")),
        ("title", title(document)),
        ("rust", rust.to_owned()),
        ("core", core.to_owned()),
        (
            "multipart_feature",
            without_uploads(
                "# Forms with files in raw requests: `RawRequest::multipart`.\nmultipart = [\"engagement-core/multipart\"]\n",
            ),
        ),
        (
            "multipart_row",
            without_uploads(
                "| `multipart` | | forms with files in raw requests: `RawRequest::multipart` |\n",
            ),
        ),
        (
            "if_multipart",
            without_uploads(
                "#[cfg(feature = \"multipart\")]\n#[cfg_attr(docsrs, doc(cfg(feature = \"multipart\")))]\n",
            ),
        ),
        ("uses", builder.uses("Credential, Error")),
        ("blocking_uses", builder.uses("Error")),
        ("more", builder.more(document)),
        ("parameters", builder.parameters.join(", ")),
        ("arguments", builder.arguments()),
        ("credentials", builder.credentials.clone()),
        (
            "env",
            if listed.is_empty() {
                "no credentials are needed".to_owned()
            } else {
                listed.join(", ")
            },
        ),
        (
            "reads",
            if reads.is_empty() {
                String::new()
            } else {
                format!(" // reads {reads}")
            },
        ),
        (
            "variables",
            env.iter()
                .map(|(name, label)| format!("| `{name}` | {label} |\n"))
                .collect(),
        ),
        ("prefix", name.to_uppercase()),
        ("url", document.servers[0].url.clone()),
        (
            "pointers",
            document
                .error_message
                .iter()
                .map(|pointer| format!("`{pointer}`"))
                .collect::<Vec<_>>()
                .join(" or "),
        ),
        ("setup", setup(|variable| format!("my-{}", words(variable)))),
        (
            "sandbox",
            setup(|variable| format!("sandbox-{}", words(variable))),
        ),
        ("operation", operation.id.clone()),
        ("call", call(operation)),
        ("module", module),
    ])
}

/// A variable as a word of a value: `acme-api-key`.
fn words(variable: &str) -> String {
    variable.to_lowercase().replace('_', "-")
}

fn has_uploads(document: &Document) -> bool {
    let mut bodies = document.operations.iter().filter_map(|it| it.body.as_ref());
    bodies.any(|body| body.kind == BodyKind::Multipart)
}

/// The environment variables of credentials and of values of the client, with what they hold.
fn env(document: &Document) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, label: &str| {
        if !found.iter().any(|(known, _)| known == name) {
            found.push((name.to_owned(), label.to_owned()));
        }
    };
    for scheme in &document.schemes {
        scheme.env.iter().for_each(|name| add(name, &scheme.label));
    }
    for value in client_values(document) {
        add(&value.env, &value.label);
    }
    found
}

fn client_values(document: &Document) -> impl Iterator<Item = &engagement_document::ClientValue> {
    let parameters = document.operations.iter().flat_map(|it| &it.parameters);
    parameters.filter_map(|parameter| parameter.client_value.as_ref())
}

/// How `Client::builder` takes credentials: those of the only scheme as arguments. Several schemes are alternatives or
/// belong together, which the document doesn't say, so callers add them by name.
struct Builder {
    parameters: Vec<&'static str>,
    credentials: String,
}

impl Builder {
    fn new(document: &Document) -> Self {
        let [scheme] = document.schemes.as_slice() else {
            return Self {
                parameters: Vec::new(),
                credentials: String::new(),
            };
        };
        let (kind, parameters): (_, &[_]) = match scheme.kind {
            SchemeKind::Basic => (
                "basic(user, password)",
                &["user: impl Into<Secret>", "password: impl Into<Secret>"],
            ),
            SchemeKind::BasicUserOnly => ("user_only(key)", &["key: impl Into<Secret>"]),
            SchemeKind::Bearer => ("bearer(token)", &["token: impl Into<Secret>"]),
            SchemeKind::Header(_) => ("header(key)", &["key: impl Into<Secret>"]),
        };
        Self {
            parameters: parameters.to_vec(),
            credentials: format!(".credential({:?}, Credential::{kind})", scheme.name),
        }
    }

    fn uses(&self, names: &str) -> String {
        match self.parameters.as_slice() {
            [] => "Error".to_owned(),
            _ => format!("{names}, Secret"),
        }
    }

    fn arguments(&self) -> String {
        let names = self.parameters.iter().filter_map(|it| it.split_once(':'));
        names.map(|(name, _)| name).collect::<Vec<_>>().join(", ")
    }

    fn more(&self, document: &Document) -> String {
        if self.parameters.is_empty() && !document.schemes.is_empty() {
            "\n    ///\n    /// Add the credentials that you have with `credential`.".to_owned()
        } else {
            String::new()
        }
    }

    /// The builder of a client with the credentials of all schemes.
    fn expression(&self, document: &Document, module: &str, value: fn(&str) -> String) -> String {
        let quoted = |scheme: &Scheme| {
            let values = scheme.env.iter().map(|name| format!("{:?}", value(name)));
            values.collect::<Vec<_>>().join(", ")
        };
        let mut text = format!("{module}::Client::builder(");
        match document.schemes.as_slice() {
            [one] => text += &format!("{})", quoted(one)),
            several => {
                text += ")";
                for scheme in several {
                    let kind = match scheme.kind {
                        SchemeKind::Basic => "basic",
                        SchemeKind::BasicUserOnly => "user_only",
                        SchemeKind::Bearer => "bearer",
                        SchemeKind::Header(_) => "header",
                    };
                    text += &format!(
                        "\n    .credential({:?}, {module}::Credential::{kind}({}))",
                        scheme.name,
                        quoted(scheme)
                    );
                }
            }
        }
        let parameters = document.operations.iter().flat_map(|it| &it.parameters);
        let mut seen = Vec::new();
        for parameter in parameters {
            if let Some(client_value) = &parameter.client_value
                && !seen.contains(&&parameter.name)
            {
                seen.push(&parameter.name);
                let value = value(&client_value.env);
                text += &format!("\n    .value({:?}, {value:?})", parameter.name);
            }
        }
        text
    }
}

/// The operation of the examples: one that needs the least.
fn example_operation(document: &Document) -> &Operation {
    let effort = |operation: &&Operation| {
        let required = operation.parameters.iter().filter(|it| it.required).count();
        let body = operation.body.as_ref().is_some_and(|body| body.required);
        (
            operation.server != 0,
            operation.deprecated,
            operation.returns_bytes(),
            usize::from(body) * 10 + required,
        )
    };
    let mut operations = document.operations.iter();
    operations
        .by_ref()
        .min_by_key(effort)
        .expect("a document without operations breaks a rule")
}

/// The call of an operation with the values of its examples.
fn call(operation: &Operation) -> String {
    let needs = operation.parameters.iter();
    let mut needs = needs.filter(|it| it.required && it.client_value.is_none());
    if operation.body.is_none() && needs.next().is_none() {
        let (group, action) = (
            names::snake(&operation.group),
            names::snake(&operation.action),
        );
        return format!("client.{group}().{action}()");
    }
    let mut text = format!("client.operation({:?})?", operation.id);
    for parameter in operation.parameters.iter().filter(|it| it.required) {
        let method = match parameter.location {
            Location::Path => "path_param",
            Location::Query => "query_param",
            Location::Header => "header_param",
        };
        let value = &parameter.example;
        text += &format!(".{method}({:?}, {value})", parameter.name);
    }
    if let Some(body) = &operation.body {
        text += &format!(".json(&serde_json::json!({}))", body.example);
    }
    text
}
