"""Deliveries of a subscription are counted by an index alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The same index with the practice, which row-level security asks for."""

    dependencies = [("webhooks", "0007_letters")]

    operations = [
        migrations.RemoveIndex(model_name="delivery", name="delivery_by_subscription"),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                fields=["subscription", "id"],
                include=["practice"],
                name="delivery_by_subscription",
            ),
        ),
    ]
