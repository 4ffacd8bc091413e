"""Keeping the diagnosis of a large tree in the database: a sum that any process may find, and no record of anything."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from guben.accounts.database import others_are_writing
from guben.audit.remembering import newest_entry
from guben.figures import queries
from guben.figures.models import KeptDiagnosis
from guben.figures.queries import Diagnosis
from guben.figures.trees import day_tree
from guben.figures.trials import Progress
from guben.organisations.models import Organisation
from guben.rulebook.queries import library

KEPT_DAYS = 7


def keep_diagnosis(at: Organisation, on: date, progress: Progress) -> Diagnosis:
    """Works a diagnosis out and keeps it for everybody who may see it; who asks has been let in before."""
    # Asked before the records are read: what is written meanwhile makes it old.
    newest = 0 if others_are_writing() else newest_entry()
    found = queries.worked_out(day_tree(at, on), library(), progress=progress)
    KeptDiagnosis.objects.update_or_create(
        organisation=at, on=on, defaults={"newest": newest, "content": queries.packed(found)}
    )
    KeptDiagnosis.objects.filter(made_at__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
    return found
