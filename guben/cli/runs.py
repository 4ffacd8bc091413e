"""`guben run|result`: a whole snapshot worked out, what came of it, and whether the pages show it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings

from guben.access import policy
from guben.cli.context import library_for, print_json, progress, stopped_as_by_hand, unit_of, user_of
from guben.cli.figures import finding_document, print_findings, row_document, row_line
from guben.figures.discretion import SEES_PERSONS
from guben.figures.queries import Row, indicators_for
from guben.figures.snapshots import manifest_in, require_registered, require_taker
from guben.rollup import hiding, publishing, results, runs
from guben.rollup.results import OpenResult, named, open_result
from guben.rulebook_engine.facts import catalogue
from guben.rulebook_engine.frozen import MANIFEST, digest
from guben.rulebook_engine.plan_of_run import plan

INVENTED = "演示数据"


def run(options: Namespace) -> int:
    """Works every rule in force on the snapshot's day out for all its units."""
    with stopped_as_by_hand():
        return _run(options)


def _run(options: Namespace) -> int:
    snapshot, out = Path(options.snapshot), Path(options.out)
    manifest = manifest_in(snapshot)
    _let_in(options, snapshot, manifest.generated)
    library = library_for(options, manifest.generated)
    planned = plan(library, manifest.on, catalogue)
    began = monotonic()
    made = runs.run(
        snapshot,
        out,
        planned,
        runs.How(options.engine, options.workers, options.trust, options.master, settings.DATA / "kernel"),
        editions={rule.key: rule.edition_label for rule in library.in_force(manifest.on)},
        progress=lambda done, total: progress("parts", done, total),
    )
    told = {
        "result": str(made.folder),
        "on": manifest.on,
        "engine": options.engine,
        "generated": dict(manifest.generated),
        "units": manifest.units,
        "rows": made.manifest.rows,
        "parts": len(manifest.parts),
        "kept": made.kept,
        "atoms": len(planned.columns),
        "compiling_seconds": round(made.compiling, 3),
        "seconds": round(monotonic() - began, 3),
        "fingerprint": planned.fingerprint,
    }
    if options.json:
        return print_json(told)
    compiled = f" ({made.compiling:.1f} s of it compiling)" if made.compiling > 1 else ""
    print(
        f"{told['units']:,} units, {told['rows']:,} rows, {told['seconds']} s{compiled}{_invented(manifest.generated)}"
    )
    print(made.folder)
    return 0


def result(options: Namespace) -> int:
    """What a result says."""
    with stopped_as_by_hand():
        return VERBS[options.verb](options)


def _show(options: Namespace) -> int:
    with _opened(options) as opened:
        unit = opened.unit(options.at)
        units = [unit]
        if options.ancestors:
            units = [*opened.files.ancestors(unit), *units]
        if options.children:
            units += opened.files.children(unit)
        indicators = indicators_for(options.keys, opened.on, opened.library)
        found = opened.figures(indicators, units)
        rows = [
            Row(named(one), indicator, found[indicator.key, one.number])
            for indicator in indicators
            for one in units
            if (indicator.key, one.number) in found
        ]
        head = _head(opened, options.at)
    if options.json:
        return print_json({**head, "rows": [row_document(row) for row in rows]})
    for row in rows:
        print(row_line(row))
    print(f"{head['on']}  {head['engine']}{_invented(head['generated'])}")
    return 0


def _findings(options: Namespace) -> int:
    with _opened(options) as opened:
        found = opened.findings(options.at)
        head = _head(opened, options.at)
        if not options.json:
            print_findings(found.findings, len(found.quiet))
            print(f"{head['on']}  {head['engine']}{_invented(head['generated'])}")
            return 0
        most = options.most or None
        named_ = [finding_document(replace(one, units=tuple(one.units[:most]))) for one in found.findings]
    return print_json({**head, "findings": named_, "quiet": [rule.key for rule in found.quiet]})


def _check(options: Namespace) -> int:
    manifest = results.check(Path(options.result))
    files = sum(len(files) for files in manifest.tables.values())
    hidden = hiding.check(results.newest(Path(options.result))[0])
    files += len(hidden.files) if hidden else 0
    told = {"on": manifest.on, "units": manifest.units, "files": files}
    if options.json:
        return print_json(told)
    print(f"{manifest.on}: {files} files of {manifest.units:,} units are what the manifest says.")
    return 0


def _hide(options: Namespace) -> int:
    """Works out which figures are not shown to who sees no persons: the same as are kept, if nobody harmed them."""
    manifest = results.newest(Path(options.result))[1]
    if not manifest.generated:
        require_taker(user_of(options))
    results.check(Path(options.result))
    with open_result(Path(options.result), library_for(options, manifest.generated)) as opened:
        before = hiding.kept(opened.folder, digest(opened.folder / MANIFEST))
        made = hiding.keep(opened, _hiding)
    state = "new" if before is None else "same" if made.is_like(before) else "changed"
    if options.json:
        return print_json({"on": manifest.on, "units": manifest.units, "figures": len(made.columns), "state": state})
    words = {"new": "for the first time", "same": "the same as before", "changed": "not the same as before"}
    print(f"{manifest.on}: {len(made.columns)} figures about people in {manifest.units:,} units, {words[state]}.")
    return 0


def _hiding(done: int, total: int) -> None:
    progress("figures about people", done, total)


def _publish(options: Namespace) -> int:
    made = publishing.publish(Path(options.result), by=user_of(options), progress=_hiding)
    told = {"result": made.folder, "on": made.on, "top": made.top, "generated": made.is_generated}
    if options.json:
        return print_json(told)
    invented = f"（{INVENTED}）" if made.is_generated and INVENTED not in made.top else ""
    print(f"{made.on} {made.top}{invented}: the statistics pages show it, /statistics/?result={made.pk}")
    return 0


def _withdraw(options: Namespace) -> int:
    gone = publishing.withdraw(Path(options.result), by=user_of(options))
    if options.json:
        return print_json([{"result": one.folder, "on": one.on, "top": one.top} for one in gone])
    for one in gone:
        print(f"{one.on} {one.top}: no longer shown; its files stay in {one.folder}")
    return 0


VERBS = {
    "show": _show,
    "findings": _findings,
    "check": _check,
    "hide": _hide,
    "publish": _publish,
    "withdraw": _withdraw,
}


def _opened(options: Namespace) -> AbstractContextManager[OpenResult]:
    return opened_at(options.result, options.at, options)


def opened_at(result: str, code: str, options: Namespace) -> AbstractContextManager[OpenResult]:
    """The result, if the acting user may see its figures at the unit. Figures about few people are not coarsened in
    it, so that it takes the right to see persons too; invented records are nobody's."""
    manifest = results.newest(Path(result))[1]
    if not manifest.generated:
        user = user_of(options)
        unit = unit_of(code, user)
        for right in ("figures.view", SEES_PERSONS):
            policy.require(user, right, unit)
    return open_result(Path(result), library_for(options, manifest.generated))


def _let_in(options: Namespace, snapshot: Path, generated: Mapping[str, Any]) -> None:
    """Records of real people are worked out for who may take a snapshot of all of them."""
    if generated:
        return
    require_taker(user_of(options))
    require_registered(snapshot)


def _head(opened: OpenResult, code: str) -> dict[str, Any]:
    manifest = opened.manifest
    return {"on": opened.on, "at": code, "engine": manifest.engine, "generated": dict(manifest.generated)}


def _invented(generated: Mapping[str, Any]) -> str:
    return f"（{INVENTED}）" if generated else ""
