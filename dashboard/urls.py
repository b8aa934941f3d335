"""Staff pages beside the admin; its sign-in is theirs."""

from django.contrib import admin
from django.urls import path

from dashboard.views import activity, calendar, overview

app_name = "dashboard"

urlpatterns = [
    path("", overview.show_overview, name="overview"),
    path("activity/", activity.show_activity, name="activity"),
    path("activity/calls.csv", activity.download_activity, name="activity_file"),
    path("calendar/", admin.site.admin_view(calendar.show_calendar), name="calendar"),
]
