//! Starting hobd so that nothing of the caller stays with it: one starter at a time, a clean process, a word when it serves.

use std::ffi::{CString, c_char};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::connect::{Connection, Identity, Names, connect};
use crate::environment::Environment;
use crate::fallback::Unavailable;
use crate::invocation::Invocation;
use crate::log_file::Log;
use crate::runtime_dir::RuntimeDir;
use crate::{launch, python, system};

/// The daemon's environment: what it needs to find the user's folders. Each request brings its own, whole.
const KEPT_VARIABLES: [&[u8]; 9] = [
    b"PATH",
    b"HOME",
    b"USER",
    b"LOGNAME",
    b"LANG",
    b"LC_ALL",
    b"XDG_CACHE_HOME",
    b"XDG_CONFIG_HOME",
    b"XDG_RUNTIME_DIR",
];

/// Where the daemon finds the pipe on which it says that it serves.
const READY: RawFd = 3;

/// Lines of the log that are shown when a start failed.
const SHOWN_LINES: usize = 5;

/// Starts a daemon, unless another client has just done so, and connects to it.
/// A daemon whose socket is `replaced` does not count: it said that it is about to end.
pub fn start(
    folder: &RuntimeDir,
    names: &Names,
    invocation: &Invocation,
    replaced: Option<Identity>,
) -> Result<Connection, Unavailable> {
    let budget = invocation.seconds("HOB_TEST_START_SECONDS", 10.0);
    let _lock = lock(folder, names, budget + Duration::from_secs(1))?;
    if let Some(connection) = successor(folder, names, replaced) {
        return Ok(connection);
    }
    spawn(folder, invocation, budget)?;
    successor(folder, names, replaced).ok_or_else(|| Unavailable::new("start", "it started, but cannot be reached"))
}

fn successor(folder: &RuntimeDir, names: &Names, replaced: Option<Identity>) -> Option<Connection> {
    connect(folder, names).ok().filter(|connection| Some(connection.identity) != replaced)
}

/// Takes the spawn lock; who holds it will have started a daemon within `patience`.
fn lock(folder: &RuntimeDir, names: &Names, patience: Duration) -> Result<OwnedFd, Unavailable> {
    let failed = |error: io::Error| {
        Unavailable::new("lock", format!("the lock `{}` cannot be taken: {error}", names.spawn_lock))
    };
    let name = system::c_string(names.spawn_lock.as_bytes()).map_err(failed)?;
    let file = system::open_at(folder, &name, libc::O_CREAT | libc::O_RDWR, 0o600).map_err(failed)?;
    let deadline = Instant::now() + patience;
    loop {
        // SAFETY: no pointers.
        match system::check(unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_EX | libc::LOCK_NB) }) {
            Ok(_) => return Ok(file),
            Err(error) if error.raw_os_error() == Some(libc::EWOULDBLOCK) && Instant::now() < deadline => {
                sleep(Duration::from_millis(5));
            }
            Err(error) if error.raw_os_error() == Some(libc::EWOULDBLOCK) => {
                return Err(Unavailable::new("lock", "another client has been starting it for too long"));
            }
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Starts hobd and waits until it serves.
fn spawn(folder: &RuntimeDir, invocation: &Invocation, budget: Duration) -> Result<(), Unavailable> {
    let failed = |error: io::Error| Unavailable::new("start", format!("it cannot be started: {error}"));
    let log = Log::open(folder).map_err(failed)?;
    let python = python::find(invocation).map_err(|why| Unavailable::new("python", why))?;
    let options: [&[u8]; 9] = [
        b"serve",
        b"--build",
        invocation.build.as_bytes(),
        b"--ready-fd",
        b"3",
        b"--start-reason",
        b"autostart",
        b"--runtime-dir",
        &folder.path,
    ];
    let argv = python::command_line(&python, options).map_err(failed)?;
    let environment = clean(&invocation.environment).map_err(failed)?;
    let ready = fork_daemon(&argv, &environment, &log).map_err(failed)?;
    wait_ready(&ready, budget)
        .map_err(|why| Unavailable { log: log.last_lines(SHOWN_LINES), ..Unavailable::new("start", why) })
}

fn clean(environment: &Environment) -> io::Result<Vec<CString>> {
    let named = KEPT_VARIABLES.iter().filter_map(|name| Some((*name, environment.get(name)?)));
    named
        .chain(environment.with_prefix(b"HOB_TEST_"))
        .map(|(name, value)| system::c_string(&[name, b"=", value].concat()))
        .collect()
}

fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
}

/// Forks twice, so that the daemon is nobody's child and in nobody's session; the pipe on which it will say that it serves.
fn fork_daemon(argv: &[CString], environment: &[CString], log: &Log) -> io::Result<OwnedFd> {
    let (argv, environment) = (pointers(argv), pointers(environment));
    let mut ends = [0; 2];
    // SAFETY: `ends` outlives the call, and the two descriptors are then ours.
    let (ready, said) = unsafe {
        system::check(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC))?;
        (OwnedFd::from_raw_fd(ends[0]), OwnedFd::from_raw_fd(ends[1]))
    };
    // SAFETY: this process has one thread, so the child may do what it likes.
    unsafe {
        let child = system::check(libc::fork())?;
        if child == 0 {
            libc::setsid();
            if libc::fork() == 0 {
                let error = become_daemon(&argv, &environment, log.descriptor.as_raw_fd(), said.as_raw_fd());
                let _ = system::write_all(READY, format!("err {{\"text\": \"{error}\"}}\n").as_bytes());
            }
            libc::_exit(0);
        }
        while libc::waitpid(child, std::ptr::null_mut(), 0) < 0 && *libc::__errno_location() == libc::EINTR {}
    }
    Ok(ready)
}

/// Makes the child a clean process, then hobd.
///
/// # Safety
/// Only for a fresh child: it loses all its descriptors. Both arrays end in NULL.
unsafe fn become_daemon(argv: &[*const c_char], environment: &[*const c_char], log: RawFd, said: RawFd) -> io::Error {
    // SAFETY: plain system calls with valid pointers; see above for the rest.
    unsafe {
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR);
        libc::dup2(null, 0);
        libc::dup2(log, 1);
        libc::dup2(log, 2);
        if said == READY {
            libc::fcntl(READY, libc::F_SETFD, 0)
        } else {
            libc::dup2(said, READY)
        };
        close_from(READY as libc::c_uint + 1);
        libc::chdir(c"/".as_ptr());
        libc::umask(0o077);
        launch::raise_file_limit(u64::MAX);
        reset_signals();
        libc::execve(argv[0], argv.as_ptr(), environment.as_ptr());
    }
    io::Error::last_os_error()
}

/// Closes `first` and all above it, also on kernels before 5.9.
unsafe fn close_from(first: libc::c_uint) {
    // SAFETY: no pointers.
    unsafe {
        if libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, 0) != 0 {
            let most = libc::sysconf(libc::_SC_OPEN_MAX).clamp(256, 65_536);
            for descriptor in first as RawFd..most as RawFd {
                libc::close(descriptor);
            }
        }
    }
}

unsafe fn reset_signals() {
    // SAFETY: signals that cannot be changed say so; the empty set is filled in before it is used.
    unsafe {
        for signal in 1..=64 {
            libc::signal(signal, libc::SIG_DFL);
        }
        let mut none = std::mem::zeroed::<libc::sigset_t>();
        libc::sigemptyset(&raw mut none);
        libc::sigprocmask(libc::SIG_SETMASK, &raw const none, std::ptr::null_mut());
    }
}

/// Waits for `ok <instance>`; an error says what came instead.
fn wait_ready(ready: &OwnedFd, budget: Duration) -> Result<(), String> {
    let deadline = Instant::now() + budget;
    let mut said = Vec::new();
    while !said.ends_with(b"\n") {
        let rest = deadline.saturating_duration_since(Instant::now());
        if rest.is_zero() {
            return Err(format!("it did not start within {:.0} s", budget.as_secs_f64()));
        }
        let mut piece = [0_u8; 1024];
        match system::wait_ready(ready.as_raw_fd(), libc::POLLIN, Some(rest)) {
            Ok(true) => match system::read(ready, &mut piece) {
                Ok(1..) if said.len() > 64 * 1024 => return Err("it says too much".to_owned()),
                Ok(count @ 1..) => said.extend_from_slice(&piece[..count]),
                _ => return Err("it ended while it started".to_owned()),
            },
            Ok(false) => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let line = String::from_utf8_lossy(&said);
    if line.starts_with("ok ") { Ok(()) } else { Err(failure_in(line.trim_end())) }
}

/// What people are to read of `err {"text": "…"}`.
fn failure_in(line: &str) -> String {
    let text = line.split_once("\"text\": \"").or_else(|| line.split_once("\"text\":\"")).map(|(_, rest)| rest);
    match text.and_then(|rest| rest.rfind('"').map(|end| &rest[..end])) {
        Some(text) => text.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => line.strip_prefix("err ").unwrap_or(line).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_daemon_gets_nothing_of_the_callers_environment_but_its_folders() {
        let environment = Environment::from_entries(&[
            b"PATH=/bin",
            b"TOKEN=secret",
            b"HOB_TEST_A=1",
            b"HOME=/home/me",
            b"HOB_PYTHON=x",
        ]);
        let kept: Vec<_> =
            clean(&environment).unwrap().iter().map(|entry| entry.to_string_lossy().into_owned()).collect();
        assert_eq!(kept, ["PATH=/bin", "HOME=/home/me", "HOB_TEST_A=1"]);
    }

    #[test]
    fn what_a_failed_start_says_is_read_or_shown_as_it_is() {
        assert_eq!(failure_in("err {\"text\": \"no \\\"x\\\"\"}"), "no \"x\"");
        assert_eq!(failure_in("err busy"), "busy");
        assert_eq!(failure_in("nonsense"), "nonsense");
    }
}
