"""The list of rules as its reader asks for it: by issuer, kind, family and state, found by words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guben.access.policy import Someone
from guben.organisations.models import Organisation
from guben.rulebook.audience import Audience
from guben.rulebook.issuers import issuer_words
from guben.rulebook_engine.entries import Entry, Rulebook
from guben.rulebook_engine.library import Library

KINDS = ("duty", "standard", "indicator", "limit", "procedure", "publication", "table")
KIND_WORDS: dict[str, Promise] = {
    "duty": gettext_lazy("职责"),
    "standard": gettext_lazy("标准"),
    "indicator": gettext_lazy("指标"),
    "limit": gettext_lazy("上限"),
    "role": gettext_lazy("角色"),
    "procedure": gettext_lazy("程序"),
    "publication": gettext_lazy("公开"),
    "table": gettext_lazy("统计表"),
}
STATES: dict[str, Promise] = {
    "now": gettext_lazy("现行"),
    "to_come": gettext_lazy("还没施行"),
    "ended": gettext_lazy("已废止"),
    "all": gettext_lazy("全部"),
}
NATIONAL, LOCAL = "national", "local"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list is asked for; unknown values ask for nothing."""

    words: str = ""
    kind: str = ""
    family: str = ""
    issuer: str = ""
    state: str = "now"

    @classmethod
    def of(cls, typed: Mapping[str, Any]) -> Asked:
        kind, state = str(typed.get("kind", "")), str(typed.get("state", "now"))
        return cls(
            words=str(typed.get("q", "")).strip()[:200],
            kind=kind if kind in KINDS else "",
            family=str(typed.get("family", ""))[:80],
            issuer=str(typed.get("issuer", ""))[:32],
            state=state if state in STATES else "now",
        )

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.kind or self.family or self.issuer or self.state != "now")


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule in the list: one edition of it, its state on the day, and who issued it."""

    rule: Entry
    state: str
    editions: int
    issuer: str

    @property
    def state_words(self) -> str:
        return str(STATES[self.state])


@dataclass(frozen=True, slots=True)
class Family:
    """The rules of one book, or all those of one organisation."""

    key: str
    title: str
    source: str
    rules: list[Listed]


def families(library: Library, asked: Asked, user: Someone, on: date) -> list[Family]:
    """The rules one may see and asked for, by family: the nation's books, then each organisation's own."""
    audience = Audience(user, library)
    found: dict[str, Family] = {}
    for book in library.rulebooks:
        for key in dict.fromkeys(entry.key for entry in book.entries):
            editions = library.editions(key)
            if not audience.sees(editions[-1]):
                continue
            listed = _listed(editions, on, audience)
            if _asked_for(listed, book, asked):
                family = _family(book, audience.issuer(listed.rule))
                found.setdefault(family.key, family).rules.append(listed)
    return sorted(found.values(), key=lambda one: one.key != one.key.lower() or one.key[:1].isdigit())


def all_families(library: Library, user: Someone) -> list[tuple[str, str]]:
    """Keys and titles of all families one may see, for the filter."""
    audience = Audience(user, library)
    seen = [(book, book.entries[0]) for book in library.rulebooks if book.entries]
    pairs = [_family(book, audience.issuer(entry)) for book, entry in seen if audience.sees(entry)]
    return list({one.key: one.title for one in pairs}.items())


def _family(book: Rulebook, issuer: Organisation | None) -> Family:
    if issuer is None:
        return Family(book.key, book.title.say(get_language() or "zh"), book.source, [])
    return Family(issuer.code, _("%(name)s制定") % {"name": issuer.short_name}, issuer.name, [])


def _listed(editions: tuple[Entry, ...], on: date, audience: Audience) -> Listed:
    now = next((one for one in editions if one.in_force(on)), None)
    rule = now or next((one for one in editions if one.from_on > on), editions[-1])
    state = "now" if now else "to_come" if rule.from_on > on else "ended"
    unit = audience.issuer(rule)
    return Listed(rule, state, len(editions), unit.short_name if unit else issuer_words(rule))


def _asked_for(listed: Listed, book: Rulebook, asked: Asked) -> bool:
    rule = listed.rule
    text = f"{rule.key} {rule.title.zh} {rule.title.en} {rule.source_text} {' '.join(rule.mechanism)}".lower()
    is_issuer = {"": True, NATIONAL: rule.is_national, LOCAL: not rule.is_national}
    return (
        (not asked.kind or rule.kind == asked.kind)
        and (not asked.family or asked.family in (book.key, rule.issued_by))
        and is_issuer.get(asked.issuer, rule.issued_by == asked.issuer)
        and asked.state in ("all", listed.state)
        and all(word in text for word in asked.words.lower().split())
    )


def rows(found: Iterable[Family]) -> tuple[list[str], list[list[Any]]]:
    """The list as a table."""
    head = [_("编号"), _("名称"), _("类别"), _("状态"), _("谁定的"), _("依据"), _("起"), _("止（不含）")]
    head += [_("版本数"), _("一次几分钟")]
    return head, [
        [
            one.rule.key,
            one.rule.title.say(get_language() or "zh"),
            str(KIND_WORDS[one.rule.kind]),
            one.state_words,
            one.issuer,
            one.rule.source_text,
            one.rule.from_on,
            one.rule.until_on,
            one.editions,
            getattr(one.rule, "minutes", None),
        ]
        for family in found
        for one in family.rules
    ]
