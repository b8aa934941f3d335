"""Who may do what with products. They are of no practice, so no policy stands before them."""

from django.db import migrations

from partners.tenancy import Protect


class Migration(migrations.Migration):
    """The serving role may add to history, not read it; nobody may change it, or delete a product."""

    dependencies = [("catalog", "0001_initial")]

    operations = [
        Protect("catalog_product", web="SELECT, INSERT, UPDATE", worker="SELECT"),
        Protect("catalog_productevent", web="INSERT", staff="SELECT, INSERT"),
        Protect("catalog_vendorgrant", web="SELECT"),
    ]
