"""What is read of notices, objections and publications, each for the user who asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from guben.access import policy as access
from guben.access.models import Grant
from guben.access.roles import title_of
from guben.accounts.installation import today
from guben.accounts.models import User
from guben.kit.calendar import Calendar
from guben.members.models import Person
from guben.organisations.models import Organisation
from guben.publication import calculations, errors, policy, sealed
from guben.publication.calculations import Heard, NoticeStanding, masked
from guben.publication.choices import Finding
from guben.publication.models import Notice, Objection, Publication
from guben.rulebook import calendars

VISITOR = "visitor"


def calendar() -> Calendar:
    """The official calendar as it is installed."""
    return calendars.calendar()


def notices_for(user: access.Someone, on: date) -> QuerySet[Notice]:
    """The notices a user may read on a day, newest first."""
    return Notice.objects.filter(policy.shown_notices(user, on)).select_related("organisation", "objections_at")


def notice_for(user: access.Someone, pk: int, on: date | None = None) -> Notice:
    """One notice, for whoever may read it.

    Raises:
        Http404: there is none for this user.
    """
    found = notices_for(user, on or today()).select_related("person", "posted_by")
    return get_object_or_404(found, pk=pk)


def publications_for(user: access.Someone, on: date) -> QuerySet[Publication]:
    """The publications a user may read on a day, newest first."""
    return Publication.objects.filter(policy.shown_publications(user, on)).select_related("organisation")


def publication_for(user: access.Someone, pk: int, on: date | None = None) -> Publication:
    """One publication, for whoever may read it.

    Raises:
        Http404: there is none for this user.
    """
    return get_object_or_404(publications_for(user, on or today()).select_related("published_by"), pk=pk)


def objection_for(user: User, pk: int, on: date | None = None) -> Objection:
    """One objection, for the one who answers it.

    Raises:
        Http404: she is not that one.
    """
    rows = Objection.objects.select_related("notice__organisation", "notice__objections_at", "notice__person")
    objection = get_object_or_404(
        rows.filter(access.within(user, policy.RECEIVE, "notice__objections_at__path")), pk=pk
    )
    if not policy.reads(user, objection, on or today()):
        get_object_or_404(rows.none())
    return objection


def standing_of(notice: Notice, on: date) -> NoticeStanding:
    """Where a notice stands on a day: when its result opens, and what holds it."""
    return standings_of([notice], on)[notice.pk]


def standings_of(notices: Sequence[Notice], on: date) -> dict[int, NoticeStanding]:
    """Where many notices stand, by their ids: one query for all of them."""
    heard: defaultdict[int, list[Heard]] = defaultdict(list)
    rows = Objection.objects.filter(notice__in=[notice.pk for notice in notices]).values_list(
        "notice", "received_on", "due_on", "decided_on", "finding"
    )
    for notice_id, received_on, due_on, decided_on, finding in rows:
        heard[notice_id].append(Heard(received_on, due_on, decided_on, finding == Finding.UPHELD))
    days = calendar()
    return {
        one.pk: calculations.standing(one.term_ends_on, one.taken_down_on, heard[one.pk], on, days) for one in notices
    }


def names_to_mask(unit: Organisation, text: str, person: Person | None, names: Iterable[str]) -> set[str]:
    """Whose names a text for a wider audience does not show in full: those given, and whoever belongs to the unit."""
    roll = Person.objects.filter(affiliations__organisation=unit).values_list("name", flat=True).distinct()
    return {*names, *([person.name] if person else []), *(name for name in roll.iterator() if name in text)}


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers objections: at which unit, in which role, and who that is (masked for wider audiences)."""

    unit: Organisation
    role: str
    name: str

    @property
    def title(self) -> str:
        return _("%(unit)s%(role)s%(name)s") % {"unit": self.unit.short_name, "role": self.role, "name": self.name}


def answerers(notice: Notice, on: date) -> list[Answerer]:
    """Who answers objections to a notice; where nobody holds the role, who does so above."""
    rows = (
        Grant.objects.filter(policy.deciders(notice, on)).select_related("user__person", "organisation").order_by("pk")
    )
    found = [Answerer(row.organisation, title_of(row.role), _surname(row.user)) for row in rows]
    return found or [Answerer(notice.objections_at, title_of(notice.objections_to), "")]


def _surname(user: User) -> str:
    """吴某, where the account belongs to a person; what an account is called else may be anything."""
    person = getattr(user, "person", None)
    return masked(person.name) if person else ""


@dataclass(frozen=True, slots=True)
class Opened:
    """An objection with what was sealed in it."""

    objection: Objection
    text: str
    author: str
    answer: str


def opened(objection: Objection) -> Opened:
    """What is sealed in an objection. `actions.open_objection` asks for the right and notes it in the history."""
    return Opened(
        objection,
        sealed.unseal("text", objection.text_cipher),
        sealed.unseal("author", objection.author_cipher),
        sealed.unseal("answer", objection.answer_cipher),
    )


@dataclass(frozen=True, slots=True)
class Reply:
    """What the author of an objection reads with the receipt."""

    number: str
    received_on: date
    due_on: date
    decided_on: date | None
    finding: str
    answer: str
    late: bool


def reply(receipt: str, on: date) -> Reply:
    """The state and the answer of the objection with this receipt; nothing about the notice or its person.

    Raises:
        NoSuchReceipt.
    """
    found = Objection.objects.filter(receipt_hash=sealed.hash_of(receipt)).first()
    if found is None:
        raise errors.NoSuchReceipt
    return Reply(
        number=found.number,
        received_on=found.received_on,
        due_on=found.due_on,
        decided_on=found.decided_on,
        finding=str(Finding(found.finding).label) if found.finding else "",
        answer=sealed.unseal("answer", found.answer_cipher),
        late=found.decided_on is None and on > found.due_on,
    )


def visitor() -> User:
    """Who stands in the history for somebody who writes without a name; can't sign in."""
    user, _made = User.objects.get_or_create(
        username=VISITOR, defaults={"display_name": "网上来访", "is_active": False, "password": "!"}
    )
    return user


def runs(on: date) -> Q:
    """The notices that hang on a day or later, or whose objections are not decided. It joins: take them `distinct`."""
    undecided = Q(objections__received_on__isnull=False, objections__decided_on=None)
    return Q(term_ends_on__gte=on, taken_down_on=None) | undecided


def still_running(unit: Organisation, on: date) -> str | None:
    """Notices of a unit that hang on the day from which it shall be no more, or whose objections are not decided."""
    count = Notice.objects.filter(runs(on), organisation=unit).distinct().count()
    if not count:
        return None
    return _("“%(name)s”还有%(count)s个公示没有满期，或者有反映没有处理完。先处理完，或先撤下。") % {
        "name": unit.name,
        "count": count,
    }


STATES = ("hanging", "over", "taken_down", "open")


def filtered(
    found: QuerySet[Notice], on: date, *, unit: Organisation | None = None, state: str = ""
) -> QuerySet[Notice]:
    """The notices of a unit and below it, in one state: hanging, over, taken down early, or with open objections."""
    if unit is not None:
        found = found.filter(access.in_subtrees([unit.path], "organisation__path"))
    match state:
        case "hanging":
            found = found.filter(policy.hangs(on))
        case "over":
            found = found.filter(term_ends_on__lt=on, taken_down_on=None)
        case "taken_down":
            found = found.exclude(taken_down_on=None)
        case "open":
            found = found.filter(pk__in=Objection.objects.filter(decided_on=None, received_on__lte=on).values("notice"))
    return found


def waiting_for(user: User, on: date, *, most: int = 200) -> list[Objection]:
    """The open objections that wait for this user's decision, the most pressing first."""
    rows = (
        Objection.objects.filter(decided_on=None)
        .filter(access.within(user, policy.RECEIVE, "notice__objections_at__path"))
        .select_related("notice__organisation", "notice__objections_at", "notice__person")
        .order_by("due_on", "pk")[:most]
    )
    mine: dict[int, bool] = {}
    found = []
    for one in rows:
        if one.notice_id not in mine:
            mine[one.notice_id] = policy.may_decide(user, one.notice, on)
        if mine[one.notice_id]:
            found.append(one)
    return found


@dataclass(frozen=True, slots=True)
class Counted:
    """How many objections came in and what became of them: all that others than the one who answers may know."""

    received: int
    open: int
    late: int


def counted(notice: Notice, on: date) -> Counted:
    rows = list(notice.objections.values_list("decided_on", "due_on"))
    open_ = [due_on for decided_on, due_on in rows if decided_on is None]
    return Counted(len(rows), len(open_), sum(due_on < on for due_on in open_))


def by_code(code: str) -> Notice | None:
    """The notice with a check code, as it was scanned or typed."""
    return Notice.objects.select_related("organisation", "person").filter(check_code=sealed.typed(code)).first()


def title_for_strangers(notice: Notice) -> str:
    """The title with every name masked, so that whoever holds the print can compare."""
    return calculations.with_masked(notice.title, names_to_mask(notice.organisation, notice.title, notice.person, ()))
