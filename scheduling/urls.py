"""Paths of providers, availability and visits."""

from django.urls import path

from scheduling import views

urlpatterns = [
    path("<ppass:ppass>/availability/providers", views.ProviderViewSet.as_view({"get": "list"})),
    path(
        "<ppass:ppass>/availability/providers/<id:id>",
        views.ProviderViewSet.as_view({"get": "retrieve"}),
    ),
    path(
        "<ppass:ppass>/availability/providers/<id:id>/schedule",
        views.ScheduleViewSet.as_view({"get": "retrieve"}),
    ),
    path("<ppass:ppass>/visit-types", views.VisitTypeViewSet.as_view({"get": "list"})),
]
