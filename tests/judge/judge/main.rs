//! The proof of the fold: random histories, judged by their outputs alone.

mod chance;
mod event;
mod generate;
mod judge;
mod message;
mod plan;
mod play;
mod run;
mod shrink;
mod tale;

fn main() -> std::process::ExitCode {
    run::main()
}
