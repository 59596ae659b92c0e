//! Finding the daemon: its names in the runtime directory, and a connection whose other end is the user's own.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::runtime_dir::RuntimeDir;
use crate::{surroundings, system};

/// The files of the daemon of one build in one mount namespace, by their names in the runtime directory.
#[derive(Clone, Debug)]
pub struct Names {
    /// The public socket.
    pub socket: String,
    /// Held by whoever starts a daemon.
    pub spawn_lock: String,
    /// Who serves.
    pub info: String,
}

impl Names {
    /// The names for `build`, in this process's mount namespace.
    pub fn new(build: &str) -> Self {
        let stem = format!("{build}-{}", surroundings::namespace("mnt"));
        Self {
            socket: format!("v1-{stem}.sock"),
            spawn_lock: format!("spawn-{stem}.lock"),
            info: format!("hobd-{stem}.json"),
        }
    }
}

/// Device and inode of a socket's file: which daemon of several that took the same name.
pub type Identity = (u64, u64);

/// A connection to a daemon of this user.
#[derive(Debug)]
pub struct Connection {
    /// Non-blocking.
    pub stream: UnixStream,
    /// Which file it was made by.
    pub identity: Identity,
    /// The process at the other end, 0 where it is in another pid namespace.
    pub pid: i32,
}

/// Why there is no connection.
#[derive(Debug)]
pub enum ConnectFault {
    /// Nobody listens: a daemon can be started.
    Absent,
    /// So many wait already that the kernel takes no more: the daemon does not accept.
    Full,
    /// Another user listens.
    Foreign(libc::uid_t),
    /// Anything else.
    Other(io::Error),
}

/// Connects to the daemon, and checks who it is.
pub fn connect(folder: &RuntimeDir, names: &Names) -> Result<Connection, ConnectFault> {
    let path = folder.inside(&names.socket);
    let found = system::stat(&path, true).map_err(fault_of)?;
    let stream = open(&path).map_err(fault_of)?;
    let peer = peer_of(&stream).map_err(ConnectFault::Other)?;
    if peer.uid != system::user() {
        return Err(ConnectFault::Foreign(peer.uid));
    }
    Ok(Connection { stream: stream.into(), identity: (found.st_dev, found.st_ino), pid: peer.pid })
}

/// Waits for room in the daemon's queue of connections.
pub fn connect_within(folder: &RuntimeDir, names: &Names, patience: Duration) -> Result<Connection, ConnectFault> {
    let deadline = Instant::now() + patience;
    loop {
        match connect(folder, names) {
            Err(ConnectFault::Full) if Instant::now() < deadline => sleep(Duration::from_millis(10)),
            done => return done,
        }
    }
}

fn fault_of(error: io::Error) -> ConnectFault {
    match error.raw_os_error() {
        Some(libc::ENOENT | libc::ECONNREFUSED) => ConnectFault::Absent,
        Some(libc::EAGAIN) => ConnectFault::Full,
        _ => ConnectFault::Other(error),
    }
}

/// The standard library's `connect` waits without end for a daemon that accepts nothing; this one never waits.
fn open(path: &CString) -> io::Result<OwnedFd> {
    let kind = libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    // SAFETY: no pointers.
    let socket = system::owned(unsafe { libc::socket(libc::AF_UNIX, kind, 0) })?;
    // SAFETY: all zeros are a valid address.
    let mut address = unsafe { std::mem::zeroed::<libc::sockaddr_un>() };
    address.sun_family = libc::AF_UNIX as libc::sa_family_t;
    let bytes = path.as_bytes();
    if bytes.len() >= address.sun_path.len() {
        return Err(io::Error::from(io::ErrorKind::InvalidInput));
    }
    for (place, byte) in address.sun_path.iter_mut().zip(bytes) {
        *place = *byte as libc::c_char;
    }
    let length = std::mem::size_of_val(&address) as libc::socklen_t;
    // SAFETY: `address` is valid for `length`.
    system::check(unsafe { libc::connect(socket.as_raw_fd(), (&raw const address).cast(), length) })?;
    Ok(socket)
}

fn peer_of(socket: &OwnedFd) -> io::Result<libc::ucred> {
    let mut peer = libc::ucred { pid: 0, uid: 0, gid: 0 };
    let mut length = std::mem::size_of_val(&peer) as libc::socklen_t;
    // SAFETY: `peer` is valid for `length`.
    let result = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &raw mut length,
        )
    };
    system::check(result)?;
    Ok(peer)
}
