//! From method and path to operations.

use percent_encoding::percent_decode_str;

use engagement_document::Document;

/// A segment of a path template.
enum Segment {
    Literal(String),
    Parameter(String),
}

/// One way to an operation.
struct Route {
    method: String,
    segments: Vec<Segment>,
    /// Position in [`Document::operations`].
    operation: usize,
    /// Position in [`Document::servers`].
    server: usize,
}

/// All ways to a document's operations.
pub(crate) struct Router {
    routes: Vec<Route>,
}

/// What a method and a path lead to.
pub(crate) enum Found {
    /// Operations that share them, with the values of each one's path parameters.
    Operations(Vec<(usize, Vec<(String, String)>)>),
    /// The path is known, with these methods.
    OtherMethods(Vec<String>),
    /// The path is unknown.
    Nothing,
}

/// The segments of a raw path, decoded; `None` if one is no UTF-8.
pub(crate) fn segments(path: &str) -> Option<Vec<String>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/')
        .map(|segment| {
            percent_decode_str(segment)
                .decode_utf8()
                .ok()
                .map(String::from)
        })
        .collect()
}

impl Router {
    /// Routes under each operation's server path, and without it where `unversioned` is set.
    pub(crate) fn new(document: &Document, unversioned: bool) -> Self {
        let mut routes = Vec::new();
        for (at, operation) in document.operations.iter().enumerate() {
            let base = document
                .servers
                .get(operation.server)
                .map_or("", |server| server.path());
            let bases = if unversioned && !base.is_empty() {
                vec![base, ""]
            } else {
                vec![base]
            };
            for base in bases {
                let template = format!("{base}{}", operation.path);
                let segments = template
                    .trim_start_matches('/')
                    .split('/')
                    .map(segment)
                    .collect();
                routes.push(Route {
                    method: operation.method.clone(),
                    segments,
                    operation: at,
                    server: operation.server,
                });
            }
        }
        Self { routes }
    }

    /// Looks up a path below the mount point of a host, or of all hosts alike. Literal segments win over parameters.
    pub(crate) fn find(&self, server: Option<usize>, method: &str, path: &[String]) -> Found {
        let fitting: Vec<&Route> = self
            .routes
            .iter()
            .filter(|route| server.is_none_or(|server| route.server == server))
            .filter(|route| route.fits(path))
            .collect();
        let with_method: Vec<&Route> = fitting
            .iter()
            .copied()
            .filter(|route| route.method == method)
            .collect();
        let Some(best) = with_method.iter().map(|route| route.literals()).max() else {
            let mut methods: Vec<String> =
                fitting.iter().map(|route| route.method.clone()).collect();
            methods.sort();
            methods.dedup();
            return if methods.is_empty() {
                Found::Nothing
            } else {
                Found::OtherMethods(methods)
            };
        };
        let chosen = with_method
            .into_iter()
            .filter(|route| route.literals() == best);
        Found::Operations(
            chosen
                .map(|route| (route.operation, route.values(path)))
                .collect(),
        )
    }
}

fn segment(text: &str) -> Segment {
    match text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(name) => Segment::Parameter(name.to_owned()),
        None => Segment::Literal(text.to_owned()),
    }
}

impl Route {
    fn fits(&self, path: &[String]) -> bool {
        self.segments.len() == path.len()
            && self
                .segments
                .iter()
                .zip(path)
                .all(|(segment, given)| match segment {
                    Segment::Literal(literal) => literal == given,
                    Segment::Parameter(_) => !given.is_empty(),
                })
    }

    /// Which segments are literal; the greater, the closer the match.
    fn literals(&self) -> Vec<bool> {
        self.segments
            .iter()
            .map(|segment| matches!(segment, Segment::Literal(_)))
            .collect()
    }

    fn values(&self, path: &[String]) -> Vec<(String, String)> {
        let pairs = self.segments.iter().zip(path);
        pairs
            .filter_map(|(segment, given)| match segment {
                Segment::Parameter(name) => Some((name.clone(), given.clone())),
                Segment::Literal(_) => None,
            })
            .collect()
    }
}
