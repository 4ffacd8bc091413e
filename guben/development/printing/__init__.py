"""What the papers of the development of members say. Everything comes from the case; what it does not hold is left as a
ruled blank to be written in by hand."""

from __future__ import annotations

from guben.development.printing.admitting import admission, admission_minutes, pre_review
from guben.development.printing.applying import activist_record, cover, political_review, training
from guben.development.printing.probation import (
    cancellation,
    extension,
    full_approval,
    full_minutes,
    is_extended,
    probation_record,
)
from guben.procedures import papers
from guben.procedures.printing import is_decided, is_vote

FORM = "procedures/form"


def register() -> None:
    """Registers the templates by the names that the rulebook calls them."""
    papers.register("application-cover", cover, document="procedures/cover", is_told=True)
    papers.register("activist-record", activist_record, document=FORM)
    papers.register("political-review", political_review, document=FORM)
    papers.register("training-certificate", training, document="procedures/certificate", is_told=True)
    papers.register("pre-review", pre_review, document=FORM)
    papers.register("admission-minutes", admission_minutes, document="procedures/minutes", fits=is_vote)
    papers.register("admission-approval", admission, document="procedures/letter", fits=is_decided, is_told=True)
    papers.register("probation-record", probation_record, document=FORM)
    papers.register("full-minutes", full_minutes, document="procedures/minutes", fits=is_vote)
    papers.register("full-approval", full_approval, document="procedures/letter", fits=is_decided, is_told=True)
    papers.register("extension-notice", extension, document="procedures/letter", fits=is_extended, is_told=True)
    papers.register("cancellation", cancellation, document="procedures/letter", fits=is_decided, is_told=True)
