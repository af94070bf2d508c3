"""`make bench`: fills two offices, serves them beside a bare page, and writes the times into docs/performance.md."""

import json
import os
import platform
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import quote, urlsplit

from bench.seed import COMMON, PASSWORD, RARE
from bench.visit import Answer, Visitor
from settings import HOME
from tests.postgres import running

SIZES = (1_000, 100_000)
ROUNDS, EACH = 30, 3  # so many rounds; in each every measure so often, one beside the other
KEPT = HOME / ".bench"  # the seeded offices, until the code that writes their rows changes
PAGE = HOME / "docs" / "performance.md"
LETTER = {
    "kind": "claim",
    "signing": "named",
    "name": "张三",
    "address": "红旗社区1号",
    "contact": "027-1234567",
    "township": "",
    "place": "420117001001",
    "subject": "关于池塘水泵损坏的来信",
    "text": "村里池塘边的水泵已经坏了三个月，一直没有人来修，地里的庄稼没有水。" * 4,
    "person": "",
    "unit": "",
}


# --- offices and servers -------------------------------------------------------------------------------------------


def python(*words: str, **environment: str) -> subprocess.Popen[str]:
    """A process of ours, in the project's folder."""
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=HOME,
        env={**os.environ, "DEMO": "0", **environment},
        stdout=subprocess.PIPE,
        text=True,
    )


@contextmanager
def serving(*words: str, **environment: str) -> Iterator[int]:
    """A server while it runs: its port."""
    process = python(*words, **environment)
    try:
        assert process.stdout
        line = process.stdout.readline()
        address = next((word for word in line.split() if word.startswith("http://")), None)
        if address is None:
            sys.exit(f"bench: {words[0]} did not start: {line}")
        yield urlsplit(address).port or 0
    finally:
        process.terminate()
        process.wait()


def fill(folder: Path, letters: int, url: str = "") -> Path:
    """Fill a new office."""
    print(f"bench: filling an office with {letters:,} letters", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    if python("bench.seed", str(folder), str(letters), url).wait():
        sys.exit("bench: the office could not be filled.")
    return folder


def copied(letters: int) -> Path:
    """The folder of an office with so many letters: a copy, so that what a run adds does not stay."""
    written_by = [
        *sorted(HOME.glob("migrations/versions/*.py")),
        *sorted(HOME.glob("blueprints/petitions/**/models.py")),
        *(HOME / path for path in ("core/vault.py", "core/search.py", "core/record.py", "bench/seed.py")),
    ]
    stamp = sha256(b"".join(path.read_bytes() for path in written_by)).hexdigest()[:12]
    model, copy = KEPT / f"{letters}-{stamp}", KEPT / f"running-{letters}"
    if not model.exists():
        for old in KEPT.glob(f"{letters}-*"):
            shutil.rmtree(old)
        fill(KEPT / f"unfinished-{letters}", letters).rename(model)
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(model, copy)
    return copy


def known(folder: Path) -> dict[str, Any]:
    """What the seeding wrote down: the letters that may be opened."""
    found: dict[str, Any] = json.loads((folder / "bench.json").read_text())
    return found


# --- what is measured ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measure:
    """One thing that people do, the bare requests it is compared with, and how many times those it may take."""

    name: str
    beside: tuple[str, ...]
    aim: float


MEASURES = {
    "submit": Measure("Public submit: a fresh visitor loads the form and sends a letter", ("page", "insert"), 3),
    "form": Measure("– of it, the form", ("page",), 2.5),
    "send": Measure("– of it, the sending", ("insert",), 3),
    "queue": Measure("Queue, as a clerk opens it (25 lines)", ("page",), 2.5),
    "town": Measure("Queue of one township, closed matters too", ("page",), 2.5),
    "case": Measure("Case with nine steps, two papers, a message and a note", ("page",), 2.5),
    "look_up": Measure("Look-up: the receipt code is sent, the receipt page comes", ("insert", "page"), 3),
    "status": Measure("Receipt page, loaded again", ("page",), 2.5),
    "rare": Measure("Search for two characters that stand in twenty letters", ("page",), 3),
    "common": Measure("Search for two characters that stand in every third letter", ("page",), 3),
    "desk": Measure("My desk, of a clerk", ("page",), 2.5),
}


def checked(answer: Answer, status: int, *words: str) -> float:
    """The seconds it took, if it is the answer that was meant."""
    assert answer.status == status, answer
    assert all(word in answer.text for word in words), answer
    return answer.seconds


class Bare:
    """The bare application, visited."""

    def __init__(self, port: int) -> None:
        self.visitor = Visitor(port)

    def ask(self, what: str) -> float:
        match what:
            case "page":
                return checked(self.visitor.get("/page"), 200, "</table>")
            case "form":
                return checked(self.visitor.get("/form"), 200, "</form>")
        return checked(self.visitor.post("/form", subject=LETTER["subject"], text=LETTER["text"]), 303)


class Office:
    """An office, visited by a clerk, by people who write, and by people who look up what they wrote."""

    def __init__(self, port: int, worked: list[dict[str, Any]]) -> None:
        self.port = port
        self.worked = worked
        self.turn = 0
        self.clerk = Visitor(port)
        page = self.clerk.get("/sign-in")
        checked(self.clerk.post("/sign-in", csrf_token=page.token, username="clerk", password=PASSWORD), 303)

    def ask(self, what: str) -> dict[str, float]:
        """Do it once; the seconds, by name, since some things are done together."""
        self.turn += 1
        letter = self.worked[self.turn % len(self.worked)]
        match what:
            case "submit":
                return self.submit()
            case "look_up":
                return self.look_up(letter)
            case "queue":
                return {what: checked(self.clerk.get("/petitions/"), 200, "/petitions/?after=")}
            case "town":
                return {what: checked(self.clerk.get("/petitions/?state=all&place=420117001"), 200, "?state=all")}
            case "case":
                return {what: checked(self.clerk.get(f"/petitions/{letter['id']}"), 200, letter["subject"])}
            case "desk":
                return {what: checked(self.clerk.get("/desk"), 200, "/petitions/")}
        word = {"rare": RARE, "common": COMMON}[what]
        return {what: checked(self.clerk.get(f"/petitions/?state=all&q={quote(word)}"), 200, "/petitions/")}

    def submit(self) -> dict[str, float]:
        with Visitor(self.port) as visitor:
            form = visitor.get("/letters/new")
            sent = visitor.post_parts("/letters/new", csrf_token=form.token, **LETTER)
        form_seconds, sent_seconds = checked(form, 200, LETTER["place"]), checked(sent, 303)
        return {"form": form_seconds, "send": sent_seconds, "submit": form_seconds + sent_seconds}

    def look_up(self, letter: dict[str, Any]) -> dict[str, float]:
        with Visitor(self.port) as visitor:
            form = visitor.get("/letters/status")
            found = visitor.post("/letters/status", csrf_token=form.token, receipt=letter["receipt"])
            first, again = visitor.get("/letters/status"), visitor.get("/letters/status")
        seconds = checked(found, 303) + checked(first, 200, letter["subject"])
        return {"look_up": seconds, "status": checked(again, 200, letter["subject"])}


DONE = [what for what in MEASURES if what not in ("form", "send", "status")]

Samples = dict[str, list[float]]  # of each round the middle one, by "bare page", "1000 queue", …


def measure(bare: Bare, offices: dict[int, Office], rounds: int) -> Samples:
    """Everything in turn, in another order each round, so that what else the machine does falls on all alike."""
    todo: list[tuple[str, Callable[[], dict[str, float]]]] = [
        (f"bare {what}", lambda what=what: {what: bare.ask(what)})  # type: ignore[misc]
        for what in ("page", "form", "insert")
    ]
    for size, office in offices.items():
        todo += [(f"{size} {what}", lambda office=office, what=what: office.ask(what)) for what in DONE]  # type: ignore[misc]
    samples: Samples = defaultdict(list)
    chance = random.Random(3)
    for number in range(-2, rounds):  # the first two warm up
        chance.shuffle(todo)
        taken: Samples = defaultdict(list)
        for name, act in todo:
            for _ in range(EACH):
                for what, seconds in act().items():
                    taken[f"{name.split()[0]} {what}"].append(seconds)
        for name, seconds_each in taken.items():
            if number >= 0:
                samples[name].append(statistics.median(seconds_each))
    return samples


# --- what is written -----------------------------------------------------------------------------------------------


def ratio(samples: Samples, above: tuple[str, ...], below: tuple[str, ...]) -> float:
    """How many times the sum of some the sum of others takes: the middle of all rounds."""
    upper, lower = (
        [sum(each) for each in zip(*(samples[name] for name in names), strict=True)] for names in (above, below)
    )
    return float(statistics.median(mine / theirs for mine, theirs in zip(upper, lower, strict=True)))


def table(samples: Samples, small: int, large: int) -> Iterator[str]:
    """The table for people, line by line."""
    yield f"| | beside | at {small:,} letters | at {large:,} letters | growth | aim |"
    yield "|---|---|--:|--:|--:|--:|"
    for what, each in MEASURES.items():
        beside = tuple(f"bare {other}" for other in each.beside)
        at_small, at_large = (ratio(samples, (f"{size} {what}",), beside) for size in (small, large))
        growth = ratio(samples, (f"{large} {what}",), (f"{small} {what}",))
        yield (
            f"| {each.name} | {' + '.join(each.beside)} | {at_small:.1f}× | {at_large:.1f}× "
            f"| {growth:.2f}× | {each.aim:g}× |"
        )
    form = ratio(samples, ("bare form",), ("bare page",))
    insert = ratio(samples, ("bare insert",), ("bare page",))
    yield ""
    yield f"In that run a bare form without a query took {form:.2f} and the bare insert {insert:.1f} of a bare page."


def machine() -> str:
    """On what it ran."""
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"Measured with {versions} on {platform.system()}, {os.cpu_count()} cores"


@contextmanager
def databases(postgres: bool) -> Iterator[Callable[[str], str]]:
    """The address of a new database by its name: empty for SQLite, which lives in the office's own folder."""
    if not postgres:
        yield lambda _: ""
        return
    durable = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on", "autovacuum": "on"}
    with running(**durable, shared_buffers="256MB") as server:
        yield lambda name: server.copy("template1", name)


def main(*words: str) -> None:
    """Fill, serve, measure, write. `--postgres` measures on a PostgreSQL of its own."""
    begun = perf_counter()
    postgres = "--postgres" in words
    rounds = int(next((word for word in words if word.isdigit()), ROUNDS))
    KEPT.mkdir(exist_ok=True)
    with ExitStack() as stack:
        address = stack.enter_context(databases(postgres))
        urls = {size: address(f"office_{size}") for size in SIZES}
        folders = {
            size: fill(KEPT / f"postgres-{size}", size, url) if url else copied(size) for size, url in urls.items()
        }
        shutil.rmtree(KEPT / "bare", ignore_errors=True)
        (KEPT / "bare").mkdir()
        bare = Bare(stack.enter_context(serving("bench.bare", str(KEPT / "bare"), address("bare"))))
        offices = {
            size: Office(
                stack.enter_context(serving("serve", INSTANCE=str(folder), DATABASE_URL=urls[size], PORT="0")),
                known(folder)["worked"],
            )
            for size, folder in folders.items()
        }
        samples = measure(bare, offices, rounds)
    write("PostgreSQL" if postgres else "SQLite", "\n".join(table(samples, *SIZES)))
    print(f"bench: {perf_counter() - begun:.0f} seconds")


def write(database: str, text: str) -> None:
    """Put the table between the two marks of its database."""
    print(text)
    begin, end = f"<!-- measured on {database} -->", f"<!-- end of {database} -->"
    head, _, rest = PAGE.read_text().partition(begin)
    PAGE.write_text(f"{head}{begin}\n{machine()}.\n\n{text}\n{end}{rest.partition(end)[2]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
