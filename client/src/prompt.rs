//! Questions: only the client has the terminal.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use tokio::io::unix::AsyncFd;

use crate::proto::{Answer, Prompt};
use crate::system;

/// Questions in the order in which they came; the first is on the screen.
#[derive(Debug, Default)]
pub struct Questions {
    waiting: VecDeque<Prompt>,
    asked: Option<Asked>,
}

#[derive(Debug)]
struct Asked {
    prompt: Prompt,
    terminal: AsyncFd<OwnedFd>,
    /// How the terminal was before it was told to hide what is typed.
    shown: Option<libc::termios>,
    typed: Vec<u8>,
}

impl Questions {
    /// Takes a question.
    pub fn push(&mut self, prompt: Prompt) {
        self.waiting.push_back(prompt);
    }

    /// Whether there is anything to answer.
    pub fn is_open(&self) -> bool {
        self.asked.is_some() || !self.waiting.is_empty()
    }

    /// Asks the next question and waits for the answer. Cancelling it loses nothing.
    pub async fn answer(&mut self, may_ask: bool) -> Answer {
        if self.asked.is_none() {
            let Some(prompt) = self.waiting.pop_front() else { return std::future::pending().await };
            let id = prompt.id;
            match Asked::new(prompt, may_ask) {
                Ok(asked) => self.asked = Some(asked),
                Err(_) => return Answer { id, text: String::new(), is_default: true },
            }
        }
        let Some(asked) = &mut self.asked else { return std::future::pending().await };
        let text = asked.read().await;
        let id = asked.prompt.id;
        self.asked = None;
        Answer { id, is_default: text.is_none(), text: text.unwrap_or_default() }
    }
}

impl Asked {
    fn new(prompt: Prompt, may_ask: bool) -> io::Result<Self> {
        if !may_ask {
            return Err(io::Error::from(io::ErrorKind::Unsupported));
        }
        // A description of its own: non-blocking here must not be non-blocking in the shell.
        // SAFETY: the path ends in NUL.
        let terminal = system::owned(unsafe {
            libc::open(c"/dev/tty".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC | libc::O_NONBLOCK)
        })?;
        let shown = if prompt.is_secret { Some(hide(&terminal)?) } else { None };
        system::write_all(terminal.as_raw_fd(), prompt.text.as_bytes())?;
        Ok(Self { prompt, terminal: system::watch(terminal)?, shown, typed: Vec::new() })
    }

    /// One line, or `None` where there is nobody (end of file).
    async fn read(&mut self) -> Option<String> {
        loop {
            let mut ready = self.terminal.readable().await.ok()?;
            let mut piece = [0_u8; 1024];
            match system::read(&self.terminal, &mut piece) {
                Ok(0) => return None,
                Ok(count) => self.typed.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => ready.clear_ready(),
                Err(_) => return None,
            }
            if let Some(end) = self.typed.iter().position(|byte| *byte == b'\n') {
                return Some(String::from_utf8_lossy(&self.typed[..end]).trim_end_matches('\r').to_owned());
            }
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        if let Some(shown) = &self.shown {
            // SAFETY: `shown` is what the terminal said itself.
            unsafe { libc::tcsetattr(self.terminal.as_raw_fd(), libc::TCSAFLUSH, shown) };
            let _ = system::write_all(self.terminal.as_raw_fd(), b"\n"); // the one that was typed was not shown
        }
    }
}

fn hide(terminal: &OwnedFd) -> io::Result<libc::termios> {
    // SAFETY: all zeros are valid, and the call fills them in.
    unsafe {
        let mut shown = std::mem::zeroed::<libc::termios>();
        system::check(libc::tcgetattr(terminal.as_raw_fd(), &raw mut shown))?;
        let mut hidden = shown;
        hidden.c_lflag &= !libc::ECHO;
        system::check(libc::tcsetattr(terminal.as_raw_fd(), libc::TCSAFLUSH, &raw const hidden))?;
        Ok(shown)
    }
}
