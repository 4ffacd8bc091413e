"""What an act wrote, row by row, so that it can be taken back exactly, or not at all where something changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

from django.apps import apps
from django.db.models import Model, ProtectedError
from django.utils.translation import gettext as _

BATCH = 500


class Line(TypedDict):
    """One row: what stood in the fields before (nothing where the act made the row) and what stood there after."""

    model: str
    pk: int
    before: dict[str, Any] | None
    after: dict[str, Any]


@dataclass(slots=True)
class Journal:
    """Writes rows and notes them."""

    lines: list[Line] = field(default_factory=list)

    def create(self, row: Model) -> None:
        row.save(force_insert=True)
        self.lines.append(_made(row))

    def create_many(self, rows: Sequence[Model]) -> None:
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, batch_size=BATCH)
            self.lines.extend(map(_made, rows))

    def change(self, row: Model, **values: Any) -> None:
        self.change_many([row], **values)

    def change_many(self, rows: Iterable[Any], **values: Any) -> None:
        """Puts the same values into rows of one model; `field_id` names a relation by its key."""
        known = list(rows)
        if not known:
            return
        model = type(known[0])
        for row in known:
            before = {name: getattr(row, name) for name in values}
            for name, value in values.items():
                setattr(row, name, value)
            self.lines.append(
                Line(model=model._meta.label, pk=row.pk, before=_plain(model, before), after=_plain(model, values))
            )
        pks = [row.pk for row in known]
        for start in range(0, len(pks), BATCH):
            model._default_manager.filter(pk__in=pks[start : start + BATCH]).update(**values)

    def made(self, model: type[Model]) -> set[int]:
        """The keys of the rows of a model that the act made."""
        return made_by(self.lines, model)


def made_by(lines: Sequence[Line], model: type[Model]) -> set[int]:
    return {line["pk"] for line in lines if line["before"] is None and line["model"] == model._meta.label}


def carried_by(lines: Sequence[Line], model: type[Model], name: str, key: int) -> set[int]:
    """The keys of the rows of a model whose field the act put to the key, and that had another before."""
    label = model._meta.label
    return {
        line["pk"]
        for line in lines
        if line["model"] == label and line["before"] and line["after"].get(name) == key != line["before"].get(name)
    }


def changed_since(lines: Sequence[Line]) -> list[str]:
    """A sentence for each kind of row that is no longer as the act left it."""
    last: dict[tuple[str, int], dict[str, Any]] = {}
    for line in lines:
        last.setdefault((line["model"], line["pk"]), {}).update(line["after"])
    counts: dict[str, int] = {}
    for label, pks in _by_model(last).items():
        model = apps.get_model(label)
        rows: Mapping[Any, Model] = {}
        for start in range(0, len(pks), BATCH):
            rows = {**rows, **model._default_manager.in_bulk(pks[start : start + BATCH])}
        for pk in pks:
            row = rows.get(pk)
            if row is None or any(getattr(row, name) != _real(model, name, v) for name, v in last[label, pk].items()):
                counts[label] = counts.get(label, 0) + 1
    return [
        _("有%(count)d条“%(what)s”在那以后又变过。")
        % {"count": count, "what": apps.get_model(label)._meta.verbose_name}
        for label, count in counts.items()
    ]


def take_back(lines: Sequence[Line]) -> list[str]:
    """Puts every row back as it was, the last one first; gives what would not go."""
    for line in reversed(lines):
        model = apps.get_model(line["model"])
        if line["before"] is None:
            try:
                model._default_manager.filter(pk=line["pk"]).delete()
            except ProtectedError:
                return [_("“%(what)s”在那以后已有别的记录用到。") % {"what": model._meta.verbose_name}]
        else:
            values = {name: _real(model, name, value) for name, value in line["before"].items()}
            model._default_manager.filter(pk=line["pk"]).update(**values)
    return []


def _made(row: Model) -> Line:
    model = type(row)
    values = {one.attname: getattr(row, one.attname) for one in model._meta.concrete_fields if not one.primary_key}
    kept = {name: value for name, value in values.items() if not isinstance(value, bytes | memoryview)}
    return Line(model=model._meta.label, pk=row.pk, before=None, after=_plain(model, kept))


def _plain(model: type[Model], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as JSON can hold them."""
    return {name: _text(value) for name, value in values.items()}


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _real(model: type[Model], name: str, value: Any) -> Any:
    found: Any = model._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name)
    return (
        None if value is None else found.target_field.to_python(value) if found.is_relation else found.to_python(value)
    )


def _by_model(rows: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for label, pk in rows:
        found.setdefault(label, []).append(pk)
    return found
