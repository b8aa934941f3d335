"""Paths of a partner's own calls."""

from django.urls import path

from dashboard.me.views import OwnCallViewSet, UsageViewSet

urlpatterns = [
    path("me/usage", UsageViewSet.as_view({"get": "retrieve"})),
    path("me/requests/<requestid:requestId>", OwnCallViewSet.as_view({"get": "retrieve"})),
]
