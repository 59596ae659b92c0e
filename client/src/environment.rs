//! The environment of this process, as bytes, in order of name.

use std::ffi::{CStr, c_char};

use crate::proto::EnvVar;

unsafe extern "C" {
    /// The environment of the process (environ(7)).
    static mut environ: *mut *mut c_char;
}

/// Variables in order of name, each once. Nothing here ever changes `environ`, so the strings live as long as the process.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    variables: Vec<(&'static [u8], &'static [u8])>,
}

impl Environment {
    /// The environment that this process was started with.
    pub fn of_this_process() -> Self {
        let mut entries = Vec::with_capacity(128);
        // SAFETY: `environ` is a NULL-terminated array of C strings, and this is the only thread.
        unsafe {
            let mut next = environ;
            while !next.is_null() && !(*next).is_null() {
                entries.push(CStr::from_ptr(*next).to_bytes());
                next = next.add(1);
            }
        }
        Self::from_entries(&entries)
    }

    /// Splits `NAME=VALUE` entries. The first of a name counts, as in getenv(3); an entry that has no `=` is no variable.
    pub fn from_entries(entries: &[&'static [u8]]) -> Self {
        let mut variables: Vec<_> = entries.iter().filter_map(|entry| split(entry)).collect();
        variables.sort_by_key(|(name, _)| *name);
        variables.dedup_by_key(|(name, _)| *name);
        Self { variables }
    }

    /// The value of `name`.
    pub fn get(&self, name: &[u8]) -> Option<&'static [u8]> {
        let place = self.variables.binary_search_by_key(&name, |(name, _)| *name).ok()?;
        Some(self.variables[place].1)
    }

    /// The value of `name`, unless it is empty.
    pub fn get_filled(&self, name: &[u8]) -> Option<&'static [u8]> {
        self.get(name).filter(|value| !value.is_empty())
    }

    /// All variables whose name begins with `prefix`, in order of name.
    pub fn with_prefix(&self, prefix: &[u8]) -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
        let first = self.variables.partition_point(|(name, _)| *name < prefix);
        self.variables[first..].iter().copied().take_while(move |(name, _)| name.starts_with(prefix))
    }

    /// All variables as the protocol has them.
    pub fn to_message(&self) -> Vec<EnvVar> {
        self.with_prefix(b"").map(|(name, value)| EnvVar { name: name.to_vec(), value: value.to_vec() }).collect()
    }
}

fn split(entry: &'static [u8]) -> Option<(&'static [u8], &'static [u8])> {
    let at = entry.iter().position(|byte| *byte == b'=').filter(|at| *at > 0)?;
    Some((&entry[..at], &entry[at + 1..]))
}

/// Makes `entries`, `NAME=VALUE` each and then NULL, the environment of this process and of what it becomes.
///
/// # Safety
/// The strings must live as long as the process, and no other thread may read the environment.
pub unsafe fn replace(entries: Vec<*mut c_char>) {
    debug_assert!(entries.last().is_some_and(|last| last.is_null()));
    // SAFETY: by the caller's word; the array itself is leaked.
    unsafe { environ = entries.leak().as_mut_ptr() };
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Environment {
        Environment::from_entries(&[
            b"UV_B=2",
            b"A=1",
            b"UV_A=\xff",
            b"A=other",
            b"nonsense",
            b"=x",
            b"UV=",
            b"UV_A=later",
        ])
    }

    #[test]
    fn the_first_of_a_name_counts_and_nonsense_does_not() {
        assert_eq!(sample().get(b"A"), Some(&b"1"[..]));
        assert_eq!(sample().get(b"UV"), Some(&b""[..]));
        assert_eq!(sample().get_filled(b"UV"), None);
        assert_eq!(sample().get(b"nonsense"), None);
        assert_eq!(sample().to_message().len(), 4);
    }

    #[test]
    fn a_prefix_gives_its_variables_in_order_of_name() {
        let found: Vec<_> = sample().with_prefix(b"UV_").collect();
        assert_eq!(found, [(&b"UV_A"[..], &b"\xff"[..]), (b"UV_B", b"2")]);
        assert_eq!(sample().with_prefix(b"X").count(), 0);
    }
}
