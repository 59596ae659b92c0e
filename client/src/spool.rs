//! Standard output, held back until the answer is whole: an answer that must be given again says nothing twice.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::fd::{FromRawFd, RawFd};

use crate::system;

/// What is held in memory; more goes to a file that has no name.
const LARGEST: usize = 8 * 1024 * 1024;

/// Bytes in the order of their arrival.
#[derive(Debug, Default)]
pub struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    /// Adds `bytes`. Where no file can be made, memory must do.
    pub fn push(&mut self, bytes: &[u8]) {
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > LARGEST {
            self.spill();
        }
    }

    fn spill(&mut self) {
        if self.file.is_none() {
            self.file = unnamed_file().ok();
        }
        let Some(file) = &mut self.file else { return };
        let length = file.stream_position();
        match file.write_all(&self.memory) {
            Ok(()) => self.memory.clear(),
            Err(_) => drop(length.and_then(|length| file.set_len(length))), // a full disk: keep what is in memory there
        }
    }

    /// Writes all of it to `descriptor`, in order, and holds nothing any more.
    pub fn drain(&mut self, descriptor: RawFd) -> io::Result<()> {
        if let Some(mut file) = self.file.take() {
            file.seek(SeekFrom::Start(0))?;
            let mut piece = vec![0; 256 * 1024];
            loop {
                match file.read(&mut piece)? {
                    0 => break,
                    count => system::write_all(descriptor, &piece[..count])?,
                }
            }
        }
        system::write_all(descriptor, &std::mem::take(&mut self.memory))
    }
}

/// A file of the user's alone that goes with its descriptor.
fn unnamed_file() -> io::Result<File> {
    let folder = std::env::temp_dir();
    let name = system::c_string(folder.as_os_str().as_encoded_bytes())?;
    // SAFETY: `name` ends in NUL.
    let made =
        system::owned(unsafe { libc::open(name.as_ptr(), libc::O_TMPFILE | libc::O_RDWR | libc::O_CLOEXEC, 0o600) });
    made.map(File::from).or_else(|_| named_and_unlinked(&folder))
}

/// For file systems that know no `O_TMPFILE`.
fn named_and_unlinked(folder: &std::path::Path) -> io::Result<File> {
    let mut template = [folder.as_os_str().as_encoded_bytes(), b"/hob-XXXXXX\0"].concat();
    // SAFETY: a NUL-terminated template that the call fills in; the descriptor is then ours.
    unsafe {
        let descriptor = system::check(libc::mkostemp(template.as_mut_ptr().cast(), libc::O_CLOEXEC))?;
        libc::unlink(template.as_ptr().cast());
        Ok(File::from_raw_fd(descriptor))
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    fn drained(spool: &mut Spool) -> Vec<u8> {
        let mut file = named_and_unlinked(&std::env::temp_dir()).unwrap();
        spool.drain(file.as_raw_fd()).unwrap();
        file.seek(SeekFrom::Start(0)).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn little_stays_in_memory() {
        let mut spool = Spool::default();
        spool.push(b"one ");
        spool.push(b"two");
        assert!(spool.file.is_none());
        assert_eq!(drained(&mut spool), b"one two");
        assert_eq!(drained(&mut spool), b"");
    }

    #[test]
    fn much_goes_through_a_file_and_keeps_its_order() {
        let mut spool = Spool::default();
        let pieces: Vec<_> = (0..40_u8).map(|number| vec![number; 512 * 1024]).collect();
        for piece in &pieces {
            spool.push(piece);
        }
        assert!(spool.file.is_some() && spool.memory.len() <= LARGEST);
        assert!(drained(&mut spool) == pieces.concat());
    }
}
