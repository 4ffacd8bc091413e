"""Which units a file may speak of: those at or below the chosen unit where the importer holds both rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.house.words import listed
from guben.imports.values import Wrong
from guben.kit import tree
from guben.organisations.models import Organisation
from guben.organisations.queries import SEE, nearest, visible_units

IMPORT = "imports.run"
CHUNK = 500
NEAR_LOOKED_FOR = 200  # names of a file; each is held against all names within


class Scope:
    """The living units within reach, found by code, name or short name."""

    def __init__(self, by: User, at: Organisation | None, right: str, *, may_be_empty: bool = False) -> None:
        """
        Raises:
            PermissionDenied, Http404: no `imports.run`, or not the right of the kind, at the unit (anywhere without
            one, unless the scope may be empty because the first unit is about to be founded).
        """
        self.by = by
        self.at = at
        self.paths = self.require(by, at, right, may_be_empty=may_be_empty)
        self.title = at.name if at else _("管理范围")
        self.by_code: dict[str, Organisation] = {}
        self._by_name: dict[str, list[Organisation]] = defaultdict(list)
        self._outside: dict[str, Organisation | None] = {}
        self._names: list[str] | None = None
        self._near_texts: dict[str, list[str]] = {}
        units = Organisation.objects.filter(policy.in_subtrees(self.paths), dissolved_on=None).order_by("path")
        for unit in units.iterator(chunk_size=5000):
            self.by_code[unit.code] = unit
            for name in {unit.name, unit.short_name}:
                self._by_name[name].append(unit)

    @staticmethod
    def require(by: User, at: Organisation | None, right: str, *, may_be_empty: bool = False) -> list[str]:
        """The outermost paths of the scope, or the refusals named above."""
        paths = _paths(by, at, right)
        if not paths and not may_be_empty:
            raise PermissionDenied(right)
        return paths

    def holds(self, unit: Organisation) -> bool:
        return any(tree.is_at_or_below(unit.path, top) for top in self.paths)

    def knows(self, text: str) -> bool:
        """Is this the code or a name of a unit within?"""
        return text in self.by_code or text in self._by_name

    def named(self, text: str) -> Organisation | Wrong:
        """The unit of a code, a name or a short name, or what is wrong with it."""
        if unit := self.by_code.get(text):
            return unit
        found = self._by_name.get(text, [])
        if len(found) == 1:
            return found[0]
        values = {"found": text[:60], "scope": self.title}
        if found:
            codes = tuple(unit.code for unit in found[:5])
            sentence = _("“%(scope)s”之内有%(count)d个“%(found)s”。改写代码：%(codes)s。")
            return Wrong("unit", sentence % {**values, "count": len(found), "codes": listed(codes)}, codes)
        if self._outside.get(text):
            sentence = _("“%(found)s”不在“%(scope)s”之内，或在那里没有导入的权。由那里的管理员导入，或删去这一行。")
            return Wrong("unit_reach", sentence % values)
        if near := self._near(text):
            sentence = _("“%(scope)s”之内找不到“%(found)s”。是不是%(near)s？")
            words = _("或").join(f"“{name}”（{self._by_name[name][0].code}）" for name in near)
            choices = tuple(name if len(self._by_name[name]) == 1 else self._by_name[name][0].code for name in near)
            return Wrong("unit", sentence % {**values, "near": words}, choices)
        sentence = _("“%(scope)s”之内找不到“%(found)s”。写组织的全称、简称或代码。")
        return Wrong("unit", sentence % values)

    def look_outside(self, texts: Iterable[str]) -> None:
        """Finds, for all names that are not within the scope, whether they are a unit the importer may see."""
        missing = sorted({text for text in texts if text and text not in self.by_code and text not in self._by_name})
        for start in range(0, len(missing), CHUNK):
            part = missing[start : start + CHUNK]
            named = Q(code__in=part) | Q(name__in=part) | Q(short_name__in=part)
            for unit in visible_units(self.by, SEE).filter(named):
                self._outside.update(dict.fromkeys((unit.code, unit.name, unit.short_name), unit))

    def _near(self, text: str) -> list[str]:
        if self._names is None:
            self._names = list(self._by_name)
        if text not in self._near_texts:
            far = len(self._near_texts) >= NEAR_LOOKED_FOR
            self._near_texts[text] = [] if far else nearest(text, self._names, limit=2)
        return self._near_texts[text]


def _paths(by: User, at: Organisation | None, right: str) -> list[str]:
    if at is not None:
        policy.require(by, IMPORT, at)
        policy.require(by, right, at)
        return [at.path]
    one, other = policy.reach(by, IMPORT), policy.reach(by, right)
    both = [path for path in one if any(path.startswith(top) for top in other)]
    both += [path for path in other if any(path.startswith(top) for top in one)]
    return tree.outermost(both)
