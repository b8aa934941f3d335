"""Paths of the token exchange, and of a partner's own profile, which the reference puts last."""

from django.urls import path

from partners.views import ProfileViewSet, TokenViewSet

urlpatterns = [path("<ppass:ppass>/auth/token", TokenViewSet.as_view({"post": "create"}))]
me = [path("me", ProfileViewSet.as_view({"get": "retrieve", "patch": "update"}))]
