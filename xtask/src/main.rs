//! Checks on the shape of the project itself.
fn main() {}
