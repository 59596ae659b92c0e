"""Which file systems are local: sockets, locks, file events and fine time stamps can be relied on there."""

import os
from pathlib import Path

NETWORK_TYPES = frozenset(
    {"nfs", "nfs4", "lustre", "gpfs", "cifs", "smb3", "smbfs", "ceph", "afs", "9p", "beegfs", "glusterfs"}
    | {"ocfs2", "pvfs2", "virtiofs", "vboxsf"}
)
"""Types, as `/proc/self/mountinfo` names them, that other hosts may change; `fuse` and `fuse.*` count too."""

_MOST_DEVICES = 256
_local_by_device: dict[int, bool] = {}


def is_network_type(name: str) -> bool:
    """Whether a file system of this type is, or may be, shared with other hosts."""
    return name in NETWORK_TYPES or name == "fuse" or name.startswith("fuse.")


def parse_mount_types(mountinfo: str) -> dict[tuple[int, int], str]:
    """The type of each mounted device, by major and minor number (proc(5), mountinfo: field 3, and the first after `-`)."""
    types: dict[tuple[int, int], str] = {}
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > 2 and after:
            major, _, minor = fields[2].partition(":")
            types[int(major), int(minor)] = after.split(" ", 1)[0]
    return types


def is_local_device(device: int) -> bool:
    """Whether `device` (a `st_dev`) is local. One that is mounted nowhere, as a btrfs subvolume's, counts as local."""
    known = _local_by_device.get(device)
    if known is None:
        if len(_local_by_device) >= _MOST_DEVICES:
            _local_by_device.clear()
        try:
            types = parse_mount_types(Path("/proc/self/mountinfo").read_text())
        except OSError:
            types = {}
        known = not is_network_type(types.get((os.major(device), os.minor(device)), ""))
        _local_by_device[device] = known
    return known
