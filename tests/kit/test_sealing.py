"""Sealed values differ each time, open only in their column, and are found through a keyed index."""

import base64
import stat

import pytest

from guben.kit.sealing import Keys, Sealer, SealError, key_id_of, mask_id_number, mask_phone, read_keys

COLUMN = "people.number"


@pytest.fixture
def sealer():
    return Sealer(Keys({"k1": b"1" * 32}, "k1", b"i" * 32))


def test_a_sealed_value_opens_again(sealer):
    assert sealer.open(sealer.seal("442000196805091234", COLUMN), COLUMN) == "442000196805091234"


def test_the_cipher_never_holds_the_plain_text_and_differs_each_time(sealer):
    first, second = sealer.seal("13800005678", COLUMN), sealer.seal("13800005678", COLUMN)
    assert first != second
    assert b"13800005678" not in first


def test_a_value_does_not_open_in_another_column(sealer):
    with pytest.raises(SealError):
        sealer.open(sealer.seal("secret", COLUMN), "people.phone")


def test_a_changed_value_does_not_open(sealer):
    value = bytearray(sealer.seal("secret", COLUMN))
    value[-1] ^= 1
    with pytest.raises(SealError):
        sealer.open(bytes(value), COLUMN)


@pytest.mark.parametrize("junk", [b"", b"\x01", b"plain text that was never sealed", b"\x01\xffshort"])
def test_what_was_never_sealed_is_refused(sealer, junk):
    with pytest.raises(SealError):
        sealer.open(junk, COLUMN)


def test_old_keys_still_open_and_new_values_use_the_first_key(sealer):
    old = sealer.seal("secret", COLUMN)
    rotated = Sealer(Keys({"k2": b"2" * 32, "k1": b"1" * 32}, "k2", b"i" * 32))
    assert rotated.open(old, COLUMN) == "secret"
    assert not rotated.is_current(old)
    assert key_id_of(rotated.seal("secret", COLUMN)) == "k2"


def test_a_value_of_a_lost_key_names_the_key(sealer):
    other = Sealer(Keys({"k9": b"9" * 32}, "k9", b"i" * 32))
    with pytest.raises(SealError, match="k9"):
        sealer.open(other.seal("secret", COLUMN), COLUMN)


def test_the_index_is_stable_keyed_and_bound_to_its_column(sealer):
    index = sealer.index("442000196805091234", COLUMN)
    assert index == sealer.index("442000196805091234", COLUMN)
    assert len(index) == 64
    assert index != sealer.index("442000196805091234", "people.phone")
    assert index != Sealer(Keys({"k1": b"1" * 32}, "k1", b"j" * 32)).index("442000196805091234", COLUMN)


def test_keys_are_made_once_in_owner_only_files(tmp_path):
    first = read_keys(tmp_path / "keys", {})
    assert read_keys(tmp_path / "keys", {}) == first
    files = sorted((tmp_path / "keys").iterdir())
    assert [file.name for file in files] == ["field-keys", "index-key"]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert first.index_key != first.field_keys[first.current]


def test_keys_from_the_environment_leave_no_file(tmp_path):
    key, old = base64.b64encode(b"a" * 32).decode(), base64.b64encode(b"b" * 32).decode()
    keys = read_keys(tmp_path, {"GUBEN_FIELD_KEY": f"new:{key},old:{old}", "GUBEN_INDEX_KEY": key})
    assert keys.current == "new"
    assert keys.field_keys == {"new": b"a" * 32, "old": b"b" * 32}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("field_key", ["nokeyid", "k1:short", f"k1:{base64.b64encode(b'x').decode()}", ","])
def test_a_bad_key_is_refused_at_the_start(tmp_path, field_key):
    with pytest.raises(SealError):
        read_keys(tmp_path, {"GUBEN_FIELD_KEY": field_key})


def test_masks():
    assert mask_id_number("442000196805091234") == "442000************"
    assert mask_id_number("442000196805091234", show_birth=True) == "44200019680509****"
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("12345") == "*****"
    assert mask_id_number("1234") == "****"
