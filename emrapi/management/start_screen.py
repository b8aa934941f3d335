"""What `serve` shows once everything answers."""

import shlex
from typing import Any

from django.conf import settings


def start_screen(address: str, demo: dict[str, Any]) -> str:
    """The addresses, and for a demo install the key, the sign-in and three lines to paste.

    `demo` is what seed_demo printed, empty for a production.
    """
    lines = [
        "",
        f"  API      {address}/v1/",
        f"  Docs     {address}/docs",
        f"  Overview {address}/dashboard/",
        f"  Admin    {address}/admin/",
    ]
    if folder := getattr(settings, "EMAIL_FILE_PATH", None):
        lines.append(f"  Mail     {folder}")
    if demo:
        staff = demo["staff"]
        lines += [
            f"  Sign in  {staff['username']}  {staff['password'] or '(as you have set it)'}",
            "",
            f"  Practice {demo['ppass']}",
            f"  Key      {demo['key']}",
            "",
            "  Try it: a token, a new prospect, and finding it again.",
            "",
            *three_lines(f"{address}/v1/{demo['ppass']}", demo["key"]),
        ]
    return "\n".join([*lines, "", "  Ctrl-C ends it.", ""])


def three_lines(practice: str, key: str) -> list[str]:
    """Shell lines that work when pasted, with nothing but curl and sed."""
    body = "-H 'Content-Type: application/json' -d"
    signed_in = """-H "Authorization: Bearer $TOKEN\""""
    api_key = shlex.quote(f'{{"apiKey": "{key}"}}')
    take = """sed 's/.*"accessToken": *"\\([^"]*\\)".*/\\1/'"""
    person = """'{"FirstName": "Ada", "LastName": "Lovelace", "EMail": "ada@example.com"}'"""
    return [
        f"TOKEN=$(curl -s {practice}/auth/token {body} {api_key} | {take})",
        f"curl -s {practice}/prospects {signed_in} {body} {person}; echo",
        f"curl -s '{practice}/prospects?search=lovelace' {signed_in}; echo",
    ]
