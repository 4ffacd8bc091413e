"""Standing checks on the house: every model is tested, every action leaves an entry in the history."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "guben"

MODELS_WITHOUT_TESTS: dict[str, str] = {}

# Public functions of an actions module that write no entry, and why.
SILENT = {
    "accounts.change_settings": "How the house shows itself to one user is no record.",
    "jobs.start": "A job is its owner's own row with its own log; what it does for others writes entries.",
    "jobs.run": "The actions that the job calls write them, under its owner's name.",
    "jobs.request_stop": "Only the owner stops her own job, and its row says so.",
    "jobs.release_interrupted": "Nobody acts: a worker that vanished is cleared up.",
    "jobs.clean_expired": "Nobody acts: a date has passed.",
    "organisations.prove_tree": "Nobody acts: the night's clock looks, and the proof's own row says what it found.",
    "organisations.rebuild_index": "Changes nothing that is recorded: the index of the tree is derived.",
}
WRITES = {
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "save",
    "update",
    "delete",
}


def house_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("guben.")]


@pytest.mark.parametrize("model", house_models(), ids=lambda model: model.__name__)
def test_every_model_is_named_in_a_test(model: type) -> None:
    if model.__name__ in MODELS_WITHOUT_TESTS:
        return
    word = re.compile(rf"\b{model.__name__}\b")
    here = Path(__file__).parent
    users = [
        path
        for path in (ROOT / "tests").rglob("*.py")
        if path.parent != here and path.name != "cast.py" and word.search(path.read_text(encoding="utf-8"))
    ]
    assert users, f"No test names {model.__name__}: write one, or exempt it here with the reason."


def action_files() -> list[Path]:
    return sorted([*PACKAGE.glob("*/actions.py"), *PACKAGE.glob("*/actions/*.py")])


@cache
def definitions(app: str) -> dict[str, ast.FunctionDef]:
    """All functions of an app's action modules, by name."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in action_files() if app in path.parts]
    return {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)}


def functions_reached(start: ast.FunctionDef, app: str) -> Iterator[ast.FunctionDef]:
    """A function and those it names, as far as they stand in the app's action modules."""
    near = definitions(app)
    todo, seen = [start], {start.name}
    while todo:
        function = todo.pop()
        yield function
        for node in ast.walk(function):
            name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
            if name in near and name not in seen:
                seen.add(name)
                todo.append(near[name])


def reached(start: ast.FunctionDef, app: str) -> Iterator[ast.Call]:
    """The calls in those functions."""
    for function in functions_reached(start, app):
        yield from (node for node in ast.walk(function) if isinstance(node, ast.Call))


def is_atomic(function: ast.FunctionDef) -> bool:
    blocks = [item.context_expr for node in ast.walk(function) if isinstance(node, ast.With) for item in node.items]
    return any("atomic" in ast.unparse(mark) for mark in [*function.decorator_list, *blocks])


def writes_rows(start: ast.FunctionDef, app: str) -> bool:
    return any(
        isinstance(call.func, ast.Attribute)
        and call.func.attr in WRITES - {"update"}
        or isinstance(call.func, ast.Attribute)
        and call.func.attr == "update"
        and bool(call.keywords)
        for call in reached(start, app)
    )


def public_functions() -> Iterator[tuple[str, Path, ast.FunctionDef]]:
    """The actions: functions that change rows, without those that only help inside a package of actions."""
    for path in action_files():
        app = path.relative_to(PACKAGE).parts[0]
        door = path.parent / "__init__.py" if path.parent.name == "actions" else path
        offered = set(re.findall(r"\w+", door.read_text(encoding="utf-8")))
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.name not in offered:
                continue
            if writes_rows(node, app):
                yield f"{app}.{node.name}", path, node


each_action = pytest.mark.parametrize(
    ("name", "path", "node"), [pytest.param(*action, id=action[0]) for action in public_functions()]
)


def actions_from_elsewhere(app: str) -> set[str]:
    """The names under which an app's action modules know other apps' actions."""
    names: set[str] = set()
    for path in action_files():
        if app not in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and f"guben.{app}." not in (node.module or ""):
                whole = re.fullmatch(r"guben\.\w+\.actions(\.\w+)?", node.module or "")
                names |= {alias.asname or alias.name for alias in node.names if whole or alias.name == "actions"}
    return names


def leaves_an_entry(start: ast.FunctionDef, app: str) -> bool:
    """Whether the function reaches the trail, or another app's action, which is held to the same."""
    elsewhere = actions_from_elsewhere(app)
    for call in reached(start, app):
        if isinstance(call.func, ast.Attribute):
            base = getattr(call.func.value, "id", "")
            if base in elsewhere or (base == "trail" and call.func.attr in {"record", "record_all", "record_many"}):
                return True
        elif getattr(call.func, "id", "") in elsewhere:
            return True
    return False


@each_action
def test_every_action_writes_a_history_entry(name: str, path: Path, node: ast.FunctionDef) -> None:
    if name in SILENT:
        assert not leaves_an_entry(node, name.split(".")[0]), f"{name} does write an entry: drop its exemption."
        return
    assert leaves_an_entry(node, name.split(".")[0]), (
        f"{path.relative_to(ROOT)}:{node.lineno}: {node.name} writes no history entry: call trail.record(…)."
    )


@each_action
def test_every_action_names_who_acts_and_is_one_transaction(name: str, path: Path, node: ast.FunctionDef) -> None:
    if name in SILENT:
        return
    assert "by" in {argument.arg for argument in node.args.kwonlyargs}, f"{name} does not say by whom (`*, by: User`)."
    app = name.split(".")[0]
    assert any(is_atomic(function) for function in functions_reached(node, app)), f"{name} is no transaction."


def test_no_exemption_outlives_its_function() -> None:
    assert set(SILENT) <= {name for name, _, _ in public_functions()}
    assert set(MODELS_WITHOUT_TESTS) <= {model.__name__ for model in house_models()}
