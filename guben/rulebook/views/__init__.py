"""The pages of the rules: reading them, writing them, and what they cost."""

from __future__ import annotations

from guben.rulebook.views.burden import burden
from guben.rulebook.views.dues_scales import scales
from guben.rulebook.views.reading import rule, rule_file, rule_list
from guben.rulebook.views.writing import (
    amend,
    check_expression,
    draft,
    draft_file,
    drafts,
    drop_draft,
    edit_draft,
    end,
    issue,
    new,
    withdraw,
)

__all__ = [
    "amend", "burden", "check_expression", "draft", "draft_file", "drafts", "drop_draft", "edit_draft", "end", "issue",
    "new", "rule", "rule_file", "rule_list", "scales", "withdraw",
]  # fmt: skip
