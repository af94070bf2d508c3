"""The few commands of a developer or an operator: sets up what is missing, then runs. Standard library only.

`python3 dev.py run` sets everything up and serves the intranet; `python3 dev.py test` checks everything. The others
stand in COMMANDS at the end. The Makefile calls these and does nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LIBRARIES = "Lib" if os.name == "nt" else "lib"
BUNDLE = ROOT / "bundle"  # wheels for an office without internet, made by `make bundle`
TOOLS = ROOT / ".tools"  # what only developers need and no lock file can hold
OLDEST = (3, 11)
SYSTEM = "/usr/bin/python3"  # a distribution compiles its own with care


def fail(sentence: str) -> NoReturn:
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


@dataclass(frozen=True)
class Interpreter:
    """A Python that .venv can be made of."""

    program: str
    version: tuple[int, int]


def interpreter() -> Interpreter:
    """This Python; or, where nobody named one as $PYTHON, the system's, if this one was compiled without optimisation.

    What a version manager compiles mostly is, and everything takes a third longer with it. A distribution's are
    optimised, though it says so nowhere.
    """
    own = Interpreter(sys.executable, sys.version_info[:2])
    optimised = sys.base_prefix == "/usr" or "--enable-optimizations" in (sysconfig.get_config_var("CONFIG_ARGS") or "")
    if sys.platform != "linux" or optimised or os.environ.get("PYTHON"):
        return own
    # A system may have no more than a part of Python.
    question = "import sqlite3, ssl, sys, venv; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run([SYSTEM, "-c", question], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return own
    major, minor = map(int, answer.split())
    return Interpreter(SYSTEM, (major, minor)) if (major, minor) >= OLDEST else own


def environment(lock: str = "requirements.lock") -> None:
    """Makes .venv hold exactly what the lock file names, each package checked against its digest."""
    if sys.version_info < OLDEST:
        fail(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    python = interpreter()
    wanted = f"{python.version} {hashlib.sha256((ROOT / lock).read_bytes()).hexdigest()}"
    stamp = VENV / f"{lock}.installed"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print(f"dev.py: installing what {lock} names into .venv", flush=True)
    source = ["--no-index", "--find-links", str(BUNDLE)] if BUNDLE.is_dir() else []
    options: list[str | Path] = ["--require-hashes", "--only-binary", ":all:", *source, "-r", lock]
    uv: str | Path | None = shutil.which("uv")
    if uv and not PYTHON.exists() and not succeeds(uv, "venv", "-q", "--python", python.program, VENV):
        uv = None
    uv = uv or named_uv(lock, python)
    if not (uv and succeeds(uv, "pip", "install", "-q", "--python", PYTHON, *options)):
        do(*pip(python), *QUIETLY, "--no-compile", *options)
    # On all cores; pip would do it on one. Some files are for other versions of Python: nobody imports those.
    subprocess.run([PYTHON, "-m", "compileall", "-qq", "-j", "0", "-x", SELDOM, VENV / LIBRARIES])
    stamp.write_text(wanted)


QUIETLY = ("install", "-qq", "--disable-pip-version-check", "--no-input")
# Of these no more than a part is ever imported.
SELDOM = r"site-packages[/\\](.*[/\\])?(pip|setuptools|pkg_resources|mypyc?|pygments|holidays|testing)[/\\]"


def named_uv(lock: str, python: Interpreter) -> Path | None:
    """The uv that a lock file names, installed into .venv: it does in seconds what takes pip half a minute.

    None where the lock names none, or where packages come from a place that only pip was told of.
    """
    pinned = re.search(r"^uv==.*\n(?: +--hash.*\n)+", (ROOT / lock).read_text(), re.M)
    if pinned is None or BUNDLE.is_dir() or {"PIP_INDEX_URL", "PIP_NO_INDEX"} & {*os.environ}:
        return None
    installer = pip(python)
    if succeeds(*installer, "config", "get", "global.index-url"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder, "uv.lock")
        alone.write_text(pinned[0].rstrip().rstrip("\\"))
        do(*installer, *QUIETLY, "--require-hashes", "--only-binary", ":all:", "-r", alone)
    return BIN / "uv"


def pip(python: Interpreter) -> list[str | Path]:
    """The command that installs into .venv: this Python's pip, or .venv's own where this one has none."""
    if not PYTHON.exists():
        do(python.program, "-m", "venv", "--without-pip", VENV)
    own: list[str | Path] = [PYTHON, "-m", "pip"]
    outer: list[str | Path] = [sys.executable, "-m", "pip", "--python", PYTHON]
    for command in (outer, own):
        if succeeds(*command, "list"):  # its version it tells even where it is too old for that Python
            return command
    if succeeds(PYTHON, "-m", "ensurepip"):  # a bare Debian has none
        return own
    if not apt("python3-pip"):
        fail("pip is missing: install python3-venv or python3-pip (or uv), then try again.")
    return outer


def succeeds(*command: str | Path) -> bool:
    """Whether a command can be run and ends well; what it says is not told."""
    try:
        return subprocess.run([str(part) for part in command], cwd=ROOT, capture_output=True).returncode == 0
    except OSError:
        return False


def lock() -> None:
    """Pins every package, with digests and without addresses, for all systems at once."""
    uv: str | Path = shutil.which("uv") or BIN / "uv"
    if not Path(uv).exists():
        do(*pip(interpreter()), *QUIETLY, "uv")  # of whatever version: the lock may be what is to be mended
    for name in ("requirements", "requirements-test"):
        pins = ["--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade"]
        quiet = ["-q", "--no-header", "--no-emit-index-url", "--no-emit-find-links"]
        do(uv, "pip", "compile", *pins, *quiet, f"{name}.in", "-o", f"{name}.lock")


def bundle() -> None:
    """Downloads the wheels for this system, so that `make run` works later without internet."""
    environment()
    shutil.rmtree(BUNDLE, ignore_errors=True)
    wheels = ["--require-hashes", "--only-binary", ":all:", "-r", "requirements.lock"]
    do(*pip(interpreter()), "download", "-qq", "--disable-pip-version-check", *wheels, "-d", BUNDLE)
    print(f"dev.py: {len(list(BUNDLE.iterdir()))} wheels in {BUNDLE.name}/; copy the whole folder to the office.")


# ---------------------------------------------------------------- the intranet


def flask(*words: str) -> None:
    do(PYTHON, "-m", "flask", "--app", "app", *words)


def translations() -> None:
    """Compiles the catalogues; only their source is kept in git."""
    do(PYTHON, "-m", "babel.messages.frontend", "-q", "compile", "-d", "translations")


def run() -> None:
    """Sets up what is missing, brings the database up to date and serves. A second start keeps the data."""
    environment()
    translations()
    flask("db", "upgrade")
    flask("demo", "--first")  # nothing if DEMO=0 or if anybody has an account
    server = [str(PYTHON), "-m", "serve"]
    os.chdir(ROOT)
    if os.name == "nt":
        sys.exit(subprocess.run(server).returncode)
    os.execv(server[0], server)  # noqa: S606 (the server gets the signals itself)


# Finds the texts for people; where they stand and in which order must not make every change a change of the catalogue.
EXTRACT = ["-m", "babel.messages.frontend", "-q", "extract", "-F", "pyproject.toml", "-k", "_l"]
EXTRACT += ["--no-location", "--sort-output", "--omit-header"]


def translate() -> None:
    """Brings the texts of the code and the templates into the catalogue, for somebody to translate."""
    environment("requirements-test.lock")
    TOOLS.mkdir(exist_ok=True)
    template, home = TOOLS / "messages.pot", ROOT / "translations" / "zh_Hans_CN" / "LC_MESSAGES" / "messages.po"
    do(PYTHON, *EXTRACT, "-o", template, ".")
    update = ["-N", "--ignore-obsolete", "--no-wrap", "--ignore-pot-creation-date"]
    verb = ["update", *update] if home.exists() else ["init"]
    do(PYTHON, "-m", "babel.messages.frontend", "-q", *verb, "-i", template, "-d", "translations", "-l", "zh_Hans_CN")


# ---------------------------------------------------------------- the tests

# A whole Chromium in an npm package: for machines where we are not root and nobody installed one.
SPARTICUZ = "@sparticuz/chromium@147.0.2"
SPARTICUZ_SHA512 = "oqXyPAlGQuT9wdZAhcx4nmhehVgEsDc2adL/+FlX8qsLh/YyOgl9GQp8dPMDIBRmktxgA9c1QSNJIQUj2UeHhQ=="
SHELL = "chromium-headless-shell"  # draws the same pages with half the work of a browser that has windows
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)


@dataclass(frozen=True)
class Chromium:
    """A browser for the tests: its program, and what its environment needs."""

    program: str
    env: dict[str, str] = field(default_factory=dict)


def chromium() -> Chromium:
    """The browser of the tests: $CHROMIUM, Debian's package without windows, an installed one, or one from npm."""
    if named := os.environ.get("CHROMIUM"):
        if not Path(named).exists():
            fail("CHROMIUM names a program that is not there.")
        return Chromium(named, fonts())
    if shutil.which(SHELL) or apt(SHELL, "fonts-noto-cjk"):
        return Chromium(str(shutil.which(SHELL)), fonts())
    if found := next(filter(None, (*map(shutil.which, BROWSERS), *filter(os.path.exists, PLACES))), None):
        return Chromium(found, fonts())
    unpacked = TOOLS / "chromium"
    if not (unpacked / "chromium").exists():
        unpack_chromium(unpacked)
    return Chromium(str(unpacked / "chromium"), {**fonts(), "LD_LIBRARY_PATH": str(unpacked / "lib")})


def unpack_chromium(target: Path) -> None:
    """Fetches the npm package, compares its digest and unpacks the browser and the libraries it wants."""
    npm = shutil.which("npm")
    if npm is None or sys.platform != "linux":
        fail("the browser tests need a Chromium: install one (or npm, which can fetch one) or set CHROMIUM.")
    print(f"dev.py: fetching {SPARTICUZ} (npm)", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([npm, "pack", "--silent", SPARTICUZ], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        archive = next(Path(folder).glob("*.tgz"))
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SPARTICUZ_SHA512:
            fail(f"{SPARTICUZ} is not the package that was pinned: its digest differs.")
        with tarfile.open(archive) as packed:
            packed.extractall(folder)  # noqa: S202 (its digest is pinned)
        unbrotli = "import brotli, sys; sys.stdout.buffer.write(brotli.decompress(sys.stdin.buffer.read()))"
        for name in ("chromium", "al2023.tar"):
            with open(f"{folder}/package/bin/{name}.br", "rb") as source, open(f"{folder}/{name}", "wb") as out:
                subprocess.run([PYTHON, "-c", unbrotli], stdin=source, stdout=out, check=True)
        with tarfile.open(f"{folder}/al2023.tar") as libraries:
            libraries.extractall(target)  # noqa: S202
        shutil.copy(f"{folder}/chromium", target / "chromium")
        (target / "chromium").chmod(0o755)


def fonts() -> dict[str, str]:
    """What the browser's environment needs to show Chinese: nothing, or a setting that adds the papers' own font."""
    if sys.platform != "linux" or chinese_font():
        return {}
    if apt("fontconfig", "fonts-noto-cjk") and chinese_font():
        return {}
    TOOLS.mkdir(exist_ok=True)
    setting = TOOLS / "fonts.conf"
    setting.write_text(
        f"""<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
        <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
        <dir>{ROOT / "assets" / "fonts"}</dir><cachedir>{TOOLS / "fontcache"}</cachedir></fontconfig>"""
    )
    return {"FONTCONFIG_FILE": str(setting)}


def chinese_font() -> bool:
    listing = shutil.which("fc-list")
    return bool(listing and subprocess.run([listing, ":lang=zh-cn"], capture_output=True).stdout.strip())


def test() -> None:
    """Everything that is checked before a change lands. What cannot run fails and says what is missing."""
    environment("requirements-test.lock")
    chromium()
    translations()
    do(PYTHON, "-m", "ruff", "check", "-q", ".")
    do(PYTHON, "-m", "ruff", "format", "-q", "--check", ".")
    do(PYTHON, "-m", "mypy")
    do(BIN / "lint-imports", "--no-logo")
    do(PYTHON, "-m", "djlint", "--quiet", "--lint", "templates")
    # The many processes of the tests share what Python compiles, also where it is told to keep nothing.
    do(PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", env={"PYTHONDONTWRITEBYTECODE": ""})


def bench() -> None:
    """Measures speed and growth; the table stands in docs/performance.md."""
    environment("requirements-test.lock")
    translations()
    do(PYTHON, "-m", "bench")


COMMANDS: dict[str, Callable[[], None]] = {
    "run": run,
    "test": test,
    "bench": bench,
    "lock": lock,
    "bundle": bundle,
    "translate": translate,
    "environment": lambda: environment("requirements-test.lock"),
}

if __name__ == "__main__":
    name = sys.argv[1] if len(sys.argv) > 1 else "environment"
    if name not in COMMANDS:
        fail(f"there is no command {name}; there are: {', '.join(COMMANDS)}.")
    COMMANDS[name]()
