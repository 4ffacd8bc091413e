from django.db import migrations

BATCH = 2000


def prove_kept_entries(apps, schema_editor):
    """Entries from before there were proofs are taken as they stand."""
    from guben.audit.proofs import NAMES, proof_of

    Entry = apps.get_model("audit", "Entry")
    while batch := list(Entry.objects.filter(proof="").order_by("pk")[:BATCH]):
        for entry in batch:
            entry.proof = proof_of(tuple(getattr(entry, name) for name in NAMES))
        Entry.objects.bulk_update(batch, ["proof"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('audit', '0002_proofs'),
    ]

    operations = [
        migrations.RunPython(prove_kept_entries, migrations.RunPython.noop, elidable=True),
    ]
