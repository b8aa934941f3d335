"""`log_event` and `import_events`: what is written, and what is refused and why."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests.process import manage
from webhooks.models import LogEntry


@pytest.fixture
def run(staff):
    """Run a command as operators do, and read its JSON."""

    def run(*arguments):
        out = StringIO()
        with staff():
            call_command(*arguments, "--json", stdout=out)
        return json.loads(out.getvalue())

    return run


@pytest.fixture
def file(tmp_path):
    """A file of these lines: events as JSON, or text as it is."""

    def write(*lines):
        path = tmp_path / "events.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(texts) + "\n")
        return str(path)

    return write


@pytest.fixture
def stored(staff):
    """The log, in the order of insertion."""

    def read():
        with staff():
            rows = LogEntry.objects.order_by("id").values_list(
                "practice__ppass", "scope", "event", "object_id", "data"
            )
            return list(rows)

    return read


def event(**changes):
    facts = {"practice": "DemoOffice", "scope": "Claims", "event": "claim.paid", "objectId": 7}
    return {**facts, "data": {"ClaimID": 7}, **changes}


def without(name):
    return {field: value for field, value in event().items() if field != name}


def test_one_event_is_written(our_practice, run, stored):
    told = run(
        "log_event", "claim.paid", "--practice", "demooffice", "--scope", "claims",
        "--object-id", "7", "--data", '{"ClaimID": 7}',
    )  # fmt: skip

    assert told == event()
    assert stored() == [("DemoOffice", "Claims", "claim.paid", 7, {"ClaimID": 7})]


def test_event_needs_neither_object_nor_data(our_practice, run, stored):
    run("log_event", "claim.paid", "--practice", "DemoOffice", "--scope", "Claims")

    assert stored() == [("DemoOffice", "Claims", "claim.paid", None, {})]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["Paid", "--scope", "Claims"], "event must read like claim.paid"),
        (["claim.paid", "--scope", "Claim"], "did you mean Claims"),
        (["claim.paid", "--scope", "Claims,Payments"], "An event is of one scope"),
        (["claim.paid", "--scope", "Claims", "--data", "{"], "--data is no JSON"),
        (["claim.paid", "--scope", "Claims", "--data", "[1]"], "data must be an object"),
        (["claim.paid", "--scope", "Claims", "--object-id", "x"], "is not a whole number"),
    ],
)
def test_event_that_is_none_is_refused(our_practice, run, stored, arguments, complaint):
    with pytest.raises(CommandError, match=complaint):
        run("log_event", *arguments, "--practice", "DemoOffice")

    assert stored() == []


def test_file_is_written_in_its_order(our_practice, other_practice, run, file, stored):
    path = file(
        event(objectId=1),
        event(practice="otheroffice", scope="Patients", event="patient.created", objectId=2),
        "",
        event(objectId=None, data={}),
        {"practice": "DemoOffice", "scope": "Documents", "event": "document.added"},
    )

    told = run("import_events", path)

    assert told == {
        "written": True,
        "events": 4,
        "practices": {"DemoOffice": 3, "OtherOffice": 1},
        "faults": [],
    }
    assert stored() == [
        ("DemoOffice", "Claims", "claim.paid", 1, {"ClaimID": 7}),
        ("OtherOffice", "Patients", "patient.created", 2, {"ClaimID": 7}),
        ("DemoOffice", "Claims", "claim.paid", None, {}),
        ("DemoOffice", "Documents", "document.added", None, {}),
    ]


def test_more_than_one_batch_is_written(our_practice, run, file, stored):
    told = run("import_events", file(*(event(objectId=number) for number in range(5_003))))

    assert told["events"] == 5_003
    assert [row[3] for row in stored()] == list(range(5_003))


def test_dry_run_writes_nothing(our_practice, run, file, stored):
    told = run("import_events", file(event()), "--dry-run")

    assert (told["written"], told["events"]) == (False, 1)
    assert stored() == []


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "This is no JSON"),
        ("[1]", "An event is an object"),
        ('"claim.paid"', "An event is an object"),
        (event(colour="red"), "There is no field 'colour'"),
        (event(objectID=7), "did you mean objectId?"),
        (event(practice="Nowhere"), "practice: there is no 'Nowhere'"),
        (event(practice=7), "practice: there is no 7"),
        (without("practice"), "practice is needed"),
        (event(scope="claims"), "scope must be one of"),
        (event(scope=["Claims"]), "scope must be one of"),
        (without("scope"), "scope must be one of"),
        (event(event="Claim.Paid"), "event must read like claim.paid"),
        (event(event="claim.paid\n"), "event must read like claim.paid"),
        (event(event="a." + "b" * 100), "event must read like claim.paid"),
        (without("event"), "event must read like claim.paid"),
        (event(objectId="7"), "objectId must be a whole number"),
        (event(objectId=True), "objectId must be a whole number"),
        (event(objectId=1.5), "objectId must be a whole number"),
        (event(objectId=2**63), "objectId must be a whole number"),
        (event(data=[1]), "data must be an object"),
        (event(data=None), "data must be an object"),
        (event(data={"note": "\0"}), "NUL character"),
        (event(data={"\0": 1}), "NUL character"),
    ],
)
def test_file_with_a_fault_writes_nothing_and_tells_the_line(
    our_practice, run, file, stored, line, complaint
):
    with pytest.raises(CommandError, match="line 2: ") as refused:
        run("import_events", file(event(), line, event()))

    assert complaint in str(refused.value)
    assert str(refused.value).endswith("Nothing was written.")
    assert stored() == []


def test_backslash_that_only_looks_like_a_nul_is_kept(our_practice, run, file, stored):
    run("import_events", file(event(data={"note": "a\\u0000b"})))

    assert stored()[0][4] == {"note": "a\\u0000b"}


def test_every_fault_is_told(our_practice, run, file):
    with pytest.raises(CommandError) as refused:
        run("import_events", file(event(scope="x"), event(), event(event="x")))

    assert [line.split(":")[0] for line in str(refused.value).splitlines()] == [
        "line 1",
        "line 3",
        "Nothing was written.",
    ]


def test_faults_of_a_file_are_json_too_and_the_exit_code_is_1(our_practice, file):
    done = manage("import_events", file(event(scope="x")), "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["faults"][0]["line"] == 1
    assert done.stderr.startswith("import_events: line 1: scope must be one of")
