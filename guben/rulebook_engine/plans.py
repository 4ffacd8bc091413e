"""A procedure made ready for running: where each outcome leads, what stands for what, and which edition judges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from guben.rulebook_engine.entries import Words
from guben.rulebook_engine.procedures import BEFORE, END, NEXT, STAY, Outcome, Procedure, Step, StepKind

WITHDRAWN = Outcome(
    key="withdrawn", title=Words(zh="撤回", en="Withdrawn"), to=END, reason=True, good=False
)  # ends a case at any step
POSTED, KEPT = "posted", "kept"


def _outcome(key: str, zh: str, en: str, to: str = NEXT, *, good: bool = True, reason: bool = False) -> Outcome:
    return Outcome(key=key, title=Words(zh=zh, en=en), to=to, good=good, reason=reason)


DONE = (_outcome("done", "办理", "Done"),)
OF_KIND: dict[StepKind, tuple[Outcome, ...]] = {
    "form": DONE,
    "talk": DONE,
    "document": DONE,
    "training": DONE,
    "review": (
        _outcome("agreed", "同意", "Agreed"),
        _outcome("returned", "退回", "Returned", BEFORE, good=False, reason=True),
        _outcome("refused", "不同意", "Refused", END, good=False, reason=True),
    ),
    "vote": (_outcome("passed", "通过", "Passed"), _outcome("failed", "未通过", "Not passed", END, good=False)),
    "notice": (
        _outcome(POSTED, "贴出", "Posted", STAY),
        _outcome("clear", "公示无影响", "Nothing stands in the way"),
        _outcome("upheld", "反映属实", "Objection upheld", END, good=False, reason=True),
    ),
    "examination": (
        _outcome(KEPT, "继续考察", "Examined, goes on", STAY),
        _outcome("ready", "考察结束", "Ready to go on"),
    ),
    "wait": (_outcome("passed", "期满", "Waited"),),
}
STAYS: dict[StepKind, str] = {"notice": POSTED, "examination": KEPT}


def outcomes(step: Step) -> tuple[Outcome, ...]:
    """How a step may end: as it states, or as steps of its kind do. A notice can always be posted, and an examination
    always be kept."""
    given = OF_KIND[step.kind]
    if not step.outcome:
        return given
    stays = STAYS.get(step.kind)
    if stays is None or any(outcome.key == stays for outcome in step.outcome):
        return step.outcome
    return (given[0], *step.outcome)


def effect_of(step: Step, outcome: Outcome) -> str:
    """What an outcome does to the records, by name: its own effect, or the step's if it is good and leads on."""
    return outcome.effect or (step.effect if outcome.good and outcome.to not in (STAY, BEFORE) else "")


AFTER, HERE = -1, -2  # where an outcome leads if not to an index: the step after, or nowhere


class Plan:
    """One edition, with every outcome's way worked out. Steps are told by their index; `size` is the end."""

    __slots__ = (
        "alone",
        "follows",
        "groups",
        "has_waits",
        "index",
        "main",
        "procedure",
        "renamed",
        "since",
        "size",
        "stands_for",
        "steps",
        "ways",
    )

    def __init__(self, procedure: Procedure) -> None:
        self.procedure = procedure
        self.steps = procedure.step
        self.size = len(self.steps)
        self.since = procedure.from_on
        self.follows = procedure.running == "follow"
        self.has_waits = any(step.kind == "wait" for step in self.steps)
        self.renamed = [step for step in self.steps if step.was]
        self.index = {step.key: number for number, step in reversed(list(enumerate(self.steps)))}
        self.stands_for: dict[str, list[int]] = {}
        for number, step in enumerate(self.steps):
            for name in dict.fromkeys((step.key, *step.was)):
                self.stands_for.setdefault(name, []).append(number)
        self.ways = [
            {outcome.key: (outcome, self._target(number, outcome)) for outcome in outcomes(step)}
            for number, step in enumerate(self.steps)
        ]
        self.main = [self._main(number) for number in range(self.size)]
        self.groups = self._groups()
        self.alone = [len(group) == 1 for group in self.groups]

    def _target(self, number: int, outcome: Outcome) -> int:
        match outcome.to:
            case "next":
                return AFTER
            case "stay":
                return HERE
            case "end":
                return self.size
            case "before":
                before = number - 1
                while before >= 0 and self.steps[before].kind == "wait":
                    before -= 1
                return before if before >= 0 else HERE
            case key:
                return self.index.get(key, AFTER)

    def _main(self, number: int) -> int:
        """Where the step leads if all goes well; itself where nothing leads on."""
        ways = [way for way in self.ways[number].values() if way[1] != HERE]
        good = [way for way in ways if way[0].good and way[0].to != BEFORE]
        target = next(iter(good or ways), (None, number))[1]
        return number + 1 if target == AFTER else target

    def _groups(self) -> list[range]:
        """For each step the neighbours that may be taken in any order with it."""
        groups: list[range] = []
        for number, step in enumerate(self.steps):
            first = groups[-1].start if number and step.any_order and self.steps[number - 1].any_order else number
            groups.append(range(first, first + 1))
            for other in range(first, number + 1):
                groups[other] = range(first, number + 1)
        return groups

    def main_line(self, start: int) -> list[int]:
        """The steps from one to the end if all goes well."""
        line: list[int] = []
        while start < self.size and start not in line:
            line.append(start)
            start = self.main[start]
        return line


class Plans:
    """All editions of one procedure, oldest first."""

    __slots__ = ("_by_label", "all")

    def __init__(self, editions: Sequence[Procedure]) -> None:
        self.all = tuple(Plan(edition) for edition in sorted(editions, key=lambda edition: edition.from_on))
        self._by_label = {plan.procedure.edition_label: plan for plan in self.all}

    def labelled(self, label: str) -> Plan | None:
        return self._by_label.get(label)

    def judging(self, begun_on: date, on: date) -> Plan:
        """The edition that judges a step taken on a day in a case begun on another: the one in force when it began,
        then each later one whose `running` is `follow`, from its first day. A case never falls out of the rules: before
        the first edition the first one holds, after the end of the last one still the last."""
        found = self.all[0]
        for plan in self.all[1:]:
            if plan.since <= begun_on or (plan.follows and plan.since <= on):
                found = plan
        return found


_KEPT: dict[tuple[int, ...], tuple[tuple[Procedure, ...], Plans]] = {}


def plans_of(editions: Sequence[Procedure]) -> Plans:
    """The plans of editions, kept as long as the same rules are asked for.

    Raises:
        ValueError: there is no edition.
    """
    name = tuple(map(id, editions))
    kept = _KEPT.get(name)
    if kept is None:
        if not editions:
            raise ValueError("A procedure has at least one edition.")
        while len(_KEPT) >= 256:
            _KEPT.pop(next(iter(_KEPT)))
        kept = _KEPT[name] = (tuple(editions), Plans(editions))  # holding the rules keeps their ids from being reused
    return kept[1]
