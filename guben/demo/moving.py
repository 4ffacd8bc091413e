"""Writes the demo's transfers as rows: cases with their entries and letters, and the batch with its list. The rows are
those that the actions would write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from guben.accounts.models import User
from guben.demo.plan import DAY, UnitPlan
from guben.demo.store import moment
from guben.demo.transfers import BATCH_ON, Move
from guben.organisations.models import Organisation
from guben.procedures import numbering
from guben.procedures.models import Case, Entry
from guben.procedures.places import Places
from guben.procedures.placing import Kept, columns
from guben.procedures.rules import Rules, rules
from guben.rulebook_engine.roads import Done, where
from guben.transfers.choices import TRANSFER, TRANSFER_OUT, RowState
from guben.transfers.models import Batch, BatchRow, Letter

BY_THE_COMMITTEE = ("letter", "receiving", "receipt", "letter-in")
BATCH = "2026届毕业生转接"


def write_moves(moves: Sequence[Move], by: User) -> dict[str, int]:
    """All rows of the transfers. Where the procedures are not installed there are none."""
    known = rules()
    if not moves or not known.editions(TRANSFER):
        return {}
    return _Writing(moves, known, by).write()


class _Writing:
    """All of them, in a handful of statements."""

    def __init__(self, moves: Sequence[Move], known: Rules, by: User) -> None:
        self.moves = sorted(moves, key=lambda move: move.begun_on)
        self.known, self.by = known, by
        units = {unit.id for move in moves for unit in (move.unit, move.host) if unit}
        self.units = Organisation.objects.in_bulk(sorted(units))
        self.places = Places(self.units.values(), DAY)
        self.entries: list[Entry] = []
        self.letters: list[Letter] = []

    def write(self) -> dict[str, int]:
        cases = [self._case(move, number) for move, number in zip(self.moves, self._numbers(), strict=True)]
        Case.objects.bulk_create(cases)
        for entry in self.entries:
            entry.case_id = entry.case.pk
        for letter in self.letters:
            letter.case_id = letter.case.pk
        Entry.objects.bulk_create(self.entries)
        self._number_letters()
        Letter.objects.bulk_create(self.letters)
        chosen = [(move, case) for move, case in zip(self.moves, cases, strict=True) if move.in_batch]
        if chosen:
            self._batch(chosen)
        return {"transfers": len(cases), "graduates": len(chosen)}

    def _numbers(self) -> list[str]:
        """Numbers in the order of the days on which the transfers were begun."""
        by_procedure: dict[str, list[int]] = defaultdict(list)
        for place, move in enumerate(self.moves):
            by_procedure[move.procedure].append(place)
        found = [""] * len(self.moves)
        for key, places in by_procedure.items():
            first = self.moves[places[0]].begun_on
            numbers = numbering.case_numbers(self.known.procedure(key, first), first, len(places))
            for place, number in zip(places, numbers, strict=True):
                found[place] = number
        return found

    def _case(self, move: Move, number: str) -> Case:
        person = move.person
        editions = self.known.editions(move.procedure)
        host_id = move.host.id if move.host else None
        case = Case(
            number=number, procedure=move.procedure, person_id=person.id if person else None,
            organisation_id=move.unit.id, host_id=host_id, begun_on=move.begun_on, begun_at=moment(move.begun_on, 9),
            begun_by_id=self._recorder(move, "request"),
            title=f"{person.name} {editions[0].title.zh}" if person else f"{move.receiver}转来一名党员",
        )  # fmt: skip
        done: list[Done] = []
        for place, event in enumerate(move.events, start=1):
            found = where(editions, move.begun_on, done, event.on, self.known.calendar)
            step = event.step or (found.step.key if found.step else "")
            at = found.step.at if found.step else "own"
            actor = self.places.find(found.procedure, at, move.unit.id, host_id)
            before = done[-1].on if done else move.begun_on
            recorder = self._recorder(move, step)
            label = found.procedure.edition_label
            entry = Entry(
                case=case, number=place, step=step, outcome=event.outcome, edition=label, done_on=event.on,
                recorded_on=event.on, recorded_at=moment(event.on, 15, 10), recorded_by_id=recorder,
                acted_at_id=actor.pk if actor else move.unit.id, days_since=(event.on - before).days,
                days_late=max(0, (event.on - found.due_on).days) if found.due_on else 0, reason=event.reason,
                recorded_for_unit=move.in_batch and step != "letter", values=self._values(move, event.step, event.on),
            )  # fmt: skip
            self.entries.append(entry)
            done.append(Done(step, event.outcome, event.on, label, place))
            self._letter(move, case, entry)
        stands = where(editions, move.begun_on, done, DAY, self.known.calendar)
        kept = Kept(move.unit.id, host_id, case.person_id, None)
        for name, value in columns(stands, kept, self.places, hangs=False).items():
            setattr(case, name, value)
        return case

    def _recorder(self, move: Move, step: str) -> int:
        """The branch's own secretary, or who records for the committee of that side."""
        side: UnitPlan = move.host if move.host and step in ("receiving", "accept", "receipt") else move.unit
        if move.in_batch or step in BY_THE_COMMITTEE:
            return side.clerk or side.recorder or self.by.pk
        return side.recorder or self.by.pk

    def _values(self, move: Move, step: str, on: date) -> dict[str, object]:
        """What was filled in, by the fields of the rulebook."""
        match step:
            case "request" if move.procedure == TRANSFER_OUT:
                return {"receiver": move.receiver, "cause": move.cause}
            case "request":
                return {"cause": move.cause}
            case "branch":
                return {"dues": f"{on.year}年{on.month}月"}
            case "letter":
                return {"valid-days": move.valid_days}
            case "letter-in":
                until = on + timedelta(60)
                return {"letter-number": "组介2026-417", "sender-name": move.receiver, "valid-until": until.isoformat()}
        return {}

    def _letter(self, move: Move, case: Case, entry: Entry) -> None:
        """What a step does to the letters of its case."""
        mine = [one for one in self.letters if one.case is case and one.void_on is None]
        step, outcome, on = entry.step, entry.outcome, entry.done_on
        if (step, outcome) == ("letter", "done"):
            for one in mine:
                one.void_on = on
            receiver = self.units[move.host.id].name if move.host else move.receiver
            self.letters.append(
                Letter(
                    case=case, issued_by_id=entry.acted_at_id, receiver=receiver[:200], issued_on=on,
                    valid_until=on + timedelta(move.valid_days),
                )
            )  # fmt: skip
        for one in mine:
            if outcome in ("refused", "lost"):
                one.void_on = on
            elif (step, outcome) == ("accept", "done"):
                one.received_on = on
            elif (step, outcome) == ("receipt", "done"):
                one.receipt_on = on

    def _number_letters(self) -> None:
        self.letters.sort(key=lambda one: one.issued_on)
        last = numbering.take(f"letter-{DAY.year}", len(self.letters))
        for number, letter in enumerate(self.letters, start=last - len(self.letters) + 1):
            letter.number = f"介{DAY.year}-{number:06d}"

    def _batch(self, chosen: Sequence[tuple[Move, Case]]) -> None:
        """One list of the featured town; three rows could not be done and say why."""
        town = chosen[0][0].unit.parent
        clerk = chosen[0][0].unit.clerk or self.by.pk
        assert town is not None  # noqa: S101 - a branch of a town has one
        batch = Batch.objects.create(
            organisation_id=town.id, title=BATCH, valid_days=90, cause="毕业", begun_on=BATCH_ON, begun_by_id=clerk
        )
        rows = [
            BatchRow(
                batch=batch, number=number, name=move.person.name if move.person else "", person_id=case.person_id,
                case=case, receiver=self.units[case.host_id or 0].code, state=RowState.SENT,
            )
            for number, (move, case) in enumerate(chosen, start=2)
        ]  # fmt: skip
        failed = (
            ("林子沐", chosen[0][1], "没有找到这个人。写对身份证号，或姓名和现支部。"),
            ("何嘉桐", None, "固本里没有“省城某某公司支部”。写党支部的代码或全称；不在固本里的，写在“系统外接收组织”一列。"),
            ("李思涵", chosen[1][1], "同名的不止一人，写上身份证号。"),
        )  # fmt: skip
        for number, (name, like, reason) in enumerate(failed, start=len(rows) + 2):
            receiver = self.units[like.host_id or 0].code if like else "省城某某公司支部"
            rows.append(
                BatchRow(batch=batch, number=number, name=name, receiver=receiver, state=RowState.FAILED, reason=reason)
            )
        BatchRow.objects.bulk_create(rows)
