//! The runtime directory: the first that belongs to the user alone and lies on this host. It is the credential.
//!
//! ```text
//! $HOB_RUNTIME_DIR  ->  $XDG_RUNTIME_DIR/hob  ->  /run/user/<euid>/hob  ->  /tmp/hob-<euid>
//! ```

use std::ffi::{CStr, CString};
use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use crate::environment::Environment;
use crate::system;

/// File systems that other hosts may share, by the magic of statfs(2): locks and times are not to be relied on there.
const NETWORK_MAGICS: [u64; 10] = [
    0x6969,      // NFS
    0x0BD0_0BD0, // Lustre
    0x4750_4653, // GPFS
    0x6573_5546, // FUSE
    0xFF53_4D42, // CIFS
    0xFE53_4D42, // SMB 2
    0x5346_414F, // AFS
    0x00C3_6400, // Ceph
    0x1983_0326, // BeeGFS
    0xAAD7_AAEA, // PanFS
];

/// A checked directory, held open: what it was when it was checked, it stays, whatever becomes of the path.
#[derive(Debug)]
pub struct RuntimeDir {
    /// Absolute path.
    pub path: Vec<u8>,
    descriptor: OwnedFd,
}

impl AsRawFd for RuntimeDir {
    fn as_raw_fd(&self) -> RawFd {
        self.descriptor.as_raw_fd()
    }
}

/// Why there is no runtime directory, for people.
#[derive(Debug, PartialEq, Eq)]
pub enum Absence {
    /// `$HOB_RUNTIME_DIR` names one that is unfit; to go elsewhere silently would be a surprise.
    Chosen(String),
    /// None of the usual ones is fit.
    None,
}

impl RuntimeDir {
    /// The first directory that passes the checks, made where only it is missing.
    pub fn find(environment: &Environment) -> Result<Self, Absence> {
        if let Some(chosen) = environment.get_filled(b"HOB_RUNTIME_DIR") {
            let shown = String::from_utf8_lossy(chosen);
            return Self::open(chosen)
                .map_err(|fault| Absence::Chosen(format!("`$HOB_RUNTIME_DIR` is `{shown}`, which {fault}")));
        }
        candidates(environment, system::user()).find_map(|path| Self::open(&path).ok()).ok_or(Absence::None)
    }

    /// Opens and checks `path`.
    fn open(path: &[u8]) -> Result<Self, String> {
        if !path.starts_with(b"/") {
            return Err("is not an absolute path".to_owned());
        }
        let mut path = path.to_vec();
        while path.len() > 1 && path.ends_with(b"/") {
            path.pop(); // after a slash, O_NOFOLLOW would follow
        }
        let unusable = |error: io::Error| format!("cannot be used: {}", reason(&error));
        let name = system::c_string(&path).map_err(unusable)?;
        check_parent(&path)?;
        let descriptor = open_or_make(&name).map_err(unusable)?;
        check_folder(&descriptor).map_err(unusable)??;
        Ok(Self { path, descriptor })
    }

    /// The path of `name` inside, by the open directory: short enough for a socket, and safe from a swap of the path.
    pub fn inside(&self, name: &str) -> CString {
        CString::new(format!("/proc/self/fd/{}/{name}", self.as_raw_fd())).unwrap_or_default()
    }
}

fn candidates(environment: &Environment, user: libc::uid_t) -> impl Iterator<Item = Vec<u8>> {
    let xdg = environment.get_filled(b"XDG_RUNTIME_DIR").map(|folder| [folder, b"/hob"].concat());
    let usual = [format!("/run/user/{user}/hob"), format!("/tmp/hob-{user}")].map(String::into_bytes);
    xdg.into_iter().chain(usual)
}

/// A directory under `/tmp` is only safe where others cannot rename it: the parent is root's, and sticky.
fn check_parent(path: &[u8]) -> Result<(), String> {
    if path.strip_prefix(b"/tmp/").is_none_or(|name| name.contains(&b'/')) {
        return Ok(());
    }
    let is_safe = system::stat(c"/tmp", true).is_ok_and(|parent| {
        parent.st_mode & libc::S_IFMT == libc::S_IFDIR && parent.st_uid == 0 && parent.st_mode & libc::S_ISVTX != 0
    });
    if is_safe { Ok(()) } else { Err("lies in a directory where others could replace it".to_owned()) }
}

fn open_or_make(name: &CStr) -> io::Result<OwnedFd> {
    let open = || system::open_at(&libc::AT_FDCWD, name, libc::O_DIRECTORY | libc::O_RDONLY, 0);
    match open() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // SAFETY: `name` ends in NUL. Another may be quicker: the checks are the same for all.
            unsafe { libc::mkdir(name.as_ptr(), 0o700) };
            open()
        }
        opened => opened,
    }
}

fn check_folder(folder: &OwnedFd) -> io::Result<Result<(), String>> {
    // SAFETY: all zeros are valid for both, and both outlive the calls that fill them in.
    let (mut found, mut system) = unsafe { (std::mem::zeroed::<libc::stat>(), std::mem::zeroed::<libc::statfs>()) };
    // SAFETY: as above.
    system::check(unsafe { libc::fstat(folder.as_raw_fd(), &raw mut found) })?;
    if found.st_uid != system::user() {
        return Ok(Err("belongs to another user".to_owned()));
    }
    if found.st_mode & 0o077 != 0 {
        return Ok(Err(format!("can be entered by others (mode {:04o})", found.st_mode & 0o7777)));
    }
    // SAFETY: as above.
    system::check(unsafe { libc::fstatfs(folder.as_raw_fd(), &raw mut system) })?;
    let magic = u64::try_from(system.f_type).unwrap_or_default() & 0xFFFF_FFFF;
    if NETWORK_MAGICS.contains(&magic) {
        return Ok(Err("is on a network file system".to_owned()));
    }
    Ok(Ok(()))
}

fn reason(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::ELOOP | libc::ENOTDIR) => "it is no directory, or a link to one".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::{Path, PathBuf};

    use super::*;

    /// A folder that goes away with the test.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("hob-test-{}-{name}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn fault(path: &Path) -> String {
        RuntimeDir::open(path.as_os_str().as_bytes()).unwrap_err()
    }

    #[test]
    fn a_missing_directory_is_made_for_the_user_alone() {
        let scratch = Scratch::new("made");
        let wanted = scratch.0.join("run");
        let opened = RuntimeDir::open(wanted.join("").as_os_str().as_bytes()).unwrap();
        assert_eq!(opened.path, wanted.as_os_str().as_bytes());
        assert_eq!(fs::metadata(&wanted).unwrap().permissions().mode() & 0o7777, 0o700);
    }

    #[test]
    fn a_directory_that_others_may_enter_is_refused_and_left_alone() {
        let scratch = Scratch::new("mode");
        let wanted = scratch.0.join("run");
        fs::create_dir(&wanted).unwrap();
        fs::set_permissions(&wanted, Permissions::from_mode(0o750)).unwrap();
        assert_eq!(fault(&wanted), "can be entered by others (mode 0750)");
        assert_eq!(fs::metadata(&wanted).unwrap().permissions().mode() & 0o7777, 0o750);
    }

    #[test]
    fn a_link_is_refused_also_with_a_slash_behind_it() {
        let scratch = Scratch::new("link");
        fs::create_dir(scratch.0.join("real")).unwrap();
        fs::set_permissions(scratch.0.join("real"), Permissions::from_mode(0o700)).unwrap();
        symlink("real", scratch.0.join("run")).unwrap();
        assert!(fault(&scratch.0.join("run")).contains("a link"));
        assert!(fault(&scratch.0.join("run/")).contains("a link"));
    }

    #[test]
    fn a_file_a_relative_path_and_a_missing_parent_are_refused() {
        let scratch = Scratch::new("file");
        fs::write(scratch.0.join("run"), "").unwrap();
        assert!(fault(&scratch.0.join("run")).contains("no directory"));
        assert_eq!(fault(Path::new("run")), "is not an absolute path");
        assert!(fault(&scratch.0.join("none/run")).contains("cannot be used"));
    }

    #[test]
    fn the_chosen_directory_excludes_all_others() {
        let environment = Environment::from_entries(&[b"HOB_RUNTIME_DIR=here", b"XDG_RUNTIME_DIR=/nowhere"]);
        let Err(Absence::Chosen(text)) = RuntimeDir::find(&environment) else { panic!("a relative path was taken") };
        assert!(text.starts_with("`$HOB_RUNTIME_DIR` is `here`"));
    }

    #[test]
    fn the_usual_places_come_in_order() {
        let environment = Environment::from_entries(&[b"XDG_RUNTIME_DIR=/run/me"]);
        let found: Vec<_> = candidates(&environment, 7).collect();
        assert_eq!(found, [&b"/run/me/hob"[..], b"/run/user/7/hob", b"/tmp/hob-7"]);
        assert_eq!(candidates(&Environment::default(), 7).count(), 2);
    }
}
