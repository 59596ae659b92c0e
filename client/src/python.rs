//! Which Python hobd runs with: `$HOB_PYTHON`, the one of the `hobd` script beside the client, or `python3` beside it.

use std::ffi::{CString, OsStr};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use crate::invocation::Invocation;
use crate::system;

/// What every start of hobd begins with: isolated from the user's Python settings, UTF-8 everywhere.
const OPTIONS: [&str; 5] = ["-I", "-X", "utf8", "-m", "hobd"];

/// The interpreter that has hobd, as an absolute path.
pub fn find(invocation: &Invocation) -> Result<Vec<u8>, String> {
    if let Some(chosen) = invocation.environment.get_filled(b"HOB_PYTHON") {
        return absolute(chosen).ok_or_else(|| format!("`$HOB_PYTHON` is `{}`, which is not there", shown(chosen)));
    }
    let folder = Path::new(OsStr::from_bytes(&invocation.folder));
    let script = std::fs::read(folder.join("hobd")).unwrap_or_default();
    let candidates = [interpreter_of(&script, folder), Some(folder.join("python3"))];
    let found = candidates.into_iter().flatten().find(|candidate| candidate.is_file());
    found
        .map(|path| path.into_os_string().into_vec())
        .ok_or_else(|| format!("there is no Python in `{}`", shown(&invocation.folder)))
}

/// The command line of hobd in `python` with `words` behind it.
pub fn command_line<'a>(python: &'a [u8], words: impl IntoIterator<Item = &'a [u8]>) -> io::Result<Vec<CString>> {
    let options = OPTIONS.iter().map(|option| option.as_bytes());
    std::iter::once(python).chain(options).chain(words).map(system::c_string).collect()
}

/// Real only as far as it must be: a venv's `python` is a link, and what it is called decides which venv it is.
fn absolute(path: &[u8]) -> Option<Vec<u8>> {
    let path = std::path::absolute(OsStr::from_bytes(path)).ok().filter(|path| path.is_file())?;
    Some(path.into_os_string().into_vec())
}

fn shown(path: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(path)
}

/// The interpreter that a script names in its first lines. Installers write one of
///
/// ```text
/// #!/path/to/python              short paths without spaces
/// #!/bin/sh                      all others; for Python the second line is a string
/// '''exec' "/path to/python" "$0" "$@"
/// ```
fn interpreter_of(script: &[u8], folder: &Path) -> Option<PathBuf> {
    let mut lines = script.splitn(3, |byte| *byte == b'\n');
    let first = lines.next()?.strip_prefix(b"#!")?.trim_ascii();
    if first != b"/bin/sh" {
        return Some(PathBuf::from(OsStr::from_bytes(first)));
    }
    let line = lines.next()?.strip_prefix(b"'''exec' ")?;
    let at = line.windows(10).position(|window| window == b" \"$0\" \"$@\"")?;
    let word = line[..at].trim_ascii();
    if let Some(relative) = word.strip_prefix(b"\"$(dirname -- \"$(realpath -- \"$0\")\")\"/") {
        return Some(folder.join(OsStr::from_bytes(&unquoted(relative)))); // a relocatable environment
    }
    Some(PathBuf::from(OsStr::from_bytes(&unquoted(word))))
}

/// One quoted shell word as installers write it: in single quotes (where `'\''` is a quote), in double quotes, or bare.
fn unquoted(word: &[u8]) -> Vec<u8> {
    match word {
        [b'\'', inner @ .., b'\''] => {
            String::from_utf8_lossy(inner).replace("'\\''", "'").replace("'\"'\"'", "'").into_bytes()
        }
        [b'"', inner @ .., b'"'] => inner.to_vec(),
        bare => bare.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(script: &str) -> Option<PathBuf> {
        interpreter_of(script.as_bytes(), Path::new("/opt/hob/bin"))
    }

    #[test]
    fn a_plain_shebang_names_the_interpreter() {
        assert_eq!(found("#!/opt/hob/bin/python\nimport sys\n"), Some("/opt/hob/bin/python".into()));
        assert_eq!(found("#! /opt/hob/bin/python3.11 \n"), Some("/opt/hob/bin/python3.11".into()));
    }

    #[test]
    fn a_shell_line_names_it_quoted_or_bare() {
        for word in ["\"/opt/my hob/bin/python\"", "'/opt/my hob/bin/python'"] {
            let script = format!("#!/bin/sh\n'''exec' {word} \"$0\" \"$@\"\n' '''\nimport sys\n");
            assert_eq!(found(&script), Some("/opt/my hob/bin/python".into()));
        }
        assert_eq!(found("#!/bin/sh\n'''exec' /long/python \"$0\" \"$@\"\n"), Some("/long/python".into()));
    }

    #[test]
    fn a_relocatable_script_names_the_one_beside_it() {
        let script = "#!/bin/sh\n'''exec' \"$(dirname -- \"$(realpath -- \"$0\")\")\"/'python3' \"$0\" \"$@\"\n' '''\n";
        assert_eq!(found(script), Some("/opt/hob/bin/python3".into()));
    }

    #[test]
    fn other_scripts_name_none() {
        for script in ["", "import sys\n", "#!/bin/sh\necho hobd\n"] {
            assert_eq!(found(script), None);
        }
    }
}
