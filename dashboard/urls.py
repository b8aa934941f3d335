"""Staff pages beside the admin; its sign-in is theirs."""

from django.urls import path

from dashboard.views import access_requests, activity, calendar, overview

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
    path("calendar/", calendar.show_calendar, name="calendar"),
]
