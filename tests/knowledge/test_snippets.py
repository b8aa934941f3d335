"""What a list shows of an article: the places that match, without any markup but our marks."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge import excerpts
from knowledge.models import Article
from tests.client import Client
from tests.knowledge.factories import ArticleFactory

LAW = settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def test_snippet_marks_what_was_found(ours: Client, shelf: None) -> None:
    (listed, *_) = ours.get("/v1/kb", {"search": "opens insured"}).json()["data"]
    (typo, *_) = ours.get("/v1/kb", {"search": "behnd hosue parking"}).json()["data"]
    (plain, *_) = ours.get("/v1/kb", {"category": "desk"}).json()["data"]
    (title, *_) = ours.get("/v1/kb", {"search": "referral"}).json()["data"]

    assert listed["Snippet"] == (
        "We <mark>open</mark> at nine. Verification of <mark>insurance</mark> is done before"
    )
    assert typo["Snippet"] == "<mark>Behind</mark> the <mark>house</mark>."
    assert plain["Snippet"] == title["Snippet"] == "A form for the payer."


def test_snippet_of_a_long_article_is_short(ours: Client) -> None:
    words = " ".join(f"word{n}" for n in range(3000))
    ArticleFactory.create(title="Long", body=f"# Long\n\n{words} needle {words}")

    (found,) = ours.get("/v1/kb", {"search": "needle"}).json()["data"]
    (listed,) = ours.get("/v1/kb").json()["data"]

    assert "<mark>needle</mark>" in found["Snippet"]
    assert len(found["Snippet"]) < 500
    assert re.fullmatch(r"Long word0 word1 .* word\d+ …", listed["Snippet"])
    assert len(listed["Snippet"]) < 250


@LAW
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=300),
    st.booleans(),
)
def test_snippet_holds_no_markup_but_our_marks(database: None, body: str, has_needle: bool) -> None:
    article = ArticleFactory.create(title="T", body=f"{body} needle" if has_needle else body)
    found = Article.objects.filter(pk=article.pk).look_up("needle") if has_needle else None

    (row,) = excerpts.with_excerpts([article.pk], found)
    snippet = row.excerpt  # type: ignore[attr-defined]

    without_marks = re.sub(r"<mark>([^<]*)</mark>", r"\1", snippet)
    assert not re.search("[<>\"'\x02\x03]", without_marks)
    assert not re.search(r"&(?!(amp|lt|gt|quot|#x27);)", without_marks)
    if has_needle and "needle" in row.text.split():
        assert "<mark>needle</mark>" in snippet


def test_markup_is_neither_found_nor_shown_as_such(ours: Client) -> None:
    ArticleFactory.create(
        title="T",
        body="# Head\n\n- **bold** `code` [words](https://example.com/secret)\n\n"
        "<script>alert(1)</script> \x02forged\x03 &lt;b&gt; &amp;",
    )

    (listed,) = ours.get("/v1/kb", {"search": "bold"}).json()["data"]

    assert listed["Snippet"] == ("Head <mark>bold</mark> code words alert(1) forged")
