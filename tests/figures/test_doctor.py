from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from guben.accounts.database import named
from guben.figures.doctor import check_all
from guben.organisations.models import Organisation
from tests.cast import BRANCH, Cast
from tests.command import guben

pytestmark = pytest.mark.usefixtures("rules")


def faults(part: str) -> list[str]:
    (check,) = [check for check in check_all() if check.name.startswith(part)]
    return check.faults


def test_a_sound_installation_has_no_fault_in_its_records(cast: Cast) -> None:
    for part in ("database", "tree", "people", "rulebooks", "snapshots"):
        assert faults(part) == []


def test_the_database_is_named_and_looked_at_first(cast: Cast) -> None:
    first = check_all()[0]

    assert first.name.startswith("kept in ")
    assert named() in first.name
    assert first.faults == []


def test_where_tables_are_old_that_is_all_that_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guben.figures.doctor._migrations", lambda: iter(["members.0009 is not applied"]))

    answer = guben("doctor")

    assert answer.code == 1
    assert "members.0009 is not applied" in answer.out
    assert "tree" not in answer.out


def test_a_broken_copy_of_the_tree_is_found_and_rebuilt(cast: Cast) -> None:
    right = Organisation.objects.get(code=BRANCH).path
    Organisation.objects.filter(code=BRANCH).update(path=cast.street.path + "000Z", parent=cast.street)

    broken = guben("doctor", "--json")
    assert broken.code == 1
    assert BRANCH in broken.out

    guben("doctor", "--rebuild")
    assert faults("tree") == []
    assert Organisation.objects.get(code=BRANCH).path == right


def test_keys_that_others_may_read_are_named(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = tmp_path / "keys"
    keys.mkdir(mode=0o700)
    key = keys / "members.key"
    key.write_text("secret")
    tmp_path.chmod(0o700)
    monkeypatch.setattr(settings, "DATA", tmp_path)
    monkeypatch.setattr(settings, "KEYS", tmp_path / "keys")
    key.chmod(0o600)
    assert faults("folders") == []

    key.chmod(0o644)

    assert faults("folders") == [f"{key} can be read by others: chmod go-rwx {key}"]
    assert guben("doctor").code == 1


def test_a_snapshot_that_was_changed_is_found(cast: Cast, tmp_path: Path) -> None:
    assert guben("snapshot", "--out", tmp_path / "frozen").code == 0
    assert faults("snapshots") == []

    (tmp_path / "frozen" / "site/0000.parquet").write_bytes(b"")

    assert len(faults("snapshots")) == 1


def test_without_rulebooks_it_says_what_to_do(cast: Cast) -> None:
    from guben.rulebook.models import Rulebook

    Rulebook.objects.all().delete()

    assert faults("rulebooks") == ["No rulebook is installed: run `guben rules install`."]


def test_only_who_manages_the_system_may_rebuild(cast: Cast) -> None:
    answer = guben("--as", "clerk", "doctor", "--rebuild")

    assert (answer.code, answer.out) == (1, "")
    assert "system.manage" in answer.err
