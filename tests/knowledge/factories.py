"""Articles to arrange tests with."""

import factory

from knowledge.models import Article
from tests.factories import StaffFactory


class ArticleFactory(StaffFactory):
    """An article as staff would write it."""

    class Meta:
        model = Article

    title = factory.Sequence(lambda n: f"Title {n}")
    body = "Some words."
    category = "Billing"
    type = "HowTo"
