"""Finding drafts and editions again, by those who may issue rules at their organisation."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from guben.access import policy
from guben.access.policy import Someone
from guben.organisations.models import Organisation
from guben.rulebook.models import Draft, Edition
from guben.rulebook.queries import library
from guben.rulebook_engine.entries import NATIONAL
from guben.rulebook_engine.library import Library

ISSUE = "rules.issue"


def drafts_of(user: Someone) -> QuerySet[Draft]:
    """The drafts of the organisations where the user may issue rules, newest first."""
    return Draft.objects.filter(policy.within(user, ISSUE)).select_related("organisation", "kept_by")


def draft_for(user: Someone, pk: int) -> Draft:
    """The draft, for who may issue it.

    Raises:
        Http404: there is none, or it is none of hers.
    """
    draft = drafts_of(user).filter(pk=pk).first()
    if draft is None:
        raise Http404
    return draft


def edition_for(user: Someone, pk: int) -> Edition:
    """The edition, for who may issue rules at its organisation.

    Raises:
        Http404: there is none, or it is none of hers.
    """
    found = Edition.objects.filter(policy.within(user, ISSUE), pk=pk).select_related("organisation").first()
    if found is None:
        raise Http404
    return found


def file_of(key: str, rules: Library | None = None) -> tuple[str, str] | None:
    """Key and issuer of the rulebook that holds a rule; None for an unknown one."""
    for book in (rules or library()).rulebooks:
        if any(entry.key == key for entry in book.entries):
            return book.key, book.issued_by
    return None


def issuer_to_act(user: Someone, key: str, rules: Library | None = None) -> tuple[str, Organisation] | None:
    """The rulebook's key and the unit that issued it, where the user may amend it; None for the nation's and others."""
    found = file_of(key, rules)
    if found is None or found[1] == NATIONAL:
        return None
    unit = Organisation.objects.filter(code=found[1]).first()
    if unit is None or not policy.may(user, ISSUE, unit):
        return None
    issued = Edition.objects.filter(key=found[0], organisation=unit, withdrawn_at=None).exists()
    return (found[0], unit) if issued else None
