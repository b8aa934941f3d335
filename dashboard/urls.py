"""Staff pages beside the admin; its sign-in is theirs."""

from django.contrib import admin
from django.urls import path

from dashboard import views

app_name = "dashboard"

urlpatterns = [
    path("calendar/", admin.site.admin_view(views.show_calendar), name="calendar"),
]
