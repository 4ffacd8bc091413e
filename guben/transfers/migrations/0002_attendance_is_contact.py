import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0005_contact_at_a_host'),
        ('transfers', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='guestattendance',
            name='contact',
            field=models.OneToOneField(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='attendance', to='members.contact'),
        ),
    ]
