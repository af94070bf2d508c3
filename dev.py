"""The few commands of a developer or an operator: sets up what is missing, then runs. Standard library only, any system.

    python3 dev.py run      set everything up and serve the intranet        (make run)
    python3 dev.py test     everything that is checked before a change lands (make test)

The rest stands in COMMANDS at the end.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
BUNDLE = ROOT / "bundle"  # wheels for an office without internet, made by `make bundle`
TOOLS = ROOT / ".tools"  # what only developers need and no lock file can hold


def fail(sentence: str) -> None:
    """Stops with one sentence that says what is missing."""
    sys.exit(f"dev.py: {sentence}")


def do(*command: str | Path, env: Mapping[str, str] | None = None) -> None:
    """Runs a command in the project's folder and stops with its exit code when it fails."""
    code = subprocess.run([str(part) for part in command], cwd=ROOT, env={**os.environ, **(env or {})}).returncode
    if code:
        sys.exit(code)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def apt(*packages: str) -> bool:
    """Installs Debian packages where we may; says whether it did."""
    if not (is_root() and shutil.which("apt-get")):
        return False
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    print("dev.py: installing", *packages, "(apt-get)", flush=True)
    subprocess.run(["apt-get", "-qq", "update"], env={**os.environ, **quiet})
    install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages]
    return subprocess.run(install, env={**os.environ, **quiet}, stdout=subprocess.DEVNULL).returncode == 0


# ---------------------------------------------------------------- the environment


def environment(lock: str = "requirements.lock") -> None:
    """Makes .venv hold exactly what the lock file names, each package checked against its digest."""
    if sys.version_info < (3, 11):
        fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    wanted = f"{sys.version_info[:2]} {hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()}"
    stamp = VENV / f"{lock}.installed"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"dev.py: installing what {lock} names into .venv", flush=True)
    source = ["--no-index", "--find-links", str(BUNDLE)] if BUNDLE.is_dir() else []
    options = ["--require-hashes", "--only-binary", ":all:", *source, "-r", lock]
    if uv := shutil.which("uv"):
        if not PYTHON.exists():
            do(uv, "venv", "-q", "--python", sys.executable, VENV)
        do(uv, "pip", "install", "-q", "--python", PYTHON, *options)
    else:
        do(*pip(), "install", "-q", "--disable-pip-version-check", "--no-input", *options)
    stamp.write_text(wanted)


def pip() -> list[str | Path]:
    """The command that installs into .venv: its own pip, or this Python's where a bare Debian lacks ensurepip."""
    own: list[str | Path] = [PYTHON, "-m", "pip"]
    if not PYTHON.exists():
        bare = [] if importlib.util.find_spec("ensurepip") else ["--without-pip"]
        do(sys.executable, "-m", "venv", *bare, VENV)
    if subprocess.run([*own, "--version"], capture_output=True).returncode == 0:
        return own
    outer: list[str | Path] = [sys.executable, "-m", "pip", "--python", PYTHON]
    found = subprocess.run([*outer, "--version"], capture_output=True).returncode == 0
    if not found and not apt("python3-pip"):
        fail("pip is missing: install python3-venv or python3-pip (or uv), then try again.")
    return outer


def lock() -> None:
    """Pins every package, with digests and without addresses, for all systems at once."""
    uv: str | Path | None = shutil.which("uv")
    if uv is None:
        home = TOOLS / "uv"
        uv = home / BIN.name / "uv"
        if not uv.exists():
            do(sys.executable, "-m", "venv", home)
            do(home / BIN.name / PYTHON.name, "-m", "pip", "install", "-q", "uv")
    for name in ("requirements", "requirements-test"):
        pins = ["--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade"]
        quiet = ["-q", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
        do(uv, "pip", "compile", *pins, *quiet, f"{name}.in", "-o", f"{name}.lock")


def bundle() -> None:
    """Downloads the wheels for this system, so that `make run` works later without internet."""
    environment()
    shutil.rmtree(BUNDLE, ignore_errors=True)
    wheels = ["--require-hashes", "--only-binary", ":all:", "-r", "requirements.lock"]
    do(*pip(), "download", "-q", "--disable-pip-version-check", *wheels, "-d", BUNDLE)
    print(f"dev.py: {len(list(BUNDLE.iterdir()))} wheels in {BUNDLE.name}/; copy the whole folder to the office.")


COMMANDS: dict[str, Callable[[], None]] = {
    "environment": lambda: environment("requirements-test.lock"),
    "lock": lock,
    "bundle": bundle,
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "environment"
    if name not in COMMANDS:
        fail(f"there is no command {name}; there are: {', '.join(COMMANDS)}.")
    COMMANDS[name]()
