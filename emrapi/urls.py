"""The whole map, in the order of the published reference."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import TemplateView

import partners.urls
from emrapi import health, metrics
from emrapi.api import converters as converters  # registers <ppass:…> and <id:…>
from emrapi.api import docs

v1 = [
    path("", include("partners.urls")),  # authentication
    path("", include("prospects.urls")),  # prospects and tags
    path("", include("scheduling.urls")),  # providers, availability, visits
    path("", include("catalog.urls")),  # products
    path("", include("knowledge.urls")),
    path("", include("webhooks.urls")),
    path("", include("tickets.urls")),
    path("", include(partners.urls.me)),  # my information
    path("", include("dashboard.me.urls")),
    path("", include(partners.urls.access_requests)),
]

urlpatterns = [
    path("v1/", include(v1)),
    path("", TemplateView.as_view(template_name="emrapi/front_door.html"), name="front-door"),
    path("", include(partners.urls.pages)),
    path("", include(docs.urlpatterns)),
    path("admin/", admin.site.urls),
    path("dashboard/", include("dashboard.urls")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", metrics.metrics),
]

handler400 = "emrapi.api.errors.bad_request"
handler403 = "dashboard.refusals.forbidden"
handler404 = "dashboard.refusals.not_found"
handler500 = "emrapi.api.errors.server_error"
