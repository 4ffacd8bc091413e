"""Who imposed a rule, in words: a fact about the rule, not a judgement on it."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from guben.rulebook_engine.entries import Entry

STUDY = re.compile(r"S[0-4]\b|S[0-4]《")


def issuer_words(rule: Entry) -> str:
    """The issuer of a rule: a line we propose ourselves, the study papers, the centre, or a superior's code."""
    if rule.confidence == "proposed":
        return _("建议线")
    if not rule.is_national:
        return rule.issued_by
    return _("调研文稿") if STUDY.match(rule.source) else _("中央规定")
