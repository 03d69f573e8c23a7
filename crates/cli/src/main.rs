//! The `wend` binary: arguments, configuration, wiring.

fn main() {}
