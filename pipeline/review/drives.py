"""Whether a folder lies on a network drive, where files are shared but memory is not."""

from __future__ import annotations

import sys
from pathlib import Path

_REMOTE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "9p", "fuse.sshfs", "davfs"})
_DRIVE_REMOTE = 4  # DRIVE_REMOTE of GetDriveTypeW


def is_network(path: Path) -> bool:
    """Whether the system says that the path lies on another machine; False where it says nothing."""
    place = path.resolve()
    if sys.platform == "win32":
        import ctypes

        if place.drive.startswith("\\\\"):
            return True
        return bool(ctypes.windll.kernel32.GetDriveTypeW(place.anchor) == _DRIVE_REMOTE)
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return file_system(place, mounts) in _REMOTE


def file_system(place: Path, mounts: str) -> str:
    r"""Name the file system that holds a path, from a table of mounts.

    Examples
    --------
    >>> file_system(Path("/srv/plan/out"), "/dev/sda1 / ext4 rw 0 0\nserver:/plan /srv/plan nfs4 rw 0 0\n")
    'nfs4'
    """
    best, found = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = fields[1].replace("\\040", " ")
        if place.is_relative_to(point) and len(point) >= len(best):
            best, found = point, fields[2]
    return found
