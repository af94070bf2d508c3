"""The steps of a version; how a text becomes articles and how it is cited; what changed from one version to the next."""

import hashlib
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cache
from itertools import pairwise

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Lang, Words
from core.workflow import Step, Table, Workflow
from settings import HOME


class State(StrEnum):
    """Where a version of a rule stands."""

    DRAFT = "draft"
    TRIAL = "trial"
    IN_FORCE = "in_force"
    AMENDED = "amended"
    REPEALED = "repealed"
    DISCARDED = "discarded"


class Kind(StrEnum):
    """What a rule is about."""

    CADRES = "cadres"
    WORK = "work"
    PROCEDURE = "procedure"
    RECEPTION = "reception"
    CONDUCT = "conduct"
    STUDY = "study"
    PROHIBITIONS = "prohibitions"
    PLEDGE = "pledge"
    OTHER = "other"


STATE_LABELS = {
    State.DRAFT: _l("Draft of a rule"),
    State.TRIAL: _l("For trial implementation"),
    State.IN_FORCE: _l("In force"),
    State.AMENDED: _l("Amended by a newer version"),
    State.REPEALED: _l("Repealed"),
    State.DISCARDED: _l("Draft discarded"),
}

KIND_LABELS = {
    Kind.CADRES: _l("Selection and appointment of cadres"),
    Kind.WORK: _l("Working rules"),
    Kind.PROCEDURE: _l("Rules of procedure"),
    Kind.RECEPTION: _l("Official receptions"),
    Kind.CONDUCT: _l("Conduct"),
    Kind.STUDY: _l("Study"),
    Kind.PROHIBITIONS: _l("The five prohibitions"),
    Kind.PLEDGE: _l("Pledge"),
    Kind.OTHER: _l("Other rules"),
}

EDITORS, DECIDERS = (Role.CLERK, Role.LEADER), (Role.LEADER,)

S = State
APPLIES = (S.TRIAL, S.IN_FORCE)  # what a reader looks for first
HIDDEN = (S.DRAFT, S.DISCARDED)  # nobody's business but theirs who write it

# fmt: off
WORKFLOW = Workflow(
    #    action      label                                  from          to            who        asks
    Step("edit",     _l("Change the draft"),                (S.DRAFT,),   None,         EDITORS,   asks="text"),
    Step("try",      _l("Bring into force for trial"),      (S.DRAFT,),   S.TRIAL,      DECIDERS,  asks="trial"),
    Step("enact",    _l("Bring into force"),                (S.DRAFT,),   S.IN_FORCE,   DECIDERS,  asks="day"),
    Step("confirm",  _l("Confirm after the trial"),         (S.TRIAL,),   S.IN_FORCE,   DECIDERS,  asks="note"),
    Step("extend",   _l("Extend the trial"),                (S.TRIAL,),   None,         DECIDERS,  asks="until"),
    Step("revise",   _l("Begin a new version"),             APPLIES,      None,         EDITORS),
    Step("replace",  _l("A newer version comes into force"), APPLIES,     S.AMENDED,    DECIDERS),
    Step("repeal",   _l("Repeal"),                          APPLIES,      S.REPEALED,   DECIDERS,  asks="end",  rare=True),
    Step("discard",  _l("Discard the draft"),               (S.DRAFT,),   S.DISCARDED,  EDITORS,   rare=True),
    start=S.DRAFT,
)
# fmt: on

EVENT_LABELS = {
    "entered": _l("Rule entered"),
    "described": _l("Title or number of a rule changed"),
    "edit": _l("Draft of a rule changed"),
    "try": _l("Rule in force for trial"),
    "enact": _l("Rule in force"),
    "confirm": _l("Rule confirmed after its trial"),
    "extend": _l("Trial of a rule extended"),
    "revise": _l("New version of a rule begun"),
    "replace": _l("Version of a rule amended by a newer one"),
    "repeal": _l("Rule repealed"),
    "discard": _l("Draft of a rule discarded"),
}

# What a step without questions means, told before the button is pressed.
EXPLAINED = {
    "revise": _l(
        "A draft with the same text is made. The version in force stays as it is until the draft replaces it."
    ),
    "discard": _l("The draft is put away. Its text is kept, but nothing more can be done with it."),
}

LABELS = {"state": STATE_LABELS, "kind": KIND_LABELS}

TABLES = (
    Table(
        "rule",
        Words(zh="规章制度：一个版本的办理步骤", en="A rule: the steps of a version"),
        WORKFLOW,
        STATE_LABELS,
        "rules.edit",
        Words(
            zh="“replace”不由人点击：新版本施行时，原版本随之修订。试行期届满前后，负责人的工作台会提示。",
            en="Nobody presses `replace`: it comes with the newer version. Before and after the last day of a trial the "
            "leader's desk reminds.",
        ),
    ),
)

# --- a text and its articles -----------------------------------------------------------------------------------------

_DIGITS = "零一二三四五六七八九"
_HAN_NUMBER = "[零〇一二两三四五六七八九十百]+"
_ARTICLE = re.compile(
    rf"\s*(?:第\s*({_HAN_NUMBER}|\d{{1,3}})\s*条(?:之({_HAN_NUMBER}|\d{{1,2}}))?"
    r"(?![、，,；;。和与及或至到规所的之中第])"  # what goes on like this speaks of an article
    r"|(?i:article)\s+(\d{1,3})(?:-(\d{1,2}))?(?![\w,;)])(?!\s+(?:and|or|to|of|shall|is|does)\b))"
    r"[\s:：.．、]*(.*)"
)
_CHAPTER = re.compile(
    rf"\s*(?:第\s*(?:{_HAN_NUMBER}|\d{{1,3}})\s*[章节编](?![的、，。])|(?i:chapter|part)\s+[\dIVX]+\b).{{0,60}}"
)
_HEADING = re.compile(r"(?:【(.{1,60}?)】|\[(.{1,60}?)\])\s*(.*)", re.S)
_CITED = re.compile(
    rf"制度第\s*(\d{{1,4}})\s*号(?:《[^》\n]{{1,200}}》)?(?:第\s*({_HAN_NUMBER}|\d{{1,3}})\s*条(?:之({_HAN_NUMBER}|\d{{1,2}}))?)?"
    r"|\brule\s+(\d{1,4}),?\s+article\s+(\d{1,3})(?:-(\d{1,2}))?\b",
    re.IGNORECASE,
)
_HAN = re.compile("[\u4e00-\u9fff]")
_TOKENS = re.compile(r"[A-Za-z0-9]+|\s+|.", re.S)
_WORDS = re.compile(r"[A-Za-z0-9]+|[^\W\d_]")
_SENTENCES = re.compile(r"[^。；;.\n]*[。；;.\n]?", re.S)
_MOST_TOKENS = 2000  # beyond that whole sentences are compared: the time grows with the square


@dataclass(frozen=True)
class Article:
    """One article: its number as it is cited ("2", or "2-1" for 第二条之一), its heading, its text."""

    number: str
    text: str
    heading: str = ""
    chapter: str = ""  # the headings that stand before it

    @property
    def anchor(self) -> str:
        """Where it stands in its page."""
        return f"article-{self.number}"


@dataclass(frozen=True)
class Text:
    """The text of a version: what stands before the first article, and the articles."""

    preamble: str
    articles: tuple[Article, ...] = ()
    doubts: tuple[str, ...] = ()  # lines that begin like an article out of order, and were taken for text

    @property
    def lang(self) -> str:
        """The language it is written in, as HTML names it."""
        return "zh-Hans-CN" if _HAN.search(self.preamble + "".join(each.text for each in self.articles)) else "en"

    def canonical(self) -> str:
        """The text as it is kept, compared and signed: read again, it gives the same articles."""
        lang: Lang = "en" if self.lang == "en" else "zh"
        blocks = [self.preamble] if self.preamble else []
        for each in self.articles:
            heading = f"【{each.heading}】" if lang == "zh" else f"[{each.heading}] "
            blocks += [each.chapter] if each.chapter else []
            words = f"{heading if each.heading else ''}{each.text}"
            blocks.append(f"{article_name(each.number)[lang]}{'　' if lang == 'zh' else '. '}{words}".rstrip())
        return "\n\n".join(blocks)


def digest(body: str) -> bytes:
    """SHA-256 of a canonical text: what somebody who reads and signs has before their eyes."""
    return hashlib.sha256(body.encode()).digest()


def parse(text: str) -> Text:
    """A text as it is typed: a line that begins 第X条 or "Article N" begins an article, one that begins 第X章 or
    "Chapter N" a chapter; what stands before the first of them is the preamble.

    An article whose number is not above the one before is a line of text that speaks of an article.
    """
    preamble: list[str] = []
    articles: list[Article] = []
    chapters: list[str] = []
    doubts: list[str] = []
    lines = preamble
    last = (0, 0)

    def finish() -> None:
        if articles:
            begun = articles[-1]
            heading, words = _headed(_joined(lines))
            articles[-1] = Article(begun.number, words, heading, begun.chapter)

    for line in text.replace("\r\n", "\n").split("\n"):
        if found := _ARTICLE.fullmatch(line):
            number = _number(found[1] or found[3]), _number(found[2] or found[4] or "0")
            if number > last and number[0]:
                finish()
                articles.append(Article(_written(number), "", "", "\n".join(chapters)))
                chapters, lines, last = [], [found[5]], number
                continue
            doubts.append(line.strip()[:60])
        if _CHAPTER.fullmatch(line):
            chapters.append(" ".join(line.split()))
        else:
            if line.strip():
                lines += chapters  # a heading that no article follows is text
                chapters = []
            lines.append(line.rstrip())
    lines += chapters
    finish()
    return Text(_joined(preamble), tuple(articles), tuple(doubts))


def _joined(lines: Sequence[str]) -> str:
    return re.sub(r"\n{2,}", "\n", "\n".join(line.strip() for line in lines)).strip()


def _headed(text: str) -> tuple[str, str]:
    found = _HEADING.fullmatch(text)
    return ((found[1] or found[2]).strip(), found[3].strip()) if found else ("", text)


def _number(written: str) -> int:
    """十二, 一百零三 or 12 as a number; 0 for what is none."""
    if written.isascii():
        return int(written)
    number = digit = 0
    for each in written.replace("〇", "零").replace("两", "二"):
        if each in _DIGITS:
            digit = _DIGITS.index(each)
        else:
            number, digit = number + (digit or 1) * {"十": 10, "百": 100}[each], 0
    return number + digit


def _written(number: tuple[int, int]) -> str:
    return f"{number[0]}-{number[1]}" if number[1] else str(number[0])


def in_han(number: int) -> str:
    """A number below a thousand as it is written in an article's name: 十二, 一百零三."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += f"{_DIGITS[tens] if tens > 1 or hundreds else ''}十"
    elif hundreds and ones:
        words += "零"
    return words + (_DIGITS[ones] if ones else "")


@cache
def article_name(number: str) -> Words:
    """第二条, Article 2; 第二条之一, Article 2-1."""
    main, _, sub = number.partition("-")
    return Words(zh=f"第{in_han(int(main))}条{f'之{in_han(int(sub))}' if sub else ''}", en=f"Article {number}")


def citation(rule: int, title: Words, number: str, heading: str) -> Words:
    """How an article is cited; in Chinese, or in English without what stands in brackets, it is known again."""
    name = article_name(number)
    about = f"{title.en}: {heading}" if heading else title.en
    return Words(zh=f"制度第{rule}号《{title.zh}》{name.zh} {heading}".rstrip(), en=f"Rule {rule}, {name.en} ({about})")


@dataclass(frozen=True)
class Cited:
    """A piece of a text; where it cites, the number of the rule in the register and of the article."""

    text: str
    rule: int | None = None
    article: str = ""


def citations(text: str) -> Iterator[Cited]:
    """The pieces of a text: 制度第3号第二条 and "rule 3, article 2" cite an article, 制度第3号 a rule."""
    end = 0
    for found in _CITED.finditer(text):
        yield Cited(text[end : found.start()])
        end = found.end()
        main, sub = found[2] or found[5], found[3] or found[6] or "0"
        article = _written((_number(main), _number(sub))) if main else ""
        yield Cited(found[0], int(found[1] or found[4]), article)
    yield Cited(text[end:])


# --- what changed ----------------------------------------------------------------------------------------------------


class Change(StrEnum):
    """What became of an article."""

    SAME = "same"
    MOVED = "moved"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


CHANGE_LABELS = {
    Change.SAME: _l("As before"),
    Change.MOVED: _l("Another number"),
    Change.CHANGED: _l("Changed"),
    Change.ADDED: _l("New here"),
    Change.REMOVED: _l("No longer there"),
}

Marks = tuple[tuple[str, str], ...]  # pieces of a text, each with "=", "-" (no longer there) or "+" (new)


@dataclass(frozen=True)
class Pair:
    """An article before and after; the preamble has no number."""

    change: Change
    before: Article | None
    after: Article | None
    removed: Marks = ()  # the text before, with what is no longer there
    added: Marks = ()  # the text after, with what is new


def compare(before: Text, after: Text) -> list[Pair]:
    """The two versions article by article, in the order of the newer one.

    Articles that say the same are the same, whatever their number; of the others those are taken for one article that
    are most alike, and not too little so.
    """
    old, new = _whole(before), _whole(after)
    said = lambda each: (each.heading, each.text)
    pairs: list[Pair] = []
    matcher = SequenceMatcher(None, list(map(said, old)), list(map(said, new)), autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            for one, other in zip(old[a:b], new[c:d], strict=True):
                change = Change.SAME if one.number == other.number else Change.MOVED
                pairs.append(_pair(change, one, other))
        else:
            pairs += _matched(old[a:b], new[c:d])
    return pairs


def _whole(text: Text) -> list[Article]:
    return [*([Article("", text.preamble)] if text.preamble else []), *text.articles]


def _matched(old: Sequence[Article], new: Sequence[Article]) -> Iterator[Pair]:
    waiting = list(old)
    for each in new:
        likeness = [_likeness(one.text, each.text) for one in waiting]
        best = max(likeness, default=0)
        if best >= 0.4 or (waiting and waiting[0].number == each.number and best == likeness[0] >= 0.2):
            place = likeness.index(best)
            for one in waiting[:place]:
                yield _pair(Change.REMOVED, one, None)
            yield _pair(Change.CHANGED, waiting[place], each)
            waiting = waiting[place + 1 :]
        else:
            yield _pair(Change.ADDED, None, each)
    for one in waiting:
        yield _pair(Change.REMOVED, one, None)


def _likeness(before: str, after: str) -> float:
    """How many pairs of neighbouring characters, or English words, two texts share: from 0 to 1 (Dice)."""
    one, other = (set(pairwise(["", *_WORDS.findall(text)])) for text in (before, after))
    return 2 * len(one & other) / (len(one) + len(other) or 1)


def _pair(change: Change, before: Article | None, after: Article | None) -> Pair:
    if change is Change.CHANGED and before and after:
        removed, added = marks(_words(before), _words(after))
    else:
        removed = ((("-" if change is Change.REMOVED else "="), _words(before)),) if before else ()
        added = ((("+" if change is Change.ADDED else "="), _words(after)),) if after else ()
    return Pair(change, before, after, removed, added)


def _words(article: Article | None) -> str:
    if article is None:
        return ""
    return f"【{article.heading}】{article.text}" if article.heading else article.text


def _pieces(before: str, after: str) -> tuple[list[str], list[str]]:
    """Both texts: Chinese by the character, English by the word, very long ones by the sentence."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if max(len(old), len(new)) > _MOST_TOKENS:
        old, new = (list(filter(None, _SENTENCES.findall(text))) for text in (before, after))
    return old, new


def marks(before: str, after: str) -> tuple[Marks, Marks]:
    """Both texts in pieces, with what is gone in the one and new in the other."""
    old, new = _pieces(before, after)
    removed: list[tuple[str, str]] = []
    added: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        same = what == "equal"
        if a < b:
            removed.append(("=" if same else "-", "".join(old[a:b])))
        if c < d:
            added.append(("=" if same else "+", "".join(new[c:d])))
    return tuple(removed), tuple(added)


# --- the five prohibitions -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Prohibition:
    """One of the five: what is forbidden, examples, what to do in doubt."""

    number: int
    title: Words
    text: Words
    examples: tuple[Words, ...]
    doubt: Words


@cache
def prohibitions() -> tuple[Prohibition, ...]:
    """The five as the public page tells them; from data/prohibitions.toml."""
    told = tomllib.loads((HOME / "data" / "prohibitions.toml").read_text("utf-8"))["prohibition"]
    return tuple(
        Prohibition(
            number,
            Words(**each["title"]),
            Words(**each["text"]),
            tuple(Words(**example) for example in each["example"]),
            Words(**each["doubt"]),
        )
        for number, each in enumerate(told, 1)
    )
