"""The printed procedure is the one that the code follows, and the tables it is printed from fit together."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

import procedure
from app import create_app
from blueprints.petitions.casefile.domain import PaperKind
from blueprints.petitions.docket.domain import WORKFLOW, Kind
from blueprints.petitions.docket.papers import MARKS
from core.profiles import FOLDER, profile
from settings import Settings


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Flask]:
    """The application without an office: printing the tables opens no database."""
    app = create_app(dataclasses.replace(Settings(), INSTANCE=tmp_path, DEMO=False))
    with app.app_context():
        yield app


def test_the_page_says_what_the_tables_say(bare: Flask) -> None:
    assert procedure.PAGE.read_text(encoding="utf-8") == procedure.text(), "the tables changed: run `flask docs`"


def test_the_page_names_every_step_clock_and_paper_in_both_languages(bare: Flask) -> None:
    text = procedure.text()
    for step in WORKFLOW:
        assert f"| {procedure.both(step.label)} |" in text
    for path in FOLDER.glob("*.toml"):
        for clock in profile(path.stem).clocks:
            assert f"{clock.name.en} · {clock.name.zh}" in text
    for kind in PaperKind:
        assert MARKS[kind] in text


def test_every_clock_of_the_procedure_is_in_every_profile() -> None:
    profiles = [profile(path.stem) for path in FOLDER.glob("*.toml")]
    assert len(profiles) >= 2
    clocks = {clock for step in WORKFLOW for clock in (step.start, step.stop) if clock}
    assert clocks
    for each in profiles:
        for clock in clocks:
            for kind in Kind:
                assert each.rule(clock, kind).length > 0


def test_every_paper_of_the_procedure_is_a_kind_of_paper_and_is_issued() -> None:
    assert {step.paper for step in WORKFLOW if step.paper} == set(PaperKind)
