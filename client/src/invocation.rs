//! How this client was called: its command line, its environment, and where it is installed.

use std::ffi::{CStr, OsStr, c_char};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use crate::build_id;
use crate::environment::Environment;

/// The version that client and daemon share.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A call of the client.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The program's name as it was called.
    pub called_as: Vec<u8>,
    /// What followed; `hobx` has put `tool run` in front.
    pub arguments: Vec<Vec<u8>>,
    /// The environment.
    pub environment: Environment,
    /// Absolute path of the client's executable.
    pub program: Vec<u8>,
    /// Real path of the folder that holds it.
    pub folder: Vec<u8>,
    /// The build id of this installation.
    pub build: String,
}

impl Invocation {
    /// Reads what `main` was given.
    ///
    /// # Safety
    /// `argv` must be what `main` got: `count` C strings that live as long as the process.
    pub unsafe fn of_this_process(count: usize, argv: *const *const c_char) -> Self {
        let words = (0..count).map(|place| {
            // SAFETY: by the caller's word.
            unsafe { CStr::from_ptr(*argv.add(place)) }.to_bytes().to_vec()
        });
        Self::new(words.collect(), Environment::of_this_process(), executable())
    }

    /// A call with `argv` of the client at `executable`.
    pub fn new(mut argv: Vec<Vec<u8>>, environment: Environment, executable: PathBuf) -> Self {
        let called_as = if argv.is_empty() { b"hob".to_vec() } else { argv.remove(0) };
        let folder = executable.parent().unwrap_or(&executable).to_path_buf();
        let mut program = executable;
        if program.file_name() == Some(OsStr::new("hobx")) {
            program.set_file_name("hob"); // `hobx` is a copy: children are to find the one that takes all commands
        }
        if called_as.rsplit(|byte| *byte == b'/').next() == Some(b"hobx") {
            argv.splice(0..0, [b"tool".to_vec(), b"run".to_vec()]);
        }
        let folder = folder.into_os_string().into_vec();
        let build = build_id::compute(VERSION, &folder);
        Self { called_as, arguments: argv, environment, program: program.into_os_string().into_vec(), folder, build }
    }

    /// Whether all that was asked for is the version.
    pub fn asks_version(&self) -> bool {
        matches!(&self.arguments[..], [only] if only == b"--version" || only == b"-V")
    }

    /// The words that are no options, as far as can be told without knowing which options take values.
    pub fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.arguments.iter().map(Vec::as_slice).filter(|argument| !argument.starts_with(b"-"))
    }

    /// Whether `name` is set to one of the words for "no".
    pub fn is_off(&self, name: &[u8]) -> bool {
        let value = self.environment.get(name).unwrap_or_default().to_ascii_lowercase();
        matches!(&value[..], b"off" | b"0" | b"false" | b"no")
    }

    /// Seconds that a test has set, or `usual`.
    pub fn seconds(&self, name: &str, usual: f64) -> std::time::Duration {
        let value = self.environment.get(name.as_bytes()).and_then(|value| std::str::from_utf8(value).ok());
        let seconds = value.and_then(|value| value.parse().ok()).filter(|seconds| (0.0..1e6).contains(seconds));
        std::time::Duration::from_secs_f64(seconds.unwrap_or(usual))
    }
}

/// The real path of this executable. An upgrade may have replaced the file meanwhile; its place is what counts.
fn executable() -> PathBuf {
    let path = std::fs::read_link("/proc/self/exe").unwrap_or_else(|_| PathBuf::from("/usr/bin/hob"));
    match path.as_os_str().as_bytes().strip_suffix(b" (deleted)") {
        Some(stem) => PathBuf::from(OsStr::from_bytes(stem)),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(words: &[&[u8]], executable: &str) -> Invocation {
        let argv = words.iter().map(|word| word.to_vec()).collect();
        Invocation::new(argv, Environment::from_entries(&[b"HOB_DAEMON=Off", b"WAIT=0.25"]), executable.into())
    }

    #[test]
    fn only_a_lone_version_flag_asks_for_the_version() {
        assert!(call(&[b"hob", b"--version"], "/opt/bin/hob").asks_version());
        assert!(call(&[b"hob", b"-V"], "/opt/bin/hob").asks_version());
        assert!(!call(&[b"hob", b"-V", b"-q"], "/opt/bin/hob").asks_version());
        assert!(!call(&[], "/opt/bin/hob").asks_version());
    }

    #[test]
    fn hobx_is_tool_run_and_names_hob_as_the_program() {
        let invocation = call(&[b"/opt/bin/hobx", b"ruff"], "/opt/bin/hobx");
        assert_eq!(invocation.arguments, [&b"tool"[..], b"run", b"ruff"]);
        assert_eq!(invocation.program, b"/opt/bin/hob");
        assert_eq!(invocation.folder, b"/opt/bin");
        assert_eq!(invocation.called_as, b"/opt/bin/hobx");
    }

    #[test]
    fn words_leave_out_options() {
        let invocation = call(&[b"hob", b"-v", b"daemon", b"--json", b"status"], "/opt/bin/hob");
        assert_eq!(invocation.words().collect::<Vec<_>>(), [&b"daemon"[..], b"status"]);
    }

    #[test]
    fn switches_and_seconds_come_from_the_environment() {
        let invocation = call(&[b"hob"], "/opt/bin/hob");
        assert!(invocation.is_off(b"HOB_DAEMON") && !invocation.is_off(b"HOB_VERDICTS"));
        assert_eq!(invocation.seconds("WAIT", 3.0).as_millis(), 250);
        assert_eq!(invocation.seconds("OTHER", 3.0).as_millis(), 3000);
    }
}
