//! Carrying out the orders of a frame.

use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

use crate::calls;
use crate::descent::Descent;
use crate::orders::{Links, Order, Orders};

/// Does what a frame says, up to the first thing that fails. Files come to be below `stage`.
pub fn carry_out(frame: &[u8], stage: &OwnedFd) -> io::Result<()> {
    let mut orders = Orders::of(frame);
    let (mut from, mut to) = (None, None);
    while let Some(order) = orders.next()? {
        match order {
            Order::Tree(path) => {
                let top = calls::open_path(OsStr::from_bytes(path.to_bytes()))?;
                from = Some(Descent::from(top, false));
            }
            Order::Target(path) => to = Some(Descent::from(open_target(stage, path)?, true)),
            Order::Links(links) => {
                link_all(links, from.as_mut().ok_or_else(disordered)?, to.as_mut().ok_or_else(disordered)?)?;
            }
            Order::Write(path, mode, content) => {
                let (folder, name) = to.as_mut().ok_or_else(disordered)?.reach(path)?;
                calls::write(folder, name, mode, content)?;
            }
        }
    }
    Ok(())
}

fn link_all(links: Links, from: &mut Descent, to: &mut Descent) -> io::Result<()> {
    for (source, path, size, time) in links {
        let (source_folder, source_name) = from.reach(source)?;
        if calls::look(source_folder, source_name)? != (size, time) {
            return Err(io::Error::from_raw_os_error(libc::ESTALE));
        }
        let (folder, name) = to.reach(path)?;
        calls::link(source_folder, source_name, folder, name)?;
    }
    Ok(())
}

/// A folder of the stage, made if it is new.
fn open_target(stage: &OwnedFd, path: &CStr) -> io::Result<OwnedFd> {
    Descent::from(stage.try_clone()?, true).into_folder(path.to_bytes())
}

fn disordered() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}
