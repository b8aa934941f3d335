"""Passwords of tests, which nobody needs to guess for long."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """A hundred rounds instead of a million."""

    iterations = 100
