"""The product's own settings, with the servers' and the secrets' test home."""

import os

os.environ["EMR_ENV"] = "test"

from emrapi.settings import *  # noqa: F403

# Passwords are hashed as they are in production, but quickly.
PASSWORD_HASHERS = ["tests.passwords.QuickHasher"]
