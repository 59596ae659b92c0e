//! `hob-files`: links and writes thousands of files for hobd, which decides which ones.
//!
//! ```text
//! hob-files 1 STAGE        STAGE: the folder below which files come to be
//!
//! stdin:  frames, u32 length + orders (see `orders`)
//! stdout: for each frame, when it is done: u32 its number, u32 errno of what failed first, 0 if nothing did
//! ```
//!
//! In Python each system call hands the interpreter lock over, so that threads gain nothing and the calls wait for all else
//! that runs. hobd does the same work itself where this program is missing, and redoes the frames that fail here.
//! Numbers are little-endian.

mod calls;
mod descent;
mod orders;
#[path = "../../outcome.rs"]
mod outcome;
mod work;

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::sync::{Condvar, Mutex};
use std::thread;

const PROTOCOL: &str = "1";
const EXIT_MISUSED: i32 = 2;
/// More do not make a file system quicker.
const MOST_WORKERS: usize = 4;

fn main() {
    calls::end_with_parent();
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_none_or(|word| word != PROTOCOL) {
        std::process::exit(EXIT_MISUSED);
    }
    let Some(Ok(stage)) = arguments.next().map(|path| calls::open_path(&path)) else {
        std::process::exit(EXIT_MISUSED)
    };
    if serve(&stage).is_err() {
        std::process::exit(EXIT_MISUSED); // the other end is gone, or does not keep to the protocol
    }
}

fn serve(stage: &OwnedFd) -> io::Result<()> {
    let queue = Queue::default();
    let workers = thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((number, frame)) = queue.take() {
                    let outcome = work::carry_out(&frame, stage)
                        .err()
                        .map_or(0, |error| error.raw_os_error().unwrap_or(libc::EINVAL));
                    reply(number, outcome as u32);
                }
            });
        }
        let result = read_frames(&queue);
        queue.close();
        result
    })
}

fn read_frames(queue: &Queue) -> io::Result<()> {
    let mut input = io::stdin().lock();
    for number in 0.. {
        let mut length = [0; 4];
        match input.read_exact(&mut length) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            other => other?,
        }
        let mut frame = vec![0; u32::from_le_bytes(length) as usize];
        input.read_exact(&mut frame)?;
        queue.put((number, frame));
    }
    Ok(())
}

/// One write a reply: the kernel keeps them whole. Nobody to hear it means that nobody needs the rest.
fn reply(number: u32, errno: u32) {
    let mut answer = [0; 8];
    answer[..4].copy_from_slice(&number.to_le_bytes());
    answer[4..].copy_from_slice(&errno.to_le_bytes());
    let mut out = io::stdout().lock();
    if out.write_all(&answer).and_then(|()| out.flush()).is_err() {
        std::process::exit(EXIT_MISUSED);
    }
}

/// A frame and its number.
type Numbered = (u32, Vec<u8>);

#[derive(Default)]
struct Waiting {
    frames: VecDeque<Numbered>,
    is_complete: bool,
}

/// Frames that nobody has taken yet. It holds as much as hobd sends, so that hobd never waits with replies unread.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

impl Queue {
    fn put(&self, frame: Numbered) {
        self.waiting.lock().expect("no worker panics").frames.push_back(frame);
        self.changed.notify_one();
    }

    /// There will be no more.
    fn close(&self) {
        self.waiting.lock().expect("no worker panics").is_complete = true;
        self.changed.notify_all();
    }

    /// The next frame; `None` when there will be none.
    fn take(&self) -> Option<Numbered> {
        let waiting = self.waiting.lock().expect("no worker panics");
        let has_nothing = |waiting: &mut Waiting| waiting.frames.is_empty() && !waiting.is_complete;
        self.changed.wait_while(waiting, has_nothing).expect("no worker panics").frames.pop_front()
    }
}
