"""Articles are Markdown: what becomes of it as HTML, and as plain text to search in.

Two things stand between an article and somebody's browser, each enough by itself. The renderer
knows no HTML: what looks like a tag in an article is text. And what it makes is cleaned by a list
of the few elements and attributes that there may be. Links lead to absolute addresses of four
kinds. A picture becomes a link to it: one that is fetched at once would tell whoever placed it who
reads the article.
"""

import html
import re
from collections.abc import Sequence
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_TAGS = frozenset(
    "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr li ol p pre s strong"
    " table tbody td th thead tr ul".split()
)
_ABSOLUTE = re.compile(rf"(?:{'|'.join(sorted(SCHEMES))}):", re.IGNORECASE)
# What no text is made of: control characters, but for tab and newline.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class _Renderer(RendererHTML):
    """Pictures as links."""

    def image(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        """A link with the picture's description; the description alone within another link."""
        token = tokens[idx]
        words = html.escape(self.renderInlineAsText(token.children, options, env))
        address = html.escape(str(token.attrGet("src") or ""))
        depth = sum(each.nesting for each in tokens[:idx] if each.type.startswith("link_"))
        return words if depth else f'<a href="{address}">{words or address}</a>'


def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer)
    made.enable(["table", "strikethrough"])
    made.validateLink = lambda url: _ABSOLUTE.match(url.strip()) is not None  # type: ignore[method-assign]
    return made


_MARKDOWN = _parser()
_CLEANER = nh3.Cleaner(
    tags=set(_TAGS),
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes=set(SCHEMES),
    url_relative="deny",
    link_rel="nofollow noopener noreferrer",
)
_STRIPPER = nh3.Cleaner(tags=set(), attributes={})


def to_html(markdown: str) -> str:
    """The article as HTML that is safe to show anywhere."""
    return _CLEANER.clean(_MARKDOWN.render(markdown))


def to_text(markdown: str) -> str:
    """The words of the article, without any markup, in one line."""
    stripped = html.unescape(_STRIPPER.clean(_MARKDOWN.render(markdown)))
    return " ".join(_CONTROLS.sub(" ", stripped).split())
