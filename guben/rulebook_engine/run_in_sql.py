"""What a run over a whole tree asks in SQL, for engines that judge units in a database: the columns of the units'
facts, verdicts, states of duties, and what is counted of them.

A judged unit has `_number` (its place in pre-order), `o…` and `b…` (atoms over its own rows, and over all below it) and
the columns that `facts` names, null where it has no facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from guben.rulebook_engine.aggregates import aggregation_of
from guben.rulebook_engine.dialects import POSTGRES, Dialect
from guben.rulebook_engine.entries import Entry, Standard
from guben.rulebook_engine.evaluation import unit_columns
from guben.rulebook_engine.expressions import (
    Absence,
    Arithmetic,
    AtomValue,
    Between,
    ColumnValue,
    Comparison,
    Junction,
    Membership,
    Negation,
    Node,
)
from guben.rulebook_engine.facts import Column
from guben.rulebook_engine.plan_of_run import STATES, UNKNOWN, Plan, PlannedDuty, tally_places

ADD_UP = {"count": "sum", "sum": "sum", "min": "min", "max": "max"}
CODE = {name: number for number, name in enumerate(STATES)}
UNKNOWN_VALUE: Node = ColumnValue(Column("nothing", "number", "", ""))


@dataclass(frozen=True)
class RunInSql:
    """A plan in one dialect; `spans` are the ranges of numbers at and below the units whose own rules it holds."""

    plan: Plan
    dialect: Dialect
    spans: Mapping[str, tuple[int, int]]

    def facts(self) -> list[str]:
        """Of the fact table of units: the conditions met, what duties ask, and the columns that lines speak of."""
        columns = ["organisation AS _unit", "TRUE AS _has_facts", f"{self.dialect.as_double('NULL')} AS nothing"]
        columns += ["founded_on AS _founded", "kept_from AS _kept"]
        for number, check in enumerate(self.plan.abouts):
            columns.append(f"coalesce({check.sql(self.dialect, self.plan.on)}, FALSE) AS a{number}")
        for number, planned in enumerate(self.plan.duties):
            columns += self._asked(planned, number)
        return columns + self.fact_columns()

    def fact_columns(self) -> list[str]:
        """The columns of units that lines speak of."""
        lines = [column for standard in self.plan.standards for column in unit_columns(standard.holds)]
        return list(dict.fromkeys(self.dialect.quoted(column.of or column.name) for column in lines))

    def judged(self) -> list[str]:
        """The verdicts and the states of duties."""
        verdicts = [f"{self._verdict(one)} AS v{number}" for number, one in enumerate(self.plan.standards)]
        states = [f"{self._state(one, number)} AS d{number}" for number, one in enumerate(self.plan.duties)]
        return verdicts + states

    def _asked(self, planned: PlannedDuty, number: int) -> list[str]:
        """Whether a unit's facts say that the duty is about it and applies, and how often it is owed."""
        duty, day = planned.duty, planned.day
        times = self.dialect.quoted(duty.times) if isinstance(duty.times, str) else str(duty.times)
        applies = [f"coalesce({part.where.sql(self.dialect, day)}, FALSE)" for part in duty.applies]
        return [
            f"coalesce({duty.who.sql(self.dialect, day)}, FALSE) AS _who{number}",
            f"({' AND '.join([*applies, f'coalesce({times}, 0) > 0'])}) AS _applies{number}",
            f"coalesce({times}, 0) AS _times{number}",
        ]

    def _verdict(self, standard: Standard) -> str:
        held = self.dialect.sql(with_figure(standard, self.plan), self.plan.on)
        checks = (standard.who, self.plan.by_key[standard.indicator].who)
        about = [f"coalesce(a{self.plan.abouts.index(check)}, FALSE)" for check in checks if check]
        about += ["_has_facts IS NOT NULL"] if unit_columns(standard.holds) else []
        about += self._holds(standard)
        cases = f"WHEN {held} THEN 1 WHEN NOT {held} THEN 2 ELSE 3 END"
        return self._code(f"CASE WHEN NOT ({' AND '.join(about) or 'TRUE'}) THEN 0 {cases}")

    def _holds(self, rule: Entry) -> list[str]:
        """The condition that a unit stands at or below the unit that made the rule."""
        if rule.is_national:
            return []
        first, ends = self.spans.get(rule.issued_by, (0, 0))
        return [f"(_number >= {first} AND _number < {ends})"]

    def _state(self, planned: PlannedDuty, number: int) -> str:
        """As `duty_state.state_of` says of one unit."""
        starts, ends = self.dialect.day(planned.period.starts_on), self.dialect.day(planned.period.ends_on)
        who = " AND ".join([f"coalesce(_who{number}, FALSE)", *self._holds(planned.duty)])
        short = CODE["late"] if self.plan.on > planned.due_on else CODE["due"]
        cases = (
            (f"NOT ({who}) OR _founded > {ends}", CODE[""]),
            (f"_founded > {starts} OR NOT _applies{number}", CODE["exempt"]),
            (f"_kept IS NULL OR _kept > {starts}", CODE["not_kept"]),
            (f"o{planned.good} < _times{number}", short),
            (f"o{planned.in_time} >= _times{number}", CODE["done"]),
        )
        whens = " ".join(f"WHEN {condition} THEN {code}" for condition, code in cases)
        return self._code(f"CASE {whens} ELSE {CODE['done_late']} END")

    def _code(self, case: str) -> str:
        return f"CAST({case} AS {'SMALLINT' if self.dialect is POSTGRES else 'TINYINT'})"


def counted(plan: Plan) -> dict[str, str]:
    """The columns of a tally, each with how it counts one judged unit: 1 or 0."""
    found: dict[str, str] = {}
    verdicts = {standard.key: f"v{number}" for number, standard in enumerate(plan.standards)}
    states = {planned.label: f"d{number}" for number, planned in enumerate(plan.duties)}
    for name, at in tally_places(plan).items():
        if name:
            column = states[name] if isinstance(name, tuple) else verdicts[name]
            most = len(STATES) - 1 if isinstance(name, tuple) else UNKNOWN
            for code in range(1, most + 1):
                found[f"t{at + code - 1}"] = f"CAST(CASE WHEN {column} = {code} THEN 1 ELSE 0 END AS BIGINT)"
    return found


def with_figure(standard: Standard, plan: Plan) -> Node:
    """A standard's line as a tree over the columns `b0…` (below) or `o0…` (own) and the unit's own facts."""
    indicator = plan.by_key[standard.indicator]
    aggregation = aggregation_of(indicator)
    prefix = "b" if indicator.scope == "subtree" else "o"
    atoms = [
        ColumnValue(Column(f"{prefix}{number}", "number" if plan.is_double(number) else "integer", "", ""))
        for number in plan.columns_of(indicator)
    ]
    figure = {"value": aggregation.value, "numerator": aggregation.numerator, "denominator": aggregation.denominator}
    named = {name: _put_in(tree, atoms, {}) if tree else UNKNOWN_VALUE for name, tree in figure.items()}
    return _put_in(standard.holds.tree, atoms, named)


def _put_in(node: Node, atoms: Sequence[Node], named: Mapping[str, Node]) -> Node:
    """The tree with other trees in the place of atoms and of the figure's columns."""

    def again(one: Node) -> Node:
        return _put_in(one, atoms, named)

    match node:
        case AtomValue():
            return atoms[node.number]
        case ColumnValue() if node.column.name in named:
            return named[node.column.name]
        case Comparison() | Arithmetic():
            return replace(node, left=again(node.left), right=again(node.right))
        case Junction():
            return replace(node, parts=tuple(again(one) for one in node.parts))
        case Negation():
            return Negation(again(node.part))
        case Membership() | Absence():
            return replace(node, item=again(node.item))
        case Between():
            return Between(again(node.item), again(node.low), again(node.high))
        case _:
            return node
