"""Staff pages beside the admin; its sign-in is theirs."""

from django.urls import path

from dashboard.views import (
    access_requests,
    activity,
    calendar,
    keys,
    overview,
    partners,
    webhooks,
)

app_name = "dashboard"

urlpatterns = [
    path("", overview.show_overview, name="overview"),
    path("activity/", activity.show_activity, name="activity"),
    path("activity/calls.csv", activity.download_activity, name="activity_file"),
    path("access-requests/", access_requests.show_requests, name="access_requests"),
    path("access-requests/<int:pk>/", access_requests.show_request, name="access_request"),
    path(
        "access-requests/<int:pk>/approve",
        access_requests.approve,
        name="access_request_approve",
    ),
    path("access-requests/<int:pk>/deny", access_requests.deny, name="access_request_deny"),
    path(
        "access-requests/<int:pk>/send-again",
        access_requests.send_again,
        name="access_request_again",
    ),
    path("partners/", partners.show_partners, name="partners"),
    path("partners/<int:pk>/", partners.show_partner, name="partner"),
    path("keys/", keys.show_keys, name="keys"),
    path("webhooks/", webhooks.show_webhooks, name="webhooks"),
    path("webhooks/<int:pk>/", webhooks.show_subscription, name="subscription"),
    path("calendar/", calendar.show_calendar, name="calendar"),
]
