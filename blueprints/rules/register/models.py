"""A rule, its versions and their articles; the verbs that move them, who may see what, and what other rooms cite."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from blueprints.rules.register import domain
from blueprints.rules.register.domain import APPLIES, EDITORS, HIDDEN, WORKFLOW, Kind, State
from core import clock, search
from core.extensions import Base, Id, db, one_of
from core.pages import language
from core.record import Recorded, Thread, ThreadHead
from core.roles import Viewer
from core.serials import Serial
from core.words import Words
from core.workflow import NotPossible, Step

INDEX = search.Index("rule_search")
NO_YEAR = 0  # rules are numbered through, not by the year
_CURRENT: dict[str, Any] = {each: text(one_of("state", APPLIES)) for each in ("sqlite_where", "postgresql_where")}
_DRAFT: dict[str, Any] = {each: text("state = 'draft'") for each in ("sqlite_where", "postgresql_where")}


class Rule(ThreadHead, Base):
    """A rule of the office (规章制度). Its texts are its versions; office rules are no secret and stand in clear."""

    __tablename__ = "rule"
    __table_args__ = (CheckConstraint(one_of("kind", Kind), name="kind"), Index("ix_rule_kind_id", "kind", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    serial: Mapped[int] = mapped_column(Id, unique=True)  # its number in the register, by which it is cited
    number: Mapped[str] = mapped_column(String(60), unique=True)  # as the body that issued it numbers it
    issuer: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))  # empty: it has none

    @classmethod
    def enter(cls, values: dict[str, Any], text: domain.Text, *, by: Viewer) -> "Rule":
        """Take a rule into the register, as a draft."""
        rule = cls(serial=Serial.next("rule", NO_YEAR), version=0, **_described(values))
        db.session.add(rule)
        rule.trace("entered", by=by.id, serial=rule.serial)
        db.session.flush()  # what follows refers to its row
        rule._begin(text, 1)
        return rule

    def _begin(self, text: domain.Text, ordinal: int) -> "Version":
        draft = Version(rule_id=self.id, ordinal=ordinal, state=WORKFLOW.start, entered_on=clock.today())
        draft.body, draft.digest = "", b""
        db.session.add(draft)
        db.session.flush()
        draft.write(text)
        INDEX.put(db.session(), draft.id, self.words(draft))
        return draft

    @property
    def named(self) -> Words:
        """Its title; in English the Chinese one where it has no other."""
        return Words(zh=self.title, en=self.title_en or self.title)

    def describe(self, values: dict[str, Any], *, by: Viewer) -> None:
        """Correct title, number, kind or the body that issued it; no text changes by that."""
        versions = self.versions()
        before = {each.id: self.words(each) for each in versions}
        for name, value in _described(values).items():
            setattr(self, name, value)
        self.trace("described", by=by.id)
        for each in versions:
            self._find_again(each, before[each.id])

    def words(self, version: "Version") -> str:
        """What a search for this version looks through."""
        return "\n".join((self.number, self.title, self.title_en, version.body))

    def _find_again(self, version: "Version", before: str) -> None:
        INDEX.remove(db.session(), version.id, before)
        INDEX.put(db.session(), version.id, self.words(version))

    # --- its versions ----------------------------------------------------------------------------------------------

    def versions(self, viewer: Viewer | None = None) -> Sequence["Version"]:
        """Its versions, the newest first: all of them, or those that this person may see."""
        wanted = select(Version).where(Version.rule_id == self.id).order_by(Version.ordinal.desc())
        return db.session.scalars(wanted if viewer is None else wanted.where(seen_by(viewer))).all()

    def current(self) -> "Version | None":
        """The version that stands now, for trial or in force."""
        return db.session.scalar(select(Version).where(Version.rule_id == self.id, Version.state.in_(APPLIES)))

    def _draft(self) -> int | None:
        return db.session.scalar(select(Version.id).where(Version.rule_id == self.id, Version.state == State.DRAFT))

    # --- how a version moves ---------------------------------------------------------------------------------------

    def steps(self, version: "Version", viewer: Viewer) -> list[Step]:
        """What this person may do with this version now: what the table opens. A rule has one draft at a time."""
        shut = {"replace"}
        if version.state in APPLIES and self._draft() is not None:
            shut.add("revise")
        return [step for step in WORKFLOW.open_to(viewer.role, State(version.state)) if step.action not in shut]

    def move(self, version: "Version", action: str, values: dict[str, Any], *, by: Viewer) -> Step:
        """Take one step with a version: its effect and its entry. Raises NotPossible."""
        for step in self.steps(version, by):
            if step.action == action:
                break
        else:
            raise NotPossible(action)
        noted = getattr(self, f"_{action}", self._plain)(version, values, by)
        version.state = step.after(State(version.state))
        if version.state != State.TRIAL:
            version.trial_until_on = None
        note = values.get("reason") or None
        self.trace(action, by=by.id, note=note, of=version.id, state=version.state, **noted)
        db.session.flush()
        return step

    def _plain(self, version: "Version", values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        return {}

    def _edit(self, version: "Version", values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        before = self.words(version)
        version.write(values["parsed"])
        self._find_again(version, before)
        return {}

    def _enact(self, version: "Version", values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        on: date = values["on"]
        current = self.current()
        if current is not None:
            assert current.from_on is not None
            if on <= current.from_on:
                raise NotPossible("from_on")
            current.state, current.until_on, current.trial_until_on = State.AMENDED, on - timedelta(days=1), None
            self.trace("replace", by=by.id, of=current.id, state=current.state)
            db.session.flush()  # one version stands at a time
        version.from_on = on
        return {"on": on.isoformat(), "digest": version.digest.hex()}

    def _try(self, version: "Version", values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        if values["until"] <= values["on"]:
            raise NotPossible("until_on")
        noted = self._enact(version, values, by)
        version.trial_until_on = values["until"]
        return {**noted, "until": values["until"].isoformat()}

    def _extend(self, version: "Version", values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        assert version.trial_until_on is not None
        if values["until"] <= version.trial_until_on:
            raise NotPossible("until_on")
        before, version.trial_until_on = version.trial_until_on, values["until"]
        return {"before": before.isoformat(), "until": values["until"].isoformat()}

    def _repeal(self, version: "Version", values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        assert version.from_on is not None
        if values["last"] < version.from_on:
            raise NotPossible("until_on")
        version.until_on = values["last"]
        return {"last": values["last"].isoformat()}

    def _revise(self, version: "Version", values: dict[str, Any], by: Viewer) -> dict[str, Any]:
        last = db.session.scalar(select(func.max(Version.ordinal)).where(Version.rule_id == self.id)) or 0
        return {"draft": self._begin(version.text(), last + 1).id}


def _described(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values[name] or "" for name in ("number", "issuer", "kind", "title", "title_en")}


class Version(Recorded, Base):
    """One version of a rule. The days say when it applies; the state says what the office made of it."""

    __tablename__ = "rule_version"
    __table_args__ = (
        UniqueConstraint("rule_id", "ordinal", name="uq_rule_version_rule_id_ordinal"),
        CheckConstraint(one_of("state", State), name="state"),
        CheckConstraint(f"({one_of('state', HIDDEN)}) = (from_on IS NULL)", name="from_on"),
        CheckConstraint("(state IN ('amended', 'repealed')) = (until_on IS NOT NULL)", name="until_on"),
        CheckConstraint("(state = 'trial') = (trial_until_on IS NOT NULL)", name="trial"),
        CheckConstraint("until_on >= from_on", name="days"),
        Index("uq_rule_version_current", "rule_id", unique=True, **_CURRENT),
        Index("uq_rule_version_draft", "rule_id", unique=True, **_DRAFT),
        Index("ix_rule_version_state_id", "state", "id"),
        Index("ix_rule_version_trial_until_on", "trial_until_on"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    rule_id: Mapped[int] = mapped_column(Id, ForeignKey("rule.id"))
    ordinal: Mapped[int] = mapped_column(Id)  # 1, 2, 3 … of its rule
    state: Mapped[str] = mapped_column(String(12))
    entered_on: Mapped[date]
    from_on: Mapped[date | None]  # it applies from this day on
    until_on: Mapped[date | None]  # and no longer after this one
    trial_until_on: Mapped[date | None]  # by when a trial wants a decision
    body: Mapped[str] = mapped_column(Text)  # the text in its canonical form, with its articles in it
    digest: Mapped[bytes]  # SHA-256 of it

    @property
    def thread(self) -> Thread:
        """The record of the rule."""
        return Thread("rule", self.rule_id)

    def write(self, text: domain.Text) -> None:
        """Give a draft this text. What once came into force never changes."""
        if self.state != State.DRAFT:
            raise NotPossible("edit")
        for each in db.session.scalars(select(RuleArticle).where(RuleArticle.version_id == self.id)):
            db.session.delete(each)
        db.session.flush()  # the old numbers make room for the new
        self.body = text.canonical()
        self.digest = domain.digest(self.body)
        db.session.add_all(
            RuleArticle(
                rule_id=self.rule_id,
                version_id=self.id,
                position=position,
                number=each.number,
                heading=each.heading,
                text=each.text,
            )
            for position, each in enumerate(self.text().articles, 1)
        )
        db.session.flush()

    def text(self) -> domain.Text:
        """Its text, taken apart."""
        return domain.parse(self.body)


class RuleArticle(Recorded, Base):
    """An article of a version. Its id stays once the version came into force, so that a finding can cite it."""

    __tablename__ = "rule_article"
    __table_args__ = (
        UniqueConstraint("version_id", "number", name="uq_rule_article_version_id_number"),
        Index("ix_rule_article_version_id_position", "version_id", "position"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    rule_id: Mapped[int] = mapped_column(Id, ForeignKey("rule.id"), index=True)
    version_id: Mapped[int] = mapped_column(Id, ForeignKey("rule_version.id"))
    position: Mapped[int]
    number: Mapped[str] = mapped_column(String(10))  # "2", or "2-1" for 第二条之一
    heading: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)

    @property
    def thread(self) -> Thread:
        """The record of the rule."""
        return Thread("rule", self.rule_id)


# --- who sees what -------------------------------------------------------------------------------------------------


@lru_cache(256)
def seen_by(viewer: Viewer) -> ColumnElement[bool]:
    """The versions this person may see: every one that is or was in force; a draft, who may write it."""
    return true() if viewer.role in EDITORS else Version.state.not_in(HIDDEN)


def load(serial: int, viewer: Viewer, *, to_move: bool = False) -> Rule | None:
    """The rule with that number in the register, if this person may see a version of it."""
    wanted = select(Rule).where(Rule.serial == serial, exists().where(Version.rule_id == Rule.id, seen_by(viewer)))
    return db.session.scalar(wanted.with_for_update(of=Rule) if to_move else wanted)


def load_version(rule: Rule, ordinal: int, viewer: Viewer) -> Version | None:
    """That version of the rule, if this person may see it."""
    return db.session.scalar(
        select(Version).where(Version.rule_id == rule.id, Version.ordinal == ordinal, seen_by(viewer))
    )


def shown(rule: Rule, viewer: Viewer) -> Version | None:
    """The version that opens first: the one that stands, else the last that did, else the draft."""
    first = case((Version.state.in_(APPLIES), 0), (Version.state == State.REPEALED, 1), else_=2)
    wanted = select(Version).where(Version.rule_id == rule.id, seen_by(viewer))
    return db.session.scalar(wanted.order_by(first, Version.ordinal.desc()).limit(1))


def load_article(id: int, viewer: Viewer) -> tuple[int, int, str] | None:
    """Where an article stands: the number of its rule in the register, the version, its own number."""
    rows = select(Rule.serial, Version.ordinal, RuleArticle.number).join(Version, Version.id == RuleArticle.version_id)
    wanted = rows.join(Rule, Rule.id == RuleArticle.rule_id).where(RuleArticle.id == id, seen_by(viewer))
    row = db.session.execute(wanted).one_or_none()
    return None if row is None else (row.serial, row.ordinal, row.number)


def number_taken(number: str, but: int | None = None) -> bool:
    """Whether another rule has this number of the body that issued it."""
    wanted = select(Rule.id).where(Rule.number == number)
    return db.session.scalar(wanted if but is None else wanted.where(Rule.id != but)) is not None


# --- what other rooms cite -----------------------------------------------------------------------------------------

_CITED: Select[*tuple[Any, ...]] = (
    select(RuleArticle.id, RuleArticle.number, RuleArticle.heading, Rule.serial, Rule.title, Rule.title_en)
    .join(Version, Version.id == RuleArticle.version_id)
    .join(Rule, Rule.id == RuleArticle.rule_id)
)


def applies(on: date) -> ColumnElement[bool]:
    """The versions that applied on a day, whatever became of them since."""
    return and_(Version.from_on <= on, or_(Version.until_on.is_(None), Version.until_on >= on))


def articles_in_force(on: date | None = None) -> list[tuple[int, str]]:
    """Id and name of every article that applies today, or applied on that day; rules in the order of the register."""
    wanted = _CITED.where(applies(on or clock.today())).order_by(Rule.serial, RuleArticle.position)
    return [(row.id, _cited(row)) for row in db.session.execute(wanted)]


def citation(article_id: int) -> str:
    """How an article is cited: 制度第3号《公务接待办法》第二条 接待标准; nothing where there is no such article.

    Its page is `url_for("register.article", id=article_id)`.
    """
    row = db.session.execute(_CITED.where(RuleArticle.id == article_id, Version.state.not_in(HIDDEN))).one_or_none()
    return "" if row is None else _cited(row)


def _cited(row: Any) -> str:
    title = Words(zh=row.title, en=row.title_en or row.title)
    return domain.citation(row.serial, title, row.number, row.heading)[language()]
