"""What the engine finds wrong in a rule, in the reader's language: which line, what was found, what to write."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from guben.rulebook.mistake_sentences import EXAMPLE, EXAMPLE_FAILS, IN_PART, PART, SENTENCES, phrase
from guben.rulebook_engine.errors import Mistake

HINTS = (
    (re.compile(r" Did you mean '(?P<near>[^']*)'\?$"), gettext_lazy("是不是“%(near)s”？")),
    (re.compile(r" Known: (?P<known>.*)\.$", re.DOTALL), gettext_lazy("可以写：%(known)s。")),
)


def in_words(sentence: str) -> str:
    """One mistake's sentence in the reader's language; as the engine says it where that is English."""
    if (get_language() or "zh").startswith("en"):
        return sentence
    if example := EXAMPLE.match(sentence):
        return str(EXAMPLE_FAILS) % {"key": example["key"], "rest": in_words(example["rest"])}
    if part := PART.match(sentence):
        return str(IN_PART) % {"part": part["part"], "rest": in_words(part["rest"])}
    hint = ""
    for pattern, words in HINTS:
        if found := pattern.search(sentence):
            hint, sentence = str(words) % found.groupdict(), sentence[: found.start()]
            break
    for pattern, said in SENTENCES:
        if found := pattern.match(sentence):
            return str(said) % {name: phrase(words) for name, words in found.groupdict().items()} + hint
    return sentence + hint


def told(mistakes: Iterable[Mistake]) -> list[str]:
    """Each mistake with its line."""
    return [
        _("第%(line)s行：%(sentence)s") % {"line": mistake.line, "sentence": in_words(mistake.sentence)}
        for mistake in mistakes
    ]
