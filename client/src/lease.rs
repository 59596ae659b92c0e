//! Keeping the cache from being cleaned away below a program: locks that outlive `execve` and end with the process.
//!
//! A POSIX record lock belongs to the process, not to the descriptor: children that inherit this one do not hold it.
//! In return all such locks are gone as soon as any descriptor of the file is closed, so there is only ever one.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsRawFd, IntoRawFd, OwnedFd};
use std::time::Duration;

use crate::proto;
use crate::system;

/// Descriptors below are what scripts redirect by number.
const LOWEST_DESCRIPTOR: libc::c_int = 64;

/// Who cleans a little holds the locks for less than this.
const ATTEMPTS: u32 = 25;
const PAUSE: Duration = Duration::from_millis(20);

/// Locks that are held until this is dropped, or for good.
pub struct Lease(OwnedFd);

/// Why there is no lease.
#[derive(Debug, PartialEq, Eq)]
pub enum NoLease {
    /// The cache is being cleaned.
    Busy,
    /// There is no such file, or the file system has no locks.
    Impossible,
}

impl Lease {
    /// Takes the locks, or says why there are none. Does not wait.
    pub fn take(wanted: &proto::Lease) -> Result<Self, NoLease> {
        let file = system::c_string(&wanted.path).and_then(|path| open(&path)).map_err(|_| NoLease::Impossible)?;
        wanted.bytes.iter().try_for_each(|byte| lock(&file, *byte)).map_err(|error| match error.raw_os_error() {
            Some(libc::EAGAIN | libc::EACCES) => NoLease::Busy,
            _ => NoLease::Impossible,
        })?;
        Ok(Self(file))
    }

    /// Takes the locks, and waits a moment for who holds them.
    pub fn wait(wanted: &proto::Lease) -> Result<Self, NoLease> {
        for _ in 1..ATTEMPTS {
            match Self::take(wanted) {
                Err(NoLease::Busy) => std::thread::sleep(PAUSE),
                other => return other,
            }
        }
        Self::take(wanted)
    }

    /// Leaves the locks to the program that this process becomes.
    pub fn leave(self) {
        let _ = self.0.into_raw_fd();
    }
}

/// A descriptor that programs inherit, out of the way of those that they use.
fn open(path: &CStr) -> io::Result<OwnedFd> {
    // SAFETY: `path` ends in NUL.
    let low = system::owned(unsafe { libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) })?;
    // SAFETY: `low` is open; closing it before anything is locked costs no lock.
    system::owned(unsafe { libc::fcntl(low.as_raw_fd(), libc::F_DUPFD, LOWEST_DESCRIPTOR) })
}

fn lock(file: &OwnedFd, byte: u64) -> io::Result<()> {
    // SAFETY: all zeros are a valid `flock`.
    let mut wanted = unsafe { std::mem::zeroed::<libc::flock>() };
    wanted.l_type = libc::F_RDLCK as _;
    wanted.l_whence = libc::SEEK_SET as _;
    wanted.l_start = byte as _;
    wanted.l_len = 1;
    // SAFETY: `wanted` outlives the call.
    system::check(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &raw const wanted) }).map(drop)
}
