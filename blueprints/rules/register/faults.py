"""What `flask check` proves of the register."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from blueprints.rules.register import domain
from blueprints.rules.register.models import INDEX, NO_YEAR, Rule, RuleArticle, Version
from core import check
from core.record import Entry, Fault
from core.serials import Counted

NUMBERED: Counted = {"rule": lambda year: select(func.count(Rule.id)).where(literal(year == NO_YEAR))}


def faults(session: Session, counts: check.Counts) -> Iterator[Fault]:
    """Versions moved by the record alone; texts that are the ones that came into force, with their articles."""
    states: dict[int, str] = {}
    digests: dict[int, str] = {}
    moves = select(Entry.data).where(Entry.thread == "rule").order_by(Entry.thread_id, Entry.number)
    for (data,) in check.rows(session, moves):
        if "of" in data:
            states[data["of"]] = data["state"]
            digests |= {data["of"]: data["digest"]} if "digest" in data else {}
    articles: dict[int, list[tuple[str, str, str]]] = {}
    rows: Any = select(RuleArticle.version_id, RuleArticle.number, RuleArticle.heading, RuleArticle.text)
    for version, *article in check.rows(session, rows.order_by(RuleArticle.version_id, RuleArticle.position)):
        articles.setdefault(version, []).append(tuple(article))
    versions: Any = select(Version, Rule).join(Rule, Rule.id == Version.rule_id)
    for version, rule in check.rows(session, versions):
        counts["versions of rules"] += 1
        where, digest = f"rule_version {version.id}", version.digest.hex()
        if version.state != states.get(version.id, domain.WORKFLOW.start):
            yield Fault(where, "its state is not what the record says")
        if version.digest != domain.digest(version.body) or digests.get(version.id, digest) != digest:
            yield Fault(where, "its text is not the one that came into force")
        told = [(each.number, each.heading, each.text) for each in version.text().articles]
        if told != articles.get(version.id, []):
            yield Fault(where, "its articles are not those of its text")
        if not INDEX.holds(session, version.id, rule.words(version)):
            yield Fault(where, "a search does not find it")


def index(session: Session) -> int:
    """Write the search index anew; how many texts it holds then."""
    INDEX.empty(session)
    versions = session.execute(select(Version, Rule).join(Rule, Rule.id == Version.rule_id)).all()
    INDEX.put_all(session, [(version.id, rule.words(version)) for version, rule in versions])
    return len(versions)
