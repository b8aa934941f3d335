"""What an edit changed, as staff are shown it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import diffs

LINES = st.lists(st.sampled_from(["", "a", "b c", "b d", "e, f", " e"]), max_size=12)


@given(LINES, LINES)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_diff_holds_all_that_changed(before: list[str], after: list[str]) -> None:
    lines = diffs.compare("\n".join(before), "\n".join(after))
    old = "\n".join(before).splitlines()
    new = "\n".join(after).splitlines()

    gone = [line.text for line in lines if line.kind == "gone"]
    made = [line.text for line in lines if line.kind == "new"]
    if all(line.kind != "gap" for line in lines) and lines:
        assert [line.text for line in lines if line.kind != "new"] == old
        assert [line.text for line in lines if line.kind != "gone"] == new
    assert len(old) - len(gone) == len(new) - len(made)
    if old == new:
        assert gone == made == []


def test_diff_shows_words_and_context() -> None:
    before = "\n".join([*"abcdefgh", "call the payer today", *"ijklmnop"])
    after = before.replace("payer", "insurer")

    lines = diffs.compare(before, after)

    assert [(line.kind, line.text) for line in lines] == [
        ("gap", ""),
        ("same", "g"),
        ("same", "h"),
        ("gone", "call the payer today"),
        ("new", "call the insurer today"),
        ("same", "i"),
        ("same", "j"),
        ("gap", ""),
    ]
    assert lines[3].parts == [(False, "call the "), (True, "payer"), (False, " today")]


@pytest.mark.timeout(20)
def test_diff_of_large_texts_ends() -> None:
    before, after = "a b\n" * 25_000, "b a\n" * 25_000

    assert len(diffs.compare(before, after)) == 50_000
    assert diffs.compare("a b " * 25_000, "b a " * 25_000)[0].kind == "gone"
