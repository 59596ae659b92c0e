//! The one line that says why there is no daemon: once an hour for each cause.

use std::os::fd::AsRawFd;

use crate::runtime_dir::RuntimeDir;
use crate::system;

/// How long a cause is not named again.
const QUIET_NS: i64 = 3_600_000_000_000;

/// Why the daemon cannot answer this call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unavailable {
    /// The cause, one word: what is not to be said twice an hour.
    pub cause: &'static str,
    /// For people.
    pub why: String,
    /// What the daemon wrote to its log before it failed, the newest last.
    pub log: Vec<String>,
}

impl Unavailable {
    /// Names a cause.
    pub fn new(cause: &'static str, why: impl Into<String>) -> Self {
        Self { cause, why: why.into(), log: Vec::new() }
    }
}

/// Says it on standard error, unless it was said within the hour.
pub fn announce(folder: Option<&RuntimeDir>, unavailable: &Unavailable) {
    if folder.is_some_and(|folder| was_said(folder, unavailable.cause)) {
        return;
    }
    let first = format!("hob: daemon unavailable ({}), running one-shot\n", unavailable.why);
    let text = unavailable.log.iter().fold(first, |text, line| text + "  " + line + "\n");
    let _ = system::write_all(libc::STDERR_FILENO, text.as_bytes());
}

/// Whether the cause was named within the hour; from now on it was. The times are those of empty files.
fn was_said(folder: &RuntimeDir, cause: &str) -> bool {
    let Ok(name) = system::c_string(format!("said-{cause}").as_bytes()) else { return false };
    let now = system::now_ns();
    let is_recent = system::stat_at(folder.as_raw_fd(), &name, true)
        .is_ok_and(|found| (0..QUIET_NS).contains(&(now - (found.st_mtime * 1_000_000_000 + found.st_mtime_nsec))));
    if !is_recent {
        if let Ok(file) = system::open_at(folder, &name, libc::O_CREAT | libc::O_WRONLY, 0o600) {
            // SAFETY: no times given: the file's become now.
            unsafe { libc::futimens(file.as_raw_fd(), std::ptr::null()) };
        }
    }
    is_recent
}
