//! What a developer runs: test, ci, demo, codegen.

fn main() {}
