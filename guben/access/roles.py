"""The roles, read from the role rulebook (`rulebooks/roles.toml`): which rights each of them opens."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from django.utils.translation import get_language

from guben.kit.chinese import worded


@dataclass(frozen=True, slots=True)
class Role:
    """A bundle of rights that is held at a unit. `grants` names the roles its holder may give out below.

    Of the roles with a `duty` (system, security, audit) one person holds those of one duty only. `factor` says where
    its holder needs a second factor: "always", at a "county" unit and above, or nowhere.
    """

    key: str
    zh: str
    en: str
    rights: frozenset[str]
    grants: frozenset[str]
    duty: str = ""
    factor: str = ""


@cache
def roles() -> dict[str, Role]:
    """All shipped roles by key."""
    data = tomllib.loads((files("guben.rulebooks") / "roles.toml").read_text(encoding="utf-8"))
    return {
        entry["key"]: Role(
            key=entry["key"],
            zh=entry["title"]["zh"],
            en=entry["title"]["en"],
            rights=frozenset(entry["rights"]),
            grants=frozenset(entry.get("grants", ())),
            duty=entry.get("duty", ""),
            factor=entry.get("factor", ""),
        )
        for entry in data["role"]
    }


def rights_of(role: str) -> frozenset[str]:
    """The rights of a role; none for a role that no rulebook knows."""
    known = roles().get(role)
    return known.rights if known else frozenset()


def roles_with(right: str) -> list[str]:
    return [role.key for role in roles().values() if right in role.rights]


def roles_of_other_duties(role: str) -> list[str]:
    """The roles that nobody may hold together with this one; empty for a role without a duty."""
    duty = roles()[role].duty if role in roles() else ""
    return [other.key for other in roles().values() if duty and other.duty and other.duty != duty]


def title_of(role: str) -> str:
    """A role's title in the reader's language; the key itself for a role that no rulebook knows."""
    known = roles().get(role)
    if known is None:
        return role
    return worded(known.zh, known.en, get_language() or "zh")
