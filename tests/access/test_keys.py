"""Keys are renewed while the site runs: every value opens and is found at any moment, also after a crash in the middle."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from guben.access import keys
from guben.accounts import keyring, sealed_columns
from guben.audit.models import Entry
from guben.figures.doctor import check_all
from guben.kit.sealing import key_id_of
from guben.members import lookups, sealed
from guben.members.models import Person
from tests.cast import Cast
from tests.command import guben, refused

PHONES = [f"1380013{number:04}" for number in range(25)]


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    settings.KEYS = tmp_path / "keys"
    monkeypatch.setattr(keyring, "SEEN_WITHIN", 0.0)
    keyring.forget()
    yield settings.KEYS
    keyring.forget()


@pytest.fixture
def people(cast: Cast) -> list[Person]:
    """Everybody of the cast has a telephone."""
    found = list(Person.objects.order_by("pk"))
    for person, phone in zip(found, PHONES, strict=True):
        sealed.put(person, "phone", phone)
        person.save()
    return found


def all_open(people: list[Person]) -> bool:
    return [sealed.clear_value(Person.objects.get(pk=one.pk), "phone") for one in people] == PHONES


def sealing_keys() -> set[str]:
    return {key_id_of(bytes(cipher)) for cipher in Person.objects.values_list("phone_cipher", flat=True) if cipher}


def everybody_is_found(cast: Cast, people: list[Person]) -> bool:
    return all(
        lookups.look_up(cast.organiser, "phone", phone) == [one.pk] for one, phone in zip(people, PHONES, strict=True)
    )


def test_a_new_key_seals_everything_and_the_old_one_is_put_away(cast: Cast, people: list[Person]) -> None:
    old = keyring.entries("seal")[0].key_id
    done = keys.rotate(by=cast.operator, batch=4)
    assert sealing_keys() == {done.sealing_key} != {old}
    assert [entry.key_id for entry in keyring.entries("seal")] == [done.sealing_key]
    assert [entry.key_id for entry in keyring.retired()] == [old] == done.retired
    assert all_open(people)
    assert everybody_is_found(cast, people)
    assert {"keys.made", "keys.renewed"} <= set(Entry.objects.values_list("action", flat=True))


def test_the_index_is_renewed_with_its_key(cast: Cast, people: list[Person]) -> None:
    before = list(Person.objects.order_by("pk").values_list("phone_index", flat=True))
    keys.rotate(by=cast.operator, index=True)
    after = list(Person.objects.order_by("pk").values_list("phone_index", flat=True))
    assert not set(before) & set(after)
    assert len(keyring.entries("index")) == 1
    assert everybody_is_found(cast, people)


class Crash(BaseException):
    """What kill -9 looks like from inside."""


@pytest.mark.parametrize("index", [False, True])
@pytest.mark.parametrize("crash_at", [1, 3, 5])
def test_after_a_crash_everything_opens_and_the_renewal_goes_on(
    cast: Cast, people: list[Person], monkeypatch: pytest.MonkeyPatch, crash_at: int, index: bool
) -> None:
    whole, calls = sealed_columns.SealedColumn.renew_batch, []

    def falls_over(*args: Any) -> Any:
        calls.append(args)
        if len(calls) == crash_at:
            raise Crash
        return whole(*args)

    monkeypatch.setattr(sealed_columns.SealedColumn, "renew_batch", falls_over)
    with pytest.raises(Crash):
        keys.rotate(by=cast.operator, index=index, batch=5)
    monkeypatch.setattr(sealed_columns.SealedColumn, "renew_batch", whole)
    new = keyring.entries("seal")[0].key_id
    assert all_open(people)
    assert everybody_is_found(cast, people)
    assert any("not finished" in note for note in keys.notes())
    late = Person.objects.order_by("pk")[0]  # somebody is registered between the two
    sealed.put(late, "phone", PHONES[0])
    late.save()
    assert keys.rotate(by=cast.operator, index=index, batch=5).sealing_key == new
    assert sealing_keys() == {new}
    assert all_open(people)
    assert everybody_is_found(cast, people)
    assert keyring.progress() is None


def test_what_an_old_key_sealed_meanwhile_is_found_by_the_second_round(
    cast: Cast, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = keyring.sealer()
    whole, late = sealed_columns.SealedColumn.renew_batch, []

    def another_process_writes(self: Any, after: int, size: int, renew: Any) -> Any:
        answer = whole(self, after, size, renew)
        if answer[1] and not late and self.name == sealed.COLUMNS["phone"]:
            late.append(people[0].pk)
            Person.objects.filter(pk=people[0].pk).update(phone_cipher=old.seal(PHONES[0], sealed.COLUMNS["phone"]))
        return answer

    monkeypatch.setattr(sealed_columns.SealedColumn, "renew_batch", another_process_writes)
    done = keys.rotate(by=cast.operator, batch=10)
    assert late
    assert sealing_keys() == {done.sealing_key}


def test_a_second_renewal_at_the_same_time_is_refused(cast: Cast, people: list[Person]) -> None:
    with keyring.only_one(), pytest.raises(keyring.RenewalRunning):
        keys.rotate(by=cast.operator)


def test_only_who_manages_the_system_renews(cast: Cast) -> None:
    for who in (cast.organiser, cast.security, cast.auditor):
        with pytest.raises(PermissionDenied):
            keys.rotate(by=who)


def test_files_are_for_their_owner_alone(cast: Cast, people: list[Person], folder: Path) -> None:
    keys.rotate(by=cast.operator, index=True)
    for place in folder.iterdir():
        assert stat.S_IMODE(place.stat().st_mode) == 0o600, place
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not keyring.open_to_others()
    (folder / "field-keys").chmod(0o644)
    assert keyring.open_to_others() == [folder / "field-keys"]


def test_a_retired_key_still_opens_what_a_backup_brings_back_until_it_is_destroyed(
    cast: Cast, people: list[Person]
) -> None:
    kept = Person.objects.get(pk=people[0].pk).phone_cipher
    old = keyring.entries("seal")[0].key_id
    keys.rotate(by=cast.operator)
    Person.objects.filter(pk=people[0].pk).update(phone_cipher=kept)
    assert all_open(people)
    with pytest.raises(keys.StillInUse):
        keys.destroy(old, by=cast.operator)
    keys.rotate(by=cast.operator)
    keys.destroy(old, by=cast.operator)
    assert old not in {entry.key_id for entry in keyring.retired()}
    assert all_open(people)
    with pytest.raises(keyring.NoSuchKey):
        keys.destroy(old, by=cast.operator)


def test_keys_of_the_environment_are_left_to_who_set_them(
    cast: Cast, people: list[Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    line = keyring.entries("seal")[0].line()
    monkeypatch.setenv("GUBEN_FIELD_KEY", line)
    keyring.forget()
    with pytest.raises(keyring.KeysFromEnvironment):
        keys.rotate(by=cast.operator)
    monkeypatch.setenv("GUBEN_FIELD_KEY", f"new:{os.urandom(32).hex()},{line}")
    from guben.kit.sealing import new_entry

    fresh = new_entry()
    monkeypatch.setenv("GUBEN_FIELD_KEY", f"{fresh.line()},{line}")
    keyring.sealer.__globals__["_sealer"].cache_clear()  # the site is started again
    assert keys.rotate(by=cast.operator).sealing_key == fresh.key_id
    assert sealing_keys() == {fresh.key_id}
    assert all_open(people)


def the_check() -> Any:
    return next(check for check in check_all(every=True) if check.name.startswith("keys: sealed"))


def test_doctor_tells_of_values_that_do_not_open_and_indexes_that_do_not_agree(
    cast: Cast, people: list[Person]
) -> None:
    assert the_check().faults == []
    Person.objects.filter(pk=people[3].pk).update(phone_cipher=b"\x01junk")
    Person.objects.filter(pk=people[4].pk).update(phone_index="0" * 64)
    faults = the_check().faults
    assert [f"members_person.phone {people[3].pk}" in faults[0], str(people[4].pk) in faults[1]] == [True, True]
    assert not any(phone in fault for fault in faults for phone in PHONES)


def test_doctor_warns_where_the_keys_lie_beside_the_records(cast: Cast, settings: Any) -> None:
    from guben.accounts.models import Installation

    settings.DATA = settings.KEYS.parent
    assert not list(keys.notes())  # a demo has nothing to lose
    Installation.objects.update(is_demo=False)
    assert any("GUBEN_KEYS" in note for note in keys.notes())


class TestCommands:
    def test_rotate_and_list_show_ids_dates_and_counts_and_no_secret(self, cast: Cast, people: list[Person]) -> None:
        secrets = [entry.line().split(":")[1] for entry in (*keyring.entries("seal"), *keyring.entries("index"))]
        document = guben("keys", "rotate", "--index", "--batch", 7, "--json").document
        assert document["changed"]["members_person.phone"] == len(PHONES)
        listed = guben("keys", "list")
        rows = {row["id"]: row for row in guben("keys", "list", "--json").document["keys"]}
        assert rows[document["sealing"]] | {"made_on": ""} == {
            "id": document["sealing"], "for": "sealing", "state": "current", "made_on": "", "values": len(PHONES),
        }  # fmt: skip
        assert {row["state"] for row in rows.values()} == {"current", "retired"}
        secrets += [entry.line().split(":")[1] for entry in (*keyring.entries("seal"), *keyring.entries("index"))]
        assert not [secret for secret in secrets if secret in listed.out + listed.err]

    def test_refusals_are_sentences(self, cast: Cast) -> None:
        assert "no retired key" in refused(guben("keys", "destroy", "abc"))
        assert "--batch" in refused(guben("keys", "rotate", "--batch", 0))
        assert "system.manage" in refused(guben("--as", "organiser", "keys", "rotate"))


def test_every_column_of_sealed_values_is_renewed_and_checked() -> None:
    from django.apps import apps
    from django.db.models import BinaryField

    held = {
        (model._meta.label, field.name.removesuffix("_cipher"))
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField) and field.name.endswith("_cipher")
    }
    known = {(column._model, column.field) for column in sealed_columns.known() if hasattr(column, "field")}
    assert held
    assert held == known
