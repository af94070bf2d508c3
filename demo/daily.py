"""Templates for answers, saved filters, and the time limits that the administrator has begun to write down."""

import tomllib

from blueprints.petitions.daily.models import save_filter
from blueprints.petitions.phrasebook.models import Phrase
from core.procedures import Procedure
from demo.office import Office
from settings import HOME

PHRASES = HOME / "data" / "demo" / "phrases.toml"


def begin(office: Office) -> None:
    """What stands before the first letter; no day is set for the district's own time limits."""
    Procedure.copy("2022-local", by=office.viewers["admin"].id)
    told = tomllib.loads(PHRASES.read_text("utf-8"))
    parts = ("name", "facts", "opinion", "basis", "text")
    for each in told["phrase"]:
        Phrase.write({part: each.get(part, "") for part in parts}, by=office.viewers[each["by"]])
    for each in told["filter"]:
        save_filter(office.viewers[each["by"]], each["name"], each["asked"])
