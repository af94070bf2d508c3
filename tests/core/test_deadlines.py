"""Deadlines by hand-written tables and by properties; profiles by their numbers and by their mistakes."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import notices
from core.deadlines import CannotExtend, Deadline, LeftOut, Rule, Unit, Why, due, extend, recount
from core.profiles import Owes, Profile, ProfileError, chinese_number, load_profile, profile
from core.words import Words

PROFILES = Path(__file__).parents[2] / "data" / "procedure"
P2022 = load_profile(PROFILES / "2022.toml")
P2005 = load_profile(PROFILES / "2005.toml")

ARTICLE = Words(zh="第一条", en="Art 1")
DAYS = st.dates(date(2015, 1, 1), date(2026, 6, 1))


# fmt: off
BY_HAND = [  # clock, class, start, last day
    ("notice",     "",         date(2026, 1, 31),  date(2026, 2, 15)),   # onto Spring Festival: stays
    ("notice",     "",         date(2024, 2, 14),  date(2024, 2, 29)),   # onto a leap day
    ("notice",     "",         date(2024, 2, 29),  date(2024, 3, 15)),   # from a leap day
    ("notice",     "",         date(2023, 2, 14),  date(2023, 3, 1)),    # the same in a common year
    ("notice",     "",         date(2026, 12, 31), date(2027, 1, 15)),   # over the year's end
    ("handling",   "claim",    date(2026, 8, 3),   date(2026, 10, 2)),   # onto a holiday: an office does not roll
    ("handling",   "claim",    date(2024, 1, 1),   date(2024, 3, 1)),    # with a 29 February inside
    ("handling",   "proposal", date(2026, 8, 3),   date(2026, 10, 2)),
    ("objection",  "",         date(2026, 2, 10),  date(2026, 2, 24)),   # Saturday 14 counts, 15 to 23 do not
    ("objection",  "",         date(2026, 9, 17),  date(2026, 9, 23)),   # shifted Sunday 20 September counts
    ("objection",  "",         date(2026, 2, 28),  date(2026, 3, 6)),    # from a Saturday that is worked
    ("ask_review", "",         date(2026, 9, 2),   date(2026, 10, 8)),   # 2 October rolls over the whole holiday
    ("ask_review", "",         date(2026, 1, 15),  date(2026, 2, 14)),   # a Saturday that is worked does not roll
    ("ask_review", "",         date(2026, 1, 16),  date(2026, 2, 24)),   # the day after it does
    ("ask_review", "",         date(2026, 4, 1),   date(2026, 5, 6)),    # 1 May to 5 May are free
    ("ask_review", "",         date(2024, 1, 30),  date(2024, 2, 29)),
    ("ask_reexamination", "",  date(2026, 9, 2),   date(2026, 10, 8)),
    ("review",     "",         date(2026, 9, 2),   date(2026, 10, 2)),   # the review organ is an office too
]
# fmt: on


@pytest.mark.parametrize(("clock", "kind", "start_on", "due_on"), BY_HAND)
def test_the_last_day_is_the_one_worked_out_by_hand(clock: str, kind: str, start_on: date, due_on: date) -> None:
    assert due(P2022.rule(clock, kind), start_on, notices).due_on == due_on


DAY, WORK, RIGHT = "calendar days", "working days", "a petitioner's right"

# fmt: off
EDGES = [  # length, counted how, start, last day, days left out besides the first, rolled from
    # the end of January
    (30, DAY,   date(2026, 1, 31),  date(2026, 3, 2),   "",                            None),
    (30, DAY,   date(2028, 1, 31),  date(2028, 3, 1),   "",                            None),  # a leap year
    (5,  WORK,  date(2026, 1, 31),  date(2026, 2, 6),   "1 Feb",                       None),  # from a Saturday
    (5,  WORK,  date(2025, 1, 31),  date(2025, 2, 10),  "1-4 Feb, 9 Feb",              None),  # in Spring Festival; Saturday 8 is worked
    (30, RIGHT, date(2026, 1, 31),  date(2026, 3, 2),   "",                            None),
    # the end of February
    (60, DAY,   date(2027, 12, 31), date(2028, 2, 29),  "",                            None),
    (60, DAY,   date(2026, 12, 31), date(2027, 3, 1),   "",                            None),
    (15, DAY,   date(2028, 2, 29),  date(2028, 3, 15),  "",                            None),
    (15, DAY,   date(2027, 2, 28),  date(2027, 3, 15),  "",                            None),
    (30, RIGHT, date(2028, 1, 30),  date(2028, 2, 29),  "",                            None),  # a Tuesday
    (30, RIGHT, date(2027, 1, 29),  date(2027, 3, 1),   "",                            date(2027, 2, 28)),  # a Sunday
    (1,  WORK,  date(2024, 2, 28),  date(2024, 2, 29),  "",                            None),
    (5,  WORK,  date(2024, 2, 29),  date(2024, 3, 7),   "2-3 Mar",                     None),
    (1,  WORK,  date(2025, 2, 28),  date(2025, 3, 3),   "1-2 Mar",                     None),
    # Spring Festival 2026: 15 to 23 February free, the Saturdays 14 and 28 worked
    (1,  WORK,  date(2026, 2, 13),  date(2026, 2, 14),  "",                            None),
    (2,  WORK,  date(2026, 2, 13),  date(2026, 2, 24),  "15-23 Feb",                   None),
    (5,  WORK,  date(2026, 2, 23),  date(2026, 2, 28),  "",                            None),
    (6,  WORK,  date(2026, 2, 23),  date(2026, 3, 2),   "1 Mar",                       None),
    (30, RIGHT, date(2026, 1, 24),  date(2026, 2, 24),  "",                            date(2026, 2, 23)),
    (30, RIGHT, date(2026, 1, 29),  date(2026, 2, 28),  "",                            None),  # a worked Saturday does not roll
    # National Day 2026: 1 to 7 October free, Sunday 20 September and Saturday 10 October worked
    (5,  WORK,  date(2026, 9, 30),  date(2026, 10, 13), "1-7 Oct, 11 Oct",             None),
    (2,  WORK,  date(2026, 9, 18),  date(2026, 9, 21),  "19 Sep",                      None),
    (15, DAY,   date(2026, 9, 20),  date(2026, 10, 5),  "",                            None),  # an office does not roll
    (30, RIGHT, date(2026, 9, 1),   date(2026, 10, 8),  "",                            date(2026, 10, 1)),
    # the end of the year
    (5,  WORK,  date(2025, 12, 31), date(2026, 1, 8),   "1-3 Jan",                     None),  # Sunday 4 January is worked
    (5,  WORK,  date(2024, 12, 31), date(2025, 1, 8),   "1 Jan, 4-5 Jan",              None),
    (1,  WORK,  date(2025, 12, 30), date(2025, 12, 31), "",                            None),
    (15, DAY,   date(2025, 12, 31), date(2026, 1, 15),  "",                            None),
    (30, RIGHT, date(2025, 12, 2),  date(2026, 1, 4),   "",                            date(2026, 1, 1)),  # rolls to a worked Sunday
]
# fmt: on


@pytest.mark.parametrize(("length", "counted", "start_on", "due_on", "left_out", "rolled_from"), EDGES)
def test_an_edge_day_has_the_sum_that_was_written_down_by_hand(
    length: int, counted: str, start_on: date, due_on: date, left_out: str, rolled_from: date | None
) -> None:
    unit = Unit.WORKING_DAYS if counted == WORK else Unit.DAYS
    deadline = due(Rule("x", length, unit, ARTICLE, rolls=counted == RIGHT), start_on, notices)
    assert (deadline.due_on, deadline.rolled_from) == (due_on, rolled_from)
    assert deadline.left_out[0] == LeftOut(start_on, start_on, Why.EVENT)
    assert ", ".join(_spelled(run) for run in deadline.left_out[1:]) == left_out
    assert recount(deadline, notices) == deadline


def _spelled(run: LeftOut) -> str:
    month = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[run.last.month - 1]
    days = f"{run.first.day}" if run.first == run.last else f"{run.first.day}-{run.last.day}"
    return f"{days} {month}"


@given(DAYS, st.integers(1, 90))
def test_calendar_days_leave_out_only_the_day_of_the_event(start_on: date, length: int) -> None:
    deadline = due(Rule("x", length, Unit.DAYS, ARTICLE), start_on, notices)
    assert deadline.due_on == start_on + timedelta(length)
    assert deadline.left_out == (LeftOut(start_on, start_on, Why.EVENT),)
    assert deadline.rolled_from is None


@given(DAYS, st.integers(1, 40))
def test_working_days_and_days_left_out_add_up_to_the_time_that_passed(start_on: date, length: int) -> None:
    deadline = due(Rule("x", length, Unit.WORKING_DAYS, ARTICLE), start_on, notices)
    passed = [start_on + timedelta(n) for n in range(1, (deadline.due_on - start_on).days + 1)]
    assert notices.is_working(deadline.due_on)
    assert sum(notices.is_working(day) for day in passed) == length
    out = sum((run.last - run.first).days + 1 for run in deadline.left_out if run.why is Why.NOT_WORKING)
    assert len(passed) == length + out


@given(DAYS, st.integers(1, 90))
def test_a_right_rolls_to_the_next_working_day_and_names_the_day_it_rolled_from(start_on: date, length: int) -> None:
    deadline = due(Rule("x", length, Unit.DAYS, ARTICLE, rolls=True), start_on, notices)
    plain = start_on + timedelta(length)
    assert notices.is_working(deadline.due_on)
    assert deadline.due_on >= plain
    assert not any(notices.is_working(plain + timedelta(n)) for n in range((deadline.due_on - plain).days))
    assert deadline.rolled_from == (plain if deadline.due_on != plain else None)


@given(DAYS, st.integers(1, 60), st.sampled_from(Unit), st.booleans(), st.integers(1, 30))
def test_a_deadline_comes_back_from_json_as_it_was(
    start_on: date, length: int, unit: Unit, rolls: bool, more: int
) -> None:
    deadline = due(Rule("x", length, unit, ARTICLE, rolls=rolls), start_on, notices)
    longer = extend(deadline, Rule("y", 30, Unit.DAYS, ARTICLE), more, notices)
    for each in (deadline, longer):
        assert Deadline.from_json(json.loads(json.dumps(each.as_json()))) == each


def test_an_extension_is_added_to_the_end_and_keeps_the_sum_it_came_from() -> None:
    handling = due(P2022.rule("handling", "claim"), date(2026, 3, 1), notices)
    longer = extend(handling, P2022.rule("extension"), 20, notices)
    assert handling.due_on == date(2026, 4, 30)
    assert longer.due_on == date(2026, 5, 20)
    assert longer.start_on == handling.due_on
    assert longer.left_out == ()
    assert longer.extends == handling


def test_handling_is_extended_once_and_by_thirty_days_at_most() -> None:
    handling = due(P2022.rule("handling", "claim"), date(2026, 3, 1), notices)
    rule = P2022.rule("extension")
    for days in (0, -1, 31):
        with pytest.raises(CannotExtend):
            extend(handling, rule, days, notices)
    with pytest.raises(CannotExtend):
        extend(extend(handling, rule, 1, notices), rule, 1, notices)


def test_only_a_re_examination_leaves_out_the_days_of_a_hearing() -> None:
    hearing = {date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 12)}
    deadline = due(P2022.rule("reexamination"), date(2026, 3, 2), notices, hearing)
    assert deadline.due_on == date(2026, 4, 4)  # three days later than 1 April, and a Saturday: an office does not roll
    assert deadline.left_out == (
        LeftOut(date(2026, 3, 2), date(2026, 3, 2), Why.EVENT),
        LeftOut(date(2026, 3, 9), date(2026, 3, 10), Why.HEARING),
        LeftOut(date(2026, 3, 12), date(2026, 3, 12), Why.HEARING),
    )
    for clock in {clock.id for clock in P2022.clocks} - {"reexamination"}:
        with pytest.raises(ValueError, match="hearing"):
            due(P2022.rule(clock, "claim"), date(2026, 3, 2), notices, hearing)


def test_days_left_count_down_to_zero_on_the_last_day() -> None:
    deadline = due(P2022.rule("notice"), date(2026, 11, 1), notices)
    assert [deadline.days_left(date(2026, 11, day)) for day in (1, 15, 16, 17)] == [15, 1, 0, -1]


class Late:
    """A calendar whose year is published while a clock runs: 5 and 6 June turn out free."""

    def __init__(self, published: bool) -> None:
        self.published = published

    def is_working(self, day: date) -> bool:
        return not (self.published and day in (date(2031, 6, 5), date(2031, 6, 6)))

    def provisional(self, year: int) -> bool:
        return year == 2031 and not self.published


def test_only_a_sum_that_asked_the_calendar_is_provisional() -> None:
    before = Late(published=False)
    counts = {
        (clock.id, clock.kind): due(P2022.rule(clock.id, clock.kind), date(2031, 6, 1), before)
        for clock in P2022.clocks
    }
    assert {id for (id, _), deadline in counts.items() if deadline.provisional} == {
        "objection",
        "ask_review",
        "ask_reexamination",
    }
    assert not due(P2022.rule("objection"), date(2030, 6, 1), before).provisional
    assert due(P2022.rule("objection"), date(2030, 12, 30), before).provisional


def test_a_calendar_published_late_moves_an_open_deadline() -> None:
    before = due(P2022.rule("objection"), date(2031, 6, 2), Late(published=False))
    after = recount(before, Late(published=True))
    assert (before.due_on, before.provisional) == (date(2031, 6, 7), True)
    assert (after.due_on, after.provisional) == (date(2031, 6, 9), False)
    longer = extend(before, replace(P2022.rule("objection"), length=3), 2, Late(published=False))
    moved = recount(longer, Late(published=True))
    assert (moved.extends, moved.due_on) == (after, date(2031, 6, 11))


def test_a_recount_keeps_the_hearing() -> None:
    deadline = due(P2022.rule("reexamination"), date(2026, 3, 2), notices, {date(2026, 3, 9), date(2026, 3, 10)})
    assert recount(deadline, notices) == deadline


# Profiles


# fmt: off
CLOCKS = {  # id, class: length, unit, ground, whose turn
    "2022": {
        ("notice", ""):              (15, "days",         "2022 Art 23",             "office"),
        ("objection", ""):           (5,  "working_days", "2022 Art 23",             "unit"),
        ("handling", "claim"):       (60, "days",         "2022 Art 34",             "office"),
        ("handling", "proposal"):    (60, "days",         "the office's own target", "office"),
        ("handling", "accusation"):  (60, "days",         "the office's own target", "office"),
        ("extension", ""):           (30, "days",         "2022 Art 34",             "office"),
        ("carry_out", ""):           (30, "days",         "the office's own target", "unit"),
        ("ask_review", ""):          (30, "days",         "2022 Art 35",             "petitioner"),
        ("review", ""):              (30, "days",         "2022 Art 35",             "review_organ"),
        ("ask_reexamination", ""):   (30, "days",         "2022 Art 36",             "petitioner"),
        ("reexamination", ""):       (30, "days",         "2022 Art 36",             "reexamination_organ"),
        ("supervise", ""):           (30, "days",         "the office's own target", "unit"),
        ("retaliation", ""):         (15, "days",         "the office's own target", "office"),
    },
    "2005": {
        ("notice", ""):              (15, "days",         "2005 Art 21, 22",         "office"),
        ("objection", ""):           (5,  "working_days", "the office's own target", "unit"),
        ("handling", "claim"):       (60, "days",         "2005 Art 33",             "office"),
        ("handling", "proposal"):    (60, "days",         "the office's own target", "office"),
        ("handling", "accusation"):  (60, "days",         "the office's own target", "office"),
        ("extension", ""):           (30, "days",         "2005 Art 33",             "office"),
        ("carry_out", ""):           (30, "days",         "the office's own target", "unit"),
        ("ask_review", ""):          (30, "days",         "2005 Art 34",             "petitioner"),
        ("review", ""):              (30, "days",         "2005 Art 34",             "review_organ"),
        ("ask_reexamination", ""):   (30, "days",         "2005 Art 35",             "petitioner"),
        ("reexamination", ""):       (30, "days",         "2005 Art 35",             "reexamination_organ"),
        ("supervise", ""):           (30, "days",         "2005 Art 36",             "unit"),
        ("retaliation", ""):         (15, "days",         "the office's own target", "office"),
    },
}
# fmt: on


@pytest.mark.parametrize("text", [P2022, P2005], ids=lambda text: text.id)
def test_a_profile_holds_the_numbers_of_its_text(text: Profile) -> None:
    assert {
        (clock.id, clock.kind): (clock.length, clock.unit, text.ground(clock).en, clock.owed_by)
        for clock in text.clocks
    } == CLOCKS[text.id]


def test_only_a_petitioners_right_rolls_and_only_a_re_examination_knows_a_hearing() -> None:
    for text in (P2022, P2005):
        for clock in text.clocks:
            rule = text.rule(clock.id, clock.kind)
            assert rule.rolls == (clock.owed_by is Owes.PETITIONER)
            assert rule.hearing_not_counted == (clock.id == "reexamination")
            assert rule.target == clock.target


def test_one_regulation_follows_the_other_without_a_gap() -> None:
    for day, in_force in ((date(2005, 4, 30), ""), (date(2022, 4, 30), "2005"), (date(2022, 5, 1), "2022")):
        assert [text.id for text in (P2005, P2022) if text.in_force(day)] == ([in_force] if in_force else [])


def test_a_clock_that_a_profile_lacks_is_an_error_and_not_a_guess() -> None:
    with pytest.raises(LookupError, match="2005"):
        P2005.rule("hearing")
    with pytest.raises(LookupError, match="handling"):
        P2022.rule("handling", "joke")
    assert P2022.rule("notice", "claim") == P2022.rule("notice")


def test_an_article_is_cited_in_both_languages() -> None:
    assert P2022.cite("review") == Words(zh="《信访工作条例》第三十五条", en="2022 Art 35")
    assert P2005.cite(21, 22) == Words(zh="《信访条例》第二十一条、第二十二条", en="2005 Art 21, 22")
    numbers = {1: "一", 9: "九", 10: "十", 11: "十一", 20: "二十", 34: "三十四", 50: "五十", 99: "九十九"}
    assert {number: chinese_number(number) for number in numbers} == numbers
    for number in (0, 100):
        with pytest.raises(ValueError, match="99"):
            chinese_number(number)


def test_a_local_variant_changes_what_it_names_and_keeps_the_rest(tmp_path: Path) -> None:
    (tmp_path / "2022.toml").write_text((PROFILES / "2022.toml").read_text(encoding="utf-8"), encoding="utf-8")
    local = tmp_path / "local.toml"
    local.write_text(
        'id = "local"\nvariant_of = "2022"\n'
        '[[clock]]\nid = "handling"\nkind = "claim"\nlength = 30\n'
        'source = { zh = "《办法》第九条", en = "Measures Art 9" }\n',
        encoding="utf-8",
    )
    variant = load_profile(local)
    rule = variant.rule("handling", "claim")
    assert (rule.length, rule.source.zh) == (30, "《办法》第九条")
    assert variant.clock("handling", "claim").starts_on == P2022.clock("handling", "claim").starts_on
    assert variant.rule("notice").length == 15
    assert variant.in_force_on == P2022.in_force_on


# fmt: off
MISTAKES = [  # what is changed in 2022.toml, what the error says
    ("length = 15",                "length = 0",                       "line 33: length is a whole number"),
    ("length = 15",                "length = true",                    "of 1 or more"),
    ("length = 15",                'length = "15"',                    "line 33: length is a whole number"),
    ("length = 15\n",              "",                                 "line 31: length is missing"),
    ('unit = "working_days"',      'unit = "weeks"',                   "line 44: unit is one of days, working_days"),
    ("article = [34]",             "article = 34",                     "article is a list"),
    ("article = [34]",             "article = []",                     "article is a list"),
    ("article = [34]\n",           "",                                 "has one ground"),
    ("article = [34]",             "article = [34]\ntarget = true",    "has one ground"),
    ('extends = "handling"',       'extends = "nothing"',              "no clock 'nothing'"),
    ('owed_by = "petitioner"',     'owed_by = "nobody"',               "owed_by is one of"),
    ('id = "objection"',           'id = "notice"',                    "stands here twice"),
    ("length = 15",                "length = 15\nlenght = 15",         "line 34: lenght is not known here"),
    ("in_force_on = 2022-05-01",   'in_force_on = "2022-05-01"',       "line 7: in_force_on is a date"),
    ("in_force_on = 2022-05-01",   "in_force_on = 2022-05-01T00:00:00", "line 7: in_force_on is a date"),
    ("in_force_on = 2022-05-01\n", "",                                 "in_force_on is missing"),
    ("in_force_on = 2022-05-01",   "in_force_on = 2022-13-01",         "at line 7"),
    ('zh = "受理之日", ',          "",                                 "starts_on is a text in both languages"),
    ("accept = 23 ",               "accept = -1 ",                     "articles is"),
    ("[[clock]]",                  "[clock]",                          "2022.toml"),
]
# fmt: on


@pytest.mark.parametrize(("right", "wrong", "said"), MISTAKES)
def test_a_mistake_in_a_profile_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    text = (PROFILES / "2022.toml").read_text(encoding="utf-8")
    assert right in text
    broken = tmp_path / "2022.toml"
    broken.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(ProfileError) as error:
        load_profile(broken)
    assert said in str(error.value)
    assert str(error.value).startswith("2022.toml")


def test_a_profile_is_found_by_its_name_and_nowhere_else() -> None:
    assert profile("2022") == P2022
    for name in ("1999", "", "../procedure/2022", "x/2022"):
        with pytest.raises(ProfileError, match="there is no procedure"):
            profile(name)


def test_every_mistake_is_reported_at_once_and_a_missing_base_too(tmp_path: Path) -> None:
    broken = tmp_path / "x.toml"
    text = (PROFILES / "2022.toml").read_text(encoding="utf-8")
    broken.write_text(
        text.replace("length = 15", "length = 0", 1).replace("length = 5\n", "length = -5\n"), encoding="utf-8"
    )
    with pytest.raises(ProfileError) as error:
        load_profile(broken)
    assert len(str(error.value).splitlines()) == 2
    broken.write_text('id = "x"\nvariant_of = "1999"\n', encoding="utf-8")
    with pytest.raises(ProfileError, match=r"x\.toml, line 2: there is no 1999\.toml"):
        load_profile(broken)
