"""Asking for a transfer: the case and its first step in one act."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from guben.accounts.models import User
from guben.members.models import Affiliation, Person
from guben.organisations.models import Organisation
from guben.procedures import actions as cases
from guben.procedures.models import Case
from guben.transfers import errors
from guben.transfers.choices import TRANSFER, TRANSFER_OUT


@transaction.atomic
def request_transfer(
    person: Person,
    *,
    by: User,
    on: date,
    cause: str,
    host: Organisation | None = None,
    receiver: str = "",
    note: str = "",
) -> Case:
    """Asks for a transfer to a unit (`host`), or on paper to somebody outside or not known yet (`receiver`). By the
    member, or by the unit for the member.

    Raises:
        Http404, DomainError: what the procedure refuses; see `errors`.

    Source: 党员教育管理工作条例 Art. 25; M3.7.
    """
    row = Affiliation.objects.filter(person=person, until_on=None).select_related("organisation").first()
    if row is None:
        raise errors.ElsewhereNow(person.name)
    if host is not None and host.pk == row.organisation_id:
        raise errors.SameUnit
    key = TRANSFER if host is not None else TRANSFER_OUT
    values: dict[str, Any] = {"cause": cause}
    values |= {"note": note} if host is not None else {"receiver": receiver}
    case = cases.begin(key, row.organisation, by=by, person=person, host=host, begun_on=on)
    cases.take(case, "request", outcome="done", done_on=on, by=by, values=values)
    case.refresh_from_db()
    return case
