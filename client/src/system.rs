//! The few system calls that the standard library has no words for, and the ways this process ends.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::time::Duration;

use tokio::io::unix::AsyncFd;

pub use crate::outcome::{check, owned};

/// The exit code where neither the daemon nor a one-shot run is to be had.
pub const EXIT_UNAVAILABLE: i32 = 75;

/// Bytes as a C string; an argument or path with a NUL inside is nothing that the kernel could take.
pub fn c_string(bytes: &[u8]) -> io::Result<CString> {
    CString::new(bytes).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))
}

/// Opens `/dev/null` where a standard stream is closed, so that no file of ours is ever taken for one.
pub fn open_standard_streams() {
    let mut streams = [0, 1, 2].map(|descriptor| libc::pollfd { fd: descriptor, events: 0, revents: 0 });
    // SAFETY: `streams` outlives the call; a timeout of 0 never waits.
    unsafe { libc::poll(streams.as_mut_ptr(), 3, 0) };
    for stream in streams {
        if stream.revents & libc::POLLNVAL != 0 {
            // SAFETY: the lowest free number is the one that is closed, since those below it are open by now.
            unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDWR) };
        }
    }
}

/// Writes all of `bytes`, also where the other end made the descriptor non-blocking.
pub fn write_all(descriptor: RawFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        // SAFETY: `bytes` is valid for its length.
        let written = unsafe { libc::write(descriptor, bytes.as_ptr().cast(), bytes.len()) };
        if written >= 0 {
            bytes = &bytes[written as usize..];
            continue;
        }
        let error = io::Error::last_os_error();
        match error.kind() {
            io::ErrorKind::Interrupted => {}
            io::ErrorKind::WouldBlock => wait_ready(descriptor, libc::POLLOUT, None).map(drop)?,
            _ => return Err(error),
        }
    }
    Ok(())
}

/// Reads what is there into `buffer`; 0 is the end.
pub fn read(descriptor: &impl AsRawFd, buffer: &mut [u8]) -> io::Result<usize> {
    // SAFETY: `buffer` is valid for its length.
    let count = unsafe { libc::read(descriptor.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len()) };
    if count < 0 { Err(io::Error::last_os_error()) } else { Ok(count as usize) }
}

/// Lets the runtime tell when `descriptor` is ready.
pub fn watch(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an `OwnedFd` gives the same open descriptor as long as it lives.
    unsafe { AsyncFd::register(descriptor) }.map_err(Into::into)
}

/// Waits until `descriptor` is ready for `events`; false where `patience` ended first.
pub fn wait_ready(descriptor: RawFd, events: libc::c_short, patience: Option<Duration>) -> io::Result<bool> {
    let mut poll = libc::pollfd { fd: descriptor, events, revents: 0 };
    let milliseconds = patience.map_or(-1, |patience| patience.as_millis().min(i32::MAX as u128) as i32);
    // SAFETY: `poll` outlives the call.
    match check(unsafe { libc::poll(&raw mut poll, 1, milliseconds) }) {
        Ok(ready) => Ok(ready > 0),
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
        Err(error) => Err(error),
    }
}

/// Opens `name` in the directory open as `folder`, never following a link in the last place.
pub fn open_at(folder: &impl AsRawFd, name: &CStr, flags: libc::c_int, mode: libc::mode_t) -> io::Result<OwnedFd> {
    let flags = flags | libc::O_CLOEXEC | libc::O_NOFOLLOW;
    // SAFETY: `name` ends in NUL.
    owned(unsafe { libc::openat(folder.as_raw_fd(), name.as_ptr(), flags, mode) })
}

/// Looks at `path`; with `is_link`, at the link itself.
pub fn stat(path: &CStr, is_link: bool) -> io::Result<libc::stat> {
    stat_at(libc::AT_FDCWD, path, is_link)
}

/// Looks at `name` in the directory open as `folder`.
pub fn stat_at(folder: RawFd, name: &CStr, is_link: bool) -> io::Result<libc::stat> {
    let flags = if is_link { libc::AT_SYMLINK_NOFOLLOW } else { 0 };
    // SAFETY: all zeros are a valid `stat`, which the call then fills in.
    let mut found = unsafe { std::mem::zeroed::<libc::stat>() };
    // SAFETY: `name` ends in NUL and `found` outlives the call.
    check(unsafe { libc::fstatat(folder, name.as_ptr(), &raw mut found, flags) })?;
    Ok(found)
}

/// The effective user.
pub fn user() -> libc::uid_t {
    // SAFETY: cannot fail.
    unsafe { libc::geteuid() }
}

/// The wall clock, nanoseconds since 1970.
pub fn now_ns() -> i64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` outlives the call.
    unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut time) };
    time.tv_sec * 1_000_000_000 + time.tv_nsec
}

/// Ends this process at once: nothing of ours needs a destructor.
pub fn exit(code: i32) -> ! {
    // SAFETY: never returns.
    unsafe { libc::_exit(code) }
}

/// Ends this process as `signal` would have ended it, so that shells and job schedulers see why.
pub fn die_of(signal: libc::c_int) -> ! {
    // SAFETY: plain calls on the signal state of this single-threaded process.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        let mut unblocked = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut unblocked);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const unblocked, std::ptr::null_mut());
        libc::raise(signal);
    }
    exit(128 + signal)
}

/// Ends after output could not be written: as the reader's end ended it, or with the reason.
pub fn die_unwritten(error: &io::Error) -> ! {
    if error.kind() == io::ErrorKind::BrokenPipe {
        die_of(libc::SIGPIPE);
    }
    fail(&format!("Failed to write output: {error}"), 2)
}

/// Says on standard error why nothing could be done, in uv's form, and ends.
pub fn fail(text: &str, code: i32) -> ! {
    let _ = write_all(libc::STDERR_FILENO, format!("error: {text}\n").as_bytes());
    exit(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nul_inside_is_refused() {
        assert!(c_string(b"a\0b").is_err());
        assert_eq!(c_string(b"ab").unwrap().as_bytes(), b"ab");
    }

    #[test]
    fn a_link_is_looked_at_itself_only_when_asked() {
        assert_eq!(stat(c"/proc/self/exe", true).unwrap().st_mode & libc::S_IFMT, libc::S_IFLNK);
        assert_eq!(stat(c"/proc/self/exe", false).unwrap().st_mode & libc::S_IFMT, libc::S_IFREG);
    }
}
