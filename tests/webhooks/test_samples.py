"""The samples of the guide for partners, run against what is really sent."""

import base64
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client import Client
from tests.process import PROJECT
from tests.webhooks.clients import reachable, receiver
from tests.webhooks.receivers import Receiver, Request
from webhooks import signing

__all__ = ["reachable", "receiver"]

SAMPLES = PROJECT / "docs" / "samples" / "webhooks"

# Each asks its sample once for every case, and answers the list of true and false as JSON.
DRIVERS = {
    "verify.py": """
import base64, json, sys
sys.path.insert(0, sys.argv[1])
from verify import is_genuine
cases = json.load(sys.stdin)
print(json.dumps([is_genuine(*case[:4], base64.b64decode(case[4])) for case in cases]))
""",
    "verify.js": """
const { isGenuine } = require(process.argv[2] + "/verify.js");
const cases = JSON.parse(require("node:fs").readFileSync(0));
const answers = cases.map((c) => isGenuine(...c.slice(0, 4), Buffer.from(c[4], "base64")));
console.log(JSON.stringify(answers));
""",
    "verify.php": """<?php
require $argv[1] . '/verify.php';
$cases = json_decode(stream_get_contents(STDIN));
$answer = fn($c) => is_genuine($c[0], $c[1], $c[2], $c[3], base64_decode($c[4]));
echo json_encode(array_map($answer, $cases));
""",
    "Verify.cs": """
using System;
using System.Collections.Generic;
public static class Driver {
    public static void Main() {
        var answers = new List<string>();
        string line;
        while ((line = Console.ReadLine()) != null) {
            var c = line.Split('\\t');
            answers.Add(Webhook.IsGenuine(c[0], c[1], c[2], c[3], Convert.FromBase64String(c[4]))
                ? "true" : "false");
        }
        Console.WriteLine("[" + string.Join(",", answers) + "]");
    }
}
""",
}
INTERPRETERS = {
    "verify.py": [sys.executable],
    "verify.js": ["node"],
    "verify.php": ["php"],
    "Verify.cs": ["mono", "mcs"],
}


@pytest.fixture(params=DRIVERS)
def verify(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[list[list[str]]], object]:
    """Asks a sample; skipped where its language is not installed."""
    sample = request.param
    found = [shutil.which(name) for name in INTERPRETERS[sample]]
    if None in found:
        pytest.skip(f"{sample} needs {' and '.join(INTERPRETERS[sample])}")
    driver = tmp_path / f"driver{Path(sample).suffix}"
    driver.write_text(DRIVERS[sample])
    run = [str(found[0]), str(driver), str(SAMPLES)]
    if sample.endswith(".cs"):
        program = tmp_path / "driver.exe"
        subprocess.run([str(found[1]), f"-out:{program}", driver, SAMPLES / sample], check=True)
        run = [str(found[0]), str(program)]

    def ask(cases: list[list[str]]) -> object:
        text = json.dumps(cases)
        if sample.endswith(".cs"):
            text = "".join("\t".join(case) + "\n" for case in cases)
        done = subprocess.run(
            run, input=text, capture_output=True, text=True, timeout=60, check=True
        )
        return json.loads(done.stdout)

    return ask


def test_sample_tells_what_is_ours(
    ours: Client, receiver: Receiver, verify: Callable[[list[list[str]]], object]
) -> None:
    signup = {"hookUrl": receiver.url, "scopes": ["Patients"]}
    old = ours.post("/v1/webhooks/signup", signup).json()["data"]["secret"]
    ours.post("/v1/webhooks/test")
    new = ours.post("/v1/webhooks/rotate-secret").json()["data"]["secret"]
    ours.post("/v1/webhooks/test")
    single, double = receiver.requests

    def case(sent: Request, secret: str, *, body: bytes = b"", **changes: str) -> list[str]:
        headers = {**sent.headers, **changes}
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        text = base64.b64encode(body or sent.body).decode()
        return [secret, *(headers[name] for name in names), text]

    signature = single.headers["webhook-signature"]
    long_ago = str(int(single.headers["webhook-timestamp"]) - 301)
    cases = {
        "signed once": (case(single, old), True),
        "signed by the secret that goes": (case(double, old), True),
        "signed by the secret that comes": (case(double, new), True),
        "another secret": (case(single, new), False),
        "another body": (case(single, old, body=b"{}"), False),
        "another id": (case(single, old, **{"webhook-id": "evt_1"}), False),
        "an old timestamp": (case(single, old, **{"webhook-timestamp": long_ago}), False),
        "no timestamp": (case(single, old, **{"webhook-timestamp": "soon"}), False),
        "no signature": (case(single, old, **{"webhook-signature": ""}), False),
        "another version": (
            case(single, old, **{"webhook-signature": signature.replace("v1", "v2")}),
            False,
        ),
        "a part of it": (case(single, old, **{"webhook-signature": signature[:-1]}), False),
    }

    answers = verify([asked for asked, _ in cases.values()])

    assert dict(zip(cases, answers, strict=True)) == {
        name: expected for name, (_, expected) in cases.items()
    }
    assert len(double.headers["webhook-signature"].split(" ")) == 2


def test_sample_refuses_a_signature_that_is_too_old(
    ours: Client, receiver: Receiver, verify: Callable[[list[list[str]]], object]
) -> None:
    secret = signing.new_secret()
    cases = []
    for age in (0, 290, 310, -290, -310):
        headers = signing.headers([secret], message_id="evt_1", body=b"{}", now=time.time() - age)
        cases.append([secret, *headers.values(), base64.b64encode(b"{}").decode()])

    assert verify(cases) == [True, True, False, True, False]


@pytest.mark.parametrize("sample", DRIVERS)
def test_guide_shows_the_samples(sample: str) -> None:
    guide = (PROJECT / "docs" / "partners.md").read_text()
    indented = "".join(
        f"    {line}\n" if line else "\n" for line in (SAMPLES / sample).read_text().splitlines()
    )

    assert indented in guide
