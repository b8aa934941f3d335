"""What `serve` shows once everything answers."""

import shlex
from typing import Any

from emrapi.management.first_run import STAFF_NAME


def start_screen(address: str, known: dict[str, Any]) -> str:
    """The addresses, and for a demo install the key, the sign-in and three lines to paste."""
    lines = [
        "",
        f"  API      {address}/v1/",
        f"  Docs     {address}/docs",
        f"  Admin    {address}/admin/",
    ]
    if known:
        lines += ["", *_demo(address, **known)]
    return "\n".join([*lines, "", "  Ctrl-C ends it.", ""])


def _demo(address: str, demo: dict[str, Any], password: str | None) -> list[str]:
    shown = password or "(the password that you have given it)"
    practice = f"{address}/v1/{demo['ppass']}"
    return [
        f"  Sign in  {STAFF_NAME}  {shown}",
        f"  Practice {demo['ppass']}",
        f"  Key      {demo['key']}",
        "",
        "  Try it: a token, a new prospect, and finding it again.",
        "",
        *three_lines(practice, demo["key"]),
    ]


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
