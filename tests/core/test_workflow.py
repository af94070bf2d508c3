"""A procedure is a table, and a table that cannot work is refused when it is written."""

from enum import StrEnum

import pytest

from core.roles import Role
from core.workflow import RESERVED, NotPossible, Step, Workflow


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


ON = Step("switch on", "On", (Lamp.OFF,), Lamp.ON, (Role.CLERK,))
OFF = Step("switch off", "Off", (Lamp.ON,), Lamp.OFF, (Role.CLERK, Role.LEADER))
LOOK = Step("look", "Look", (Lamp.ON, Lamp.OFF), None, (Role.HANDLER,))
LAMP = Workflow(ON, OFF, LOOK, start=Lamp.OFF)


def test_a_role_is_offered_just_the_steps_that_the_table_gives_it_in_that_state() -> None:
    assert LAMP.open_to(Role.CLERK, Lamp.OFF) == [ON]
    assert LAMP.open_to(Role.CLERK, Lamp.ON) == [OFF]
    assert LAMP.open_to(Role.LEADER, Lamp.OFF) == []
    assert LAMP.open_to(Role.HANDLER, Lamp.ON) == [LOOK]


def test_a_step_that_is_not_offered_cannot_be_taken() -> None:
    assert LAMP.take("switch on", Role.CLERK, Lamp.OFF) is ON
    for action, role, state in (
        ("switch on", Role.CLERK, Lamp.ON),
        ("switch on", Role.LEADER, Lamp.OFF),
        ("blow up", Role.CLERK, Lamp.OFF),
    ):
        with pytest.raises(NotPossible):
            LAMP.take(action, role, state)


def test_a_step_without_a_new_state_leaves_the_matter_where_it_is() -> None:
    assert LOOK.after(Lamp.ON) is Lamp.ON
    assert ON.after(Lamp.OFF) is Lamp.ON


@pytest.mark.parametrize(
    "steps",
    [
        (ON, Step("switch on", "Again", (Lamp.ON,), Lamp.OFF, (Role.CLERK,))),
        (ON, Step("mend", "Mend", (Lamp.BROKEN,), Lamp.OFF, (Role.CLERK,))),
        (ON, Step("idle", "Idle", (), Lamp.OFF, (Role.CLERK,))),
        (ON, Step("nobody", "Nobody", (Lamp.ON,), Lamp.OFF, ())),
    ],
    ids=["two of one name", "from where nothing leads", "from nowhere", "by nobody"],
)
def test_a_table_that_cannot_work_is_refused(steps: tuple[Step, ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Workflow(*steps, start=Lamp.OFF)


def test_each_step_has_a_letter_of_its_own_among_those_that_somebody_may_find_open_at_once() -> None:
    loose = Step("loosen", "Loosen", (Lamp.ON,), None, (Role.HANDLER,))
    table = Workflow(ON, OFF, LOOK, loose, start=Lamp.OFF)
    assert table.keys == {"switch on": "s", "switch off": "w", "look": "l", "loosen": "o"}
    chosen = Workflow(Step("on", "On", (Lamp.OFF,), Lamp.ON, (Role.CLERK,), key="w"), OFF, start=Lamp.OFF)
    assert chosen.keys == {"on": "w", "switch off": "s"}


def test_no_step_takes_a_letter_that_every_page_has() -> None:
    table = Workflow(*(Step(f"gjknx{each}", "", (Lamp.ON,), None, (Role.CLERK,)) for each in range(30)), start=Lamp.ON)
    assert len(table.keys) == 21  # and where none is left, a step has none
    assert not RESERVED & set(table.keys.values())
    assert len(set(table.keys.values())) == 21
