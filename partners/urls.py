"""Paths of the token exchange."""

from django.urls import path

from partners.views import TokenViewSet

urlpatterns = [path("<ppass:ppass>/auth/token", TokenViewSet.as_view({"post": "create"}))]
