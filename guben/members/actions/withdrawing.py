"""Taking back the registration of people who were registered by mistake."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from guben.access import policy
from guben.accounts.models import User
from guben.audit import trail
from guben.members import errors
from guben.members.models import Affiliation, Person, Stage, Standing
from guben.members.queries.registrations import belonging, with_later_records

CHUNK = 500


@transaction.atomic
def withdraw_registrations(keys: Sequence[int], *, by: User) -> int:
    """Takes people out of the books whose registration was a mistake, all or none; the history says that they were
    registered and taken back, and holds none of their values. Gives their number.

    Raises:
        PermissionDenied, Http404: no `members.change` at one of their units.
        errors.RecordedSince: more is recorded about one of them than the registration.

    Source: 个人信息保护法 Art. 46-47.
    """
    for start in range(0, len(keys), CHUNK):  # whoever is recording something about one of them is waited for
        list(Person.objects.select_for_update().filter(pk__in=keys[start : start + CHUNK]).values_list("pk", flat=True))
    places = belonging(keys)
    units = {row.organisation_id: row.organisation for row in places.values()}
    for unit in units.values():
        policy.require(by, "members.change", unit)
    if len(places) != len(set(keys)) or with_later_records(keys):
        raise errors.RecordedSince
    rights = {pk: policy.under_which_right(by, "members.change", unit) for pk, unit in units.items()}
    homes = [places[key].organisation_id for key in keys]
    for start in range(0, len(keys), CHUNK):
        part = keys[start : start + CHUNK]
        for model in (Stage, Affiliation, Standing):
            model._base_manager.filter(person__in=part).delete()
        people = Person.objects.filter(pk__in=part)
        people._raw_delete(people.db)  # nothing points to them: asked above, and the database would refuse it
    trail.record_all(
        "members.registration_withdrawn",
        Person,
        keys,
        by=by,
        organisation_ids=homes,
        rights=[rights[home] for home in homes],
        changed={},
        details=[{}] * len(keys),
    )
    return len(keys)
