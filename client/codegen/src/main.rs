//! Writes `client/src/proto/hob.v1.rs` from `proto/`: `cargo run --manifest-path client/codegen/Cargo.toml`.

use std::path::Path;

/// What the client speaks; the typed services for editors are not its business.
const FILES: [&str; 2] = ["hob/v1/execute.proto", "hob/v1/verdict.proto"];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let codegen = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors = protox::compile(FILES, [codegen.join("../../proto")])?;
    prost_build::Config::new()
        .out_dir(codegen.join("../src/proto"))
        .compile_fds(descriptors)?;
    Ok(())
}
