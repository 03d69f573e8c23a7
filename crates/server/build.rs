//! The application's files become part of the binary: when they change, it is built again.

fn main() {
    println!("cargo:rerun-if-changed=../../web/dist");
    println!("cargo:rerun-if-changed=../../examples/library");
}
