"""Ground: whether a folder lies on another machine. SQLite's locks do not hold there."""

from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "fuse.sshfs", "davfs")


def network_drive(path: Path, mounts: Path = _MOUNTS) -> str | None:
    """The kind of network drive that `path` lies on; None where it is none, or where that cannot be known here."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    kinds = dict(entry for entry in map(_entry, lines) if entry is not None)
    place = path.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    place = place.resolve()
    for folder in (place, *place.parents):
        if str(folder) in kinds:
            kind = kinds[str(folder)]
            return kind if kind in _REMOTE else None
    return None


def _entry(line: str) -> tuple[str, str] | None:
    """The folder and kind of one mount: fields 5 and, after the lone hyphen, 1. Source: proc(5)."""
    before, hyphen, after = line.partition(" - ")
    fields = before.split(" ")
    if not hyphen or len(fields) < 5:
        return None
    folder = fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
    return folder, after.split(" ")[0]
