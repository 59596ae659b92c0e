//! One-shot: the same engine in one process, where no daemon can or shall answer.

use std::ffi::CString;

use crate::environment;
use crate::invocation::Invocation;
use crate::{launch, python, system};

/// Becomes `python -m hobd run-once <argv>`. `HOB_CLIENT` tells it what children are to see as the client.
pub fn run(invocation: &Invocation) -> ! {
    let python = python::find(invocation).unwrap_or_else(|why| system::fail(&why, system::EXIT_UNAVAILABLE));
    let error = execute(invocation, &python).unwrap_or_else(|error| error);
    let shown = String::from_utf8_lossy(&python);
    system::fail(&format!("Failed to start `{shown}`: {error}"), system::EXIT_UNAVAILABLE)
}

fn execute(invocation: &Invocation, python: &[u8]) -> std::io::Result<std::io::Error> {
    let arguments = invocation.arguments.iter().map(Vec::as_slice);
    let words = [&b"run-once"[..], &invocation.called_as].into_iter().chain(arguments);
    let argv = python::command_line(python, words)?;
    let client = [b"HOB_CLIENT=", &invocation.program[..]].concat();
    let kept = invocation.environment.with_prefix(b"").filter(|(name, _)| *name != b"HOB_CLIENT");
    let mut entries = kept
        .map(|(name, value)| [name, b"=", value].concat())
        .chain([client])
        .map(|entry| system::c_string(&entry).map(CString::into_raw))
        .collect::<std::io::Result<Vec<_>>>()?;
    entries.push(std::ptr::null_mut());
    // SAFETY: the strings are leaked, and nothing else runs in this process.
    unsafe { environment::replace(entries) };
    Ok(launch::execute(&argv[0], &argv))
}
