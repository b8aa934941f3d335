"""The admin as an app: with one-time passwords if the settings ask for them."""

from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin, or django-otp's, which lets nobody in without a one-time password."""

    default_site = (
        "django_otp.admin.OTPAdminSite"
        if settings.STAFF_ONE_TIME_PASSWORDS
        else "django.contrib.admin.sites.AdminSite"
    )
