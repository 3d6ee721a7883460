//! `cargo xtask import`: a vendor's own API description -> a document by our rules -> a crate of its own.
//!
//! Vendors publish Swagger 2.0 or OpenAPI 3 for other tools, and rarely without defects. [`adapt`] converts any of them into
//! a document that `engagement_document` reads and the generator accepts. It reports everything that it changes or leaves
//! out. Importing its result again changes nothing.
//!
//! The stages, in order. A stage imports only stages that come before it:
//!
//! | stage | in | out |
//! |---|---|---|
//! | `common` | | what all stages use |
//! | `source` | text of the vendor, and of corrections | JSON in terms of OpenAPI 3.0 |
//! | `describe` | the source | a document by our rules, with the schemas of the source |
//! | `schemas` | that document | schemas that become Rust types |
//! | `pages` | that document | lists of common styles that are read page by page |
//! | `examples` | that document | an example at each parameter, body and response |
//! | `accept` | a complete document | a document that the reader and the generator accept, and the generated modules |
//! | `adapt` | JSON of the vendor | a document by our rules and the report, by the stages above |
//! | `project` | document, modules and report | the files of the crate |
//! | `command` | arguments | the crate on disk, and a summary on the terminal |

mod accept;
mod adapt;
mod command;
mod common;
mod describe;
mod examples;
mod pages;
mod project;
mod schemas;
mod source;

pub use accept::generate::{Generated, generate};
pub use adapt::adapt;
pub use command::{Arguments, run, to_folder};
pub use common::report::{Note, Report};
pub use common::{Adapted, Failure, Options};
pub use project::files::{Core, crate_files};
pub use source::yaml::read;
