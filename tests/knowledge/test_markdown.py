"""Articles as HTML: what Markdown can say, and nothing that could run or be fetched."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge import markdown
from tests.client import Client
from tests.knowledge.factories import ArticleFactory
from tests.knowledge.payloads import PAYLOADS

TAGS = set(
    "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong table tbody td th thead"
    " tr ul".split()
)
REL = "nofollow noopener noreferrer"


class Inspector(HTMLParser):
    """Collects what in some HTML is not harmless; a second opinion, by another parser."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.complaints: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.complaints.append(f"<{tag}>")
        for name, value in attrs:
            if not self._is_harmless(tag, name, value or ""):
                self.complaints.append(f"<{tag} {name}={value!r}>")

    def _is_harmless(self, tag: str, name: str, value: str) -> bool:
        match tag, name:
            case "a", "href":
                scheme, colon, _ = value.partition(":")
                return bool(colon) and scheme.lower() in {"http", "https", "mailto", "tel"}
            case "a", "rel":
                return value == REL
            case "a", "title":
                return True
            case "ol", "start":
                return value.isdigit()
        return False

    def handle_comment(self, data: str) -> None:
        self.complaints.append(f"<!--{data}-->")

    handle_decl = handle_pi = unknown_decl = handle_comment


def complaints(html: str) -> list[str]:
    """What is wrong with it."""
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.complaints


def test_corpus_is_large_enough() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 40


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_of_the_corpus_is_executable(payload: str) -> None:
    for text in (payload, f"text {payload} text", f"# {payload}", f"- {payload}\n\n*{payload}*"):
        assert complaints(markdown.to_html(text)) == []


def test_corpus_through_the_api(ours: Client) -> None:
    article = ArticleFactory.create()
    for payload in PAYLOADS:
        answer = ours.put(f"/v1/kb/{article.pk}", {"Article": payload, "Title": payload[:200]})
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/json"
        data = answer.json()["data"]
        assert data["Article"] == payload
        assert complaints(data["ArticleHtml"]) == []

        (listed,) = ours.get("/v1/kb", {"includeInactive": "true"}).json()["data"]
        assert "<" not in listed["Snippet"]


def test_each_of_the_two_guards_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for payload in PAYLOADS:
        assert complaints(markdown._CLEANER.clean(payload)) == []

    monkeypatch.setattr(markdown, "_CLEANER", type("All", (), {"clean": lambda _, html: html})())
    for payload in PAYLOADS:
        found = complaints(markdown.to_html(payload).replace("<a ", f'<a rel="{REL}" '))
        # A language beside a code block, and how a column is aligned, is all that is too much.
        assert [each for each in found if "class='language-" not in each] == []


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from([*PAYLOADS, "[", "](", ")", "<", ">", "`", "\n", "\n\n", "|", "&", '"'])
        | st.text(max_size=5),
        max_size=8,
    )
)
def test_nothing_made_of_pieces_is_executable(pieces: list[str]) -> None:
    assert complaints(markdown.to_html("".join(pieces))) == []


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("# A *b*", "<h1>A <em>b</em></h1>\n"),
        ("a\nb  \nc", "<p>a\nb<br>\nc</p>\n"),
        ("**a** ~~b~~ `c`", "<p><strong>a</strong> <s>b</s> <code>c</code></p>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("- a\n  - b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>\n"),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>\n"),
        ("```sql\n<a>\n```", "<pre><code>&lt;a&gt;\n</code></pre>\n"),
        (
            '[a](https://example.com/?b=1&c=2 "t")',
            f'<p><a href="https://example.com/?b=1&amp;c=2" title="t" rel="{REL}">a</a></p>\n',
        ),
        (
            "<mailto:a@b.example>",
            f'<p><a href="mailto:a@b.example" rel="{REL}">mailto:a@b.example</a></p>\n',
        ),
        ("[call](tel:+12125550100)", f'<p><a href="tel:+12125550100" rel="{REL}">call</a></p>\n'),
        (
            "![A *map*](https://example.com/map.png)",
            f'<p><a href="https://example.com/map.png" rel="{REL}">A map</a></p>\n',
        ),
        (
            "[![Map](https://example.com/m.png)](https://example.com)",
            f'<p><a href="https://example.com" rel="{REL}">Map</a></p>\n',
        ),
        (
            "| a | b |\n|---|:-:|\n| 1 | 2 |",
            (
                "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n"
                "<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n"
            ),
        ),
        ("", ""),
    ],
)
def test_markdown_says_what_it_should(source: str, html: str) -> None:
    assert markdown.to_html(source) == html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# A *b*\n\nc\nd", "A b c d"),
        ("[a](https://example.com) &amp; `<b>`", "a & <b>"),
        ("- a\n- b\n\n| c | d |\n|---|---|\n| 1 | 2 |", "a b c d 1 2"),
        ("a\x02b\x03", "a b"),
        ("", ""),
    ],
)
def test_text_is_without_markup(source: str, text: str) -> None:
    assert markdown.to_text(source) == text


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "*a ", "> ", "`a", "**a *b ", "[a](", "<a ", "&", "\\", "~~a ", "_a _", "a\n",
     "<http://a", "|a", "- a\n  ", "[a]: /b\n", "&#x"],
)  # fmt: skip
@pytest.mark.timeout(20)
def test_no_article_takes_long(piece: str) -> None:
    article = (piece * 100_000)[:100_000]

    assert isinstance(markdown.to_html(article), str)
    assert isinstance(markdown.to_text(article), str)


def test_article_html_needs_no_more_to_be_shown(ours: Client) -> None:
    article: Any = ArticleFactory.create(body="a **b**")

    assert ours.get(f"/v1/kb/{article.pk}").json()["data"]["ArticleHtml"] == (
        "<p>a <strong>b</strong></p>\n"
    )
