//! The program with `--data`, `--seed` and `--reset`, and what is left when it is killed.
#![cfg(unix)]

mod kill;
mod process;
mod program;
