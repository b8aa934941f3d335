"""Accounts, groups and devices of staff: nobody gives himself, or others, more than he may do.

Django's own pages let whoever may change accounts make himself a superuser, or set the password of
one. Here an account or group that can do more than oneself can only be looked at, and single
permissions are for superusers to give.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.forms import AdminPasswordChangeForm, UserCreationForm
from django.contrib.auth.models import Group, Permission, User
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_otp.plugins.otp_totp.admin import TOTPDeviceAdmin
from django_otp.plugins.otp_totp.models import TOTPDevice

from dashboard.staff_groups import GROUPS

for _model in (User, Group, TOTPDevice):
    admin.site.unregister(_model)


def _exceed(actor: Any, permissions: Iterable[Permission]) -> bool:
    """Whether there is something among them that somebody may not do himself."""
    if actor.is_superuser:
        return False
    own = actor.get_all_permissions()
    return any(f"{p.content_type.app_label}.{p.codename}" not in own for p in permissions)


def _is_above(actor: Any, user: User) -> bool:
    """Whether an account can do more than somebody, or could if it were active."""
    if actor.is_superuser or user.is_superuser:
        return not actor.is_superuser
    held = Permission.objects.filter(Q(group__user=user) | Q(user=user))
    return _exceed(actor, held.select_related("content_type"))


class NewPasswordForm(AdminPasswordChangeForm):  # type: ignore[type-arg]  # at run time plain
    """Another password for an account. To have none is no choice: there is no other way in."""

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.fields.pop("usable_password", None)


class RightsField(ModelMultipleChoiceField[Permission]):
    """Permissions to tick, in few words. (In Django's list one wrong click clears all others.)"""

    widget = CheckboxSelectMultiple({"class": "rights"})

    def label_from_instance(self, obj: Any) -> str:
        """Of which part of the admin, and what."""
        part = apps.get_app_config(obj.content_type.app_label).verbose_name
        return f"{part}: {obj.name.removeprefix('Can ')}"


@admin.register(User)
class AccountAdmin(UserAdmin[User]):
    """Who may sign in. Who leaves is made inactive: what he did stays explainable."""

    list_display = ["username", "first_name", "last_name", "member_of", "is_active", "last_login"]
    list_filter = ["is_active", "groups", "is_superuser"]
    show_facets = admin.ShowFacets.NEVER
    filter_horizontal = ()
    search_help_text = "By name or e-mail address."
    add_form = UserCreationForm
    change_password_form = NewPasswordForm
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "password1", "password2")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With their groups."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """What only superusers give."""
        facts = ["last_login", "date_joined"]
        return facts if request.user.is_superuser else [*facts, "is_superuser", "user_permissions"]

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Groups that can do no more than oneself."""
        if db_field.name == "groups":
            groups = Group.objects.prefetch_related("permissions__content_type")
            fit = [g.pk for g in groups if not _exceed(request.user, g.permissions.all())]
            kwargs["queryset"] = Group.objects.filter(pk__in=fit).order_by("pk")
            kwargs["widget"] = CheckboxSelectMultiple
        else:
            kwargs["form_class"] = RightsField
            kwargs["widget"] = RightsField.widget
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Its password, too: whoever sets that can sign in with it."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not _is_above(request.user, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is switched off."""
        return False

    @admin.display(description="groups")
    def member_of(self, user: User) -> str:
        """Their names."""
        names = ", ".join(sorted(group.name for group in user.groups.all()))
        return "superuser" if user.is_superuser else names or "–"


@admin.register(Group)
class StaffGroupAdmin(GroupAdmin):
    """The four that there are always, and others."""

    # Also where the name is only to be read, which Django would show last.
    fields = ("name", "permissions")
    filter_horizontal = ()

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        """What one may do oneself."""
        kwargs["form_class"] = RightsField
        kwargs["widget"] = RightsField.widget
        if not request.user.is_superuser:
            known = Permission.objects.select_related("content_type")
            own = [each.pk for each in known if not _exceed(request.user, [each])]
            kwargs["queryset"] = known.filter(pk__in=own)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The four are known by their names."""
        return ["name"] if obj and obj.name in GROUPS else []

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Unless it can do more than oneself."""
        return super().has_change_permission(request, obj) and self._fits(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same; and the four stay."""
        may = super().has_delete_permission(request, obj) and self._fits(request, obj)
        return may and (obj is None or obj.name not in GROUPS)

    def _fits(self, request: HttpRequest, obj: Any) -> bool:
        if obj is None:
            return True
        return not _exceed(request.user, obj.permissions.select_related("content_type"))


@admin.register(TOTPDevice)
class DeviceAdmin(TOTPDeviceAdmin):  # type: ignore[misc]  # without types
    """What makes one-time passwords. Whoever sees one's secret has its passwords."""

    list_display = ("user", "name", "confirmed", "created_at", "last_used_at")
    list_filter = ("confirmed",)
    show_facets = admin.ShowFacets.NEVER
    search_help_text = "By name or e-mail address of the account."
    raw_id_fields = ()
    autocomplete_fields = ("user",)
    readonly_fields = ("created_at", "last_used_at", "throttling_failure_count", "qrcode_link")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whose it is. How its passwords are made is the same for all."""
        facts = ["user", "name", "confirmed"]
        return [(None, {"fields": [*facts, *self.readonly_fields] if obj else facts})]

    @admin.display(description="QR code")
    def qrcode_link(self, device: TOTPDevice) -> SafeString:
        """To be looked at by its owner's phone."""
        url = reverse("admin:otp_totp_totpdevice_config", args=[device.pk])
        return format_html('<a href="{}">Show the QR code</a>', url)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Superusers' are theirs."""
        devices: QuerySet[Any] = super().get_queryset(request)
        return devices if request.user.is_superuser else devices.exclude(user__is_superuser=True)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Not for an account that can do more than oneself."""
        if _is_above(request.user, obj.user):
            raise PermissionDenied
        super().save_model(request, obj, form, change)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nor of one."""
        return super().has_view_permission(request, obj) and self._fits(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return super().has_change_permission(request, obj) and self._fits(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The same."""
        return super().has_delete_permission(request, obj) and self._fits(request, obj)

    def _fits(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or not _is_above(request.user, obj.user)
