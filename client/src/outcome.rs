//! What system calls say, for both programs of this package.

use std::io;
use std::os::fd::{FromRawFd, OwnedFd};

/// What a system call says: its value, or the error that it left in `errno`.
pub fn check(result: libc::c_int) -> io::Result<libc::c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

/// The descriptor that a system call made.
pub fn owned(result: libc::c_int) -> io::Result<OwnedFd> {
    // SAFETY: a call that returned a descriptor gave it to us alone.
    check(result).map(|descriptor| unsafe { OwnedFd::from_raw_fd(descriptor) })
}
