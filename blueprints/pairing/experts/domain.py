"""Trades and seasons, in which courses, experts and questions are sorted; the procedure of an entry of the roster."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from core.roles import Role
from core.words import Words
from core.workflow import Step, Table, Workflow


class Trade(StrEnum):
    """What the work is about."""

    GRAIN = "grain"
    VEGETABLES = "vegetables"
    FRUIT = "fruit"
    FISH = "fish"
    LIVESTOCK = "livestock"
    FORESTRY = "forestry"
    MACHINES = "machines"
    CRAFT = "craft"
    SALES = "sales"
    OTHER = "other"


class Season(StrEnum):
    """When in the year it is needed."""

    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"
    ALL = "all"


class State(StrEnum):
    """Whether an expert can be asked now."""

    ACTIVE = "active"
    RESTING = "resting"


TRADE_LABELS = {
    Trade.GRAIN: _l("Grain and oil crops"),
    Trade.VEGETABLES: _l("Vegetables and mushrooms"),
    Trade.FRUIT: _l("Fruit and tea"),
    Trade.FISH: _l("Fish and crayfish"),
    Trade.LIVESTOCK: _l("Pigs, poultry and cattle"),
    Trade.FORESTRY: _l("Trees and flowers"),
    Trade.MACHINES: _l("Farm machines"),
    Trade.CRAFT: _l("Crafts"),
    Trade.SALES: _l("Selling and online trade"),
    Trade.OTHER: _l("Another trade"),
}

SEASON_LABELS = {
    Season.SPRING: _l("Spring"),
    Season.SUMMER: _l("Summer"),
    Season.AUTUMN: _l("Autumn"),
    Season.WINTER: _l("Winter"),
    Season.ALL: _l("All year round"),
}

STATE_LABELS = {
    State.ACTIVE: _l("Can be asked"),
    State.RESTING: _l("Not now"),
}

S = State
KEEPERS = (Role.CLERK, Role.LEADER)

# fmt: off
WORKFLOW = Workflow(
    #    action     label                              from           to           who         asks
    Step("change",  _l("Change the entry"),            (S.ACTIVE, S.RESTING), None, KEEPERS,   asks="entry"),
    Step("rest",    _l("Take off the active list"),    (S.ACTIVE,),   S.RESTING,   KEEPERS,    asks="reason"),
    Step("return",  _l("Put back on the active list"), (S.RESTING,),  S.ACTIVE,    KEEPERS),
    start=S.ACTIVE,
)
# fmt: on

EVENT_LABELS = {
    "entered": _l("Expert entered in the roster"),
    "change": _l("Entry of an expert changed"),
    "rest": _l("Expert taken off the active list"),
    "return": _l("Expert put back on the active list"),
}

EXPLAINED = {"return": _l("The expert has agreed to be asked again: courses and questions can be given to them.")}

LABELS = {"trade": TRADE_LABELS, "season": SEASON_LABELS, "state": STATE_LABELS}

TABLES = (Table("expert", Words(zh="专家库", en="Roster of experts"), WORKFLOW, STATE_LABELS, "experts.read"),)
