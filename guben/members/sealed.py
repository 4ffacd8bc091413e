"""The sealed columns of people: how identity numbers and telephones are encrypted, indexed and masked here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from guben.accounts import keyring
from guben.accounts.sealed_columns import ModelColumn
from guben.kit.sealing import Sealer, mask_id_number, mask_phone
from guben.members.models import Person

COLUMNS = {"id_number": "members_person.id_number", "phone": "members_person.phone"}
ADDRESSES = {"home": "members_person.home", "domicile": "members_person.domicile"}  # sealed, never searched
SEALED = [ModelColumn(name, "members.Person", field) for field, name in COLUMNS.items()]
SEALED += [ModelColumn(name, "members.Person", field, has_index=False) for field, name in ADDRESSES.items()]
MASKS = {"id_number": mask_id_number, "phone": mask_phone}


class Sealed(NamedTuple):
    """What is stored of a number."""

    cipher: bytes | None
    key: str
    mask: str


NOTHING = Sealed(None, "", "")


def sealer() -> Sealer:
    """The sealer with the installation's keys as they are now; for many values ask once and hand it on."""
    return keyring.sealer()


def seal(field: str, number: str, box: Sealer | None = None) -> Sealed:
    """The number of a field (`id_number` or `phone`) sealed; an empty one stays empty. `box`: the sealer, for many."""
    if not number:
        return NOTHING
    column, box = COLUMNS[field], box or sealer()
    return Sealed(box.seal(number, column), box.index(number, column), MASKS[field](number))


def seal_all(
    field: str, numbers: Sequence[str], box: Sealer
) -> tuple[Sequence[bytes | None], Sequence[str], Sequence[str]]:
    """The ciphers, indexes and masks of many numbers of a field; empty ones stay empty."""
    given, column = list(filter(None, numbers)), COLUMNS[field]
    ciphers, indexes = box.seal_all(given, column), box.index_all(given, column)
    masks = list(map(MASKS[field], given))
    return _spread(numbers, ciphers, None), _spread(numbers, indexes, ""), _spread(numbers, masks, "")


def _spread(texts: Sequence[str], found: Sequence[Any], nothing: Any) -> Sequence[Any]:
    """What was found for the texts that are not empty, in the places of all."""
    if len(found) == len(texts):
        return found
    rest = iter(found)
    return [next(rest) if text else nothing for text in texts]


def index_of(field: str, number: str) -> str:
    """The keyed hash under which a number is kept."""
    return sealer().index(number, COLUMNS[field])


def indexes_of(field: str, number: str, box: Sealer | None = None) -> list[str]:
    """Every keyed hash under which a number may be found: one, and more while the index is being renewed."""
    return (box or sealer()).indexes(number, COLUMNS[field])


def by_index(field: str, numbers: Sequence[str]) -> dict[str, str]:
    """Many numbers of a field by the keyed hashes under which they may be found."""
    box, column = sealer(), COLUMNS[field]
    if index_is_renewed():
        return {index: number for number in numbers for index in box.indexes(number, column)}
    return dict(zip(box.index_all(numbers, column), numbers, strict=True))


def index_is_renewed() -> bool:
    """May a number stand under more than one keyed hash, because the key of the index is being renewed?"""
    return len(indexes_of("id_number", "")) > 1


def put(person: Person, field: str, number: str) -> str:
    """Sets the three columns of a number on a person and gives its index (for the history, which keeps no number)."""
    sealed = seal(field, number)
    setattr(person, f"{field}_cipher", sealed.cipher)
    # The identity number's index is unique, so that "none" must be null there.
    setattr(person, f"{field}_index", sealed.key or (None if field == "id_number" else ""))
    setattr(person, f"{field}_mask", sealed.mask)
    return sealed.key


def seal_address(field: str, text: str, box: Sealer | None = None) -> bytes | None:
    """Where a person lives (`home`) or is registered (`domicile`), sealed; an empty one stays empty."""
    return (box or sealer()).seal(text, ADDRESSES[field]) if text else None


def seal_addresses(field: str, texts: Sequence[str], box: Sealer) -> Sequence[bytes | None]:
    """Many addresses sealed; empty ones stay empty."""
    return _spread(texts, box.seal_all(list(filter(None, texts)), ADDRESSES[field]), None)


def address_index(field: str, text: str) -> str:
    """The keyed hash that stands for an address in the history."""
    return sealer().index(text, ADDRESSES[field])


def address_indexes(field: str, texts: Sequence[str], box: Sealer) -> Sequence[str]:
    """The keyed hashes of many addresses; empty ones have none."""
    return _spread(texts, box.index_all(filter(None, texts), ADDRESSES[field]), "")


def put_address(person: Person, field: str, text: str) -> None:
    """Sets an address on a person."""
    setattr(person, f"{field}_cipher", seal_address(field, text))


def address_in(field: str, cipher: bytes | memoryview | None, box: Sealer | None = None) -> str:
    """The address inside a sealed value; empty where none is kept."""
    return (box or sealer()).open(cipher, ADDRESSES[field]) if cipher else ""


def clear_value(person: Person, field: str) -> str:
    """The number or address itself; empty where none is kept. Only `actions.unmask` asks for it."""
    cipher = getattr(person, f"{field}_cipher")
    if field in ADDRESSES:
        return address_in(field, cipher)
    return sealer().open(cipher, COLUMNS[field]) if cipher else ""
