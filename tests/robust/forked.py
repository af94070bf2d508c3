"""A server in a process of its own, forked from one that has loaded the program: loading takes longer than most tests.

tests/test_serve.py starts servers as an operator does.
"""

import multiprocessing
import os
import sys
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TextIO

from sqlalchemy.orm import configure_mappers

import commands  # noqa: F401 - loaded with all the rest
import rooms
import serve

list(rooms.blueprints())
configure_mappers()

_from = multiprocessing.get_context("forkserver")
_from.set_forkserver_preload([__name__])


def start(environment: dict[str, str], log: Path) -> tuple[ForkServerProcess, TextIO]:
    """Start it with these settings; the process, and what it says. What goes wrong stands in the log."""
    told, says = _from.Pipe(duplex=False)
    process = _from.Process(target=_serve, args=(environment, says, log), daemon=True)
    process.start()
    says.close()
    with told:
        return process, os.fdopen(os.dup(told.fileno()))


def _serve(environment: dict[str, str], says: Connection, log: Path) -> None:
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab") as errors:
        os.dup2(errors.fileno(), 2)
    os.dup2(says.fileno(), 1)
    sys.stdout = os.fdopen(1, "w")
    serve.main()
