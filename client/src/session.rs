//! One conversation with the daemon: a `Start`, its events, its end.

use std::io;
use std::time::{Duration, Instant};

use tokio::net::UnixStream;
use tokio::sync::oneshot;
use tokio::time::sleep_until;

use crate::connect::Connection;
use crate::grpc::{self, Receiver, Sender};
use crate::prompt::Questions;
use crate::proto::{
    Accepted, Cancel, Event, ExecSpec, ExecuteRequest, ExecuteResponse, Refused, Resize, Start, event, execute_request,
};
use crate::render::Output;
use crate::signals::{self, Signals};
use crate::spawn::Processes;
use crate::surroundings;

const EXECUTE: &str = "hob.v1.ExecuteService/Execute";
const GET_STATUS: &str = "hob.v1.DaemonService/GetStatus";

/// Output of spawned processes that waits for room at the daemon, before no more of it is read.
const MOST_QUEUED: usize = 256 * 1024;

/// How long a call may go on when nobody reads what it says.
const UNREAD: Duration = Duration::from_secs(2);

/// How long the daemon may be silent.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// After this, another connection asks for its status.
    pub probe: Duration,
    /// After this, the client does without it.
    pub give_up: Duration,
}

/// How a conversation ended.
#[derive(Debug)]
pub enum Ending {
    /// With an exit code.
    Exit(i32),
    /// By becoming a program.
    Exec(ExecSpec),
    /// The daemon did not take the command line.
    Refused(Refused),
    /// The stream broke. Whether all may be done again is only known once the daemon said so.
    Lost(Option<Accepted>, Option<String>),
    /// No word in time; and whether a second connection got one.
    Silent(bool),
    /// A signal, before the daemon took the command line, or after nobody read what it said.
    Cancelled,
}

/// An ending, and the signal that asked for it.
#[derive(Debug)]
pub struct Conversation {
    /// How it ended.
    pub ending: Ending,
    /// The first signal that wished for an end.
    pub cancelled_by: Option<libc::c_int>,
}

/// Holds a conversation over `connection`; `reconnect` gives the second one that asks for the status.
pub fn converse<R>(
    connection: Connection,
    reconnect: R,
    start: &Start,
    output: &mut Output,
    patience: Patience,
) -> io::Result<Conversation>
where
    R: Fn() -> Option<Connection> + 'static,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().enable_time().build()?;
    runtime.block_on(async {
        let began = Instant::now();
        let signals = Signals::listen()?;
        let request = ExecuteRequest { kind: Some(execute_request::Kind::Start(start.clone())) };
        let stream = UnixStream::from_std(connection.stream)?;
        let (sender, receiver) = grpc::open(stream, EXECUTE, &request).await?;
        let may_ask = start.terminal.as_ref().is_some_and(|terminal| terminal.stderr_is_tty);
        let session = Session {
            sender,
            output,
            may_ask,
            questions: Questions::default(),
            processes: Processes::new(),
            accepted: None,
            milestone: None,
            cancelled_by: None,
            unread_since: None,
        };
        Ok(session.run(receiver, signals, Silence::new(began, patience, reconnect)).await)
    })
}

struct Session<'a> {
    sender: Sender,
    output: &'a mut Output,
    may_ask: bool,
    questions: Questions,
    processes: Processes,
    accepted: Option<Accepted>,
    milestone: Option<String>,
    cancelled_by: Option<libc::c_int>,
    unread_since: Option<Instant>,
}

impl Session<'_> {
    async fn run(mut self, mut receiver: Receiver, mut signals: Signals, mut silence: Silence) -> Conversation {
        let ending = loop {
            let redraw = self.output.due();
            let deadline = self.unread_since.map(|since| since + UNREAD);
            let ended = tokio::select! {
                biased;
                signal = signals.next() => self.on_signal(signal),
                message = receiver.next() => self.on_message(message),
                is_alive = silence.wait(), if self.accepted.is_none() => Some(Ending::Silent(is_alive)),
                () = self.sender.flush(), if self.sender.queued() > 0 => None,
                event = self.processes.next(), if self.sender.queued() < MOST_QUEUED => self.say(execute_request::Kind::SpawnEvent(event)),
                answer = self.questions.answer(self.may_ask), if self.questions.is_open() => {
                    self.output.pause(false);
                    self.say(execute_request::Kind::Answer(answer))
                }
                () = at(redraw) => {
                    self.output.draw(Instant::now());
                    None
                }
                () = at(deadline) => Some(Ending::Cancelled),
            };
            self.notice_unread();
            if let Some(ending) = ended {
                break ending;
            }
        };
        Conversation { ending, cancelled_by: self.cancelled_by }
    }

    fn on_message(&mut self, message: io::Result<Option<ExecuteResponse>>) -> Option<Ending> {
        match message {
            Ok(Some(batch)) => batch.events.into_iter().find_map(|event| self.on_event(event)),
            _ => Some(Ending::Lost(self.accepted.take(), self.milestone.take())),
        }
    }

    fn on_event(&mut self, event: Event) -> Option<Ending> {
        match event.kind? {
            event::Kind::Accepted(accepted) => self.accepted = Some(accepted),
            event::Kind::Refused(refused) => return Some(Ending::Refused(refused)),
            event::Kind::OutChunk(chunk) => self.output.hold(&chunk.data),
            event::Kind::ErrChunk(chunk) => self.output.tell(&chunk.data),
            event::Kind::Progress(progress) => self.output.progress(progress),
            event::Kind::Diagnostic(_) => {} // for editors: people get it as text
            event::Kind::Prompt(prompt) => {
                self.output.pause(true);
                self.questions.push(prompt);
            }
            event::Kind::Spawn(spawn) => self.processes.start(&spawn),
            event::Kind::Milestone(milestone) => self.milestone = Some(milestone.text),
            event::Kind::Exit(exit) => return Some(Ending::Exit(exit.code)),
            event::Kind::Exec(spec) => return Some(Ending::Exec(spec)),
        }
        None
    }

    fn on_signal(&mut self, signal: libc::c_int) -> Option<Ending> {
        if signal == libc::SIGWINCH {
            let terminal = surroundings::terminal();
            self.output.resize(&terminal);
            return self.say(execute_request::Kind::Resize(Resize { columns: terminal.columns, rows: terminal.rows }));
        }
        self.cancel(signal, signals::wishes() > 1)
    }

    fn cancel(&mut self, signal: libc::c_int, force: bool) -> Option<Ending> {
        self.cancelled_by.get_or_insert(signal);
        if self.accepted.is_none() {
            return Some(Ending::Cancelled); // the end of the stream says it
        }
        self.questions = Questions::default();
        self.processes.signal(if force { libc::SIGKILL } else { libc::SIGTERM });
        self.say(execute_request::Kind::Cancel(Cancel { force }))
    }

    fn say(&mut self, kind: execute_request::Kind) -> Option<Ending> {
        self.sender.send(&ExecuteRequest { kind: Some(kind) });
        None
    }

    /// Nobody reads standard error any more: that is a wish to stop, too.
    fn notice_unread(&mut self) {
        if self.output.take_fault().is_some() && self.unread_since.is_none() {
            self.unread_since = Some(Instant::now());
            self.cancel(libc::SIGPIPE, false);
        }
    }
}

async fn at(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time.into()).await,
        None => std::future::pending().await,
    }
}

/// The wait for the daemon's first word.
struct Silence {
    probe_at: Instant,
    give_up_at: Instant,
    reconnect: Box<dyn Fn() -> Option<Connection>>,
    status: Option<oneshot::Receiver<()>>,
}

impl Silence {
    fn new(began: Instant, patience: Patience, reconnect: impl Fn() -> Option<Connection> + 'static) -> Self {
        let reconnect = Box::new(reconnect);
        Self { probe_at: began + patience.probe, give_up_at: began + patience.give_up, reconnect, status: None }
    }

    /// Returns when patience ends: whether the daemon answered the probe. Cancelling it loses nothing.
    async fn wait(&mut self) -> bool {
        if self.status.is_none() {
            sleep_until(self.probe_at.into()).await;
            let (answered, status) = oneshot::channel();
            self.status = Some(status);
            if let Some(connection) = (self.reconnect)() {
                tokio::spawn(async move {
                    if ask_status(connection).await.is_ok_and(|is_alive| is_alive) {
                        let _ = answered.send(()); // too late to matter
                    }
                });
            }
        }
        sleep_until(self.give_up_at.into()).await;
        self.status.as_mut().is_some_and(|status| status.try_recv().is_ok())
    }
}

/// Whether the daemon answers at all; what it says is for people.
async fn ask_status(connection: Connection) -> io::Result<bool> {
    let (_sender, mut receiver) = grpc::open(UnixStream::from_std(connection.stream)?, GET_STATUS, &()).await?;
    Ok(receiver.next::<()>().await?.is_some())
}
