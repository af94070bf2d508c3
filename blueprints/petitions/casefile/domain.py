"""The papers of a matter, and how a paper reaches the petitioner."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l


class PaperKind(StrEnum):
    """The written papers of the procedure."""

    ACCEPTANCE = "acceptance"
    DECLINED = "declined"
    FORWARDING = "forwarding"
    EXTENSION = "extension"
    OPINION = "opinion"
    MEDIATION = "mediation"
    REVIEW = "review"
    REEXAMINATION = "reexam"
    SUPERVISION = "supervision"


class Delivery(StrEnum):
    """How a paper reached the petitioner."""

    IN_PERSON = "in_person"
    REGISTERED_POST = "registered_post"
    RECEIPT_PAGE = "receipt_page"


PAPER_LABELS = {
    PaperKind.ACCEPTANCE: _l("Acceptance notice"),
    PaperKind.DECLINED: _l("Non-acceptance notice"),
    PaperKind.FORWARDING: _l("Forwarding notice"),
    PaperKind.EXTENSION: _l("Extension notice"),
    PaperKind.OPINION: _l("Handling opinion"),
    PaperKind.MEDIATION: _l("Mediation agreement"),
    PaperKind.REVIEW: _l("Review opinion"),
    PaperKind.REEXAMINATION: _l("Re-examination opinion"),
    PaperKind.SUPERVISION: _l("Supervision letter"),
}

# Papers that reach the petitioner beside the answer, whose delivery is recorded as a notice given.
NOTICES = (
    *(PaperKind.ACCEPTANCE, PaperKind.DECLINED, PaperKind.FORWARDING, PaperKind.EXTENSION),
    *(PaperKind.MEDIATION, PaperKind.REVIEW, PaperKind.REEXAMINATION),
)
INSIDE = (PaperKind.SUPERVISION,)  # between the office and a unit: nobody else reads it

DELIVERY_LABELS = {
    Delivery.IN_PERSON: _l("Handed over in person"),
    Delivery.REGISTERED_POST: _l("Registered post"),
    Delivery.RECEIPT_PAGE: _l("Read on the receipt page"),
}
