//! Asking the daemon: when to start it, when to ask again, when to do without.
//!
//! ```text
//! nobody listens                       -> start it
//! it ends (draining), another build    -> start the next one
//! it hung up before it took the line   -> once more, on a new connection
//! silent, busy, sees other files       -> one-shot
//! it died with the line in hand        -> one-shot if that does no harm, else an error
//! ```

use std::rc::Rc;
use std::time::Instant;

use crate::autostart;
use crate::connect::{ConnectFault, Connection, Identity, Names, connect, connect_within};
use crate::fallback::Unavailable;
use crate::invocation::Invocation;
use crate::proto::{ExecSpec, Priority, Refused, Start, refused::Reason};
use crate::render::Output;
use crate::runtime_dir::RuntimeDir;
use crate::session::{Conversation, Ending, Patience, converse};
use crate::surroundings::{Surroundings, namespace};
use crate::{launch, system, wedge};

/// Conversations that are begun for one command line, at most.
const ATTEMPTS: usize = 3;

/// What this client can do for the daemon.
const CAPABILITIES: [&str; 2] = ["spawn", "prompt"];

/// All that asking needs.
pub struct Asker<'a> {
    folder: Rc<RuntimeDir>,
    names: Names,
    invocation: &'a Invocation,
    surroundings: &'a Surroundings,
    may_start: bool,
}

impl<'a> Asker<'a> {
    /// For a call; with `may_start`, a daemon is started where none is.
    pub fn new(
        folder: Rc<RuntimeDir>,
        invocation: &'a Invocation,
        surroundings: &'a Surroundings,
        may_start: bool,
    ) -> Self {
        Self { folder, names: Names::new(&invocation.build), invocation, surroundings, may_start }
    }

    /// Lets the daemon answer the call, and ends as it says. Returns only where it cannot, with the cause.
    pub fn ask(&self) -> Unavailable {
        let start = self.start_message();
        let mut replaced = None;
        let mut unavailable = Unavailable::new("lost", "it hangs up");
        for _ in 0..ATTEMPTS {
            let connection = match self.reach(replaced) {
                Ok(connection) => connection,
                Err(unavailable) => return unavailable,
            };
            let (identity, pid) = (connection.identity, connection.pid);
            match self.converse(connection, &start) {
                Ending::Refused(refused) => {
                    unavailable = unavailable_after(&refused);
                    if !matches!(refused.reason(), Reason::Draining | Reason::BuildMismatch) {
                        return unavailable;
                    }
                    replaced = Some(identity);
                }
                Ending::Silent(is_alive) => return self.give_up(pid, is_alive),
                Ending::Lost(None, _) => {}
                Ending::Lost(Some(accepted), None) if accepted.is_repeatable => {
                    return Unavailable::new("died", "it died while it worked on this");
                }
                Ending::Lost(_, milestone) => fail_half_done(milestone),
                Ending::Exit(_) | Ending::Exec(_) | Ending::Cancelled => unreachable!("these end the process"),
            }
        }
        unavailable
    }

    fn start_message(&self) -> Start {
        let Surroundings { cwd, umask, terminal } = self.surroundings;
        let here = system::stat(c".", false).ok();
        let call = self.invocation;
        Start {
            client_build: call.build.clone().into_bytes(),
            capabilities: CAPABILITIES.map(str::to_owned).to_vec(),
            cwd: cwd.clone(),
            cwd_dev: here.map_or(0, |here| here.st_dev),
            cwd_ino: here.map_or(0, |here| here.st_ino),
            argv: std::iter::once(&call.called_as).chain(&call.arguments).cloned().collect(),
            env: call.environment.to_message(),
            umask: *umask,
            terminal: Some(*terminal),
            mnt_ns: namespace("mnt"),
            request_id: format!("{:x}-{:x}", system::now_ns(), std::process::id()),
            priority: Priority::Interactive.into(),
            pid: std::process::id(),
            pid_ns: namespace("pid"),
            user_ns: namespace("user"),
            program: call.program.clone(),
        }
    }

    fn reach(&self, replaced: Option<Identity>) -> Result<Connection, Unavailable> {
        let patience = self.patience().give_up;
        let found = if replaced.is_none() {
            connect_within(&self.folder, &self.names, patience)
        } else {
            Err(ConnectFault::Absent)
        };
        match found {
            Ok(connection) => Ok(connection),
            Err(ConnectFault::Absent) if self.may_start => {
                autostart::start(&self.folder, &self.names, self.invocation, replaced)
            }
            Err(ConnectFault::Absent) => Err(Unavailable::new("absent", "none runs")),
            Err(ConnectFault::Full) => Err(Unavailable::new("wedged", "it accepts no connections")),
            Err(ConnectFault::Foreign(user)) => {
                Err(Unavailable::new("foreign", format!("its socket is served by user {user}")))
            }
            Err(ConnectFault::Other(error)) => {
                Err(Unavailable::new("connect", format!("its socket cannot be used: {error}")))
            }
        }
    }

    fn patience(&self) -> Patience {
        let probe = self.invocation.seconds("HOB_TEST_PROBE_SECONDS", 1.0);
        Patience { probe, give_up: self.invocation.seconds("HOB_TEST_WEDGE_SECONDS", 3.0).max(probe) }
    }

    /// One conversation; where the daemon or a signal ended it, this process ends too.
    fn converse(&self, connection: Connection, start: &Start) -> Ending {
        let mut output = Output::new(&self.surroundings.terminal, Instant::now());
        let (folder, names) = (Rc::clone(&self.folder), self.names.clone());
        let reconnect = move || connect(&folder, &names).ok();
        let Ok(Conversation { ending, cancelled_by }) =
            converse(connection, reconnect, start, &mut output, self.patience())
        else {
            return Ending::Lost(None, None);
        };
        let is_whole = matches!(ending, Ending::Exit(_) | Ending::Exec(_));
        let written = if is_whole { output.finish() } else { output.abandon() };
        if let Some(signal) = cancelled_by {
            system::die_of(signal);
        }
        if let Err(error) = written {
            system::die_unwritten(&error);
        }
        match ending {
            Ending::Exit(code) => system::exit(code),
            Ending::Exec(spec) => self.launch(&spec),
            other => other,
        }
    }

    fn launch(&self, spec: &ExecSpec) -> ! {
        launch::launch(spec, &[], &self.invocation.environment)
    }

    fn give_up(&self, pid: i32, is_alive: bool) -> Unavailable {
        if is_alive {
            return Unavailable::new("slow", "it is too busy to begin");
        }
        wedge::strike(&self.folder, &self.names, pid);
        Unavailable::new("wedged", "it does not answer")
    }
}

fn unavailable_after(refused: &Refused) -> Unavailable {
    let (cause, usual) = match refused.reason() {
        Reason::BuildMismatch => ("build", "it is of another build"),
        Reason::Draining => ("draining", "it is about to end"),
        Reason::Namespace => ("namespace", "it sees other files"),
        Reason::Busy => ("busy", "too many requests wait"),
        Reason::Unspecified => ("refused", "it refused"),
    };
    Unavailable::new(cause, if refused.text.is_empty() { usual } else { &refused.text })
}

/// What was begun may not be done again, and nobody knows how much of it was done.
fn fail_half_done(milestone: Option<String>) -> ! {
    let reached = milestone.map_or_else(String::new, |text| format!(" (last: {text})"));
    system::fail(
        &format!("The daemon died while it worked on this{reached}; it is not repeated, since it may be half done"),
        2,
    )
}
