//! A daemon that does not answer: noted, and at the third note within ten minutes killed, if it is surely the same process.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::connect::Names;
use crate::runtime_dir::RuntimeDir;
use crate::system;

/// Notes that are older count no more.
const MEMORY_SECONDS: i64 = 600;

/// At this note the daemon is killed.
const LAST_STRIKE: usize = 3;

/// The file of the notes: a JSON list, one note a line.
const NOTES: &str = "wedged.json";

/// A process, known again after its pid was given to another.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Suspect {
    pid: i32,
    /// Clock ticks since boot (proc(5), stat: field 22).
    start_time: u64,
    boot_id: String,
}

/// Notes that the daemon at the other end of a connection, process `pid`, did not answer; the third time it is killed.
pub fn strike(folder: &RuntimeDir, names: &Names, pid: i32) {
    let Some(suspect) = Suspect::look(pid) else { return };
    let now = system::now_ns() / 1_000_000_000;
    let text = read(folder, NOTES);
    let recent = text.lines().map(|line| line.trim_end_matches(',')).filter(|line| is_recent(line, now));
    let mut notes: Vec<_> = recent.map(str::to_owned).collect();
    notes.push(suspect.to_note(now));
    let strikes = notes.iter().filter(|note| Suspect::parse(note).as_ref() == Some(&suspect)).count();
    write(folder, &notes);
    let registered = Suspect::parse(&read(folder, &names.info).replace('\n', " "));
    if strikes >= LAST_STRIKE && registered.as_ref() == Some(&suspect) {
        suspect.kill();
    }
}

impl Suspect {
    fn look(pid: i32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let start_time = stat.rsplit(')').next()?.split_ascii_whitespace().nth(19)?.parse().ok()?; // field 2 may hold anything
        Some(Self { pid, start_time, boot_id: boot_id() })
    }

    fn parse(note: &str) -> Option<Self> {
        let boot_id = field(note, "boot_id")?.to_owned();
        Some(Self {
            pid: field(note, "pid")?.parse().ok()?,
            start_time: field(note, "start_time")?.parse().ok()?,
            boot_id,
        })
    }

    fn to_note(&self, now: i64) -> String {
        let Self { pid, start_time, boot_id } = self;
        format!("{{\"at\": {now}, \"pid\": {pid}, \"start_time\": {start_time}, \"boot_id\": \"{boot_id}\"}}")
    }

    /// Kills the process by a descriptor that cannot come to mean another one.
    fn kill(&self) {
        // SAFETY: no pointers but one that may be NULL; the descriptor is ours.
        unsafe {
            let descriptor = libc::syscall(libc::SYS_pidfd_open, self.pid, 0) as libc::c_int;
            if descriptor < 0 {
                return;
            }
            let process = OwnedFd::from_raw_fd(descriptor);
            if Self::look(self.pid).as_ref() == Some(self) {
                let nothing = std::ptr::null::<libc::siginfo_t>();
                libc::syscall(libc::SYS_pidfd_send_signal, process.as_raw_fd(), libc::SIGKILL, nothing, 0);
            }
        }
    }
}

fn boot_id() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
}

fn is_recent(note: &str, now: i64) -> bool {
    field(note, "at").and_then(|at| at.parse::<i64>().ok()).is_some_and(|at| (0..MEMORY_SECONDS).contains(&(now - at)))
}

/// The number or string at `name` in a flat JSON object without escapes: all that these files hold.
fn field<'a>(object: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = object.split_once(&format!("\"{name}\""))?;
    let value = rest.trim_start().strip_prefix(':')?.trim_start();
    match value.strip_prefix('"') {
        Some(text) => text.split('"').next(),
        None => value.split([',', '}', ' ']).next(),
    }
}

fn read(folder: &RuntimeDir, name: &str) -> String {
    std::fs::read_to_string(folder.inside(name).to_string_lossy().as_ref()).unwrap_or_default()
}

/// Replaces the notes; two clients at once may lose one, which only spares the daemon.
fn write(folder: &RuntimeDir, notes: &[String]) {
    let name = format!("{NOTES}.{}", std::process::id());
    let [from, to] = [folder.inside(&name), folder.inside(NOTES)].map(|path| path.to_string_lossy().into_owned());
    if std::fs::write(&from, format!("[\n{}\n]\n", notes.join(",\n")))
        .and_then(|()| std::fs::rename(&from, to))
        .is_err()
    {
        let _ = std::fs::remove_file(from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_the_process_as_the_kernel_does() {
        let suspect = Suspect::look(std::process::id() as i32).unwrap();
        assert_eq!(Suspect::parse(&suspect.to_note(7)), Some(suspect));
        assert_eq!(Suspect::look(0), None);
    }

    #[test]
    fn the_daemons_own_file_is_understood() {
        let text = "{\"build\": \"b856db1b\", \"pid\":12,\"start_time\": 34, \"boot_id\":\"a-b\"}";
        assert_eq!(Suspect::parse(text), Some(Suspect { pid: 12, start_time: 34, boot_id: "a-b".to_owned() }));
    }

    #[test]
    fn old_notes_and_those_of_the_future_do_not_count() {
        let note = Suspect { pid: 1, start_time: 2, boot_id: "x".to_owned() }.to_note(1000);
        assert!(is_recent(&note, 1599) && !is_recent(&note, 1600) && !is_recent(&note, 999));
        assert!(!is_recent("[", 1000));
    }
}
