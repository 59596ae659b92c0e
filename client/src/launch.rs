//! Becoming the program that the daemon named: terminal, signals, process group and limits stay the caller's own.

use std::ffi::CString;
use std::io;
use std::os::unix::ffi::OsStrExt;

use crate::environment::{self, Environment};
use crate::lease::Lease;
use crate::proto::ExecSpec;
use crate::{signals, system};

/// Where programs are looked for without `PATH`, as execvp(3) does.
const USUAL_PATH: &[u8] = b"/bin:/usr/bin";

/// Becomes the program of `spec` with `rest` behind its arguments; says why and exits with 2 where that fails.
/// The program goes without a lease where that is not to be had.
pub fn launch(spec: &ExecSpec, rest: &[Vec<u8>], environment: &Environment) -> ! {
    if let Some(Ok(lease)) = spec.lease.as_ref().map(Lease::wait) {
        lease.leave();
    }
    launch_leased(spec, rest, environment)
}

/// The same, where the lease has been left already.
pub fn launch_leased(spec: &ExecSpec, rest: &[Vec<u8>], environment: &Environment) -> ! {
    let error = become_program(spec, rest, environment);
    let text = if error.kind() == io::ErrorKind::NotFound && !spec.not_found.is_empty() {
        spec.not_found.clone()
    } else {
        let program = String::from_utf8_lossy(&spec.program);
        format!("error: Failed to spawn: {program}\n  cause: {error}\n").into_bytes()
    };
    let _ = system::write_all(libc::STDERR_FILENO, &text);
    system::exit(2)
}

fn become_program(spec: &ExecSpec, rest: &[Vec<u8>], environment: &Environment) -> io::Error {
    match prepare(spec, rest, environment) {
        Ok((program, argv)) => execute(&program, &argv),
        Err(error) => error,
    }
}

/// Puts this process into the state that the program is to find.
fn prepare(spec: &ExecSpec, rest: &[Vec<u8>], environment: &Environment) -> io::Result<(CString, Vec<CString>)> {
    let argv = spec.argv.iter().chain(rest).map(|argument| system::c_string(argument)).collect::<io::Result<_>>()?;
    let program = system::c_string(&spec.program)?;
    let entries =
        merge(spec, environment).iter().map(|entry| system::c_string(entry)).collect::<io::Result<Vec<_>>>()?;
    let mut entries: Vec<_> = entries.into_iter().map(CString::into_raw).collect();
    entries.push(std::ptr::null_mut());
    // SAFETY: the strings are leaked, and nothing else runs in this process.
    unsafe { environment::replace(entries) };
    if !spec.cwd.is_empty() {
        let cwd = system::c_string(&spec.cwd)?;
        // SAFETY: `cwd` ends in NUL.
        system::check(unsafe { libc::chdir(cwd.as_ptr()) })?;
    }
    let most = raise_file_limit(spec.nofile_limit);
    if most < spec.nofile_limit && !spec.nofile_refused.is_empty() {
        let text = String::from_utf8_lossy(&spec.nofile_refused).replace("{}", &most.to_string());
        let _ = system::write_all(libc::STDERR_FILENO, text.as_bytes());
        system::exit(2);
    }
    Ok((program, argv))
}

/// The client's variables without the unset ones, then the set ones.
fn merge(spec: &ExecSpec, environment: &Environment) -> Vec<Vec<u8>> {
    let is_kept = |name: &[u8]| {
        !spec.env_unset.iter().any(|unset| unset == name) && !spec.env_set.iter().any(|variable| variable.name == name)
    };
    let kept = environment
        .with_prefix(b"")
        .filter(|(name, _)| is_kept(name))
        .map(|(name, value)| [name, b"=", value].concat());
    let set = spec.env_set.iter().map(|variable| [&variable.name[..], b"=", &variable.value].concat());
    kept.chain(set).collect()
}

/// Asks for `wanted` open files, and tells how many there are at most: the hard limit. 0 leaves all as it is.
pub fn raise_file_limit(wanted: u64) -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: libc::RLIM_INFINITY };
    // SAFETY: `limit` outlives both calls.
    unsafe {
        if wanted > 0 && libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) == 0 {
            limit.rlim_cur = wanted.min(limit.rlim_max);
            libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit);
        }
    }
    limit.rlim_max
}

/// Replaces this process. The program is searched in the environment's `PATH` unless it has a slash. A file that the
/// kernel cannot start is refused, as uv does; execvp(3) would have a shell read it.
pub fn execute(program: &CString, argv: &[CString]) -> io::Error {
    let mut pointers: Vec<_> = argv.iter().map(|argument| argument.as_ptr()).collect();
    pointers.push(std::ptr::null());
    signals::restore();
    let mut denied = None;
    for path in places(program) {
        // SAFETY: both are NUL- or NULL-terminated and live until the call returns, if it does.
        unsafe { libc::execv(path.as_ptr(), pointers.as_ptr()) };
        let error = io::Error::last_os_error();
        match error.raw_os_error() {
            Some(libc::ENOENT | libc::ENOTDIR) => {}
            Some(libc::EACCES) => denied = Some(error),
            _ => return error,
        }
    }
    denied.unwrap_or_else(|| io::Error::from_raw_os_error(libc::ENOENT))
}

/// Where the program may lie; an empty folder of `PATH` is the current one.
fn places(program: &CString) -> Vec<CString> {
    let name = program.as_bytes();
    if name.is_empty() || name.contains(&b'/') {
        return vec![program.clone()];
    }
    let path = std::env::var_os("PATH");
    let folders = path.as_ref().map_or(USUAL_PATH, |path| path.as_bytes()).split(|byte| *byte == b':');
    folders
        .map(|folder| if folder.is_empty() { name.to_vec() } else { [folder, b"/", name].concat() })
        .filter_map(|place| system::c_string(&place).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proto::EnvVar;

    #[test]
    fn what_is_set_replaces_and_what_is_unset_goes() {
        let environment = Environment::from_entries(&[b"KEEP=1", b"PATH=/bin", b"GONE=x"]);
        let spec = ExecSpec {
            env_set: vec![EnvVar { name: b"PATH".to_vec(), value: b"/venv/bin:/bin".to_vec() }],
            env_unset: vec![b"GONE".to_vec()],
            ..ExecSpec::default()
        };
        assert_eq!(merge(&spec, &environment), [&b"KEEP=1"[..], b"PATH=/venv/bin:/bin"]);
    }
}
