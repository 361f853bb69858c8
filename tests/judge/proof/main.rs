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

/// Histories are many small things: most of their time would be the allocator's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    run::main()
}
