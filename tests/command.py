"""Runs the `guben` command inside a test and hands back what came out."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

from guben.cli.main import main


@dataclass(frozen=True)
class Answer:
    """What a command said and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        assert self.code == 0, self.err
        return json.loads(self.out)


def guben(*words: object) -> Answer:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([str(word) for word in words])
    return Answer(code, out.getvalue(), err.getvalue())


def refused(answer: Answer) -> str:
    """The sentence of a refusal: nothing on standard output, no traceback, exit code 1."""
    assert (answer.code, answer.out) == (1, ""), answer
    assert answer.err.startswith("guben: ")
    assert "Traceback" not in answer.err
    return answer.err


def figures(*words: object) -> dict[tuple[str, str], tuple[Any, Any, Any, str]]:
    rows = guben("evaluate", "--json", *words).document["rows"]
    return {
        (row["code"], row["indicator"]): (row["value"], row["numerator"], row["denominator"], row["edition"])
        for row in rows
    }
