"""Who may do what: articles belong to no practice, so no policy is needed."""

from django.db import migrations

from partners.tenancy import Protect


class Migration(migrations.Migration):
    """Partners change articles, staff write them, nobody deletes one or touches its past."""

    dependencies = [("knowledge", "0001_initial"), ("partners", "0002_tenancy")]

    operations = [
        Protect(
            "knowledge_article",
            web="SELECT, UPDATE",
            worker="SELECT",
            staff="SELECT, INSERT, UPDATE",
        ),
        Protect("knowledge_articleevent", web="SELECT, INSERT", staff="SELECT, INSERT"),
        Protect("knowledge_word", web="SELECT, INSERT", staff="SELECT, INSERT"),
    ]
