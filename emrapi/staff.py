"""The admin as an app: our name on it, and one-time passwords if the settings ask for them."""

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin, or one that lets nobody in without a one-time password."""

    default_site = (
        "emrapi.one_time.OneTimeSite"
        if settings.STAFF_ONE_TIME_PASSWORDS
        else "django.contrib.admin.sites.AdminSite"
    )

    def ready(self) -> None:
        """Name the pages; "View site" leads to what there is to view, the API's documents."""
        super().ready()
        admin.site.site_title = "OfficePro"
        admin.site.site_header = "OfficePro staff"
        admin.site.index_title = "What is there"
        admin.site.site_url = "/docs"
