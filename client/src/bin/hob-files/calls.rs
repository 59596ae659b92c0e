//! System calls relative to open folders, which the standard library has no words for.

use std::ffi::{CStr, CString, OsStr};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;

use crate::outcome::{check, owned};

const FOLDER: libc::c_int = libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC;

/// Has this process end when the one that started it ends, however that comes about: nobody else knows of its stage.
pub fn end_with_parent() {
    #[cfg(target_os = "linux")]
    // SAFETY: only sets an attribute of this process.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
}

/// Opens a folder.
pub fn open_path(path: &OsStr) -> io::Result<OwnedFd> {
    let path = CString::new(path.as_bytes()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    // SAFETY: `path` ends in NUL.
    owned(unsafe { libc::open(path.as_ptr(), FOLDER) })
}

/// Opens a folder in another one; a link to one is none.
pub fn open_folder(folder: &OwnedFd, name: &CStr) -> io::Result<OwnedFd> {
    // SAFETY: `name` ends in NUL.
    owned(unsafe { libc::openat(folder.as_raw_fd(), name.as_ptr(), FOLDER | libc::O_NOFOLLOW) })
}

/// Makes a folder; one that is there already will do.
pub fn make_folder(folder: &OwnedFd, path: &CStr) -> io::Result<()> {
    // SAFETY: `path` ends in NUL.
    match check(unsafe { libc::mkdirat(folder.as_raw_fd(), path.as_ptr(), 0o777) }) {
        Err(error) if error.raw_os_error() == Some(libc::EEXIST) => Ok(()),
        other => other.map(drop),
    }
}

/// Gives a file another name, in place of what has it.
pub fn link(from: &OwnedFd, source: &CStr, to: &OwnedFd, name: &CStr) -> io::Result<()> {
    in_place_of(to, name, || {
        // SAFETY: both names end in NUL.
        check(unsafe { libc::linkat(from.as_raw_fd(), source.as_ptr(), to.as_raw_fd(), name.as_ptr(), 0) })
    })
    .map(drop)
}

/// Writes a file, in place of what has its name.
pub fn write(folder: &OwnedFd, name: &CStr, mode: u32, content: &[u8]) -> io::Result<()> {
    let flags = libc::O_WRONLY | libc::O_CREAT | libc::O_EXCL | libc::O_NOFOLLOW | libc::O_CLOEXEC;
    let descriptor = in_place_of(folder, name, || {
        // SAFETY: `name` ends in NUL.
        check(unsafe { libc::openat(folder.as_raw_fd(), name.as_ptr(), flags, mode) })
    })?;
    // SAFETY: the call gave it to us alone.
    let mut file = std::fs::File::from(unsafe { OwnedFd::from_raw_fd(descriptor) });
    io::Write::write_all(&mut file, content)
}

/// Size and time of change of a file, in bytes and nanoseconds; of a link, its own.
pub fn look(folder: &OwnedFd, path: &CStr) -> io::Result<(i64, i64)> {
    // SAFETY: all zeros are a valid `stat`, which the call then fills in; `path` ends in NUL.
    let mut found = unsafe { std::mem::zeroed::<libc::stat>() };
    // SAFETY: `found` outlives the call.
    check(unsafe { libc::fstatat(folder.as_raw_fd(), path.as_ptr(), &raw mut found, libc::AT_SYMLINK_NOFOLLOW) })?;
    Ok((found.st_size, found.st_mtime * 1_000_000_000 + found.st_mtime_nsec))
}

fn in_place_of(folder: &OwnedFd, name: &CStr, make: impl Fn() -> io::Result<libc::c_int>) -> io::Result<libc::c_int> {
    match make() {
        Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {
            // SAFETY: `name` ends in NUL.
            check(unsafe { libc::unlinkat(folder.as_raw_fd(), name.as_ptr(), 0) })?;
            make()
        }
        other => other,
    }
}
