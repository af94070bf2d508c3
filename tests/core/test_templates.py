"""What a page takes from an earlier one: our own texts and empty questions, and never what somebody wrote."""

import pytest
from flask import Flask
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import StringField

from blueprints.accounts.models import Unit
from core import clock, texts
from core.extensions import db
from core.forms import OfficeForm, SelectField
from core.record import Thread, entries
from core.templates import Pages
from tests.browse import Browser
from tests.letters import TYPED


class Question(OfficeForm):
    """Two questions."""

    name = StringField(_l("Name"))
    unit = SelectField(_l("Unit"))


def drawn(source: str, **context: object) -> str:
    """A few words of a template, in the language of the request."""
    pages = texts.template("base.html").environment
    assert isinstance(pages, Pages)
    return pages.from_string(source).render(context)


def asked(name: str | None = None, units: tuple[str, ...] = ("a",)) -> str:
    """The questions as they stand in a page."""
    form = Question(formdata=None, name=name)
    form.unit.choices = [(unit, unit) for unit in units]
    return drawn("{{ ui.field(form.name) }}{{ ui.field(form.unit) }}", form=form)


def test_what_somebody_wrote_is_escaped_whatever_it_is(sqlite_office: Flask) -> None:
    with sqlite_office.test_request_context("/"):
        macro = "{% macro again(words) %}{{ words }}{% endmacro %}"
        source = macro + "{{ words }}{{ again(words) }}{% block part %}{{ words }}{% endblock %}"
        for words, shown in (
            ("<b>&\"'", "&lt;b&gt;&amp;&#34;&#39;"),
            (Markup("<b>&amp;</b>"), "<b>&amp;</b>"),
            (type("Word", (str,), {})("<i>"), "&lt;i&gt;"),
            (7, "7"),
            (["<u>"], "[&#39;&lt;u&gt;&#39;]"),
        ):
            assert drawn(source, words=words) == shown * 3


def test_a_page_speaks_to_each_reader_in_their_own_language(sqlite_office: Flask) -> None:
    said: dict[str, set[str]] = {}
    for lang in ("zh", "en", "zh", "en"):
        with sqlite_office.test_request_context("/", headers={"Cookie": f"language={lang}"}):
            said.setdefault(lang, set()).add(drawn("{{ _('Queue') }}|{{ ui.day(day) }}", day=clock.today()))
    assert all(len(each) == 1 for each in said.values())
    assert said["zh"] != said["en"]


def test_what_was_typed_stands_in_the_own_form_and_in_no_other(app: Flask, visitor: Browser) -> None:
    visitor.get("/letters/new")
    back = visitor.submit("/letters/new", expect=422, fields={**TYPED, "subject": "只有我知道的事", "place": ""})
    assert "只有我知道的事" in back.html
    assert "只有我知道的事" not in Browser(app).get("/letters/new").html


def test_a_question_is_drawn_anew_when_something_stands_in_it_or_its_choices_change(sqlite_office: Flask) -> None:
    with sqlite_office.test_request_context("/"):
        empty = asked()
        assert "水利站" in asked("水利站")
        assert asked() == empty
        assert 'value="b"' in asked(units=("a", "b"))
        assert asked() == empty


def test_what_a_page_only_reads_cannot_be_changed(own_office: Flask) -> None:
    with own_office.app_context():
        unit = Unit.open("水利站", None, by=None)
        thread = Thread("unit", unit.id)
        db.session.commit()

    def show() -> str:
        (entry,) = entries(thread)
        assert entry.digest == entry.proof()
        with pytest.raises(AttributeError):
            entry.action = "closed"
        return entry.action

    show.permission = "public"  # type: ignore[attr-defined]
    own_office.add_url_rule("/try/show", "try_show", show)
    assert Browser(own_office).client.get("/try/show").text == "opened"


def test_an_address_is_written_down_beforehand_only_where_all_of_it_is_known(sqlite_office: Flask) -> None:
    with sqlite_office.test_request_context("/"):
        for period in ("2025", "2026"):
            told = drawn("{{ url_for('figures.behind', part='good', **at) }}", at={"period": period})
            assert told == f"/figures/behind?part=good&amp;period={period}"
