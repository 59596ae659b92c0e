//! What people and pipes get to see: errors at once, progress in between, data when the answer is whole.

use std::io;
use std::time::Instant;

use crate::progress::Bars;
use crate::proto::{Progress, Terminal};
use crate::spool::Spool;
use crate::system;

/// The two output streams of this call.
#[derive(Debug)]
pub struct Output {
    held: Spool,
    bars: Bars,
    is_paused: bool,
    fault: Option<io::Error>,
}

impl Output {
    /// Nothing written yet.
    pub fn new(terminal: &Terminal, now: Instant) -> Self {
        Self { held: Spool::default(), bars: Bars::new(drawable(terminal), now), is_paused: false, fault: None }
    }

    /// Holds data for standard output.
    pub fn hold(&mut self, bytes: &[u8]) {
        self.held.push(bytes);
    }

    /// Writes to standard error at once.
    pub fn tell(&mut self, bytes: &[u8]) {
        let text = self.bars.clear();
        self.write(text.as_bytes());
        self.write(bytes);
    }

    /// Takes news of a piece of work.
    pub fn progress(&mut self, news: Progress) {
        self.bars.update(news);
    }

    /// When the progress is to be drawn again.
    pub fn due(&self) -> Option<Instant> {
        if self.is_paused { None } else { self.bars.due() }
    }

    /// Draws the progress.
    pub fn draw(&mut self, now: Instant) {
        let text = self.bars.draw(now);
        self.write(text.as_bytes());
    }

    /// Leaves the terminal to a question, or takes it back.
    pub fn pause(&mut self, is_paused: bool) {
        self.is_paused = is_paused;
        self.tell(b"");
    }

    /// Takes the terminal's new size.
    pub fn resize(&mut self, terminal: &Terminal) {
        self.bars.resize(drawable(terminal));
    }

    /// Why standard error cannot be written to any more, once.
    pub fn take_fault(&mut self) -> Option<io::Error> {
        self.fault.take()
    }

    /// Takes the progress away, and writes the data that was held.
    pub fn finish(&mut self) -> io::Result<()> {
        self.tell(b"");
        self.held.drain(libc::STDOUT_FILENO)
    }

    /// Takes the progress away, and forgets the data: it will come again, or not at all.
    pub fn abandon(&mut self) -> io::Result<()> {
        self.held = Spool::default();
        self.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        if let Err(error) = system::write_all(libc::STDERR_FILENO, bytes) {
            self.fault.get_or_insert(error);
        }
    }
}

/// The width to draw in: standard error's, if it is a terminal.
fn drawable(terminal: &Terminal) -> usize {
    match (terminal.stderr_is_tty, terminal.columns) {
        (false, _) => 0,
        (true, 0) => 80,
        (true, columns) => columns as usize,
    }
}
