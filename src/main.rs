//! The `herald` command: arguments in, one call, an exit status out.

fn main() {}
