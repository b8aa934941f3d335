"""What the log says of an error, and what it must not."""

import logging

import pytest
from django.db import IntegrityError

from emrapi.logs import plain_tracebacks
from partners.models import Partner


def described(error):
    return plain_tracebacks(None, "error", {"event": "crashed", "exc_info": error})["exception"]


def test_database_error_is_logged_without_the_rows_it_quotes(staff):
    name = "-".join(["jane", "roe"])
    with staff():
        Partner.objects.create(name=name)
    with pytest.raises(IntegrityError) as caught, staff():
        Partner.objects.create(name=name)

    text = described(caught.value)

    assert name in str(caught.value)
    assert name not in text
    assert "IntegrityError: SQLSTATE 23505" in text
    assert "psycopg.errors.UniqueViolation: SQLSTATE 23505" in text
    assert "test_logs.py" in text


def test_other_errors_say_what_they_say_and_why():
    error = ValueError("outer")
    error.__cause__ = KeyError("inner")

    text = described(error)

    assert text.index("builtins.KeyError: 'inner'") < text.index("builtins.ValueError: outer")


def test_crash_in_a_view_is_logged_once_with_its_request_id(ours, monkeypatch, caplog):
    from prospects.models import Person

    def explode(*_, **__):
        raise RuntimeError("boom")

    monkeypatch.setattr(type(Person.objects.all()), "count", explode)

    with caplog.at_level(logging.ERROR):
        ours.get("/prospects", X_Request_Id="req-500")

    (record,) = caplog.records
    assert record.msg["request_id"] == "req-500"
    assert "boom" in record.msg["exception"]
