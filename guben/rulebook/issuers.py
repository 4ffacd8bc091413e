"""Who imposed a rule, in words: a fact about the rule, not a judgement on it."""

from __future__ import annotations

import re
from time import monotonic

from django.utils.translation import gettext as _

from guben.organisations.models import Organisation
from guben.rulebook_engine.entries import Entry

FRESH_SECONDS = 60
_names: dict[str, tuple[float, str]] = {}
STUDY = re.compile(r"S[0-4]\b|S[0-4]《")


def name_of_issuer(code: str) -> str:
    """The short name of a unit that issued rules; remembered for a minute, so that a long list asks once for each."""
    kept = _names.get(code)
    if kept and monotonic() - kept[0] < FRESH_SECONDS:
        return kept[1]
    name = Organisation.objects.filter(code=code).values_list("short_name", flat=True).first() or code
    _names[code] = (monotonic(), name)
    return name


def issuer_words(rule: Entry) -> str:
    """The issuer of a rule: a line we propose ourselves, the study papers, the centre, or a superior's code."""
    if rule.confidence == "proposed":
        return _("建议线")
    if not rule.is_national:
        return name_of_issuer(rule.issued_by)
    return _("调研文稿") if STUDY.match(rule.source) else _("中央规定")
