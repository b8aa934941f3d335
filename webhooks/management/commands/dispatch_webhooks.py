"""Do the sender's work by hand."""

import math
import signal
import threading
from types import FrameType
from typing import Any

from django.core.management.base import CommandParser

from partners.management.command import Answer, OperatorCommand
from webhooks.pump import Pump


class Command(OperatorCommand):
    """`dispatch_webhooks [--once]`, beside a sender that runs, or in its stead."""

    atomic = False

    help = """\
Number and hand out events, and send what is due, as the sender does; it may run beside one. Without
--once it goes on until it is interrupted: a sender that needs neither Celery nor Redis."""
    examples = """\
  manage.py dispatch_webhooks --once"""
    is_noted = False

    def add_arguments(self, parser: CommandParser) -> None:
        """Once, or until interrupted."""
        parser.add_argument(
            "--once", action="store_true", help="end when what is there is handed out and sent"
        )
        super().add_arguments(parser)

    def perform(self, **options: Any) -> Answer:
        """Publish all there is, send all that is due; once, or every second."""
        told_to_end = threading.Event()

        def end(number: int, frame: FrameType | None) -> None:
            told_to_end.set()

        kept = [(each, signal.signal(each, end)) for each in (signal.SIGINT, signal.SIGTERM)]
        pump, attempts = Pump(), 0
        try:
            while not told_to_end.is_set():
                attempts += pump.run(
                    seconds=math.inf,
                    idle_seconds=0,
                    is_ending=told_to_end.is_set,
                    is_once=options["once"],
                )
                if options["once"] or told_to_end.wait(1):
                    break
        finally:
            for number, handler in kept:
                signal.signal(number, handler)
        return Answer({"attempts": attempts}, f"{attempts} attempts made.")
