"""Prospects, their pictures and their tags."""

from prospects.views.pictures import PictureViewSet
from prospects.views.prospects import ProspectViewSet
from prospects.views.tags import PersonTagsViewSet, TagViewSet

__all__ = ["PersonTagsViewSet", "PictureViewSet", "ProspectViewSet", "TagViewSet"]
