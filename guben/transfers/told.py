"""What this app tells the lower ones: effects of steps, fact tables and their rows, carriers, words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from guben.accounts.installation import today
from guben.audit import sentences
from guben.figures import doctor, listing
from guben.figures.listing import Listed, Record
from guben.meetings import followers
from guben.organisations import carrying
from guben.procedures import effects
from guben.rulebook_engine.facts import catalogue
from guben.transfers import proving
from guben.transfers.actions.attendance import meeting_withdrawn
from guben.transfers.carrying import TransfersCarrier
from guben.transfers.effects import EFFECTS
from guben.transfers.facts import INFLOW, LETTER, LINKS, OUTFLOW, TABLES
from guben.transfers.models import Inflow, Letter, Outflow

NAMES: dict[str, tuple[Any, Any]] = {
    "transfers.outflow_registered": (gettext_lazy("登记流出党员"), gettext_lazy("从%(from_on)s起")),
    "transfers.inflow_registered": (gettext_lazy("登记流入党员"), gettext_lazy("从%(from_on)s起")),
    "transfers.outflow_ended": (gettext_lazy("结束流出登记"), "%(on)s"),
    "transfers.inflow_ended": (gettext_lazy("结束流入登记"), "%(on)s"),
    "transfers.matched": (gettext_lazy("对上流动党员的两边登记"), ""),
    "transfers.guests_recorded": (gettext_lazy("登记流动党员参会"), gettext_lazy("到会%(present)s人")),
    "transfers.attended_as_guest": (gettext_lazy("在流入地参加组织生活"), gettext_lazy("%(on)s，在%(host)s")),
    "transfers.batch_begun": (gettext_lazy("批量转接"), gettext_lazy("%(rows)s人")),
}


def register() -> None:
    """Registers all of it; called when Django starts."""
    doctor.register("members: exactly one responsible unit each", faults)
    catalogue.publish(TABLES)
    catalogue.publish_links(LINKS)
    for name, (carry_out, check, follow) in EFFECTS.items():
        effects.register(name, carry_out, check, follow)
    listing.register(LETTER.name, listed_letters, right="cases.view", is_about_people=True)
    listing.register(OUTFLOW.name, listed_outflows, right="members.view", is_about_people=True)
    listing.register(INFLOW.name, listed_inflows, right="members.view", is_about_people=True)
    carrying.register(TransfersCarrier())
    followers.register(meeting_withdrawn)
    for action, (title, detail) in NAMES.items():
        sentences.register(action, title, detail)


def faults() -> Iterator[str]:
    """What the proof of one responsible unit finds, for the doctor."""
    for fault in proving.prove(today()).faults:
        yield f"person {fault.person}: {fault.kind} {fault.detail}".rstrip()


def listed_letters(ids: list[int], on: date) -> dict[int, Listed]:
    """Letters behind a figure, each with the way to its case."""
    found: dict[int, Listed] = {}
    for one in Letter.objects.filter(pk__in=ids).select_related("case__organisation", "case__person"):
        case = one.case
        name = case.person.name if case.person else case.title
        words = _("%(number)s，有效期到%(day)s") % {"number": one.number, "day": one.valid_until.isoformat()}
        found[one.pk] = case.organisation, Record(name, words, case.organisation.short_name, case.get_absolute_url())
    return found


def listed_outflows(ids: list[int], on: date) -> dict[int, Listed]:
    """Members away behind a figure."""
    found: dict[int, Listed] = {}
    for one in Outflow.objects.filter(pk__in=ids).select_related("organisation", "person"):
        words = _("%(day)s外出，%(place)s") % {"day": one.from_on.isoformat(), "place": one.place}
        record = Record(one.person.name, words, one.organisation.short_name, _board(one.organisation.code))
        found[one.pk] = one.organisation, record
    return found


def listed_inflows(ids: list[int], on: date) -> dict[int, Listed]:
    """Guests behind a figure."""
    found: dict[int, Listed] = {}
    for one in Inflow.objects.filter(pk__in=ids).select_related("organisation"):
        words = _("%(day)s报到，来自%(home)s") % {"day": one.from_on.isoformat(), "home": one.home_words}
        found[one.pk] = (
            one.organisation,
            Record(one.name, words, one.organisation.short_name, _board(one.organisation.code)),
        )
    return found


def _board(code: str) -> str:
    return f"{reverse('transfers:away')}?at={code}"
