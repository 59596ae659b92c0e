//! What a frame holds: orders, one after the other, each a letter and its arguments, texts that end in NUL.
//!
//! ```text
//! T tree                    from here on, sources are below this folder
//! D target                  from here on, files come to be below this folder of the stage
//! s path size mtime         link a file of this size and time of change, in nanoseconds: the path is the same below both
//! l source path size mtime  link such a file from one path to another
//! W path mode length        write a file; `length` bytes follow; numbers are decimal
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
    /// Link the first path as the second, if it has this size and this time of change.
    Link(&'a CStr, &'a CStr, i64, i64),
    /// Path, mode, content.
    Write(&'a CStr, u32, &'a [u8]),
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
            b's' => {
                let path = self.text()?;
                Order::Link(path, path, self.number()?, self.number()?)
            }
            b'l' => Order::Link(self.text()?, self.text()?, self.number()?, self.number()?),
            b'W' => {
                let (path, mode, length) = (self.text()?, self.number()?, self.number()?);
                Order::Write(path, mode, self.bytes(length)?)
            }
            _ => return Err(malformed()),
        };
        Ok(Some(order))
    }

    fn text(&mut self) -> io::Result<&'a CStr> {
        let text = CStr::from_bytes_until_nul(self.rest).map_err(|_| malformed())?;
        self.rest = &self.rest[text.to_bytes_with_nul().len()..];
        Ok(text)
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
        let frame = b"T/store\0Dlib/a\0sx.py\x0012\0-5\0ly.py\0z.py\x000\x009\0Wbin/run\x00511\x004\0\0abc";
        let found = all(frame).unwrap();
        assert_eq!(
            found,
            [
                Order::Tree(c"/store"),
                Order::Target(c"lib/a"),
                Order::Link(c"x.py", c"x.py", 12, -5),
                Order::Link(c"y.py", c"z.py", 0, 9),
                Order::Write(c"bin/run", 0o777, b"\0abc"),
            ]
        );
    }

    #[test]
    fn what_is_cut_short_or_unknown_is_refused() {
        for frame in [&b"X"[..], b"T/store", b"Wrun\x00511\x009\0abc", b"Wrun\0-1\x000\0", b"sx\0big\x001\0"] {
            assert!(all(frame).is_err(), "{frame:?}");
        }
    }
}
