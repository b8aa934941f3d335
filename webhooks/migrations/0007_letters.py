"""A letter about a disabling is due by a row, so that it is written whoever dies meanwhile."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Whatever was disabled before has had its letter."""

    dependencies = [("webhooks", "0006_feed_by_scope")]

    operations = [
        migrations.AddField(
            model_name="subscription",
            name="letter_due_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(letter_due_at__isnull=False),
                fields=["letter_due_at"],
                name="subscription_letter_due",
            ),
        ),
    ]
