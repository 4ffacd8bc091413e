"""Every command of the command line as each of the cast, about the units of others.

Whoever has the server has everything. `--as` still asks for the rights of the one who is named, so that nobody acts
beyond them by mistake, and so that the history says true.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from guben.cli.parser import build_parser
from tests.attacks import others
from tests.attacks.others import NEIGHBOUR_BRANCH, NOWHERE, OUTSIDERS
from tests.cast import TOWN, Cast
from tests.command import Answer, guben

# Each verb with a foreign unit as {at} and a folder of the attacker's as {tmp}.
AT_A_UNIT = {
    "due": "due --at {at} --below",
    "diagnose": "diagnose --at {at}",
    "evaluate": "evaluate --all --at {at} --below",
    "explain": "explain contact-overdue --at {at}",
    "burden": "burden --at {at}",
    "report bulletin": "report bulletin --at {at}",
    "dues show": "dues show --at {at}",
    "coverage": "coverage --at {at}",
    "result show": "result show --result {tmp}/result --at {at}",
    "result findings": "result findings --result {tmp}/result --at {at}",
    "case list": "case list --at {at}",
    "rules what-if": "rules what-if {tmp}/rules.toml --at {at}",
    "import members": "import members {tmp}/members.csv --at {at}",
    "import organisations": "import organisations {tmp}/units.csv --at {at}",
    "export members": "export members --at {at} --out {tmp}/out.csv",
    "export organisations": "export organisations --at {at} --out {tmp}/out.csv",
    "demo": "demo --on-tree {at}",
}
FOR_THE_WHOLE = {
    "snapshot": "snapshot --out {tmp}/frozen",
    "run": "run --snapshot {tmp}/theirs --out {tmp}/out --engine duckdb",
    "result hide": "result hide --result {tmp}/result",
    "result publish": "result publish --result {tmp}/result",
    "result withdraw": "result withdraw --result {tmp}/result",
    "rules install": "rules install",
    "calendar install": "calendar install {tmp}/2028.toml",
    "keys list": "keys list",
    "keys rotate": "keys rotate",
    "keys destroy": "keys destroy x",
    "factors reset": "factors reset neighbour --reason 手机丢了要重设",
    "backup key": "backup key --replace",
    "backup make": "backup make --to {tmp}/backups",
    "import divisions": "import divisions --all --folder {tmp}/divisions",
    "doctor": "doctor --rebuild",
    "demo day": "demo day 2026-07-06",
}
ABOUT_NOBODY = {
    "rules check",
    "rules list",
    "rules show",
    "rules facts",
    "rules export",
    "procedure check",
    "procedure simulate",
    "calendar show",
}  # what every reader of rules sees
BY_THE_SERVER = {"benchmark generate", "benchmark check", "benchmark alter", "benchmark compare", "serve", "manage", "user", "database copy", "backup check", "backup restore", "tree check",
                 "case show", "case explain", "case check", "transfers check", "audit verify", "audit checkpoint", "audit head",
                 "result check"}  # fmt: skip
RESULT = dict.fromkeys(("snapshot", "snapshot_digest", "fingerprint", "engine", "guben"), "") | {
    "started_at": "", "finished_at": "", "rows": 0, "meanings": {}
}  # fmt: skip
FEMALE = "姓名,性别,出生日期,人员类别,所在支部代码,入党日期\n滨河新人,女,1990-01-01,正式党员,{at},2015-01-01\n"


def verbs(parser: argparse.ArgumentParser, words: str = "") -> Iterator[str]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not all(action.required for action in below) or not below:
        yield words
    for action in below:
        for name, one in action.choices.items():
            yield from verbs(one, f"{words} {name}".strip())


def test_every_command_is_asked_or_named_as_the_servers_own() -> None:
    known = {*AT_A_UNIT, *FOR_THE_WHOLE, *ABOUT_NOBODY, *BY_THE_SERVER}
    assert set(verbs(build_parser())) == known


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "members.csv").write_text(FEMALE.format(at=NEIGHBOUR_BRANCH), encoding="utf-8")
    (tmp_path / "units.csv").write_text(
        f"组织代码,组织全称,组织类别,上级代码\n990000102009,滨河新支部,党支部,{NEIGHBOUR_BRANCH}\n", encoding="utf-8"
    )
    (tmp_path / "rules.toml").write_text(
        '[rulebook]\nkey = "trial"\ntitle = { zh = "试", en = "Trial" }\nissued-by = "national"\nfrom = 2026-01-01\n'
        'source = "试"\n',
        encoding="utf-8",
    )
    (tmp_path / "2028.toml").write_text(
        '[calendar]\nyear = 2028\nsource = "试"\nconfidence = "verified"\n', encoding="utf-8"
    )
    day = {"on": "2026-06-30", "generated": {}, "editions": {}, "parts": [], "tables": {}}
    for name, more in (("theirs", {"format": 2, "guben": ""}), ("result", {"format": 1, **RESULT})):
        (tmp_path / name).mkdir()
        (tmp_path / name / "current").write_text(".", encoding="utf-8")
        (tmp_path / name / "manifest.json").write_text(json.dumps({**day, **more}), encoding="utf-8")
    (tmp_path / "divisions").mkdir()
    (tmp_path / "divisions" / "villages.csv").write_text("code\n", encoding="utf-8")
    return tmp_path


def ask(who: str, line: str, **values: Any) -> Answer:
    return guben("--as", who, *line.format(**values).split())


def faults_of(answer: Answer) -> Iterator[str]:
    if answer.code not in (1, 2) or not answer.err.startswith("guben: "):
        yield f"code {answer.code}: {answer.err[:200]!r}"
    if answer.out:
        yield f"prints {answer.out[:200]!r}"
    if "Traceback" in answer.err or answer.err.count("\n") != 1:
        yield f"says {answer.err[:300]!r}"
    for word in others.WORDS:
        if word in answer.err.replace(NEIGHBOUR_BRANCH, ""):
            yield f"tells of {word}"


@pytest.mark.parametrize("who", OUTSIDERS)
def test_a_unit_of_others_is_refused_as_one_that_is_not_there(who: str, rules: None, cast: Cast, folder: Path) -> None:
    others.furnish(cast)
    before, wrong = others.counts(), []
    for name, line in AT_A_UNIT.items():
        theirs, nobodys = (ask(who, line, at=code, tmp=folder) for code in (NEIGHBOUR_BRANCH, NOWHERE))
        wrong += [f"{name}: {fault}" for fault in faults_of(theirs)]
        if theirs.err.replace(NEIGHBOUR_BRANCH, "X") != nobodys.err.replace(NOWHERE, "X"):
            wrong.append(f"{name}: {theirs.err!r} is not {nobodys.err!r}")
    assert not wrong, "\n".join(wrong)
    assert others.counts() == before
    assert not (folder / "out.csv").exists()


@pytest.mark.parametrize("who", [*OUTSIDERS, "neighbour", "statistician", "auditor", "administrator", "inspector"])
def test_what_concerns_the_whole_is_refused(who: str, rules: None, cast: Cast, folder: Path) -> None:
    before, wrong = others.counts(), []
    may = {
        "statistician": {"snapshot", "run", "result hide", "result publish", "result withdraw"},
        "administrator": {
            "doctor",
            "keys list",
            "keys rotate",
            "keys destroy",
            "backup key",
            "backup make",
            "demo day",
        },
    }
    for name, line in FOR_THE_WHOLE.items():
        if name not in may.get(who, set()):
            wrong += [f"{name}: {fault}" for fault in faults_of(ask(who, line, tmp=folder))]
    assert not wrong, "\n".join(wrong)
    assert others.counts() == before
    assert not (folder / "frozen").exists()


@pytest.mark.parametrize("who", ["statistician", "member", "auditor"])
def test_who_sees_no_persons_reads_none_by_a_command(who: str, rules: None, cast: Cast, folder: Path) -> None:
    for line in (*AT_A_UNIT.values(), "evaluate --all --at {at} --below --engine duckdb"):
        answer = ask(who, line, at=TOWN if who != "member" else cast.branch.code, tmp=folder)
        assert not [name for name in cast.people if name in answer.out], (line, answer.out[:300])
        assert "Traceback" not in answer.err, line


def test_somebody_unknown_or_closed_is_nobody(rules: None, cast: Cast, folder: Path) -> None:
    cast.clerk.is_active = False
    cast.clerk.save()
    for who in ("clerk", "nobody", "'; --", "operator\x00"):
        for line in (*AT_A_UNIT.values(), *FOR_THE_WHOLE.values()):
            answer = ask(who, line, at=TOWN, tmp=folder)
            assert (answer.code, answer.out) == (1, ""), (who, line)
            assert "Traceback" not in answer.err, (who, line)
