"""What pydantic found, said in whole sentences that tell what was found and what is allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from guben.rulebook_engine.errors import did_you_mean
from guben.rulebook_engine.positions import Path

NEEDED = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "date_type": "a date without quotes, such as 2026-01-31",
    "date_from_datetime_inexact": "a date without a time",
    "tuple_type": "a list in [ ]",
    "model_type": "a table in { }",
    "model_attributes_type": "a table in { }",
    "is_instance_of": "an expression in quotes",
    "bool_type": "true or false",
}


def sentences(error: ValidationError, model: type[BaseModel], raw: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    """Each mistake once, with its path inside the entry."""
    told: set[Path] = set()
    for found in error.errors(include_url=False):
        path = _written_path(found["loc"], raw) or (("until",) if found["type"] == "value_error" else ())
        if path not in told or found["type"] in ("missing", "extra_forbidden"):
            told.add(path)
            yield path, _sentence(found, model)


def _written_path(location: tuple[int | str, ...], raw: Any) -> Path:
    """The location without the names that pydantic adds for the branches of a union."""
    path: Path = ()
    for step in location:
        listed = isinstance(raw, list | tuple) and isinstance(step, int) and step < len(raw)
        if listed or (isinstance(raw, dict) and step in raw):
            raw = raw[step]
        elif isinstance(raw, dict):
            return (*path, step)
        else:
            break
        path = (*path, step)
    return path


def _sentence(found: Mapping[str, Any], model: type[BaseModel]) -> str:
    kind, value, context = found["type"], found["input"], found.get("ctx", {})
    name = str(found["loc"][-1]) if found["loc"] else ""
    shown = repr(value) if isinstance(value, str | int | float | bool) else f"a value of type {type(value).__name__}"
    match kind:
        case "missing":
            return f"'{name}' is missing."
        case "extra_forbidden":
            return f"No key '{name}' here.{did_you_mean(name, _known_keys(model, found['loc'][:-1]))}"
        case "literal_error":
            return f"{shown} is not allowed; write one of {context.get('expected')}."
        case "string_pattern_mismatch":
            return f"{shown} is no key: write small letters, digits and single hyphens."
        case "too_short":
            return f"This list is too short: at least {context.get('min_length')} is needed."
        case "string_too_short":
            return "This text is empty."
        case "string_too_long":
            return f"This text is longer than {context.get('max_length')} characters."
        case "greater_than_equal" | "less_than_equal":
            return f"{shown} is out of range: {found['msg'].removeprefix('Input should be ')}."
        case "value_error":
            return str(found["msg"]).removeprefix("Value error, ")
        case _:
            return f"Found {shown}; needed is {NEEDED.get(kind, found['msg'])}."


def _known_keys(model: type[BaseModel], location: tuple[int | str, ...]) -> tuple[str, ...]:
    """The keys that an author may write in the table at this place."""
    for step in location:
        field = next((item for name, item in model.model_fields.items() if step in (name, item.alias)), None)
        inner = field and _model_inside(field.annotation)
        model = inner or model
    return tuple(field.alias or name for name, field in model.model_fields.items() if name != "place")


def _model_inside(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_inside(part))), None)
