"""A draft held against the engine and all other rules: refused with sentences, or the library with it is given."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from guben.access.roles import roles, title_of
from guben.kit import tree
from guben.kit.errors import DomainError
from guben.organisations.models import Organisation
from guben.rulebook import errors
from guben.rulebook.composing import compose, editions_of
from guben.rulebook.drafting import suffix
from guben.rulebook.mistakes import in_words, told
from guben.rulebook.models import Draft, Edition
from guben.rulebook.queries import library
from guben.rulebook.sources import RuleFile
from guben.rulebook_engine.entries import Duty, Entry, Indicator, Role, Rulebook
from guben.rulebook_engine.errors import RulebookErrors
from guben.rulebook_engine.examples import read_examples, run
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.library import Library
from guben.rulebook_engine.loading import read_rulebook

MOST_EXAMPLES = 40
NOT_NEEDED = "'from' is missing."  # the day of a pasted file is asked for beside it


def read(text: str, name: str) -> Rulebook:
    """The rulebook of a text; it may name the indicators of all installed ones.

    Raises:
        DraftMistakes: with the line of each.
    """
    elsewhere = {entry.key: entry.over for entry in library() if isinstance(entry, Indicator)}
    try:
        return read_rulebook(text, name, catalogue, elsewhere=elsewhere)
    except RulebookErrors as found:
        raise errors.DraftMistakes(told(found.mistakes)) from found


def mistakes_of_paste(text: str) -> list[str]:
    """What is wrong with a pasted file, by its own lines."""
    elsewhere = {entry.key: entry.over for entry in library() if isinstance(entry, Indicator)}
    try:
        read_rulebook(text, "", catalogue, elsewhere=elsewhere)
    except RulebookErrors as found:
        return told(mistake for mistake in found.mistakes if mistake.sentence != NOT_NEEDED)
    return []


def rule_key(text: str) -> str:
    """The key of the rulebook in a checked text."""
    return str(tomllib.loads(text)["rulebook"]["key"])


def edition_of(draft: Draft) -> Edition:
    """The edition that the draft would become, not saved."""
    return Edition(
        key=draft.amends or rule_key(draft.text),
        organisation=draft.organisation,
        form=draft.form,
        fields=draft.fields,
        text=draft.text,
        examples=draft.examples,
        from_on=draft.from_on,
        until_on=draft.until_on,
        paper=draft.paper,
    )


def source_with(draft: Draft) -> RuleFile:
    """The rule's file with the draft as its latest edition."""
    edition = edition_of(draft)
    before = [one for one in editions_of(edition.key, draft.organisation) if one.from_on < draft.from_on]
    return compose(edition.key, draft.organisation, [*before, edition])


def check(draft: Draft) -> tuple[Rulebook, Library]:
    """The draft as a rulebook of its own, and the library with it in its place.

    Raises:
        DraftMistakes, KeyHeld, KeyTaken, KeyWithoutCode, NotOwnIndicator: what is wrong, and what to do.
    """
    alone = read(draft.text, f"{draft.pk or 'new'}.toml")
    _refuse_odd_contents(alone)
    key = draft.amends or alone.key
    if not draft.amends and any(
        (one.key, one.issued_by) == (key, draft.organisation.code) for one in library().rulebooks
    ):
        raise errors.KeyTaken(key)
    _check_keys(alone, key, draft.organisation)
    _check_indicators(alone, draft.organisation)
    composed = read(source_with(draft).text, f"{key}.toml")
    whole = _together(composed, draft.organisation)
    _run_examples(draft.examples, whole, alone)
    return alone, whole


def _together(book: Rulebook, unit: Organisation) -> Library:
    others = [one for one in library().rulebooks if (one.key, one.issued_by) != (book.key, unit.code)]
    try:
        return Library([*others, book])
    except RulebookErrors as found:
        raise errors.DraftMistakes([in_words(mistake.sentence) for mistake in found.mistakes]) from found


def _refuse_odd_contents(book: Rulebook) -> None:
    found: list[str] = []
    keys = [entry.key for entry in book.entries]
    if not keys:
        found.append(_("文件里没有制度。写一条 [[duty]]、[[standard]]、[[indicator]] 或 [[limit]]。"))
    if any(isinstance(entry, Role) for entry in book.entries):
        found.append(_("角色和权限不能在这里定，去掉 [[role]]。"))
    if len(set(keys)) < len(keys):
        found.append(_("一次公布一版：同一个编号只写一次。以后的版本到那时再起草。"))
    if len(keys) > 30:
        found.append(_("一个文件最多30条，分开公布。"))
    known = roles()
    for entry in book.entries:
        if isinstance(entry, Duty) and entry.answerable not in known:
            named = "、".join(
                title_of(role) + f" {role}" for role in known if role not in ("administrator", "operator")
            )
            found.append(_("没有“%(role)s”这个角色，可以写：%(known)s。") % {"role": entry.answerable, "known": named})
    if found:
        raise errors.DraftMistakes(found)


def _check_keys(book: Rulebook, key: str, unit: Organisation) -> None:
    """A key of the nation or a superior is never reused; all others end with the unit's code, and so meet no other."""
    ending = suffix(unit.code, unit.pk)
    for one in dict.fromkeys([key, *(entry.key for entry in book.entries)]):
        holder = next((entry for entry in library().editions(one) if entry.issued_by != unit.code), None)
        if holder is not None:
            raise held_by(holder, unit)
        if not one.endswith(f"-{ending}"):
            raise errors.KeyWithoutCode(one, ending)
    for entry in book.entries:
        elsewhere = next(
            (
                other
                for other in library().rulebooks
                if other.key != key and entry.key in {e.key for e in other.entries}
            ),
            None,
        )
        if elsewhere is not None:
            raise errors.KeyTaken(entry.key)


def held_by(holder: Entry, unit: Organisation) -> DomainError:
    """The refusal that says who holds a key; who is not below its holder is only told that it is taken."""
    if holder.is_national:
        return errors.KeyHeld(holder.key, holder.title.say(get_language() or "zh"), _("中央规定"))
    above = superiors(unit).get(holder.issued_by)
    return (
        errors.KeyHeld(holder.key, holder.title.say(get_language() or "zh"), above)
        if above
        else errors.KeyTaken(holder.key)
    )


def superiors(unit: Organisation) -> dict[str, str]:
    """The codes and short names of the units above."""
    found = Organisation.objects.filter(path__in=tree.ancestors(unit.path))
    return dict(found.values_list("code", "short_name"))


def _check_indicators(book: Rulebook, unit: Organisation) -> None:
    own = {entry.key for entry in book.indicators}
    for standard in book.standards:
        editions = library().editions(standard.indicator)
        foreign = editions and not editions[-1].is_national and editions[-1].issued_by != unit.code
        if standard.indicator not in own and foreign and editions[-1].issued_by not in superiors(unit):
            raise errors.NotOwnIndicator(standard.indicator)


def _run_examples(text: str, whole: Library, alone: Rulebook) -> None:
    if not text.strip():
        return
    raised = list(_failures(text, whole, {entry.key for entry in alone.entries}))
    if raised:
        raise errors.DraftMistakes(raised)


def _failures(text: str, whole: Library, keys: set[str]) -> Iterator[str]:
    try:
        examples = read_examples(text, "")
    except RulebookErrors as found:
        yield from (_("例子%(words)s") % {"words": words} for words in told(found.mistakes))
        return
    if len(examples) > MOST_EXAMPLES:
        yield _("例子最多%(most)s个。") % {"most": MOST_EXAMPLES}
        return
    for example in examples:
        line = example.place.line
        if example.rule not in keys:
            yield _("例子第%(line)s行：“%(key)s”不是这份文件里的制度。") % {"line": line, "key": example.rule}
        elif wrong := run(example, whole, catalogue, "sqlite"):
            yield _("例子第%(line)s行没有通过：%(words)s") % {"line": line, "words": wrong.split(": ", 2)[-1]}
