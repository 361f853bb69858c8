//! The `herald` command: arguments in, one call, an exit status out.

use std::process::ExitCode;

/// Many small allocations on every event; the system allocator spends more on them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    herald::cli::run()
}
