"""Paths of the token exchange, of a partner's own profile, and of asking for access."""

from django.urls import path

from partners import access_pages
from partners.access_views import AccessRequestViewSet
from partners.views import ProfileViewSet, TokenViewSet

urlpatterns = [path("<ppass:ppass>/auth/token", TokenViewSet.as_view({"post": "create"}))]
# The reference puts these last.
me = [path("me", ProfileViewSet.as_view({"get": "retrieve", "patch": "update"}))]
access_requests = [path("access-requests", AccessRequestViewSet.as_view({"post": "create"}))]

pages = [
    path("request-access", access_pages.request_access, name="request-access"),
    path("request-access/asked", access_pages.asked, name="access-asked"),
    path("request-access/confirm/<str:token>", access_pages.confirm, name="access-confirm"),
    path("request-access/key/<str:token>", access_pages.key, name="access-key"),
]
