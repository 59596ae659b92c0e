//! Carrying out the orders of a frame.

use std::ffi::{CStr, OsStr};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;

use crate::calls;
use crate::descent::Descent;
use crate::orders::{Order, Orders};

/// Does what a frame says, up to the first thing that fails. Files come to be below `stage`; without one, none does.
pub fn carry_out(frame: &[u8], stage: Option<&OwnedFd>) -> io::Result<()> {
    let mut orders = Orders::of(frame);
    let (mut from, mut to) = (None, None);
    while let Some(order) = orders.next()? {
        match order {
            Order::Tree(path) => {
                let top = calls::open_path(OsStr::from_bytes(path.to_bytes()))?;
                from = Some(Descent::from(top, false));
            }
            Order::Target(path) => to = Some(Descent::from(open_target(stage, path)?, true)),
            Order::Link(source, path) => {
                let (source_folder, source_name) = from.as_mut().ok_or_else(disordered)?.reach(source)?;
                let (folder, name) = to.as_mut().ok_or_else(disordered)?.reach(path)?;
                calls::link(source_folder, source_name, folder, name)?;
            }
            Order::Write(path, mode, content) => {
                let (folder, name) = to.as_mut().ok_or_else(disordered)?.reach(path)?;
                calls::write(folder, name, mode, content)?;
            }
            Order::Check(path, size, time) => {
                let (folder, name) = from.as_mut().ok_or_else(disordered)?.reach(path)?;
                if calls::look(folder, name)? != (size, time) {
                    return Err(io::Error::from_raw_os_error(libc::ESTALE));
                }
            }
        }
    }
    Ok(())
}

/// A folder of the stage, made if it is new.
fn open_target(stage: Option<&OwnedFd>, path: &CStr) -> io::Result<OwnedFd> {
    let top = stage.ok_or_else(disordered)?.try_clone()?;
    Descent::from(top, true).into_folder(path.to_bytes())
}

fn disordered() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}
