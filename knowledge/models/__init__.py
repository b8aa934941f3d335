"""Articles, their revisions, and the words that are in them."""

from knowledge.models.article import Article, Word
from knowledge.models.history import ArticleEvent

__all__ = ["Article", "ArticleEvent", "Word"]
