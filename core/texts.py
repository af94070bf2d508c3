"""The texts of a page. A page asks for some hundred of them: each is looked up once in a language, not at each use."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any, cast

from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g
from flask_babel import Babel, Domain, format_date, format_datetime, get_locale, get_translations
from jinja2 import Template
from jinja2.runtime import Context
from jinja2.utils import pass_context
from markupsafe import Markup
from wtforms.i18n import messages_path

from core.templates import Pages, Questions


class _Domain(Domain):  # type: ignore[misc] # flask-babel comes without types
    """The catalogue, found once in a request rather than with each text."""

    def get_translations(self) -> NullTranslations:
        here: dict[str, Any] = vars(g._flask_babel)
        locale, found = here.get("catalogue", (None, None))
        if found is None or locale is not here.get("babel_locale"):
            found = super().get_translations()
            here["catalogue"] = here.get("babel_locale"), found
        return cast(NullTranslations, found)


class OfficeBabel(Babel):  # type: ignore[misc]
    """flask-babel with that catalogue."""

    @cached_property
    def domain_instance(self) -> Domain:
        return _Domain(domain=self.domain)


# Macros that draw the same for the same date, moment, sum or word: a list has few of them, again and again.
_SAME = ("day", "when", "due", "sum_of", "tag")


class Texts:
    """One language as templates ask for it: `_`, `ngettext`, and `ui`, the macros that speak it; and the templates."""

    def __init__(self, app: Flask) -> None:
        self.catalogue: NullTranslations = get_translations()
        self.said: dict[str, Markup] = {}
        self.labels: dict[int, tuple[Mapping[Any, Any], dict[Any, Any]]] = {}
        self.day = lru_cache(2048)(format_date)  # a list of dates has the same few again and again
        self.moment = lru_cache(2048)(format_datetime)
        words = {"_": self.gettext, "gettext": self.gettext, "ngettext": self.ngettext, "texts": self}
        self.pages = cast(Pages, app.jinja_env).speak(str(get_locale()), self.gettext, words)
        self.ui: Any = self.pages.get_template("macros.html").module
        for name in _SAME:
            setattr(self.ui, name, lru_cache(2048, typed=True)(getattr(self.ui, name)))  # a text and markup are equal
        for name in ("field", "filter"):
            setattr(self.ui, name, Questions(getattr(self.ui, name)))
        self.pages.globals["ui"] = self.ui
        self.of_forms = Translations.load(messages_path(), [get_locale()], "wtforms")

    def gettext(self, text: str, **values: Any) -> Markup:
        """The text in this language. It is a format in any case: a percent sign is written twice."""
        if values:
            return Markup(self.catalogue.ugettext(text)) % values  # noqa: S704 - ours; the values are escaped
        said = self.said.get(text)
        if said is None:
            said = self.said[text] = Markup(self.catalogue.ugettext(text)) % {}  # noqa: S704
        return said

    def ngettext(self, one: str, many: str, count: int, **values: Any) -> Markup:
        """The same where the text depends on a number, which is `num` in it."""
        return Markup(self.catalogue.ungettext(one, many, count)) % {"num": count, **values}  # noqa: S704


def plain(labels: Mapping[Any, Any]) -> dict[Any, Any]:
    """A table of lazy labels, or of such tables, in the language of this request; only for tables that never change."""
    kept = _texts().labels
    if id(labels) not in kept:
        spoken = {name: plain(each) if isinstance(each, Mapping) else str(each) for name, each in labels.items()}
        kept[id(labels)] = labels, spoken  # with the table itself, so that no other takes its id
    return kept[id(labels)][1]


def of_forms() -> NullTranslations:
    """What WTForms itself says, in the language of this request."""
    return _texts().of_forms


def template(name: str) -> Template:
    """A template in the language of this request."""
    return _texts().pages.get_template(name)


def _texts() -> Texts:
    locale = get_locale()
    here: dict[str, Any] = vars(g._flask_babel)  # found once in a request, as long as its language is the same
    if here.get("texts_in") is not locale:
        kept: dict[str, Texts] = current_app.extensions["texts"]
        if str(locale) not in kept:
            kept[str(locale)] = Texts(current_app)
        here["texts_in"], here["texts"] = locale, kept[str(locale)]
    return cast(Texts, here["texts"])


@pass_context
def _day(context: Context, day: date, style: str = "medium") -> str:
    return cast(str, context["texts"].day(day, style))


@pass_context
def _moment(context: Context, moment: datetime, style: str = "medium") -> str:
    return cast(str, context["texts"].moment(moment, style))


def init_app(app: Flask) -> None:
    """Give templates these texts, and dates that are spelled out once."""
    app.extensions["texts"] = {}
    app.jinja_env.filters.update(dateformat=_day, datetimeformat=_moment)
