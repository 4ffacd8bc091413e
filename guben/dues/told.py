"""What this app tells the page of a person: the year's balance, to those who may open the account."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from guben.access import policy
from guben.access.policy import Someone
from guben.dues.calculations import Account
from guben.dues.money import yuan
from guben.dues.queries import VIEW, balances_of
from guben.members.choices import MEMBER_STAGES
from guben.members.pages import Card
from guben.members.queries import PersonRecord


def balance_of(record: PersonRecord, user: Someone, on: date) -> Card | None:
    """What the year owes and what is paid; nothing about who never was a member or out of the reader's reach."""
    person, unit = record.person, record.unit
    own = user.is_authenticated and person.user_id == user.pk
    if not own and (unit is None or not policy.may(user, VIEW, unit)):
        return None
    if not any(stage.kind in MEMBER_STAGES for stage in record.stages):
        return None
    address = f"{reverse('dues:account', args=[person.pk])}?year={on.year}"
    title = _("%(year)d年党费") % {"year": on.year}
    found = balances_of(person, on).get(on.year)
    if found is None:
        return Card(title, address, _("看台账"), [], ("waiting", _("没定标准")))
    account = found[1]
    facts = [
        (_("全年应交"), _("%(amount)s元") % {"amount": yuan(account.owed)}),
        (_("已交"), _("%(amount)s元") % {"amount": yuan(account.paid)}),
    ]
    return Card(title, address, _("看台账"), facts, _state(account))


def _state(account: Account) -> tuple[str, str] | None:
    late = len(account.late_months)
    if late:
        return "late" if late >= 6 else "soon", ngettext("%(count)d个月没交", "%(count)d个月没交", late) % {
            "count": late
        }
    if account.paid_up_to:
        return "done", _("交到%(month)d月") % {"month": account.paid_up_to}
    return None
