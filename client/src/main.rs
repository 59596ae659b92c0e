//! `hob`: asks hobd, writes what comes back, exits or becomes the program that hobd names. It decides nothing.
//!
//! ```text
//! --version -> itself
//! verdict   -> a kept answer whose grounds still hold is given again, with no daemon at all
//! ask       -> connect (or start hobd and connect), one Execute call, write, exit or exec
//! one-shot  -> become `python -m hobd run-once`, where no daemon can or shall answer
//! ```
//!
//! The C `main` is ours: the start of Rust's runtime reads `/proc/self/maps`, which costs a tenth of this process.
#![cfg_attr(not(test), no_main)]

mod ask;
mod autostart;
mod build_id;
mod connect;
mod environment;
mod fallback;
mod grpc;
mod invocation;
mod launch;
mod lease;
mod log_file;
mod one_shot;
mod outcome;
mod progress;
mod prompt;
mod python;
mod render;
mod runtime_dir;
mod session;
mod signals;
mod spawn;
mod spool;
mod surroundings;
mod system;
mod verdict;
mod wedge;

/// The messages of `proto/hob/v1`, written by `client/codegen`.
#[allow(clippy::pedantic, missing_docs)]
mod proto {
    include!("proto/hob.v1.rs");
}

use std::rc::Rc;

use ask::Asker;
use fallback::{Unavailable, announce};
use invocation::{Invocation, VERSION};
use runtime_dir::{Absence, RuntimeDir};
use surroundings::Surroundings;

/// Where the process begins.
///
/// # Safety
/// For the C library alone: `argv` holds `count` strings.
#[cfg_attr(not(test), unsafe(export_name = "main"))]
#[cfg_attr(test, allow(dead_code))]
unsafe extern "C" fn begin(count: libc::c_int, argv: *const *const libc::c_char) -> libc::c_int {
    system::open_standard_streams();
    // SAFETY: by the caller's word.
    let invocation = unsafe { Invocation::of_this_process(count as usize, argv) };
    if invocation.asks_version() {
        return tell_version();
    }
    if !invocation.is_off(b"HOB_DAEMON") {
        ask_daemon(&invocation);
    }
    one_shot::run(&invocation)
}

/// Ends with the daemon's answer, kept or fresh; returns where there is none to be had.
fn ask_daemon(invocation: &Invocation) {
    let may_start = invocation.words().next() != Some(b"daemon");
    if !may_start && invocation.words().nth(1) != Some(b"status") {
        return; // about the daemon: what stops it cannot run inside it
    }
    let Ok(surroundings) = Surroundings::look() else { return };
    let folder = match RuntimeDir::find(&invocation.environment) {
        Ok(folder) => Rc::new(folder),
        Err(absence) => return announce(None, &Unavailable::from(absence)),
    };
    if !invocation.is_off(b"HOB_VERDICTS") {
        verdict::replay(&folder, invocation, &surroundings);
    }
    let unavailable = Asker::new(Rc::clone(&folder), invocation, &surroundings, may_start).ask();
    if may_start {
        announce(Some(&folder), &unavailable);
    }
}

impl From<Absence> for Unavailable {
    fn from(absence: Absence) -> Self {
        match absence {
            Absence::Chosen(text) => Self::new("chosen", text),
            Absence::None => Self::new("folder", "no directory is fit to hold its socket"),
        }
    }
}

fn tell_version() -> i32 {
    let text = format!("hob {VERSION} ({})\n", env!("HOB_TARGET"));
    match system::write_all(libc::STDOUT_FILENO, text.as_bytes()) {
        Ok(()) => 0,
        Err(error) => system::die_unwritten(&error),
    }
}
