"""Bring .venv in line with a lock file; does nothing when it already is.

Runs under any Python 3.11+ with nothing installed: `python .ci/environment.py requirements.txt`.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
STAMPS = VENV / "installed"
PYTHON = VENV / "bin" / "python"
# The development lock holds the other one's packages in the same versions.
INCLUDED = {"requirements-dev.txt": ["requirements.txt"]}


def main(lock: str) -> None:
    with (PROJECT / ".venv.lock").open("w") as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        installed = _installed()
        if _stamp(lock) in installed and not _other_python_wanted():
            return
        current = {_stamp(path.name) for path in PROJECT.glob("requirements*.txt")}
        if not installed or not installed <= current or _other_python_wanted():
            print(f"Making {VENV} with Python {sys.version.split()[0]}", flush=True)
            shutil.rmtree(VENV, ignore_errors=True)
            venv.create(VENV, with_pip=True, symlinks=True)
        print(f"Installing what {lock} locks", flush=True)
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        # Wheels only: a machine without a compiler must do.
        pip += ["--require-hashes", "--only-binary=:all:", "--requirement", PROJECT / lock]
        if subprocess.run(pip, check=False).returncode:
            sys.exit(f"Could not install {lock}; see above. Is the package index reachable?")
        stamps = {_stamp(name) for name in [lock, *INCLUDED.get(lock, [])]}
        STAMPS.write_text("\n".join(sorted(stamps | _installed())) + "\n")


def _installed() -> set[str]:
    return set(STAMPS.read_text().splitlines()) if STAMPS.exists() and PYTHON.exists() else set()


def _stamp(lock: str) -> str:
    """What an environment was made from. It cannot be moved, so its place counts too."""
    return f"{lock} {hashlib.sha256((PROJECT / lock).read_bytes()).hexdigest()} {VENV}"


def _other_python_wanted() -> bool:
    """Only a Python that was asked for by name is a reason to start afresh."""
    if not os.environ.get("PYTHON") or not PYTHON.exists():
        return False
    here = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return not (VENV / "lib" / here).exists()


if __name__ == "__main__":
    main(sys.argv[1])
