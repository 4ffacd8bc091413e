"""Installing rulebook files: all of a set or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.rulebook.models import Rulebook
from guben.rulebook.queries import installed_files
from guben.rulebook.sources import RuleFile, read_all, without_renewed


@transaction.atomic
def install(sources: Sequence[RuleFile], *, by: User) -> int:
    """Installs or renews rulebooks; returns how many changed. National files need the operator's right.

    They are checked together with what stays installed: what does not fit would break every page that reads rules.

    Raises:
        PermissionDenied: the user may not install rules.
        BrokenRulebook: a file has a mistake, or does not fit the others; nothing was changed.
    """
    if not policy.may_anywhere(by, "rules.install"):
        raise PermissionDenied("rules.install")
    library = read_all([*sources, *without_renewed(installed_files(), sources)])
    changed = 0
    for source, book in zip(sources, library.rulebooks, strict=False):
        digest = hashlib.sha256(f"{source.text}\0{source.examples}".encode()).hexdigest()
        row = Rulebook.objects.filter(key=book.key, issued_by=book.issued_by).first()
        if row and row.digest == digest:
            continue
        row = row or Rulebook(key=book.key, issued_by=book.issued_by)
        row.file_name, row.text, row.examples, row.digest = source.name, source.text, source.examples, digest
        row.save()
        trail.record(
            "rules.installed", row, by=by, organisation_id=None, right="rules.install", details={"key": book.key}
        )
        changed += 1
    return changed
