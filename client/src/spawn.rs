//! Processes that the daemon asks for (build hooks): in the client's context, so that limits, namespaces and job accounting
//! are the caller's own, and so that they die with it.

use std::ffi::OsStr;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

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
    let (program, arguments) = spawn.argv.split_first().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut command = Command::new(OsStr::from_bytes(program));
    command
        .args(arguments.iter().map(|argument| OsStr::from_bytes(argument)))
        .env_clear()
        .envs(spawn.env.iter().map(|variable| (OsStr::from_bytes(&variable.name), OsStr::from_bytes(&variable.value))))
        .current_dir(OsStr::from_bytes(&spawn.cwd))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    // SAFETY: one system call in the child, allowed there. It asks to die with the client, whatever ends that.
    unsafe {
        command.pre_exec(|| system::check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL)).map(drop));
    }
    Ok(command)
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
    for mut forwarder in out.into_iter().chain(err) {
        if timeout(LINGER, &mut forwarder).await.is_err() {
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
