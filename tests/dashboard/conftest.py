"""Staff in front of their pages."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client


@pytest.fixture
def sign_in(staff):
    """A browser in which somebody has signed in who holds these permissions; all, if none."""

    def signed_in(*permissions, name="kim"):
        client = Client()
        with staff():
            user = User.objects.create_user(name, is_staff=True, is_superuser=not permissions)
            for permission in permissions:
                app, _, codename = permission.partition(".")
                held = Permission.objects.get(content_type__app_label=app, codename=codename)
                user.user_permissions.add(held)
            client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def desk(sign_in):
    """An administrator's browser."""
    return sign_in()
