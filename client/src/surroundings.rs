//! What surrounds a call: working directory, umask, terminal, namespaces. The daemon sees none of it by itself.

use std::io;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStringExt;

use crate::proto::Terminal;

/// Where a call takes place.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Absolute path of the working directory.
    pub cwd: Vec<u8>,
    /// The file mode creation mask.
    pub umask: u32,
    /// What the standard streams are.
    pub terminal: Terminal,
}

impl Surroundings {
    /// Looks around. An error means that the working directory is gone.
    pub fn look() -> io::Result<Self> {
        let cwd = std::env::current_dir()?.into_os_string().into_vec();
        Ok(Self { cwd, umask: umask(), terminal: terminal() })
    }
}

/// The kernel tells the mask only by changing it; nothing else runs meanwhile.
fn umask() -> u32 {
    // SAFETY: cannot fail.
    unsafe {
        let mask = libc::umask(0o077);
        libc::umask(mask);
        mask
    }
}

/// What the standard streams are now. The size is the one of the stream that people read.
pub fn terminal() -> Terminal {
    let [stdin_is_tty, stdout_is_tty, stderr_is_tty] = [0, 1, 2].map(is_terminal);
    let shown = [(stderr_is_tty, 2), (stdout_is_tty, 1), (stdin_is_tty, 0)].into_iter().find(|(is_tty, _)| *is_tty);
    let (columns, rows) = shown.map_or((0, 0), |(_, descriptor)| size_of(descriptor));
    Terminal { stdin_is_tty, stdout_is_tty, stderr_is_tty, columns, rows }
}

fn is_terminal(descriptor: RawFd) -> bool {
    // SAFETY: takes any number.
    unsafe { libc::isatty(descriptor) == 1 }
}

fn size_of(descriptor: RawFd) -> (u32, u32) {
    let mut size = libc::winsize { ws_row: 0, ws_col: 0, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: `size` outlives the call, and stays zero where it fails.
    unsafe { libc::ioctl(descriptor, libc::TIOCGWINSZ, &raw mut size) };
    (size.ws_col.into(), size.ws_row.into())
}

/// The inode of one of this process's namespaces ("mnt", "pid", "user"), 0 where unknown: the digits of `mnt:[4026531841]`.
pub fn namespace(kind: &str) -> u64 {
    let link = std::fs::read_link(format!("/proc/self/ns/{kind}")).unwrap_or_default();
    let digits: String = link.to_string_lossy().chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_at_the_umask_leaves_it() {
        assert_eq!(umask(), umask());
    }

    #[test]
    fn a_namespace_is_a_number_and_an_unknown_kind_is_zero() {
        assert!(namespace("mnt") > 0);
        assert_eq!(namespace("nonsense"), 0);
    }
}
