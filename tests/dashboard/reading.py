"""Staff pages as a reader has them, and what they cost."""

import re
from html import unescape

from django.db import connection
from django.test.utils import CaptureQueriesContext


def text(answer):
    """What a reader sees."""
    assert answer.status_code == 200
    bare = re.sub(r"<script.*?</script>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(bare).split())


def rows(answer):
    """What each row of the page's tables says."""
    assert answer.status_code == 200
    found = re.findall(r"<tr data-key.*?</tr>", answer.content.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in found]


def links(answer, words):
    """Where the links of these words lead."""
    found = re.findall(r'<a\b[^>]*href="([^"]*)"[^>]*>\s*([^<]*?)\s*</a>', answer.content.decode())
    return [unescape(url) for url, said in found if unescape(said) == words]


def queries(browser, path, query=None):
    """What the page asks of the database."""
    with CaptureQueriesContext(connection) as found:
        assert browser.get(path, query or {}).status_code == 200
    return [each["sql"] for each in found]
