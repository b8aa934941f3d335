"""The secrets of this install: made once, kept with its data, readable by its owner only."""

import json
import os
import secrets
from pathlib import Path

from emrapi.embedded.folders import home, locked

# Those whose value names its keys, so that a new one can be put before the old.
_NAMED = ("JWT_KEYS", "KEY_PEPPERS", "FIELD_KEYS")
_PLAIN = ("SECRET_KEY", "ADMIN_SECRETS")


def install_secrets() -> dict[str, str]:
    """Every secret setting that the environment may leave out, in the settings' own format."""
    found = _read()
    if found.keys() >= {*_NAMED, *_PLAIN}:
        return found
    with locked():
        # Read again: another process may have been first, and what is in use must not change.
        complete = _fresh() | _read()
        _write(complete)
        return complete


def _fresh() -> dict[str, str]:
    named = {name: f"v1:{secrets.token_urlsafe(32)}" for name in _NAMED}
    return named | {name: secrets.token_urlsafe(48) for name in _PLAIN}


def _file() -> Path:
    return home() / "secrets.json"


def _read() -> dict[str, str]:
    try:
        return dict(json.loads(_file().read_text()))
    except FileNotFoundError:
        return {}


def _write(values: dict[str, str]) -> None:
    write_private(_file(), json.dumps(values, indent=2))


def write_private(path: Path, text: str) -> None:
    """Put a file in place whole, readable by its owner only."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    unfinished.rename(path)
