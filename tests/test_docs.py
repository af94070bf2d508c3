"""What the documents say is so: settings, packages, modules, paths, links, commands, addresses, numbers.

That every dependency has its reason and every make target exists is held by tests/test_house.py.
"""

import ast
import importlib.metadata
import re
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from flask import Flask

import demo
import rooms
import serve
from core import limits
from settings import Settings
from tests.test_house import ROOT, tracked

DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README, ARCHITECTURE, DEPENDENCIES, RUNNING, SECURITY = (
    (ROOT / name).read_text("utf-8")
    for name in ("README.md", "docs/architecture.md", "docs/dependencies.md", "docs/running.md", "docs/security.md")
)


@pytest.fixture(params=DOCS, ids=lambda path: path.name)
def document(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def rows(text: str, heading: str) -> list[list[str]]:
    """The cells of the first table below a heading or a line."""
    table = re.search(r"^\|.*(?:\n\|.*)+", text.split(heading, 1)[1], re.M)
    assert table, heading
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[0].splitlines()[2:]]


def bare(cell: str) -> str:
    return cell.strip("`")


# --- settings ------------------------------------------------------------------------------------------------------


def settings_table() -> str:
    """The table as it must stand in docs/running.md."""
    lines = ["| setting | default | what it is |", "|---|---|---|"]
    for each in fields(Settings):
        default = str(int(each.default)) if isinstance(each.default, bool) else str(each.default)
        shown = f"`{default}`" if default not in ("", ".") else "–"
        lines.append(f"| `{each.name}` | {shown} | {each.metadata['doc']} |")
    return "\n".join(lines)


def test_every_setting_stands_in_the_table_with_its_default_and_what_it_does() -> None:
    told = re.search(r"<!-- settings -->\n(.*)\n<!-- /settings -->", RUNNING, re.S)
    assert told
    assert told[1] == settings_table(), f"docs/running.md should say:\n{settings_table()}"


# --- packages ------------------------------------------------------------------------------------------------------


def required(name: str) -> set[str]:
    return set(re.findall(r"^([A-Za-z][\w-]*)", (ROOT / name).read_text("utf-8"), re.M))


def indirect() -> dict[str, str]:
    return {name: parent for name, parent, *_ in rows(DEPENDENCIES, "come with the ones above")}


def licences() -> dict[str, str]:
    headings = ("## To run", "come with the ones above", "## To test")
    return {row[0]: row[-1] for heading in headings for row in rows(DEPENDENCIES, heading)}


def test_every_package_of_the_tables_is_required_and_no_other_is_named() -> None:
    assert {row[0] for row in rows(DEPENDENCIES, "## To run")} == required("requirements.in")
    assert {row[0] for row in rows(DEPENDENCIES, "## To test")} == required("requirements-test.in")


@pytest.mark.parametrize("package", licences())
def test_the_licence_is_the_one_that_the_package_names(package: str) -> None:
    told, metadata = licences()[package], importlib.metadata.metadata(package)
    if "License-Expression" in metadata:
        assert told == metadata["License-Expression"]
        return
    # An older package says it in other words, and not always with its version.
    classes = [each for each in metadata.get_all("Classifier") or () if each.startswith("License ::")]
    said = " ".join([*classes, *(text[:40] for text in metadata.get_all("License") or ())])
    family = {"BSD": "BSD", "MIT": "MIT", "Lesser": "LGPL", "Zope": "ZPL", "Apache": "Apache"}
    assert any(words in said and told.startswith(short) for words, short in family.items()), said


def imported() -> set[str]:
    """The packages that the office's own code imports by name."""
    own = {path.stem for path in ROOT.glob("*.py")} | {"core", "blueprints", "demo"}
    modules: set[str] = set()
    for name in tracked():
        if name.endswith(".py") and not name.startswith(("tests/", "bench/")) and name != "dev.py":
            for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module:
                    modules.add(node.module.split(".")[0])
    packages = importlib.metadata.packages_distributions()
    return {packages[module][0].lower() for module in modules - own - set(sys.stdlib_module_names)}


def test_every_package_that_the_code_imports_is_told_and_none_besides() -> None:
    # A driver is named in an address only.
    assert imported() | {"psycopg"} == required("requirements.in") | indirect().keys()


def test_an_indirect_package_comes_with_the_one_that_is_named() -> None:
    for package, parent in indirect().items():
        assert parent in required("requirements.in")
        needed = " ".join(importlib.metadata.requires(parent) or ())
        assert re.search(rf"\b{package}\b", needed, re.I), f"{parent} does not bring {package}"


# --- what exists ---------------------------------------------------------------------------------------------------

ENDINGS = r"(?:py|md|txt|html|toml|in|lock|csv|js|css|png|svg|ttf|cfg)"
MADE_LATER = re.compile(r"keys|office|new/|README\.txt")  # by the office on its first run, or in a backup


def test_every_path_that_a_document_names_exists(document: Path) -> None:
    files = {f"/{name}" for name in tracked()}
    folders = {f"/{parent.as_posix()}/" for name in files for parent in Path(name[1:]).parents}
    text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.S)
    for token in re.findall(r"`([\w./-]+)`", text):
        if re.fullmatch(rf"[\w./-]+\.{ENDINGS}", token) and not MADE_LATER.match(token):
            assert any(name.endswith(f"/{token}") for name in files), f"{document.name} names {token}"
        elif re.fullmatch(r"[a-z][\w/-]*/", token) and token not in ("bundle/", "instance/") and token[:4] != "new/":
            assert any(name.endswith(f"/{token}") for name in folders), f"{document.name} names {token}"


def test_every_link_leads_somewhere(document: Path) -> None:
    text = re.sub(r"```.*?```", "", document.read_text("utf-8"), flags=re.S)
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert "://" not in target, f"{document.name} leads outside: {target}"
        assert (document.parent / target).is_file(), f"{document.name} leads to {target}"


def test_every_command_that_a_document_names_exists(document: Path, sqlite_office: Flask) -> None:
    commands = sqlite_office.cli.commands
    for name, option in re.findall(r"flask ([a-z]+(?:-[a-z]+)*)(?: (--[a-z-]+))?", document.read_text("utf-8")):
        assert name in commands, f"{document.name} names flask {name}"
        options = {given for each in commands[name].params for given in each.opts}
        assert not option or option in options, f"{document.name} names flask {name} {option}"


def test_the_pictures_are_shown_and_small() -> None:
    pictures = sorted((ROOT / "docs" / "pictures").iterdir())
    assert 1 <= len(pictures) <= 2
    for picture in pictures:
        assert picture.stat().st_size <= 200_000
        assert f"](docs/pictures/{picture.name})" in README


# --- architecture --------------------------------------------------------------------------------------------------


def test_every_module_and_room_stands_in_the_tree_and_no_other() -> None:
    tree = {bare(row[0]) for row in rows(ARCHITECTURE, "## The tree")}
    kept = {name for name in tracked() if name.endswith(".py")}
    assert {name for name in tree if name.endswith(".py")} == {name for name in kept if "/" not in name}
    core = {bare(row[0]) for row in rows(ARCHITECTURE, "### core")}
    assert core == {name for name in kept if name.startswith("core/")} - {"core/__init__.py"}
    told = {bare(row[0]) for row in rows(ARCHITECTURE, "### Rooms")}
    there = {f"blueprints/{room.replace('.', '/')}/" for wing in rooms.WINGS for room in wing.rooms}
    assert told == there | {"blueprints/petitions/casefile/"}  # the case file has no pages


def test_the_stable_addresses_answer(sqlite_office: Flask) -> None:
    told = {bare(row[0]) for row in rows(ARCHITECTURE, "## Stable addresses")}
    there = {rule.rule.replace("<id:id>", "<id>") for rule in sqlite_office.url_map.iter_rules()}
    assert told <= there
    assert {"/", "/letters/new", "/letters/status", "/sign-in", "/desk", "/petitions/", "/healthz"} <= told


# --- numbers and names ---------------------------------------------------------------------------------------------


def test_the_limits_are_the_ones_that_are_told() -> None:
    address, in_all = limits.RECEIPTS_BY_ADDRESS, limits.RECEIPTS_IN_ALL
    account, network = limits.SIGN_IN_BY_ACCOUNT, limits.SIGN_IN_BY_ADDRESS
    browser, own = limits.SIGN_IN_BY_BROWSER, limits.OWN_PASSWORD
    assert f"{address.most} in {address.seconds // 60} minutes from an address" in SECURITY
    assert in_all.seconds == 3600
    assert f"{in_all.most} an hour in all" in SECURITY
    assert f"{account.most} in {account.seconds // 60} minutes for an account" in SECURITY
    assert f"{network.most} from an address" in SECURITY
    assert f"of at most {account.pause} seconds, or {network.pause} for the address" in SECURITY
    assert {(each.most, each.seconds, each.pause) for each in (account, browser, own)} == {(5, 900, 60)}
    assert network.seconds == account.seconds
    assert f"{Settings().IDLE_MINUTES} minutes idle, {Settings().SESSION_HOURS} hours at most" in SECURITY
    assert f"client_max_body_size {serve.LARGEST_BODY >> 20}m;" in RUNNING


def test_the_readme_names_everybody_who_can_sign_in_to_the_demo() -> None:
    told = {name for row in rows(README, "## First sign-in") for name in re.findall(r"`([\w.]+)`", row[0])}
    assert told == {username for username, *_ in demo.PEOPLE}
    assert f"`{demo.PASSWORD}`" in README
