//! The daemon's log, as its starter sees it: rotated before, quoted after.

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::fd::{AsRawFd, OwnedFd};

use crate::runtime_dir::RuntimeDir;
use crate::system;

/// A log that is larger is put away before a start.
const LARGEST: u64 = 5 * 1024 * 1024;

/// The names of the log, the newest first; what the last one held goes.
const NAMES: [&str; 4] = ["hobd.log", "hobd.log.1", "hobd.log.2", "hobd.log.3"];

/// The log, open to be appended to, and where in it a new daemon begins to write.
#[derive(Debug)]
pub struct Log {
    /// For the daemon's standard streams.
    pub descriptor: OwnedFd,
    beginning: u64,
}

impl Log {
    /// Opens the log, readable for the user alone, and rotates it if it has grown large.
    pub fn open(folder: &RuntimeDir) -> io::Result<Self> {
        let log = Self::append_to(folder)?;
        if log.beginning <= LARGEST {
            return Ok(log);
        }
        for pair in NAMES.windows(2).rev() {
            rename(folder, pair[0], pair[1]);
        }
        Self::append_to(folder)
    }

    fn append_to(folder: &RuntimeDir) -> io::Result<Self> {
        let flags = libc::O_CREAT | libc::O_RDWR | libc::O_APPEND;
        let descriptor = system::open_at(folder, &system::c_string(NAMES[0].as_bytes())?, flags, 0o600)?;
        let beginning = File::from(descriptor.try_clone()?).metadata()?.len();
        Ok(Self { descriptor, beginning })
    }

    /// The last lines that were written since the log was opened, at most `most`.
    pub fn last_lines(&self, most: usize) -> Vec<String> {
        let mut bytes = Vec::new();
        let read = self.descriptor.try_clone().map(File::from).and_then(|mut file| {
            file.seek(SeekFrom::Start(self.beginning))?;
            file.take(1 << 20).read_to_end(&mut bytes)
        });
        let text = String::from_utf8_lossy(if read.is_ok() { &bytes } else { &[] });
        let lines: Vec<_> =
            text.lines().map(str::trim_end).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        lines[lines.len().saturating_sub(most)..].to_vec()
    }
}

/// A log that is missing needs no new name.
fn rename(folder: &RuntimeDir, from: &str, to: &str) {
    if let (Ok(from), Ok(to)) = (CString::new(from), CString::new(to)) {
        // SAFETY: both end in NUL.
        unsafe { libc::renameat(folder.as_raw_fd(), from.as_ptr(), folder.as_raw_fd(), to.as_ptr()) };
    }
}
