"""The admin as an app: our name on it, and one-time passwords if the settings ask for them."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

# What others' apps are called on the start page.
_TITLES = {
    "auth": "Staff",
    "axes": "Sign-ins",
    "otp_totp": "One-time passwords",
}


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
        for label, title in _TITLES.items():
            apps.get_app_config(label).verbose_name = title
        admin.site.site_title = "OfficePro"
        admin.site.site_header = "OfficePro staff"
        admin.site.index_title = "Administration"
        admin.site.site_url = "/docs"
