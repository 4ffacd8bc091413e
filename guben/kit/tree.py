"""Tree arithmetic over materialised paths: fixed-width steps, compared as bytes, parents before children."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

STEP = 4
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
AFTER_ALL = "~"  # sorts after every digit of a step


def step(number: int) -> str:
    """The step of the child with this number (0 to 1,679,615)."""
    if not 0 <= number < 36**STEP:
        raise ValueError(f"A unit can have at most {36**STEP} units directly below it.")
    text = ""
    for _ in range(STEP):
        number, digit = divmod(number, 36)
        text = DIGITS[digit] + text
    return text


def step_number(path: str) -> int:
    """The number of a path's last step."""
    return int(path[-STEP:], 36)


def parent_path(path: str) -> str:
    """The path one level up; empty for a root."""
    return path[:-STEP]


def depth(path: str) -> int:
    """0 for a root."""
    return len(path) // STEP - 1


def ancestors(path: str, *, include_self: bool = False) -> list[str]:
    """The paths above this one, root first."""
    last = len(path) if include_self else len(path) - STEP
    return [path[:end] for end in range(STEP, last + 1, STEP)]


def is_at_or_below(path: str, top: str) -> bool:
    return path.startswith(top)


def span(path: str) -> tuple[str, str]:
    """The half-open byte range [first, last) that holds a path and all below it."""
    return path, path + AFTER_ALL


def outermost(paths: Iterable[str]) -> list[str]:
    """The given paths without those that lie below another one, sorted."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1]):
            kept.append(path)
    return kept


def subtree_ends(paths: Sequence[str]) -> list[int]:
    """For paths sorted as bytes (pre-order), the index just after each path's subtree."""
    ends = [len(paths)] * len(paths)
    open_: list[int] = []
    for index, path in enumerate(paths):
        while open_ and not path.startswith(paths[open_[-1]]):
            ends[open_.pop()] = index
        open_.append(index)
    return ends
