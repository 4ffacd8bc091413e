"""Pages of cases: the list, one case, its steps, papers, corrections and holds, beginning one, and reviewing many."""

from __future__ import annotations

from guben.procedures.views.case import case, count, file_pdf, print_file, take
from guben.procedures.views.changes import correct, withdraw
from guben.procedures.views.checking import check, check_typed
from guben.procedures.views.holding import hold, release
from guben.procedures.views.lists import export, list_cases, of_person
from guben.procedures.views.papers import hand_in, issue_paper, paper, withdraw_paper
from guben.procedures.views.review import review
from guben.procedures.views.start import start

__all__ = [
    "case",
    "check",
    "check_typed",
    "correct",
    "count",
    "export",
    "file_pdf",
    "hand_in",
    "hold",
    "issue_paper",
    "list_cases",
    "of_person",
    "paper",
    "print_file",
    "release",
    "review",
    "start",
    "take",
    "withdraw",
    "withdraw_paper",
]
