//! Tells the client which target it is built for: `hob --version` names it.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rustc-env=HOB_TARGET={}", std::env::var("TARGET").unwrap_or_default());
}
