//! Finding the operations of a method and a path.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;

use engagement_document::Document;

use crate::provider::config::Alias;

/// A segment of a path template.
enum Segment {
    Literal(String),
    Parameter(String),
}

/// A method and path template that leads to an operation.
struct Route {
    method: String,
    segments: Vec<Segment>,
    /// Position in [`Document::operations`].
    operation: usize,
    /// Position in [`Document::servers`].
    server: usize,
}

/// The routes to a document's operations.
pub(crate) struct Router {
    /// By the number of segments.
    routes: BTreeMap<usize, Vec<Route>>,
}

/// An operation that matches a method and a path.
pub(crate) struct Candidate {
    /// Position in [`Document::operations`].
    pub(crate) operation: usize,
    /// The values of its path parameters.
    pub(crate) path_values: Vec<(String, String)>,
}

/// The result of looking up a method and a path.
pub(crate) enum RouteMatch {
    /// The operations that match; at least one.
    Operations(Vec<Candidate>),
    /// The path exists, but only with these methods.
    MethodNotAllowed(Vec<String>),
    NotFound,
}

/// The percent-decoded segments of a path; `None` if one is not UTF-8.
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
    /// Routes below the path of each operation's server URL, and also without that path if `unversioned` is set; and the
    /// aliases, below the same paths.
    pub(crate) fn new(document: &Document, unversioned: bool, aliases: &[Alias]) -> Self {
        let mut router = Self {
            routes: BTreeMap::new(),
        };
        for (position, operation) in document.operations.iter().enumerate() {
            let base = document
                .servers
                .get(operation.server)
                .map_or("", |server| server.path());
            let bases = if unversioned && !base.is_empty() {
                vec![base, ""]
            } else {
                vec![base]
            };
            let aliases = aliases.iter();
            let aliases = aliases.filter(|alias| alias.operation == operation.id);
            let aliases = aliases.map(|alias| (alias.method, alias.path));
            let documented = (operation.method.as_str(), operation.path.as_str());
            for (method, path) in std::iter::once(documented).chain(aliases) {
                for base in &bases {
                    let template = format!("{base}{path}");
                    router.add(method, &template, position, operation.server);
                }
            }
        }
        router
    }

    fn add(&mut self, method: &str, template: &str, operation: usize, server: usize) {
        let segments = template.trim_start_matches('/').split('/');
        let segments: Vec<Segment> = segments.map(parse_segment).collect();
        self.routes.entry(segments.len()).or_default().push(Route {
            method: method.to_owned(),
            segments,
            operation,
            server,
        });
    }

    /// Looks up a path below the mount point of one host, or of all hosts. Literal segments take precedence over
    /// parameters.
    pub(crate) fn find(&self, server: Option<usize>, method: &str, path: &[String]) -> RouteMatch {
        let matching: Vec<&Route> = self
            .routes
            .get(&path.len())
            .into_iter()
            .flatten()
            .filter(|route| server.is_none_or(|server| route.server == server))
            .filter(|route| route.matches(path))
            .collect();
        let with_method: Vec<&Route> = matching
            .iter()
            .copied()
            .filter(|route| route.method == method)
            .collect();
        let Some(best) = with_method.iter().map(|route| route.literals()).max() else {
            let mut methods: Vec<String> =
                matching.iter().map(|route| route.method.clone()).collect();
            methods.sort();
            methods.dedup();
            return if methods.is_empty() {
                RouteMatch::NotFound
            } else {
                RouteMatch::MethodNotAllowed(methods)
            };
        };
        let chosen = with_method
            .into_iter()
            .filter(|route| route.literals() == best);
        let candidates = chosen.map(|route| Candidate {
            operation: route.operation,
            path_values: route.path_values(path),
        });
        RouteMatch::Operations(candidates.collect())
    }
}

fn parse_segment(text: &str) -> Segment {
    match text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
    {
        Some(name) => Segment::Parameter(name.to_owned()),
        None => Segment::Literal(text.to_owned()),
    }
}

impl Route {
    fn matches(&self, path: &[String]) -> bool {
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

    /// Which segments are literal. The greatest value is the most specific match.
    fn literals(&self) -> Vec<bool> {
        self.segments
            .iter()
            .map(|segment| matches!(segment, Segment::Literal(_)))
            .collect()
    }

    fn path_values(&self, path: &[String]) -> Vec<(String, String)> {
        let pairs = self.segments.iter().zip(path);
        pairs
            .filter_map(|(segment, given)| match segment {
                Segment::Parameter(name) => Some((name.clone(), given.clone())),
                Segment::Literal(_) => None,
            })
            .collect()
    }
}
