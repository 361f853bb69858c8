//! Runs the proof of the fold: random histories, judged by their outputs alone.

mod recorded;
mod run;
mod shrink;

/// Histories are many small things: most of their time would be the allocator's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    run::main()
}
