//! Processes that the daemon asks for (build hooks): in the client's context, so that limits, namespaces and job accounting
//! are the caller's own, and so that they die with it.

use std::ffi::{CString, OsStr};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use crate::proto::{Spawn, SpawnEvent, spawn_event::Kind};
use crate::system;

/// What one event carries at most.
const PIECE: usize = 64 * 1024;

/// How long the output of a process is still read after its end: a grandchild may hold it open for ever.
const LINGER: Duration = Duration::from_secs(2);

/// The processes of this call, and the events that they have for the daemon.
#[derive(Debug)]
pub struct Processes {
    events: mpsc::Sender<SpawnEvent>,
    waiting: mpsc::Receiver<SpawnEvent>,
    groups: Vec<(u32, libc::pid_t)>,
}

impl Processes {
    /// None yet.
    pub fn new() -> Self {
        let (events, waiting) = mpsc::channel(8);
        Self { events, waiting, groups: Vec::new() }
    }

    /// Starts one, or kills one that was started. Its end, or why it has no beginning, is among the events.
    pub fn start(&mut self, spawn: &Spawn) {
        if spawn.kill {
            self.signal_those(|id| id == spawn.id, libc::SIGKILL);
            return;
        }
        let (id, events) = (spawn.id, self.events.clone());
        match command(spawn).and_then(|mut command| command.spawn()) {
            Ok(child) => {
                self.groups.push((id, child.id() as libc::pid_t));
                tokio::spawn(follow(id, child, events));
            }
            Err(error) => {
                let text =
                    format!("{}: {error}", String::from_utf8_lossy(spawn.argv.first().map_or(b"", Vec::as_slice)));
                tokio::spawn(async move { events.send(event(id, Kind::Failure(text))).await });
            }
        }
    }

    /// The next event.
    pub async fn next(&mut self) -> SpawnEvent {
        match self.waiting.recv().await {
            Some(event) => {
                if matches!(event.kind, Some(Kind::ExitCode(_))) {
                    self.groups.retain(|(id, _)| *id != event.id);
                }
                event
            }
            None => std::future::pending().await,
        }
    }

    /// Sends `signal` to all that run, and to what they started.
    pub fn signal(&self, signal: libc::c_int) {
        self.signal_those(|_| true, signal);
    }

    fn signal_those(&self, is_meant: impl Fn(u32) -> bool, signal: libc::c_int) {
        for (_, group) in self.groups.iter().filter(|(id, _)| is_meant(*id)) {
            // SAFETY: no pointers. The group is ours until its end was told, since only then is its leader forgotten.
            unsafe { libc::kill(-group, signal) };
        }
    }
}

impl Drop for Processes {
    fn drop(&mut self) {
        self.signal(libc::SIGKILL);
    }
}

fn event(id: u32, kind: Kind) -> SpawnEvent {
    SpawnEvent { id, kind: Some(kind) }
}

fn command(spawn: &Spawn) -> io::Result<Command> {
    let program = spawn.argv.first().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let image = Image::of(spawn)?;
    let mut command = Command::new(OsStr::from_bytes(program));
    command
        .current_dir(OsStr::from_bytes(&spawn.cwd))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    // SAFETY: two system calls in the child, allowed there. It asks to die with the client, whatever ends that.
    unsafe {
        command.pre_exec(move || {
            system::check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL))?;
            Err(image.execute())
        });
    }
    Ok(command)
}

/// What a process becomes: laid out before the fork, since nothing may be allocated after it.
struct Image {
    _words: Vec<CString>,
    _variables: Vec<CString>,
    argv: Vec<*const libc::c_char>,
    environment: Vec<*const libc::c_char>,
}

// SAFETY: the pointers lead into the strings beside them, which nobody changes.
unsafe impl Send for Image {}
// SAFETY: as above.
unsafe impl Sync for Image {}

impl Image {
    fn of(spawn: &Spawn) -> io::Result<Self> {
        let pairs = spawn.env.iter().map(|variable| [&variable.name[..], b"=", &variable.value[..]].concat());
        let words = spawn.argv.iter().map(|word| system::c_string(word)).collect::<io::Result<Vec<_>>>()?;
        let variables = pairs.map(|pair| system::c_string(&pair)).collect::<io::Result<Vec<_>>>()?;
        let (argv, environment) = (pointers(&words), pointers(&variables));
        Ok(Self { _words: words, _variables: variables, argv, environment })
    }

    /// Replaces this process. execvp(3), which the standard library calls, would have a shell read a file that the
    /// kernel cannot start: a program for another machine, say.
    fn execute(&self) -> io::Error {
        // SAFETY: all are NUL- or NULL-terminated and live until the call returns, if it does.
        unsafe { libc::execve(self.argv[0], self.argv.as_ptr(), self.environment.as_ptr()) };
        io::Error::last_os_error()
    }
}

fn pointers(strings: &[CString]) -> Vec<*const libc::c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([std::ptr::null()]).collect()
}

/// Passes on what the process writes, then how it ended.
async fn follow(id: u32, mut child: Child, events: mpsc::Sender<SpawnEvent>) {
    let out = child
        .stdout
        .take()
        .map(OwnedFd::from)
        .map(|pipe| tokio::spawn(forward(pipe, events.clone(), id, Kind::OutChunk)));
    let err = child
        .stderr
        .take()
        .map(OwnedFd::from)
        .map(|pipe| tokio::spawn(forward(pipe, events.clone(), id, Kind::ErrChunk)));
    let status = ended(&mut child).await;
    let deadline = Instant::now() + LINGER;
    for mut forwarder in out.into_iter().chain(err) {
        if timeout_at(deadline, &mut forwarder).await.is_err() {
            forwarder.abort();
        }
    }
    let kind = match status {
        Ok(status) => Kind::ExitCode(status.code().unwrap_or_else(|| -status.signal().unwrap_or(libc::SIGKILL))),
        Err(error) => Kind::Failure(error.to_string()),
    };
    let _ = events.send(event(id, kind)).await; // nobody listens after the call's end
}

async fn forward(
    pipe: OwnedFd,
    events: mpsc::Sender<SpawnEvent>,
    id: u32,
    kind: fn(Vec<u8>) -> Kind,
) -> io::Result<()> {
    // SAFETY: no pointers.
    system::check(unsafe { libc::fcntl(pipe.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) })?;
    let pipe = system::watch(pipe)?;
    let mut piece = vec![0; PIECE];
    loop {
        let mut ready = pipe.readable().await?;
        match ready.try_io(|pipe| system::read(pipe, &mut piece)) {
            Ok(Ok(0)) => return Ok(()),
            Ok(Ok(count)) if events.send(event(id, kind(piece[..count].to_vec()))).await.is_err() => return Ok(()),
            Ok(Err(error)) if error.kind() != io::ErrorKind::Interrupted => return Err(error),
            _ => {}
        }
    }
}

/// Waits for the end of the process: by a pidfd, or, before Linux 5.3, by looking.
async fn ended(child: &mut Child) -> io::Result<ExitStatus> {
    // SAFETY: no pointers; the descriptor is ours.
    let pidfd = unsafe {
        match libc::syscall(libc::SYS_pidfd_open, child.id(), 0) {
            descriptor @ 0.. => Some(system::watch(OwnedFd::from_raw_fd(descriptor as libc::c_int))?),
            _ => None,
        }
    };
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        match &pidfd {
            Some(pidfd) => pidfd.readable().await?.clear_ready(),
            None => sleep(Duration::from_millis(10)).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::proto::EnvVar;

    fn spawn(argv: &[&str]) -> Spawn {
        let variable = EnvVar { name: b"SAID".to_vec(), value: b"a b".to_vec() };
        let argv = argv.iter().map(|word| word.as_bytes().to_vec()).collect();
        Spawn { argv, env: vec![variable], cwd: b"/".to_vec(), ..Spawn::default() }
    }

    #[test]
    fn a_process_has_the_words_and_variables_that_were_said() {
        let mut child = command(&spawn(&["/bin/sh", "-c", "test \"$SAID\" = 'a b' && test $# = 1", "sh", "one"]))
            .and_then(|mut command| command.spawn())
            .unwrap();
        assert!(child.wait().unwrap().success());
    }

    #[test]
    fn what_the_kernel_cannot_start_is_not_read_by_a_shell() {
        let path = std::env::temp_dir().join(format!("hob-spawn-{}", std::process::id()));
        fs::write(&path, "exit 0\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let started = command(&spawn(&[path.to_str().unwrap()])).and_then(|mut command| command.spawn());
        fs::remove_file(&path).unwrap();
        assert_eq!(started.err().and_then(|error| error.raw_os_error()), Some(libc::ENOEXEC));
    }
}
