"""The rules of the house that no linter knows: what may stand in the repository, in templates and in views."""

import importlib.util
import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest
from flask import Flask

import dev
from core import permissions
from tests.browse import Page

ROOT = Path(__file__).parent.parent


def tracked() -> list[str]:
    """Every file that is kept, or would be."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    assert listing.returncode == 0, "these tests need git and a checkout made by it"
    return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def texts(*endings: str) -> dict[str, str]:
    return {
        name: (ROOT / name).read_text("utf-8")
        for name in tracked()
        if name.endswith(endings) and "/vendor/" not in name and name != "tests/test_house.py"
    }


# --- the repository ------------------------------------------------------------------------------------------------

SOURCE = (
    ".py",
    ".html",
    ".md",
    ".toml",
    ".in",
    ".lock",
    ".css",
    ".js",
    ".csv",
    ".po",
    ".ini",
    ".mako",
    "Makefile",
    "run",
)
NOT_OURS = re.compile(
    r"pypi\.org|pythonhosted|npmjs|(?<!\.)registry\.|deb\.debian|--index-url"  # where packages come from
    r"|(?<![\w.])/(?:work|home|root|Users|tmp)/\w"  # a machine's own folders
)


def test_no_file_names_a_registry_or_a_machines_own_folder() -> None:
    found = {f"{name}: {hit[0]}" for name, text in texts(*SOURCE).items() for hit in NOT_OURS.finditer(text)}
    assert not found


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-test.lock"])
def test_a_lock_file_pins_every_package_by_digest_and_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pins = re.findall(r"^[a-z0-9][\w.-]*==\S+.*(?:\n    .*)*", text, re.M)
    assert len(pins) > 20
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text


def test_the_tests_use_the_very_versions_that_the_office_runs() -> None:
    pin = re.compile(r"^([a-z0-9][\w.-]*)==([^\s;\\]+)", re.M)
    office = dict(pin.findall((ROOT / "requirements.lock").read_text("utf-8")))
    tests = dict(pin.findall((ROOT / "requirements-test.lock").read_text("utf-8")))
    assert office.items() <= tests.items()


def test_every_dependency_has_its_reason_in_the_documents() -> None:
    told = (ROOT / "docs" / "dependencies.md").read_text("utf-8").lower()
    for name in ("requirements.in", "requirements-test.in"):
        for line in (ROOT / name).read_text("utf-8").splitlines():
            if found := re.match(r"([A-Za-z][\w-]*)", line):
                assert found[1].lower() in told, f"docs/dependencies.md says nothing of {found[1]}"


def test_the_makefile_only_calls_dev_and_every_target_does() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = re.findall(r"^(\w+):.*\n\t@\$\(PYTHON\) dev\.py (\w+)$", makefile, re.M)
    assert {a for a, b in targets if a == b and b in dev.COMMANDS} == set(re.findall(r"^([a-z]\w*):", makefile, re.M))
    assert {"run", "test", "bench", "lock", "bundle"} <= {target for target, _ in targets}
    assert len(targets) <= 8


def test_every_make_target_that_a_document_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]\w*):", makefile, re.M))
    for name, text in texts(".md").items():
        for target in re.findall(r"\bmake ([a-z]+)`|^(?:\w+=\S+ )*make ([a-z]+)$", text, re.M):
            assert (target[0] or target[1]) in targets, f"{name} names make {target[0] or target[1]}"


def test_the_readme_names_the_two_commands_and_the_first_sign_in() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    for word in ("make run", "make test", "DEMO=0", "create-admin", "http://127.0.0.1:5000"):
        assert word in readme


def test_a_build_server_calls_make_test_and_nothing_else() -> None:
    lines = [line for line in (ROOT / ".ci" / "run").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make test"]


def test_dev_needs_nothing_but_the_standard_library() -> None:
    source = (ROOT / "dev.py").read_text("utf-8")
    modules = set(re.findall(r"^\s*(?:import|from) (\w+)", source, re.M)) - {"__future__"}
    for module in modules:
        spec = importlib.util.find_spec(module)
        assert spec is not None
        assert "site-packages" not in str(spec.origin), f"dev.py imports {module}"


@pytest.mark.parametrize(
    ("prefix", "options", "system", "named", "taken"),
    [
        ("/opt", "'--enable-optimizations'", "3 12", "", False),
        ("/opt", "'--enable-shared'", "3 12", "", True),
        ("/opt", "'--enable-shared'", "3 12", sys.executable, False),
        ("/opt", "'--enable-shared'", "3 10", "", False),
        ("/opt", "'--enable-shared'", None, "", False),
        ("/usr", "'--enable-shared'", "3 12", "", False),
    ],
    ids=["optimised", "plain", "plain and named", "system's too old", "system has none", "another of the system"],
)
def test_the_systems_python_is_taken_where_the_one_that_was_called_is_slow(
    prefix: str,
    options: str,
    system: str | None,
    named: str,
    taken: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "python3"
    if system:
        program.write_text(f"#!/bin/sh\necho {system}\n")
        program.chmod(0o755)
    monkeypatch.setattr(dev, "SYSTEM", str(program))
    monkeypatch.setattr(sys, "base_prefix", prefix)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sysconfig, "get_config_var", {"CONFIG_ARGS": options}.get)
    monkeypatch.setenv("PYTHON", named)
    found = dev.interpreter()
    if taken:
        assert found == dev.Interpreter(str(program), (3, 12))
    else:
        assert (found.program, found.version) == (sys.executable, sys.version_info[:2])


def test_a_module_opens_with_one_docstring_and_no_name_says_nothing() -> None:
    empty = {"utils", "helpers", "common", "services", "misc"}
    for name, text in texts(".py").items():
        assert Path(name).stem not in empty, name
        assert not text.strip() or text.startswith('"""'), f"{name} does not say what it is"


def test_warnings_are_errors_and_nothing_is_skipped_silently() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    assert tools["pytest"]["ini_options"]["filterwarnings"] == ["error"]
    assert tools["mypy"]["strict"] is True
    for name, text in texts(".py").items():
        if name.startswith("tests/"):
            assert not re.search(r"mark\.skip|pytest\.skip|importorskip", text), f"{name} skips a test"


# --- templates -----------------------------------------------------------------------------------------------------

COMMENT = re.compile(r"\{#.*?#\}", re.S)
TAG = re.compile(r"<[a-z][^<>]*(?:\{\{.*?\}\}[^<>]*)*>", re.I | re.S)


@pytest.fixture(scope="module")
def templates() -> dict[str, str]:
    """Each by its name, without its comments."""
    folder = ROOT / "templates"
    return {str(path.relative_to(folder)): COMMENT.sub("", path.read_text("utf-8")) for path in folder.rglob("*.html")}


@pytest.mark.parametrize(
    "what",
    [
        *(r"<style", r"\sstyle\s*=", r"\sstyle'\s*:", r"<script(?![^>]*\ssrc=)"),
        *(r"\son[a-z]+\s*=", r"hx-on", r"\bjs:", r"javascript:"),
        r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",  # another server
        r"[\"']/static/",  # a file whose address does not change with it
    ],
)
def test_a_template_holds_no_style_no_script_no_handler_and_no_fixed_file(templates: dict[str, str], what: str) -> None:
    assert len(templates) > 100
    assert {name: found for name, template in templates.items() if (found := re.findall(what, template))} == {}


def test_an_htmx_attribute_on_a_parent_says_that_its_children_inherit_it(templates: dict[str, str]) -> None:
    # htmx 4 hands nothing down without `:inherited`; on an element that sends nothing itself it is meant for children.
    for file, template in templates.items():
        for tag in TAG.findall(template):
            sends = re.search(r"\shx-(?:get|post|put|patch|delete|action|method|boost)(?::inherited)?\s*=", tag)
            names = re.findall(r"\s(hx-[a-z-]+(?::[a-z:]+)?)\s*=", tag)
            if not sends:
                wrong = [name for name in names if name != "hx-preserve" and not name.endswith(":inherited")]
                assert not wrong, f"{file}: {wrong} does nothing in {tag}"


def test_all_text_of_a_template_is_marked_for_translation(templates: dict[str, str]) -> None:
    for name, template in templates.items():
        text = re.sub(r"\{% block kind %\}.*?\{% endblock %\}", "", template)  # the name of a style
        text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", text, flags=re.S)
        text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.S)
        attributes = re.findall(r"\s(?:title|alt|placeholder|aria-label)=\"([^\"]*)\"", text)
        text = re.sub(r"<[^>]*\slang=[^>]*>[^<]*<|<!doctype[^>]*>", "<", text, flags=re.S | re.I)
        text = re.sub(r"<[^>]*>", " ", text, flags=re.S)
        text = re.sub(r"&[a-z#0-9]+;", " ", text)
        assert not re.findall(r"[^\W\d_]{2,}", " ".join([text, *attributes])), name


# --- views ---------------------------------------------------------------------------------------------------------


def test_every_view_names_its_permission(sqlite_office: Flask) -> None:
    views = sqlite_office.view_functions
    assert len(views) > 10
    assert [name for name, view in views.items() if permissions.permission_of(view) is None] == ["static"]


def test_every_address_that_changes_something_is_not_opened_by_get(sqlite_office: Flask) -> None:
    rules = [rule for rule in sqlite_office.url_map.iter_rules() if rule.endpoint != "static"]
    assert {frozenset((rule.methods or set()) - {"HEAD", "OPTIONS"}) for rule in rules} <= {
        frozenset({"GET"}),
        frozenset({"POST"}),
        frozenset({"GET", "POST"}),
    }


def test_no_view_commits_and_no_model_knows_the_request() -> None:
    for name, text in texts(".py").items():
        if name.endswith("views.py"):
            assert not re.search(r"\.commit\(", text), f"{name} commits"
            assert len(text.splitlines()) <= 300, f"{name} is two rooms"
        if name.startswith("blueprints/") and name.endswith(("models.py", "domain.py")):
            assert not re.search(r"^from flask import|^import flask\b", text, re.M), f"{name} imports Flask"


def test_a_phone_shows_what_the_narrowest_screen_shows() -> None:
    """The browser tests look at 320 px (400 % zoom): no rule of the style sheet begins between there and a phone's 360."""
    widths = re.findall(
        r"@media[^{]*?\((?:min|max)-width: ([\d.]+)(em|px)\)", (ROOT / "static" / "app.css").read_text("utf-8")
    )
    assert widths
    for number, unit in widths:
        assert not 320 < float(number) * (16 if unit == "em" else 1) <= 360, f"{number}{unit}"


def test_what_pages_share_is_kept_by_the_browser_until_it_changes(sqlite_office: Flask) -> None:
    client = sqlite_office.test_client()
    page = Page(client.get("/"), "/")
    shared = {
        str(node.attributes[name])
        for name in ("href", "src")
        for node in page.all(f"link[{name}^='/static/'], script[{name}^='/static/'], img[{name}^='/static/']")
    }
    assert len(shared) >= 4
    for address in shared:
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"], "each page would ask for it again"
        name, _, version = address.partition("?v=")
        for other in (name, f"{name}?v={version[::-1]}0"):
            answer = client.get(other, buffered=True)
            assert "no-cache" in answer.headers["Cache-Control"], f"{other} would be kept for ever"
