"""What the classes of letters mean, by examples."""

from flask_babel import lazy_gettext as _l

from blueprints.petitions.docket.domain import Kind

KIND_EXAMPLES = {
    Kind.PROPOSAL: _l(
        "You suggest how something could be better: a bus that should stop, a form that could be shorter."
    ),
    Kind.ACCUSATION: _l(
        "You report that an official or a unit broke a rule: took a gift, looked away, treated you unfairly."
    ),
    Kind.CLAIM: _l(
        "You ask for something you believe is your right: a subsidy not paid, land not returned, a road not repaired."
    ),
}
