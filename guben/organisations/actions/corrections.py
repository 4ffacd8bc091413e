"""Putting a wrong act right: a new act that points to it takes it back, or gives it another day. Both stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.kit import tree
from guben.organisations import errors
from guben.organisations.actions import steps
from guben.organisations.actions.tree import Moving, dissolve, move, rename
from guben.organisations.choices import ActKind
from guben.organisations.journal import Line, carried_by, changed_since, made_by, take_back
from guben.organisations.models import Act, Group, Organisation, Placement, Post, Site, Succession, Team

CHANGE = "units.change"
SHAPE = ("name", "short_name", "kind", "field", "territory")
SAME = ("parent_id", "path", *SHAPE)
DATES = ("from_on", "held_on", "elected_on", "effective_on")
REFORMS = (ActKind.MERGE, ActKind.SPLIT)


@transaction.atomic
def correct(act: Act, *, reason: str, day: date | None = None, paper: str = "", by: User) -> Act:
    """Takes a wrong act back as if it had not been, or (with `day`) dates it anew. As of any day the corrected truth
    shows; the history keeps the wrong act and this one.

    Raises:
        SuperiorDecides, Http404: no `units.change` above the units of the act.
        ReasonMissing, NotToCorrect, DayInFuture, NothingChanged.
        StandsInTheWay: what later records depend on it, in sentences.

    Source: architecture: The tree; M2.1.
    """
    units = _units_of(act)
    steps.lock_trees(*units)
    act = Act.objects.select_for_update(no_key=True).get(pk=act.pk)
    for unit in units:
        steps.require_superior(by, unit)
    _refuse_wrong(act, reason, day)
    if day is not None:
        steps.refuse_future(day)
    if act.kind == ActKind.FOUND and day is not None:
        new = _found_on(act, day, reason, paper, by)
    else:
        new = _again(act, day, reason, paper, by) if day else _point(act, reason, paper, by)
        if not day:
            _undo(act, new)
    _record(act, units, by, day)
    return new


def hindrances(act: Act, *, day: date | None = None, by: User) -> list[str]:
    """What stands in the way of correcting an act, tried and not kept."""
    try:
        with transaction.atomic():
            correct(act, reason="?", day=day, by=by)
            raise _Tried
    except _Tried:
        return []
    except errors.StandsInTheWay as fault:
        return fault.sentences
    except errors.NotToCorrect as fault:
        return [str(fault)]


class _Tried(Exception):
    """Undoes what a trial wrote."""


def _units_of(act: Act) -> list[Organisation]:
    rows = Succession.objects.filter(act=act).values_list("former_id", "successor_id")
    return list(
        Organisation.objects.filter(pk__in={act.organisation_id, *(pk for row in rows for pk in row)})
        .select_related("parent")
        .order_by("path")
    )


def _refuse_wrong(act: Act, reason: str, day: date | None) -> None:
    if not reason.strip():
        raise errors.ReasonMissing
    if act.kind == ActKind.CORRECT:
        raise errors.NotToCorrect(_("这是一次更正。更正错了，就把原来的事项按对的再办一次。"))
    if act.corrections.exists():
        raise errors.NotToCorrect(_("这件事已经更正过。"))
    if day is not None and act.kind in REFORMS:
        raise errors.NotToCorrect(_("合并和拆分的日期错了，先当作没有发生，再按对的日期办一次。"))
    if day == act.effective_on:
        raise errors.NothingChanged(act.organisation.name)


def _point(act: Act, reason: str, paper: str, by: User) -> Act:
    return Act.objects.create(
        kind=ActKind.CORRECT,
        organisation_id=act.organisation_id,
        effective_on=act.effective_on,
        paper=paper.strip(),
        note=reason.strip()[:200],
        corrects=act,
        recorded_by=by,
    )


def _undo(act: Act, new: Act) -> None:
    if act.kind == ActKind.FOUND:
        _unfound(act.organisation, {act.pk})
    elif act.kind == ActKind.MOVE:
        _move_back(act.organisation, act, new)
    else:
        lines = act.journal or _recalled(act)
        _take_back(act, lines, new)


def _take_back(act: Act, lines: Sequence[Line], new: Act) -> None:
    plain = [line for line in lines if line["model"] not in ("founded", "moved")]
    founded = [line["pk"] for line in lines if line["model"] == "founded"]
    found = [*changed_since(plain), *_later_below(act, lines)]
    for unit in Organisation.objects.filter(pk__in=founded):
        found += _references(unit, lines, {act.pk}, moved={line["pk"] for line in lines if line["model"] == "moved"})
    if act.kind == ActKind.DISSOLVE and (above := act.organisation.parent) and above.dissolved_on:
        found.append(str(errors.ParentDissolved(above.name, above.dissolved_on)))
    if found:
        raise errors.StandsInTheWay(found)
    if found := take_back(plain):
        raise errors.StandsInTheWay(found)
    for line in reversed([line for line in lines if line["model"] == "moved"]):
        _move_back(Organisation.objects.select_related("parent").get(pk=line["pk"]), act, new)
    for unit in Organisation.objects.filter(pk__in=founded):
        _void(unit)


def _later_below(act: Act, lines: Sequence[Line]) -> Iterator[str]:
    """A unit that was moved along must still stand where the act put it."""
    for line in lines:
        if line["model"] == "moved":
            unit = Organisation.objects.get(pk=line["pk"])
            if unit.path != line["after"]["path"] or unit.dissolved_on:
                yield _("“%(name)s”在那以后又变过位置或已撤销。") % {"name": unit.name}


def _recalled(act: Act) -> list[Line]:
    """The journal of an act that kept none, read from the placements around its day."""
    unit, on = act.organisation, act.effective_on
    before = Placement.objects.filter(organisation=unit, until_on=on).first()
    if act.kind == ActKind.DISSOLVE:
        rows: list[Any] = [before] if before else []
        for model in (Post, Group, Site, Team):
            rows += model._default_manager.filter(organisation=unit, until_on=on)
        lines = [_line(row, {"until_on": None}, {"until_on": on.isoformat()}) for row in rows]
        return [*lines, _line(unit, {"dissolved_on": None}, {"dissolved_on": on.isoformat()})]
    after = Placement.objects.filter(organisation=unit, from_on=on, act=act).first()
    if before is None or after is None:
        raise errors.NotToCorrect(_("那时没有留下变更前的样子，不能当作没有发生。按对的再更名一次。"))
    return [
        _line(before, {"until_on": None}, {"until_on": on.isoformat()}),
        Line(model="organisations.Placement", pk=after.pk, before=None, after={"until_on": None, "act_id": act.pk}),
        _line(unit, {key: getattr(before, key) for key in SHAPE}, {key: getattr(after, key) for key in SHAPE}),
    ]


def _line(row: models.Model, before: dict[str, Any], after: dict[str, Any]) -> Line:
    return Line(model=row._meta.label, pk=row.pk, before=before, after=after)


def _move_back(unit: Organisation, act: Act, new: Act) -> None:
    """Puts a unit with all below it back where it stood, from the day on which it was moved."""
    on = act.effective_on
    before = Placement.objects.filter(organisation=unit, until_on=on).select_related("parent").first()
    since = list(Placement.objects.filter(organisation=unit, from_on__gte=on).order_by("from_on"))
    if before is None or before.parent is None or not since or since[0].from_on != on:
        raise errors.NotToCorrect(_("那时没有留下原来的上级，不能当作没有变过。再改变一次隶属。"))
    if unit.dissolved_on or {row.path for row in since} != {unit.path}:
        raise errors.StandsInTheWay([_("“%(name)s”在那以后又变过位置或已撤销。") % {"name": unit.name}])
    if before.parent.dissolved_on:
        raise errors.StandsInTheWay([str(errors.ParentDissolved(before.parent.name, before.parent.dissolved_on))])
    if before.parent.path != tree.parent_path(before.path):
        raise errors.StandsInTheWay([_("原上级“%(name)s”在那以后变过位置。") % {"name": before.parent.name}])
    back = Moving(unit.path, before.path, on, new)
    back.refuse_too_deep()
    back.carry_out(since[-1], before.parent)
    Placement.objects.filter(organisation=unit, from_on__gte=on).update(parent=before.parent)
    _join(before.path, on, {act.pk, new.pk})


def _join(path: str, on: date, acts: set[int]) -> None:
    """Where nothing but the taken-back move parted two placements, they become one again."""
    below = policy.in_subtrees([path])
    earlier = {row.organisation_id: row for row in Placement.objects.filter(below, until_on=on)}
    ends: dict[date | None, list[int]] = defaultdict(list)
    gone = []
    for row in Placement.objects.filter(below, from_on=on, act__in=acts):
        before = earlier.get(row.organisation_id)
        if before and all(getattr(before, name) == getattr(row, name) for name in SAME):
            ends[row.until_on].append(before.pk)
            gone.append(row.pk)
    for start in range(0, len(gone), 500):
        Placement.objects.filter(pk__in=gone[start : start + 500]).delete()
    for until_on, pks in ends.items():
        for start in range(0, len(pks), 500):
            Placement.objects.filter(pk__in=pks[start : start + 500]).update(until_on=until_on)


def _unfound(unit: Organisation, acts: set[int]) -> None:
    if found := _references(unit, [], acts):
        raise errors.StandsInTheWay(found)
    _void(unit)


def _void(unit: Organisation) -> None:
    """A unit that was founded by mistake has no day on which it was; its row stays for the history."""
    Placement.objects.filter(organisation=unit).delete()
    Organisation.objects.filter(pk=unit.pk).update(dissolved_on=unit.founded_on)


def _references(
    unit: Organisation, lines: Sequence[Line], acts: set[int], *, moved: set[int] | None = None
) -> list[str]:
    """A sentence for each kind of record that speaks of the unit and is none of the act's own."""
    found = []
    for relation in Organisation._meta.related_objects:
        model: Any = relation.related_model
        if model._meta.app_label == "audit" or model in (Succession,):
            continue
        rows = model._default_manager.filter(**{relation.field.name: unit})
        if model is Act:
            rows = rows.exclude(Q(pk__in=acts) | Q(kind=ActKind.FOUND) | Q(corrects__in=acts))
        elif model is Placement:
            rows = rows.exclude(Q(organisation=unit) | Q(organisation__in=moved or set()) | Q(act__in=acts))
        elif model is Organisation:
            rows = rows.exclude(pk__in=moved or set())
        else:
            carried = carried_by(lines, model, relation.field.attname, unit.pk)
            rows = rows.exclude(pk__in=made_by(lines, model) | carried)
        if count := rows.count():
            found.append(
                _("“%(name)s”已有%(count)d条“%(what)s”。先撤回或转走。")
                % {"name": unit.name, "count": count, "what": model._meta.verbose_name}
            )
    return found


def _again(act: Act, day: date, reason: str, paper: str, by: User) -> Act:
    """Takes the act back and does it anew on the right day."""
    unit = Organisation.objects.select_related("parent").get(pk=act.organisation_id)
    shape = {key: getattr(unit, key) for key in SHAPE}
    parent = unit.parent
    marker = _point(act, reason, paper, by)
    _undo(act, marker)
    unit = Organisation.objects.select_related("parent").get(pk=unit.pk)
    paper = paper or act.paper
    if act.kind == ActKind.RENAME:
        new = rename(unit, effective_on=day, paper=paper, by=by, **shape)
    elif act.kind == ActKind.MOVE and parent is not None:
        new = move(unit, parent=parent, effective_on=day, paper=paper, by=by)
    else:
        new = dissolve(unit, effective_on=day, paper=paper, by=by)
    new.corrects, new.note = act, reason.strip()[:200]
    new.save(update_fields=["corrects", "note"])
    Placement.objects.filter(act=marker).update(act=new)
    marker.delete()
    return new


def _found_on(act: Act, day: date, reason: str, paper: str, by: User) -> Act:
    """A unit was founded on another day than recorded."""
    unit = act.organisation
    first = Placement.objects.filter(organisation=unit).select_related("parent").order_by("from_on").first()
    if first is None:
        raise errors.NotToCorrect(_("这个组织已经撤销，没有要改的。"))
    if found := [*_parent_then(first, min(day, first.from_on)), *_before(unit, first, day)]:
        raise errors.StandsInTheWay(found)
    new = Act.objects.create(
        kind=ActKind.FOUND,
        organisation=unit,
        effective_on=day,
        paper=(paper or act.paper).strip(),
        note=reason.strip()[:200],
        corrects=act,
        recorded_by=by,
    )
    first.from_on = day
    if first.act_id == act.pk:
        first.act = new
    first.save(update_fields=["from_on", "act"])
    unit.founded_on = day
    if unit.kept_from and unit.kept_from < day:
        unit.kept_from = day
    unit.save(update_fields=["founded_on", "kept_from"])
    return new


def _parent_then(first: Placement, day: date) -> Iterator[str]:
    if first.parent is None:
        return
    stood = Placement.objects.filter(organisation=first.parent, from_on__lte=day).order_by("-from_on").first()
    if stood is None or stood.path != tree.parent_path(first.path):
        yield _("上级“%(name)s”在%(day)s还不在那里。") % {"name": first.parent.name, "day": day.isoformat()}
    elif stood.until_on is not None and stood.until_on < first.from_on:
        yield _("上级“%(name)s”在这期间变过位置。") % {"name": first.parent.name}


def _before(unit: Organisation, first: Placement, day: date) -> Iterator[str]:
    """Records of the unit that are dated before its new first day."""
    if first.until_on is not None and first.until_on <= day:
        yield str(errors.DayTooEarly(unit.name, first.until_on))
    for relation in Organisation._meta.related_objects:
        model: Any = relation.related_model
        if model is Placement and relation.field.name == "organisation":
            continue
        fields = {one.name for one in model._meta.concrete_fields}
        for name in DATES:
            if name in fields and model is not Act:
                rows = model._default_manager.filter(**{relation.field.name: unit, f"{name}__lt": day})
                if count := rows.count():
                    yield _("“%(name)s”有%(count)d条“%(what)s”在%(day)s以前。") % {
                        "name": unit.name,
                        "count": count,
                        "what": model._meta.verbose_name,
                        "day": day.isoformat(),
                    }


def _record(act: Act, units: Sequence[Organisation], by: User, day: date | None) -> None:
    details = {"on": act.effective_on.isoformat(), "kind": act.kind, "act": act.pk}
    if day:
        details["day"] = day.isoformat()
    for unit in units:
        right = policy.under_which_right(by, CHANGE, unit.parent or unit)
        right = right or policy.under_which_right(by, CHANGE, unit)
        trail.record("organisations.corrected", unit, by=by, organisation_id=unit.pk, right=right, details=details)
