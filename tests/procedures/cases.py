"""Procedures to try on the cast, and what every test about cases needs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zlib import crc32

from guben.access.models import Grant
from guben.accounts.models import Installation, User
from guben.meetings.models import Meeting
from guben.procedures import actions, effects
from guben.procedures.models import Case, Entry
from guben.rulebook.models import Rulebook
from tests.cast import TOWN, Cast, hold

FILE = Path(__file__).with_name("procedures.toml")
NUMBER = 800_000  # always the same, see tests/installed.py
handed_over: list[int] = []


def install(text: str = "") -> None:
    """Puts the procedures to try beside the other rules."""
    effects.register("test-handed-over", lambda case, entry, by: handed_over.append(case.pk))
    text = text or FILE.read_text(encoding="utf-8")
    row = {"file_name": FILE.name, "text": text, "digest": str(len(text))}
    Rulebook.objects.update_or_create(key="test-procedures", defaults=row, create_defaults={"pk": NUMBER, **row})
    Rulebook.objects.update(installed_at=datetime(2026, 1, 1, microsecond=crc32(text.encode()) % 1_000_000, tzinfo=UTC))


def set_day(day: date) -> None:
    Installation.objects.filter(pk=1).update(demo_day=day)


def user(cast: Cast, name: str, role: str, code: str) -> User:
    """Another user with one role at a unit."""
    found, _new = User.objects.get_or_create(username=name, defaults={"display_name": name, "password": "!"})
    Grant.objects.get_or_create(user=found, role=role, organisation=cast.units[code], from_on=date(2024, 5, 10))
    return found


def again(one: User) -> User:
    """The same user without what was remembered of the grants."""
    return User.objects.get(pk=one.pk)


def town_organiser(cast: Cast) -> User:
    return user(cast, "town-organiser", "organiser", TOWN)


def hall(cast: Cast, **more: Any) -> Case:
    return actions.begin("hall-use", cast.branch, by=cast.secretary, title="村民议事", **more)


def trial(cast: Cast, name: str = "单小禾", **more: Any) -> Case:
    return actions.begin("trial", cast.branch, by=cast.secretary, person=cast.people[name], **more)


def take(case: Case, step: str, on: date, by: User, outcome: str = "done", **more: Any) -> Entry:
    return actions.take(case, step, outcome=outcome, done_on=on, by=by, **more)


def meeting(cast: Cast, on: date, form: str = "member_meeting", absent: tuple[str, ...] = ()) -> Meeting:
    return hold(cast, cast.branch, form, on, by=cast.secretary, absent=absent)


def named(cast: Cast) -> Case:
    """A trial that stands before its vote, on 2026-03-02; the vote opens on 2026-04-01."""
    case = trial(cast, begun_on=date(2026, 2, 20))
    take(case, "name", date(2026, 3, 1), cast.secretary, values={"mentors": [cast.people["邬春桥"].pk]})
    actions.hand_in(case, "letter", by=cast.secretary, kept_where="支部柜子", dated_on=date(2026, 3, 1))
    case.refresh_from_db()
    return case


def counted(case: Case, cast: Cast, at: Meeting, *, votes: tuple[int, int, int, int] = (6, 0, 0, 0)) -> None:
    """Two tellers who agree: in favour, against, abstained, invalid."""
    numbers = dict(zip(("in_favour", "against", "abstained", "invalid"), votes, strict=True))
    for teller in ("邬春桥", "曾望川"):
        actions.count(
            case, "vote", meeting=at, teller=cast.people[teller], cast=sum(votes), by=cast.secretary, **numbers
        )


def voted(cast: Cast) -> Case:
    """A trial after its vote on 2026-04-08."""
    case = named(cast)
    at = meeting(cast, date(2026, 4, 8))
    counted(case, cast, at)
    take(case, "vote", date(2026, 4, 8), cast.secretary, "passed", meeting=at)
    case.refresh_from_db()
    return case


def noticed(cast: Cast) -> Case:
    """A trial before its training, from 2026-04-16."""
    case = voted(cast)
    take(case, "notice", date(2026, 4, 9), cast.secretary, "posted", values={"places": ["村务公开栏"]})
    take(case, "notice", date(2026, 4, 16), cast.secretary, "clear")
    return case


def to_review(case: Case, cast: Cast) -> None:
    """From after the vote to the review, on 2026-05-25."""
    take(case, "notice", date(2026, 4, 9), cast.secretary, "posted", values={"places": ["村务公开栏"]})
    take(case, "notice", date(2026, 4, 16), cast.secretary, "clear")
    take(case, "training", date(2026, 4, 20), cast.secretary, values={"days": 3})
    take(case, "look", date(2026, 5, 10), cast.secretary, "kept")
    take(case, "look", date(2026, 5, 25), cast.secretary, "ready")
