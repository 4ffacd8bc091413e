"""The verdicts of a whole tree by OpenFisca, from figures that are finished: the lines that shipped rules draw, written
as its formulas.

OpenFisca (AGPL) is no part of Guben: it is installed into a virtual environment of its own in the benchmark's folder,
and only `national_openfisca_peer.py`, which runs there, imports it. Here its input is written.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import venv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from guben.rulebook_engine.adapters.kernel_units import UnitFacts
from guben.rulebook_engine.entries import Standard
from guben.rulebook_engine.expressions import (
    Absence,
    Arithmetic,
    Between,
    ColumnValue,
    Comparison,
    Constant,
    Junction,
    Membership,
    Negation,
    Node,
)
from guben.rulebook_engine.frozen import Manifest
from guben.rulebook_engine.plan_of_run import NULL, HandedUp, Plan
from guben.rulebook_engine.run_in_sql import with_figure

NEEDED = "openfisca-core==46.0.1"
PEER = Path(__file__).with_name("national_openfisca_peer.py")
SIGNS = {"=": "==", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
OPPOSITE = {"=": "<>", "<>": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}


class NotExpressible(Exception):
    """A part of a rule that has no formula here."""


def python_of(folder: Path) -> Path:
    """The Python that has OpenFisca; both are installed the first time."""
    place = folder / "openfisca"
    python = place / "bin" / "python"
    if not python.exists():
        venv.create(place, with_pip=True)
    if subprocess.run([str(python), "-c", "import openfisca_core"], capture_output=True, check=False).returncode:
        subprocess.run([str(python), "-m", "pip", "install", "-q", NEEDED], check=True, stdout=sys.stderr)
    return python


@dataclass(frozen=True)
class Formulas:
    """Conditions as numpy's Python over the columns of units; `texts` are the codes of each column of texts."""

    texts: dict[str, list[str]]

    def number(self, node: Node) -> str:
        match node:
            case Constant(value=bool() | int() | float() as value):
                return repr(float(value))
            case ColumnValue() if node.column.type != "age" and node.column.name != "nothing":
                return f"get({node.column.name!r})"
            case Arithmetic(sign="/"):
                return f"divided({self.number(node.left)}, {self.number(node.right)})"
            case Arithmetic():
                return f"({self.number(node.left)} {node.sign} {self.number(node.right)})"
            case _:
                raise NotExpressible(type(node).__name__)

    def true(self, node: Node) -> str:
        match node:
            case Constant():
                return f"{bool(node.value)}"
            case ColumnValue():
                return f"({self.number(node)} == 1)"
            case Comparison():
                return self._compared(node, node.sign)
            case Junction():
                return self._joined([self.true(part) for part in node.parts], node.word == "and")
            case Negation():
                return self.false(node.part)
            case Absence():
                return f"unknown({self.number(node.item)})"
            case Between():
                return self.true(self._between(node))
            case Membership():
                return self._among(node)
            case _:
                raise NotExpressible(type(node).__name__)

    def false(self, node: Node) -> str:
        match node:
            case Constant():
                return f"{not node.value}"
            case ColumnValue():
                return f"({self.number(node)} == 0)"
            case Comparison():
                return self._compared(node, OPPOSITE[node.sign])
            case Junction():
                return self._joined([self.false(part) for part in node.parts], node.word == "or")
            case Negation():
                return self.true(node.part)
            case Absence():
                return f"~unknown({self.number(node.item)})"
            case Between():
                return self.false(self._between(node))
            case Membership():
                return f"(~({self._among(node)}) & ~unknown({self.number(node.item)}))"
            case _:
                raise NotExpressible(type(node).__name__)

    def _compared(self, node: Comparison, sign: str) -> str:
        left, right = (self._side(one, node) for one in (node.left, node.right))
        known = f" & ~unknown({left}) & ~unknown({right})" if sign == "<>" else ""
        return f"(({left} {SIGNS[sign]} {right}){known})"

    def _side(self, side: Node, node: Comparison) -> str:
        """A number; a text as its code among the texts of the column on the other side."""
        if isinstance(side, Constant) and isinstance(side.value, str):
            other = node.right if side is node.left else node.left
            return self._code(other, side.value)
        return self.number(side)

    def _code(self, column: Node, text: str) -> str:
        if not isinstance(column, ColumnValue):
            raise NotExpressible("text")
        texts = self.texts[column.column.name]
        return repr(float(texts.index(text)) if text in texts else -1.0)

    def _among(self, node: Membership) -> str:
        item = self.number(node.item)
        options = [
            self._code(node.item, one.value) if isinstance(one.value, str) else self.number(one) for one in node.options
        ]
        return self._joined([f"({item} == {option})" for option in options], every=False)

    @staticmethod
    def _between(node: Between) -> Node:
        return Junction("and", (Comparison(">=", node.item, node.low), Comparison("<=", node.item, node.high)))

    @staticmethod
    def _joined(parts: list[str], every: bool) -> str:
        return f"({' & '.join(parts) if every else ' | '.join(parts)})"


def verdict(standard: Standard, plan: Plan, formulas: Formulas) -> str:
    """A standard's verdict as a formula: 0 not about the unit, 1 holds, 2 does not, 3 can't be told."""
    line = with_figure(standard, plan)
    checks = (standard.who, plan.by_key[standard.indicator].who)
    about = [formulas.true(check.tree) for check in checks if check] or ["True"]
    return f"verdict({' & '.join(about)}, {formulas.true(line)}, {formulas.false(line)})"


def judged(folder: Path, manifest: Manifest, plan: Plan) -> tuple[float, int, list[Inputs]]:
    """Ours: how long the verdicts of all units take from finished figures, and what they were made of, by part."""
    from guben.rulebook_engine.adapters import kernel

    seconds, units, inputs = 0.0, 0, []
    handed: list[HandedUp] = []
    for part in reversed(manifest.parts):
        above = handed if part.number == 0 else ()
        handed.append(kernel.work_out(folder, manifest, part.number, plan, above).up)
        work = kernel._Work(folder, manifest, part.number, plan)
        own, below = work.atoms(above)
        found = Inputs(work.facts, own, below, work.tree.with_children)
        begun = time.perf_counter()
        about = {check: work.where(check, plan.on) for check in plan.abouts}
        found.verdicts |= {one.key: work.verdict(one, own, below, about) for one in plan.standards}
        seconds += time.perf_counter() - begun
        units += len(work.tree)
        inputs.append(found)
    return seconds, units, inputs


@dataclass
class Inputs:
    """What the verdicts of one part are made of, and the verdicts."""

    facts: UnitFacts
    own: Sequence[NDArray[Any]]
    below: Sequence[NDArray[Any]]
    with_children: NDArray[np.int64]
    verdicts: dict[str, NDArray[np.int8]] = field(default_factory=dict)

    def column(self, name: str, texts: Mapping[str, list[str]]) -> NDArray[np.float32]:
        """A column as OpenFisca has numbers: single ones, not-a-number where nothing is known."""
        if name[1:].isdigit():
            own, below = self.own[int(name[1:])], self.below[int(name[1:])]
            values = own.astype(below.dtype)
            if name[0] == "b":
                values[self.with_children] = below
            return np.where(values == NULL, np.nan, values).astype(np.float32)
        stored = self.facts[name]
        values = np.asarray(stored.values)
        if stored.texts:
            codes = [*(float(texts[name].index(text)) for text in stored.texts), np.nan]
            values = np.array(codes, np.float32)[values]
        known = self.facts.there if stored.known is None else self.facts.there & stored.known
        return np.where(known, values, np.nan).astype(np.float32)


def ask(folder: Path, manifest: Manifest, plan: Plan, out: Path) -> dict[str, Any]:
    """OpenFisca's time for the verdicts that it can express, and how many of them are others than ours."""
    _seconds, units, inputs = judged(folder, manifest, plan)
    python = python_of(out.parent)
    texts: dict[str, list[str]] = {}
    for name in inputs[0].facts.columns:
        texts[name] = list(dict.fromkeys(text for one in inputs for text in one.facts[name].texts))
    formulas = expressed(plan, Formulas(texts))
    names = sorted({name for one in formulas.values() for name in re.findall(r"get\('([^']+)'\)", one)})
    columns = {name: np.concatenate([one.column(name, texts) for one in inputs]) for name in names}
    np.savez(out / "input.npz", **columns)  # type: ignore[arg-type]
    (out / "formulas.json").write_text(json.dumps(formulas))
    said = subprocess.run([str(python), str(PEER), str(out)], check=True, stdout=subprocess.PIPE, text=True).stdout
    answer = json.loads(said.strip().splitlines()[-1])
    theirs = np.load(out / "verdicts.npz")
    differ = sum(int((theirs[key] != np.concatenate([one.verdicts[key] for one in inputs])).sum()) for key in formulas)
    more = {"mb": answer["mb"], "rules": len(formulas), "of": len(plan.standards), "differ": differ}
    return {"count": units, "seconds": answer["seconds"], "more": more}


def expressed(plan: Plan, formulas: Formulas) -> dict[str, str]:
    """The formula of each standard that has one."""
    found = {}
    for standard in plan.standards:
        try:
            found[standard.key] = verdict(standard, plan, formulas)
        except (NotExpressible, KeyError):
            continue
    return found
