"""Run a program that gets SIGTERM when its parent dies: `tethered.py PARENT_PID PROGRAM ARGUMENT…`.

Imports nothing of the product, so that it costs next to nothing and works with `python -S`.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(parent: int, program: list[str]) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    # The parent may have died before the line above.
    if os.getppid() == parent:
        os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
