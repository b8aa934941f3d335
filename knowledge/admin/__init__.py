"""Where staff write articles."""

from knowledge.admin.articles import ArticleAdmin

__all__ = ["ArticleAdmin"]
