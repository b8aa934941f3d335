"""Room for changes, and who may make them. Products are of no practice, so under no policy."""

from django.db import migrations

from partners.tenancy import Protect

# A price list changes prices, which stand in no index: where the new version of a row fits into the
# page of the old one, no index is touched at all, not even the one of trigrams.
_ROOM = "ALTER TABLE catalog_product SET (fillfactor = 60)"
_NO_ROOM = "ALTER TABLE catalog_product RESET (fillfactor)"


class Migration(migrations.Migration):
    """The serving role may add to history, not read it; nobody may change it, or delete a product."""

    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.RunSQL(_ROOM, _NO_ROOM),
        Protect("catalog_product", web="SELECT, INSERT, UPDATE", worker="SELECT"),
        Protect("catalog_productevent", web="INSERT", staff="SELECT, INSERT"),
        Protect("catalog_vendorgrant", web="SELECT"),
    ]
