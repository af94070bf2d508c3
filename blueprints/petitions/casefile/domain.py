"""The papers of a matter, and how a paper reaches the petitioner."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class PaperKind(StrEnum):
    """The written papers of the procedure."""

    ACCEPTANCE = "acceptance"
    DECLINED = "declined"
    OPINION = "opinion"


class Delivery(StrEnum):
    """How a paper reached the petitioner."""

    IN_PERSON = "in_person"
    REGISTERED_POST = "registered_post"
    RECEIPT_PAGE = "receipt_page"


PAPER_LABELS = {
    PaperKind.ACCEPTANCE: _l("Acceptance notice"),
    PaperKind.DECLINED: _l("Non-acceptance notice"),
    PaperKind.OPINION: _l("Handling opinion"),
}

DELIVERY_LABELS = {
    Delivery.IN_PERSON: _l("Handed over in person"),
    Delivery.REGISTERED_POST: _l("Registered post"),
    Delivery.RECEIPT_PAGE: _l("Read on the receipt page"),
}
