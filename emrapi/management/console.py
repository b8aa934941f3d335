"""What the supervisor's processes say, line by line and with the name of who said it."""

import os
import threading
from typing import BinaryIO, TextIO

_COLOURS = {
    "web": "36",
    "worker": "32",
    "beat": "35",
    "postgres": "34",
    "valkey": "34",
    "start": "33",
}
_WIDTH = max(map(len, _COLOURS))


class Console:
    """Whole lines from several processes, one at a time; coloured at a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._one_at_a_time = threading.Lock()
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")

    def line(self, name: str, text: str) -> None:
        head = f"{name:<{_WIDTH}} |"
        if self._coloured:
            head = f"\033[{_COLOURS[name]}m{head}\033[0m"
        self.plain("\n".join(f"{head} {part}".rstrip() for part in text.split("\n")))

    def plain(self, text: str) -> None:
        with self._one_at_a_time:
            try:
                self._stream.write(f"{text}\n")
                self._stream.flush()
            except (OSError, ValueError):
                pass  # nobody reads any more; the processes must not block on that

    def copy(self, name: str, pipe: BinaryIO) -> None:
        """Copy a process's lines until it closes the pipe."""
        with pipe:
            for line in pipe:
                self.line(name, line.decode(errors="replace").rstrip())
