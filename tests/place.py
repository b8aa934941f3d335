"""A place of its own for embedded servers, and all that runs in it."""

import os
import shutil
import signal
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from emrapi.embedded import processes

PROJECT = Path(__file__).resolve().parents[1]


class Place:
    """One EMBEDDED_HOME in the temporary folder; `remove` ends whatever runs there."""

    def __init__(self) -> None:
        # Not pytest's own folder, which root's servers, running as nobody, could not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="emr-"))
        self.folder.chmod(0o711)

    @property
    def home(self) -> Path:
        """The home of development in this place."""
        return self.folder / "main"

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of a process that uses this place."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return {**kept, "EMBEDDED_HOME": str(self.folder), "EMR_ENV": "development", **more}

    def processes(self) -> dict[int, str]:
        """Every process that was given this place, names it in its command line or stands in it."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            pid = int(entry.name)
            if pid != os.getpid() and self._is_used_by(entry):
                found[pid] = " ".join(processes.command_line(pid))
        return found

    def kill(self, *pids: int | None) -> None:
        """Kill them outright, and wait until they are gone."""
        for pid in pids:
            assert pid is not None
            with suppress(ProcessLookupError):  # it may have gone with another one
                os.kill(pid, signal.SIGKILL)
        while not all(processes.has_ended(pid) for pid in pids if pid is not None):
            time.sleep(0.01)

    def remove(self) -> None:
        """End everything in the place, and the place."""
        while found := self.processes():
            self.kill(*found)
        shutil.rmtree(self.folder)

    def _is_used_by(self, process: Path) -> bool:
        mark = os.fsencode(self.folder)
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            return bool(command) and (
                mark in command
                or mark in (process / "environ").read_bytes()
                or (process / "cwd").readlink().is_relative_to(self.folder)
            )
        return False
