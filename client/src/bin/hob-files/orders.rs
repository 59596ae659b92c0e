//! What a frame holds: orders, one after the other, each a letter and its arguments: texts that end in NUL, in which numbers are
//! decimal, and bytes.
//!
//! ```text
//! T tree      from here on, sources are below this folder
//! D target    from here on, files come to be below this folder of the stage
//! s count     link files whose paths are the same below both: `count` texts follow, then as many sizes and times of
//!             change, in nanoseconds, as 64-bit integers: what is otherwise is not linked
//! l count     link files from one path to another: two texts for each follow, then sizes and times
//! W path mode length   write a file; `length` bytes follow
//! ```

use std::ffi::CStr;
use std::io;

/// One order.
#[derive(Debug, PartialEq, Eq)]
pub enum Order<'a> {
    /// Sources are below this folder.
    Tree(&'a CStr),
    /// Files come to be below this folder.
    Target(&'a CStr),
    /// Link files.
    Links(Links<'a>),
    /// Path, mode, content.
    Write(&'a CStr, u32, &'a [u8]),
}

/// Files to link, each as its source, its path, its size and its time of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Links<'a> {
    paths: &'a [u8],
    sizes: &'a [u8],
    times: &'a [u8],
    is_same: bool,
}

impl<'a> Iterator for Links<'a> {
    type Item = (&'a CStr, &'a CStr, i64, i64);

    fn next(&mut self) -> Option<Self::Item> {
        let (size, time) = (take_number(&mut self.sizes)?, take_number(&mut self.times)?);
        let source = take_text(&mut self.paths)?;
        let path = if self.is_same { source } else { take_text(&mut self.paths)? };
        Some((source, path, size, time))
    }
}

fn take_number(bytes: &mut &[u8]) -> Option<i64> {
    let (number, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(i64::from_le_bytes(*number))
}

fn take_text<'a>(bytes: &mut &'a [u8]) -> Option<&'a CStr> {
    let text = CStr::from_bytes_until_nul(bytes).ok()?;
    *bytes = &bytes[text.to_bytes_with_nul().len()..];
    Some(text)
}

/// The orders of a frame.
pub struct Orders<'a> {
    rest: &'a [u8],
}

impl<'a> Orders<'a> {
    /// Of a frame.
    pub fn of(frame: &'a [u8]) -> Self {
        Self { rest: frame }
    }

    /// The next one; `None` at the end.
    pub fn next(&mut self) -> io::Result<Option<Order<'a>>> {
        let Some((&letter, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        let order = match letter {
            b'T' => Order::Tree(self.text()?),
            b'D' => Order::Target(self.text()?),
            b's' | b'l' => Order::Links(self.links(letter == b's')?),
            b'W' => {
                let (path, mode, length) = (self.text()?, self.number()?, self.number()?);
                Order::Write(path, mode, self.bytes(length)?)
            }
            _ => return Err(malformed()),
        };
        Ok(Some(order))
    }

    fn links(&mut self, is_same: bool) -> io::Result<Links<'a>> {
        let count: usize = self.number()?;
        let texts = if is_same { Some(count) } else { count.checked_mul(2) }.ok_or_else(malformed)?;
        let paths = self.rest;
        for _ in 0..texts {
            self.text()?;
        }
        let length = count.checked_mul(8).ok_or_else(malformed)?;
        Ok(Links { paths, sizes: self.bytes(length)?, times: self.bytes(length)?, is_same })
    }

    fn text(&mut self) -> io::Result<&'a CStr> {
        take_text(&mut self.rest).ok_or_else(malformed)
    }

    fn number<T: std::str::FromStr>(&mut self) -> io::Result<T> {
        self.text()?.to_str().ok().and_then(|digits| digits.parse().ok()).ok_or_else(malformed)
    }

    fn bytes(&mut self, length: usize) -> io::Result<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(length).ok_or_else(malformed)?;
        self.rest = rest;
        Ok(bytes)
    }
}

fn malformed() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(frame: &[u8]) -> io::Result<Vec<Order<'_>>> {
        let mut orders = Orders::of(frame);
        let mut found = Vec::new();
        while let Some(order) = orders.next()? {
            found.push(order);
        }
        Ok(found)
    }

    #[test]
    fn every_order_is_read() {
        let frame = b"T/store\0Dlib/a\0Wbin/run\x00511\x004\0\0abc";
        let found = all(frame).unwrap();
        assert_eq!(
            found,
            [Order::Tree(c"/store"), Order::Target(c"lib/a"), Order::Write(c"bin/run", 0o777, b"\0abc"),]
        );
    }

    #[test]
    fn files_are_told_with_their_sizes_and_times() {
        let numbers = |numbers: &[i64]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();
        let same = [&b"s2\0a\0b/c\0"[..], &numbers(&[1, 2]), &numbers(&[-3, 4])].concat();
        let Some(Order::Links(links)) = Orders::of(&same).next().unwrap() else { panic!("no links") };
        assert_eq!(links.collect::<Vec<_>>(), [(c"a", c"a", 1, -3), (c"b/c", c"b/c", 2, 4)]);
        let other = [&b"l1\0x.data/a\0a\0"[..], &numbers(&[5]), &numbers(&[6]), b"T/\0"].concat();
        let mut orders = Orders::of(&other);
        let Some(Order::Links(links)) = orders.next().unwrap() else { panic!("no links") };
        assert_eq!(links.collect::<Vec<_>>(), [(c"x.data/a", c"a", 5, 6)]);
        assert_eq!(orders.next().unwrap(), Some(Order::Tree(c"/")));
    }

    #[test]
    fn what_is_cut_short_or_unknown_is_refused() {
        for frame in [
            &b"X"[..],
            b"T/store",
            b"Wrun\x00511\x009\0abc",
            b"Wrun\0-1\x000\0",
            b"s1\0a\x001234567",
            b"s9223372036854775807\0",
            b"l18446744073709551615\0",
        ] {
            assert!(all(frame).is_err(), "{frame:?}");
        }
    }
}
