"""The web server: `python -m emrapi.management.web`.

HOST, PORT and WEB_WORKERS come from the environment. The figures behind the rest are in docs/adr.
"""

import logging
import os

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server

# A body that drips in holds a thread, so there must be more threads than slow clients; they are
# made when they are needed, and each that has asked the database keeps a connection to it.
THREADS = 32
# Connections, idle ones included, so it has to be far above the threads.
CONNECTIONS = 1024


def main() -> None:
    # It warns of more threads than two for each core, which is what slow clients ask for.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.msg)
    cores = os.cpu_count() or 1
    Server(
        "emrapi.wsgi:application",
        address=os.environ.get("HOST") or "127.0.0.1",
        port=int(os.environ.get("PORT") or 8000),
        interface=Interfaces.WSGI,
        websockets=False,
        # Half of the cores: the database and the workers need the others.
        workers=int(os.environ.get("WEB_WORKERS") or max(1, cores // 2)),
        respawn_failed_workers=True,
        blocking_threads=THREADS,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=10_000),
        log_level=LogLevels.warning,
        # Somebody who tries things out wants to see them arrive; the call log is for all else.
        log_access=os.environ.get("EMR_ENV", "development") == "development",
        log_access_format="%(method)s %(path)s %(status)d %(dt_ms).1f ms",
    ).serve()


if __name__ == "__main__":
    main()
