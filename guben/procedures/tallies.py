"""The votes of one step: from two paper counts that agree, or from another source that was registered.

Entitled ≥ present ≥ cast = for + against + abstained + invalid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from guben.meetings.models import Meeting
from guben.procedures import errors
from guben.procedures.models import Case, Count
from guben.rulebook_engine.procedures import Share

PARTS = ("in_favour", "against", "abstained", "invalid")
MOST = 1_000_000


@dataclass(frozen=True, slots=True)
class Tally:
    """How a vote came out. `source` tells where it was counted."""

    entitled: int
    present: int
    cast: int
    in_favour: int
    against: int
    abstained: int
    invalid: int
    source: str = "paper"

    def as_values(self) -> dict[str, Any]:
        return asdict(self)


Source = Callable[[Case, str, Meeting], Tally | None]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Adds another way of counting, such as ballots on line; it is asked before the paper counts."""
    _sources[name] = source


def from_elsewhere(case: Case, step: str, meeting: Meeting) -> Tally | None:
    for source in _sources.values():
        if (found := source(case, step, meeting)) is not None:
            return found
    return None


def agree(counts: Sequence[Count]) -> bool:
    """Do these counts say the same of the same meeting?"""
    return len({(one.meeting_id, one.cast, *(getattr(one, part) for part in PARTS)) for one in counts}) <= 1


def tally(meeting: Meeting, present: int, numbers: Sequence[int], source: str = "paper") -> Tally:
    """A tally of numbers (cast, in favour, against, abstained, invalid) in a meeting."""
    cast, in_favour, against, abstained, invalid = numbers
    return Tally(meeting.entitled_count, present, cast, in_favour, against, abstained, invalid, source)


def check(found: Tally, article: str = "") -> None:
    """Refuses counts that contradict each other."""
    numbers = {
        _("应到"): found.entitled, _("实到"): found.present, _("收回票"): found.cast, _("赞成"): found.in_favour,
        _("反对"): found.against, _("弃权"): found.abstained, _("无效"): found.invalid,
    }  # fmt: skip
    for name, number in numbers.items():
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= MOST:
            raise errors.CountWrong(_("“%(name)s”要写0或正整数。") % {"name": name}, article)
    if found.present > found.entitled:
        raise errors.CountWrong(
            _("实到%(present)s人多于应到%(entitled)s人。核对会议记录。")
            % {"present": found.present, "entitled": found.entitled},
            article,
        )
    if found.cast > found.present:
        raise errors.CountWrong(
            _("收回%(cast)s张票，实到只有%(present)s人。票多于人，表决无效，重新投票；数错了就改数。")
            % {"cast": found.cast, "present": found.present},
            article,
        )
    parts = sum(getattr(found, part) for part in PARTS)
    if parts != found.cast:
        raise errors.CountWrong(
            _("赞成、反对、弃权、无效加起来是%(parts)s，收回票是%(cast)s。两边要一样，核对后改。")
            % {"parts": parts, "cast": found.cast},
            article,
        )


def least(share: Share, base: int) -> int:
    """The smallest whole number that reaches a line."""
    if share.more_than is not None:
        return int(Fraction(share.more_than) * base) + 1
    part = Fraction(share.at_least or "1") * base
    return -int(-part // 1)


def line_in_words(share: Share) -> str:
    """A line as it is said: 超过应到的1/2."""
    base = _("应到") if share.of == "entitled" else _("实到")
    if share.more_than is not None:
        return _("要超过%(base)s的%(part)s") % {"base": base, "part": share.more_than}
    return _("要达到%(base)s的%(part)s") % {"base": base, "part": share.at_least}


def base_of(share: Share, found: Tally) -> int:
    return found.entitled if share.of == "entitled" else found.present
