import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from emrapi import embedded
from emrapi.management import first_run
from emrapi.management.console import Console
from emrapi.management.ports import PortTaken, reserve
from emrapi.management.start_screen import start_screen
from emrapi.management.supervisor import Supervisor, reachable


class Command(BaseCommand):
    help = (
        "Starts everything: PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name others), "
        "migrations, on the first run demo data and a staff account, then web, worker, sender "
        "and beat. Ctrl-C ends all of it."
    )
    # `migrate` runs them.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--host",
            default=os.environ.get("HOST") or "127.0.0.1",
            help="address to listen on (default: HOST, else 127.0.0.1)",
        )
        parser.add_argument(
            "--port",
            type=int,
            default=os.environ.get("PORT") or None,
            help="port to listen on (default: PORT, else the next free one from 8000)",
        )

    def handle(self, *, host: str, port: int | None, **options: Any) -> None:
        console = Console(sys.stdout)
        try:
            port, claim = reserve(host, port)
        except PortTaken as error:
            raise CommandError(str(error)) from None
        with claim:
            try:
                self._serve(host, port, console)
            except (embedded.EmbeddedError, first_run.FirstRunError) as error:
                raise CommandError(str(error)) from None
            except OperationalError as error:
                raise CommandError(f"The database cannot be used: {error}") from None
            finally:
                embedded.release()
        console.line("start", "everything has ended")

    def _serve(self, host: str, port: int, console: Console) -> None:
        for name in embedded.ensure():
            console.line(name, "started")
        supervisor = Supervisor(
            host=host,
            port=port,
            console=console,
            ready=lambda: console.plain(start_screen(f"http://{reachable(host)}:{port}", demo)),
        )
        supervisor.stop_on_signals()
        demo = first_run.prepare()
        supervisor.run()
