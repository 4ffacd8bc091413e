"""An import that is killed at any moment: the same command again ends it, and nobody is lost or there twice."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from tests.imports.sheets import UNIT_HEADERS, csv_bytes, id_number, unit

PEOPLE = 8_000
HEADERS = ["姓名", "公民身份号码", "民族", "人员类别", "所在党支部", "入党日期", "转正日期"]


def command(folder: Path, *words: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "GUBEN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "guben.settings"}
    for name in ("DATABASE_URL", "TEST_DATABASE_URL"):
        environment.pop(name, None)
    return subprocess.Popen(
        [sys.executable, "-m", "guben", *words],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def roster(place: Path) -> None:
    born = [date(1960, 1, 1) + timedelta(days=serial % 5000) for serial in range(PEOPLE)]
    rows = [
        [f"何{chr(0x4E00 + serial)}", id_number(day, number=serial // 5000), "汉", "正式党员", "第一党支部", "2010-06-01",
         "2011-06-01"]
        for serial, day in enumerate(born)
    ]  # fmt: skip
    place.write_bytes(csv_bytes(HEADERS, rows))


def units(place: Path) -> None:
    root = unit(
        代码="99", 名称="中共示范市委员会", 简称="示范市", 组织类别="党委", 上级组织代码=None, 成立日期="1950-01-01"
    )
    branch = unit(
        代码="9901", 名称="中共示范市第一支部委员会", 简称="第一党支部", 上级组织代码="99", 成立日期="1951-01-01"
    )
    rows = [[row[header] or "" for header in UNIT_HEADERS] for row in (root, branch)]
    place.write_bytes(csv_bytes(UNIT_HEADERS, rows))


def count(folder: Path, query: str) -> int:
    with sqlite3.connect(folder / "guben.sqlite3") as database:
        return int(database.execute(query).fetchone()[0])


def test_an_import_killed_at_random_loses_and_doubles_nobody(tmp_path):
    folder, file, tree = tmp_path / "data", tmp_path / "名册.csv", tmp_path / "组织.csv"
    roster(file)
    units(tree)
    _out, told = (made := command(folder, "import", "organisations", str(tree))).communicate(timeout=180)
    assert made.returncode == 0, told
    dice, seen = random.Random(), []
    for _ in range(3):
        running = command(folder, "import", "members", str(file), "--at", "99")
        assert running.stderr
        for line in running.stderr:
            if "保存" in line:
                break
        time.sleep(dice.random() * 1.2)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=60)
        seen.append(count(folder, "SELECT count(*) FROM members_person"))
        dated = count(folder, "SELECT count(*) FROM members_affiliation")
        assert (dated, count(folder, "SELECT count(*) FROM members_stage")) == (seen[-1], 2 * seen[-1])
    assert seen == sorted(seen)
    out, told = (last := command(folder, "import", "members", str(file), "--at", "99")).communicate(timeout=180)
    assert last.returncode == 0, told
    assert f"{PEOPLE} rows: {PEOPLE - seen[-1]} accepted, 0 updated, {seen[-1]} unchanged, 0 rejected." in out
    for query in (
        "SELECT count(*) FROM members_person",
        "SELECT count(DISTINCT id_number_index) FROM members_person",
        "SELECT count(*) FROM members_standing",
        "SELECT count(DISTINCT object_id) FROM audit_entry WHERE action = 'members.registered'",
        "SELECT count(*) FROM audit_entry WHERE action = 'members.registered'",
    ):
        assert count(folder, query) == PEOPLE, query
