from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', '0004_fewer_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='contact',
            name='way',
            field=models.CharField(choices=[('visit', '上门'), ('telephone', '电话'), ('message', '信息'), ('letter', '书信'), ('meeting', '参加组织生活')], max_length=10, verbose_name='方式'),
        ),
    ]
