//! Signals as the conversation hears them: written to a pipe by the handler, read by the loop.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU32, Ordering};

use tokio::io::unix::AsyncFd;

use crate::system;

/// The wishes to stop. One that the caller ignores (as nohup does) stays ignored.
const WISHES: [libc::c_int; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];

/// At this wish the client waits for nothing any more.
const LAST_WISH: u32 = 3;

static PIPE: AtomicI32 = AtomicI32::new(-1);
static WISHED: AtomicU32 = AtomicU32::new(0);
static PIPES_BREAK_SILENTLY: AtomicBool = AtomicBool::new(false);

/// The signals of this process, from `listen` on.
#[derive(Debug)]
pub struct Signals {
    pipe: AsyncFd<OwnedFd>,
    _write: OwnedFd,
}

impl Signals {
    /// Listens; for use inside the runtime.
    pub fn listen() -> io::Result<Self> {
        let mut ends = [0; 2];
        // SAFETY: `ends` outlives the call.
        system::check(unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC | libc::O_NONBLOCK) })?;
        let [read, write] = [system::owned(ends[0])?, system::owned(ends[1])?];
        PIPE.store(write.as_raw_fd(), Ordering::Relaxed);
        for signal in WISHES.into_iter().filter(|signal| !is_ignored(*signal)).chain([libc::SIGWINCH]) {
            handle(signal);
        }
        if !is_ignored(libc::SIGPIPE) {
            PIPES_BREAK_SILENTLY.store(true, Ordering::Relaxed);
            // SAFETY: a plain call; `restore` takes it back before another program runs.
            unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
        }
        Ok(Self { pipe: system::watch(read)?, _write: write })
    }

    /// The next signal.
    pub async fn next(&mut self) -> libc::c_int {
        loop {
            let Ok(mut ready) = self.pipe.readable().await else { return std::future::pending().await };
            let mut signal = [0];
            if system::read(&self.pipe, &mut signal).is_ok_and(|count| count == 1) {
                return signal[0].into();
            }
            ready.clear_ready();
        }
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        PIPE.store(-1, Ordering::Relaxed);
        for signal in WISHES.into_iter().filter(|signal| !is_ignored(*signal)).chain([libc::SIGWINCH]) {
            // SAFETY: a plain call.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        restore();
    }
}

/// Gives SIGPIPE back to whatever runs next; all other handlers end with `execve`.
pub fn restore() {
    if PIPES_BREAK_SILENTLY.swap(false, Ordering::Relaxed) {
        // SAFETY: a plain call.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    }
}

/// How often the user has wished to stop.
pub fn wishes() -> u32 {
    WISHED.load(Ordering::Relaxed)
}

fn is_ignored(signal: libc::c_int) -> bool {
    // SAFETY: all zeros are valid, and the call fills them in.
    unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0 && action.sa_sigaction == libc::SIG_IGN
    }
}

fn handle(signal: libc::c_int) {
    // SAFETY: the handler makes only calls that signal-safety(7) allows. No SA_RESTART: a write that blocks is to return.
    unsafe {
        let mut action = std::mem::zeroed::<libc::sigaction>();
        action.sa_sigaction = on_signal as *const () as usize;
        libc::sigemptyset(&raw mut action.sa_mask);
        libc::sigaction(signal, &raw const action, std::ptr::null_mut());
    }
}

extern "C" fn on_signal(signal: libc::c_int) {
    if WISHES.contains(&signal) && WISHED.fetch_add(1, Ordering::Relaxed) + 1 >= LAST_WISH {
        system::exit(130);
    }
    let byte = signal as u8;
    // SAFETY: one byte; `errno` is put back for whoever was interrupted.
    unsafe {
        let errno = *libc::__errno_location();
        libc::write(PIPE.load(Ordering::Relaxed), (&raw const byte).cast(), 1);
        *libc::__errno_location() = errno;
    }
}
