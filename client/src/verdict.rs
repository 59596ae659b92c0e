//! Kept answers: given again while all that they rest on is as it was, without asking the daemon.
//!
//! ```text
//! verdicts/<key of the command line>.bin  ->  a Verdict  ->  every ground holds?  ->  its events, once more
//! ```

use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;

use prost::Message;

use crate::build_id::fnv1a_64;
use crate::environment::Environment;
use crate::invocation::Invocation;
use crate::lease::{Lease, NoLease};
use crate::proto::{EnvGround, ExecSpec, FileGround, Terminal, Verdict, event};
use crate::runtime_dir::RuntimeDir;
use crate::surroundings::Surroundings;
use crate::{launch, system};

/// The only schema that this client understands.
const SCHEMA: u32 = 1;

/// Words of a `run` command line that may have decided it, at most.
const LONGEST_PREFIX: usize = 12;

/// Gives a kept answer to this call and ends, or returns where there is none that still holds.
pub fn replay(folder: &RuntimeDir, invocation: &Invocation, surroundings: &Surroundings) {
    let arguments = &invocation.arguments;
    let longest = arguments.len().min(LONGEST_PREFIX);
    let prefixes = if arguments.first().is_some_and(|first| first == b"run") { 2..longest + 1 } else { 0..0 };
    for length in std::iter::once(arguments.len()).chain(prefixes.filter(|length| *length < arguments.len())) {
        let name = file_name(&invocation.build, &surroundings.cwd, &arguments[..length]);
        if let Some(verdict) = read(folder, &name) {
            // Before anything is looked at: what is found then cannot be cleaned away any more.
            let lease = end(&verdict).and_then(|spec| spec.lease.as_ref()).map(Lease::take);
            if matches!(lease, Some(Err(NoLease::Busy))) {
                continue; // the daemon waits until the cache is clean
            }
            if holds(&verdict, invocation, surroundings, system::now_ns()) {
                if let Some(Ok(lease)) = lease {
                    lease.leave();
                }
                give(&verdict, &arguments[length..], &invocation.environment);
            }
        }
    }
}

/// Where the answer to `arguments` in `cwd` is kept, in the runtime directory.
fn file_name(build: &str, cwd: &[u8], arguments: &[Vec<u8>]) -> String {
    let mut key = [build.as_bytes(), b"\0", cwd].concat();
    for argument in arguments {
        key.push(0);
        key.extend_from_slice(argument);
    }
    format!("verdicts/{:016x}.bin", fnv1a_64(&key))
}

fn read(folder: &RuntimeDir, name: &str) -> Option<Verdict> {
    let mut file = std::fs::File::from(system::open_at(folder, &system::c_string(name.as_bytes()).ok()?, 0, 0).ok()?);
    let mut bytes = Vec::with_capacity(16 * 1024);
    file.read_to_end(&mut bytes).ok()?;
    Verdict::decode(&bytes[..]).ok()
}

/// Whether the verdict answers this very call, and every ground is as it was.
fn holds(verdict: &Verdict, invocation: &Invocation, surroundings: &Surroundings, now_ns: i64) -> bool {
    let arguments = &invocation.arguments;
    let is_same_line = arguments.starts_with(&verdict.argv)
        && (verdict.takes_rest || arguments.len() == verdict.argv.len())
        && ends(verdict);
    verdict.schema == SCHEMA
        && verdict.build == invocation.build.as_bytes()
        && verdict.cwd == surroundings.cwd
        && is_same_line
        && verdict.program == invocation.program
        && verdict.umask == surroundings.umask
        && verdict.terminal.as_ref().is_some_and(|terminal| is_same_terminal(terminal, &surroundings.terminal))
        && is_in_time(verdict, now_ns)
        && verdict.env.iter().all(|ground| is_same_variable(ground, &invocation.environment))
        && verdict.files.iter().all(|ground| is_same_file(ground).unwrap_or(false))
}

/// Whether the kept answer has an end: what follows nothing can be given whole.
fn ends(verdict: &Verdict) -> bool {
    matches!(
        verdict.events.last().and_then(|last| last.kind.as_ref()),
        Some(event::Kind::Exit(_) | event::Kind::Exec(_))
    )
}

/// The program that the answer ends with, if it does.
fn end(verdict: &Verdict) -> Option<&ExecSpec> {
    match verdict.events.last().and_then(|last| last.kind.as_ref()) {
        Some(event::Kind::Exec(spec)) => Some(spec),
        _ => None,
    }
}

/// A clock that went back says nothing about what has expired.
fn is_in_time(verdict: &Verdict, now_ns: i64) -> bool {
    verdict.expires_ns == 0 || (verdict.read_ns <= now_ns && now_ns < verdict.expires_ns)
}

fn is_same_terminal(kept: &Terminal, now: &Terminal) -> bool {
    let streams = |terminal: &Terminal| (terminal.stdin_is_tty, terminal.stdout_is_tty, terminal.stderr_is_tty);
    streams(kept) == streams(now) && (!now.stderr_is_tty || kept.columns == now.columns)
}

fn is_same_variable(ground: &EnvGround, environment: &Environment) -> bool {
    if let Some(prefix) = ground.name.strip_suffix(b"*") {
        let all: Vec<_> = environment.with_prefix(prefix).map(|(name, value)| [name, b"=", value].concat()).collect();
        return all.join(&0) == ground.value;
    }
    match environment.get(&ground.name) {
        Some(value) => ground.is_set && ground.value == value,
        None => !ground.is_set,
    }
}

fn is_same_file(ground: &FileGround) -> io::Result<bool> {
    let found = match system::stat(&system::c_string(&ground.path)?, ground.is_link) {
        Ok(found) => found,
        Err(error) => return Ok(!ground.exists && is_absence(&error)),
    };
    let kind = found.st_mode & libc::S_IFMT;
    let is_directory = kind == libc::S_IFDIR;
    let nanoseconds = |seconds: i64, rest: i64| seconds.wrapping_mul(1_000_000_000).wrapping_add(rest);
    let is_as_it_was = ground.exists
        && ground.ino == found.st_ino
        && ground.dev == found.st_dev
        && ground.size == if is_directory { 0 } else { found.st_size }
        && ground.mtime_ns == nanoseconds(found.st_mtime, found.st_mtime_nsec)
        && ground.ctime_ns == nanoseconds(found.st_ctime, found.st_ctime_nsec);
    // Written anew, a small file may hold the same again.
    let may_hold_the_same = kind == libc::S_IFREG && found.st_size == ground.size;
    match &ground.content {
        Some(content) if !is_as_it_was && may_hold_the_same => {
            Ok(std::fs::read(OsStr::from_bytes(&ground.path))? == *content)
        }
        _ => Ok(is_as_it_was),
    }
}

/// An error that says "it is not there"; any other says nothing.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::ENOENT | libc::ENOTDIR))
}

/// Writes the chunks in their order, then ends as the answer does, with `rest` passed through.
fn give(verdict: &Verdict, rest: &[Vec<u8>], environment: &Environment) {
    for event in &verdict.events {
        let written = match &event.kind {
            Some(event::Kind::OutChunk(chunk)) => system::write_all(libc::STDOUT_FILENO, &chunk.data),
            Some(event::Kind::ErrChunk(chunk)) => system::write_all(libc::STDERR_FILENO, &chunk.data),
            Some(event::Kind::Exit(exit)) => system::exit(exit.code),
            Some(event::Kind::Exec(spec)) => launch::launch_leased(spec, rest, environment),
            _ => Ok(()),
        };
        if let Err(error) = written {
            system::die_unwritten(&error);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;
    use crate::proto::{Event, Exit};

    fn invocation(words: &[&str], entries: &[&'static [u8]]) -> Invocation {
        let argv = std::iter::once("hob").chain(words.iter().copied()).map(|word| word.as_bytes().to_vec()).collect();
        Invocation::new(argv, Environment::from_entries(entries), "/opt/hob/bin/hob".into())
    }

    fn surroundings() -> Surroundings {
        let terminal = Terminal { stderr_is_tty: true, columns: 80, rows: 24, ..Terminal::default() };
        Surroundings { cwd: b"/work".to_vec(), umask: 0o22, terminal }
    }

    fn ground(path: &str) -> FileGround {
        let found = std::fs::metadata(path).unwrap();
        FileGround {
            path: path.into(),
            exists: true,
            is_link: false,
            dev: found.dev(),
            ino: found.ino(),
            size: if found.is_dir() { 0 } else { found.size() as i64 },
            mtime_ns: found.mtime() * 1_000_000_000 + found.mtime_nsec(),
            ctime_ns: found.ctime() * 1_000_000_000 + found.ctime_nsec(),
            content: None,
        }
    }

    fn verdict(words: &[&str]) -> Verdict {
        let call = invocation(words, &[]);
        Verdict {
            schema: 1,
            build: call.build.into_bytes(),
            cwd: b"/work".to_vec(),
            argv: call.arguments,
            env: vec![
                EnvGround { name: b"HOME".to_vec(), is_set: true, value: b"/home/me".to_vec() },
                EnvGround { name: b"UV_*".to_vec(), is_set: true, value: b"UV_A=1\0UV_B=".to_vec() },
                EnvGround { name: b"ABSENT".to_vec(), is_set: false, value: vec![] },
            ],
            files: vec![
                ground("/proc/self/exe"),
                ground("/usr"),
                FileGround { path: b"/no/such".to_vec(), ..FileGround::default() },
            ],
            events: vec![Event { seq: 1, kind: Some(event::Kind::Exit(Exit { code: 0 })) }],
            terminal: Some(surroundings().terminal),
            program: b"/opt/hob/bin/hob".to_vec(),
            read_ns: 1_000,
            umask: 0o22,
            ..Verdict::default()
        }
    }

    const ENTRIES: [&[u8]; 4] = [b"UV_B=", b"HOME=/home/me", b"UV_A=1", b"OTHER=x"];

    fn holds_for(verdict: &Verdict) -> bool {
        holds(verdict, &invocation(&["run", "pytest"], &ENTRIES), &surroundings(), 5_000)
    }

    fn holds_after(change: impl FnOnce(&mut Verdict)) -> bool {
        let mut changed = verdict(&["run", "pytest"]);
        change(&mut changed);
        holds_for(&changed)
    }

    #[test]
    fn an_unchanged_world_lets_a_verdict_hold() {
        assert!(holds_after(|_| ()));
        assert!(holds_after(|verdict| verdict.expires_ns = 6_000));
    }

    #[test]
    fn every_ground_that_changed_ends_a_verdict() {
        let changes: [fn(&mut Verdict); 22] = [
            |verdict| verdict.schema = 2,
            |verdict| verdict.build = b"00000000".to_vec(),
            |verdict| verdict.cwd = b"/elsewhere".to_vec(),
            |verdict| verdict.argv[1] = b"ruff".to_vec(),
            |verdict| drop(verdict.argv.pop()),
            |verdict| verdict.program = b"/usr/bin/hob".to_vec(),
            |verdict| verdict.umask = 0o77,
            |verdict| verdict.terminal = None,
            |verdict| verdict.terminal.as_mut().unwrap().stdin_is_tty = true,
            |verdict| verdict.terminal.as_mut().unwrap().columns = 81,
            |verdict| verdict.expires_ns = 4_000,
            |verdict| (verdict.expires_ns, verdict.read_ns) = (9_000, 8_000),
            |verdict| verdict.env[0].value = b"/home/you".to_vec(),
            |verdict| verdict.env[0].is_set = false,
            |verdict| verdict.env[1].value = b"UV_A=1".to_vec(),
            |verdict| verdict.env[2].is_set = true,
            |verdict| verdict.files[0].ino += 1,
            |verdict| verdict.files[0].size += 1,
            |verdict| verdict.files[0].mtime_ns += 1,
            |verdict| verdict.files[1].ctime_ns -= 1,
            |verdict| verdict.files[2].exists = true,
            |verdict| verdict.events.clear(),
        ];
        for (place, change) in changes.into_iter().enumerate() {
            assert!(!holds_after(change), "change {place} was not seen");
        }
    }

    #[test]
    fn a_file_that_appeared_or_is_no_link_any_more_ends_a_verdict() {
        assert!(!holds_after(|verdict| verdict.files[2].path = b"/usr".to_vec()));
        assert!(!holds_after(|verdict| verdict.files[0].is_link = true));
        assert!(!holds_after(|verdict| verdict.files[0].exists = false));
    }

    #[test]
    fn a_file_that_was_written_anew_may_hold_the_same_again() {
        let path = std::env::temp_dir().join(format!("hob-content-{}", std::process::id()));
        std::fs::write(&path, "thing>=1").unwrap();
        let kept = FileGround { mtime_ns: 0, content: Some(b"thing>=1".to_vec()), ..ground(path.to_str().unwrap()) };
        assert!(is_same_file(&kept).unwrap());
        assert!(!is_same_file(&FileGround { content: None, ..kept.clone() }).unwrap());
        for other in ["thing>=2", "thing>=1 # once more"] {
            std::fs::write(&path, other).unwrap();
            assert!(!is_same_file(&kept).unwrap());
        }
        std::fs::remove_file(&path).unwrap();
    }

    #[test]
    fn a_prefix_takes_further_arguments_only_if_it_says_so() {
        let call = invocation(&["run", "pytest", "-x"], &ENTRIES);
        let mut kept = verdict(&["run", "pytest"]);
        assert!(!holds(&kept, &call, &surroundings(), 5_000));
        kept.takes_rest = true;
        assert!(holds(&kept, &call, &surroundings(), 5_000));
    }

    #[test]
    fn the_width_counts_only_where_people_read_it() {
        let mut kept = verdict(&["run", "pytest"]);
        kept.terminal = Some(Terminal { columns: 100, ..Terminal::default() });
        let piped = Surroundings { terminal: Terminal::default(), ..surroundings() };
        assert!(holds(&kept, &invocation(&["run", "pytest"], &ENTRIES), &piped, 5_000));
    }

    #[test]
    fn the_key_is_the_hash_of_build_directory_and_arguments() {
        let arguments = [b"sync".to_vec(), b"-q".to_vec()];
        assert_eq!(
            file_name("b856db1b", b"/work", &arguments),
            format!("verdicts/{:016x}.bin", fnv1a_64(b"b856db1b\0/work\0sync\0-q"))
        );
    }
}
