"""A receiver for developers: verifies what arrives, and prints it."""

import argparse
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from webhooks import signing

_EXAMPLES = """examples:
  manage.py receive_webhooks --secret whsec_…
  manage.py receive_webhooks --port 9001 --secret whsec_… --answer 500

To be reached from here the platform needs WEBHOOKS_ALLOW_HTTP=true and
WEBHOOKS_ALLOWED_NETWORKS=127.0.0.0/8 in its environment; sign up with http://127.0.0.1:9000/.
"""


class Command(BaseCommand):
    """Listens on this machine only, until it is interrupted."""

    help = "Receive webhooks on this machine, verify and print them."
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """With the examples below the options."""
        kwargs |= {"epilog": _EXAMPLES, "formatter_class": argparse.RawDescriptionHelpFormatter}
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """Where, by what secret, and what to answer."""
        parser.add_argument("--port", type=int, default=9000)
        parser.add_argument("--secret", required=True, help="as the signup answered it")
        parser.add_argument("--answer", type=int, default=204, help="the status of every answer")
        parser.add_argument("--count", type=int, help="end after so many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve one after the other."""
        command, received = self, 0

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                verdict = _verdict(options["secret"], dict(self.headers), body)
                command.stdout.write(f"{verdict}  {body.decode(errors='replace')}")
                command.stdout.flush()
                self.send_response(options["answer"] if verdict == "genuine" else 401)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Our own line says it."""

        with HTTPServer(("127.0.0.1", options["port"]), Receiver) as server:
            self.stderr.write(f"Listening on http://127.0.0.1:{server.server_port}/")
            try:
                while received != options["count"]:
                    server.handle_request()
                    received += 1
            except KeyboardInterrupt:
                return


def _verdict(secret: str, headers: dict[str, str], body: bytes) -> str:
    try:
        signing.verify(secret, headers=headers, body=body, now=time.time())
    except signing.BadSignature as fault:
        return f"NOT GENUINE: {fault}"
    return "genuine"
