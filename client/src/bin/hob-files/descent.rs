//! The way down from a folder to the one that work is done in, held open: the next one is seldom far from it.

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::OwnedFd;

use crate::calls;

/// Open folders, each in the one before.
pub struct Descent {
    top: OwnedFd,
    below: Vec<(Vec<u8>, OwnedFd)>,
    makes: bool,
}

impl Descent {
    /// From `top`; with `makes`, folders that are not there are made.
    pub fn from(top: OwnedFd, makes: bool) -> Self {
        Self { top, below: Vec::new(), makes }
    }

    /// The folder that a file is in, and the file's name there. `path` is relative to the top.
    pub fn reach<'a>(&mut self, path: &'a CStr) -> io::Result<(&OwnedFd, &'a CStr)> {
        let bytes = path.to_bytes_with_nul();
        let at = bytes.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
        let name = CStr::from_bytes_with_nul(&bytes[at..]).expect("the end of what ends in NUL");
        Ok((self.go(&bytes[..at.saturating_sub(1)])?, name))
    }

    /// A folder below the top.
    pub fn into_folder(mut self, path: &[u8]) -> io::Result<OwnedFd> {
        self.go(path)?;
        Ok(self.below.pop().map_or(self.top, |(_, folder)| folder))
    }

    fn go(&mut self, folder: &[u8]) -> io::Result<&OwnedFd> {
        let parts = || folder.split(|&byte| byte == b'/').filter(|part| !part.is_empty());
        let common = self.below.iter().zip(parts()).take_while(|((name, _), part)| name == part).count();
        self.below.truncate(common);
        for part in parts().skip(common) {
            let name = CString::new(part).expect("a part of a C string");
            let above = self.below.last().map_or(&self.top, |(_, folder)| folder);
            if self.makes {
                calls::make_folder(above, &name)?;
            }
            let opened = calls::open_folder(above, &name)?;
            self.below.push((part.to_vec(), opened));
        }
        Ok(self.below.last().map_or(&self.top, |(_, folder)| folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_made_on_the_way_and_left_again() {
        let top = std::env::temp_dir().join(format!("hob-descent-{}", std::process::id()));
        std::fs::create_dir(&top).unwrap();
        let mut descent = Descent::from(calls::open_path(top.as_os_str()).unwrap(), true);
        for path in [c"a/b/one", c"a/two", c"three", c"a/b/c/four"] {
            let (folder, name) = descent.reach(path).unwrap();
            calls::write(folder, name, 0o600, b"x").unwrap();
        }
        for path in ["a/b/one", "a/two", "three", "a/b/c/four"] {
            assert!(top.join(path).is_file(), "{path}");
        }
        let mut looking = Descent::from(calls::open_path(top.as_os_str()).unwrap(), false);
        assert!(looking.reach(c"nowhere/x").is_err());
        assert_eq!(looking.reach(c"a/b/one").unwrap().1, c"one");
        std::fs::remove_dir_all(&top).unwrap();
    }

    #[test]
    fn no_link_is_followed_on_the_way() {
        let top = std::env::temp_dir().join(format!("hob-descent-link-{}", std::process::id()));
        std::fs::create_dir(&top).unwrap();
        std::os::unix::fs::symlink("/", top.join("out")).unwrap();
        let mut descent = Descent::from(calls::open_path(top.as_os_str()).unwrap(), true);
        assert!(descent.reach(c"out/tmp/x").is_err());
        std::fs::remove_dir_all(&top).unwrap();
    }
}
