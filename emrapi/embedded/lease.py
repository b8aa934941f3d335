"""Who still needs the servers: each holder keeps a shared lock on one file, the last stops them.

The kernel drops the lock of a holder that is killed, so nobody has to be asked whether it lives.
"""

import atexit
import fcntl
import os

from emrapi.embedded import postgres, valkey
from emrapi.embedded.folders import home, locked

_held: int | None = None


def ensure() -> list[str]:
    """Start those of the servers that are ours and down, and hold a lease until the process ends.

    Answers the names of those that it started, so calling it again also tells of a server that has
    died since. Raises EmbeddedError when one cannot run.
    """
    global _held
    ours = {"DATABASE_URL": postgres, "REDIS_URL": valkey}
    servers = [server for variable, server in ours.items() if not os.environ.get(variable)]
    if not servers:
        return []
    with locked():
        started = [server.NAME for server in servers if server.start()]
        if _held is None:
            _held = os.open(home() / "lease", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(_held, fcntl.LOCK_SH)
            holder = os.getpid()
            # A forked child inherits the hook, not the duty.
            atexit.register(lambda: release() if os.getpid() == holder else None)
    return started


def release() -> None:
    """Give the lease back; the last one stops the servers, Valkey first."""
    global _held
    if _held is None:
        return
    with locked():
        try:
            fcntl.flock(_held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # somebody else still needs them
        else:
            valkey.stop()
            postgres.stop()
        os.close(_held)
        _held = None
