"""Articles for those who work with the practices, and for the practices themselves."""

from django.apps import AppConfig


class KnowledgeConfig(AppConfig):
    """The app of the knowledge base."""

    name = "knowledge"
    verbose_name = "Knowledge base"
