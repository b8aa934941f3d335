"""What happens in the database while the browser is open."""

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def beside(work: Callable[[], Any]) -> None:
    """Do it in a thread of its own: no query may run beside the browser."""

    def run() -> None:
        work()
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
