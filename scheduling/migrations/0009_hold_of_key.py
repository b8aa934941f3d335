"""How many times a key holds, counted by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """An index of holds by key."""

    dependencies = [("scheduling", "0008_one_loader")]

    operations = [
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(fields=["practice", "api_key_id", "expires_at"], name="hold_of_key"),
        ),
    ]
