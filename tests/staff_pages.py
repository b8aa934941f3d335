"""Staff pages as tests use them: a browser in which somebody is signed in, and filled-in forms."""

from typing import Any

from django.contrib.auth.models import Permission, User
from django.test import Client as Browser


def signed_in(staff: Any, *permissions: str, name: str = "maria", **facts: Any) -> Browser:
    """The browser of somebody with these permissions, or, if none is named, with all.

    A codename that several apps have is named with its app: `webhooks.view_logentry`.
    """
    browser = Browser()
    with staff():
        rights = {"is_superuser": not permissions, **facts}
        user = User.objects.create_user(name, is_staff=True, **rights)
        user.user_permissions.set([_permission(each) for each in permissions])
        browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


def _permission(name: str) -> Permission:
    app, _, codename = name.rpartition(".")
    of_app = {"content_type__app_label": app} if app else {}
    return Permission.objects.get(codename=codename, **of_app)


def fields(answer: Any) -> dict[str, Any]:
    """What the page would send, were nothing changed."""
    forms = [answer.context["adminform"].form]
    for inline in answer.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    return {name: "" if value is None else value for name, value in values.items()}
