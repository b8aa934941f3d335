"""Searching the knowledge base: what a list asks of the database, by all kinds of words.

Baseline: the usual way, `icontains` over title, tags and article, newest first, on the same rows,
through the same role: total and page. Ours: look up and total, ids of the page, and the page's rows
with their snippets, all through Django. A hundred thousand articles of 150 to 350 words.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import psycopg

from tests.benchmarks import stage

ARTICLES = 100_000
ROUNDS = 5
PAGE = 25

# How many times faster than the baseline; a word that is in most articles may at worst cost twice
# as much, since every one of them has to be counted.
RARE = 20.0
NEVER_SLOWER = 0.5

_WORDS = 20_000
_POOL = 200_000
_SYLLABLES = "in sur ver pa tient bil lo mi cta re con den form al ex ter um co se do nu".split()


def main() -> int:
    """Fill a database of our own, then measure in a process that is set up as the server is."""
    url = stage.make_database("bench_kb_search")
    try:
        with psycopg.connect(url, autocommit=True) as owner:
            load(owner)
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DATABASE_ROLE": "emr_web",
            "DJANGO_SETTINGS_MODULE": "emrapi.settings",
        }
        return subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.kb_search"], env=environment, check=False
        ).returncode
    finally:
        stage.drop_database("bench_kb_search")


def load(owner: psycopg.Connection[Any], articles: int = ARTICLES) -> None:
    """The articles, by one statement; the index after them, and neither history nor triggers."""
    owner.execute("CREATE TEMP TABLE bench_word (n int PRIMARY KEY, word text)")
    with owner.cursor() as cursor, cursor.copy("COPY bench_word FROM STDIN") as copy:
        for row in enumerate(pool()):
            copy.write_row(row)
    owner.execute("SET maintenance_work_mem = '256MB'")
    owner.execute("ALTER TABLE knowledge_article DISABLE TRIGGER USER")
    definition = owner.execute("SELECT pg_get_indexdef('article_search'::regclass)").fetchone()
    assert definition is not None
    owner.execute("DROP INDEX article_search")
    owner.execute(_INSERT, {"pool": _POOL - 400, "articles": articles})
    owner.execute(definition[0])
    owner.execute("INSERT INTO knowledge_word SELECT DISTINCT word FROM bench_word")
    owner.execute("ALTER TABLE knowledge_article ENABLE TRIGGER USER")
    owner.execute("VACUUM ANALYZE knowledge_article")
    owner.execute("VACUUM ANALYZE knowledge_word")


def pool() -> list[str]:
    """Words as frequent as words are: the n-th a share of one in n."""
    chance = random.Random(1)
    known: dict[str, None] = {}
    while len(known) < _WORDS:
        known["".join(chance.choices(_SYLLABLES, k=chance.randint(2, 5)))] = None
    words = list(known)
    return chance.choices(words, [1 / (rank + 3) for rank in range(_WORDS)], k=_POOL)


# Each text is a stretch of the pool, from a place that depends on the article's number.
_INSERT = """
INSERT INTO knowledge_article
    (title, tags, body, text, category, type, is_active, revision, created_at, updated_at)
SELECT a.title, a.tags, a.body, a.body, 'Category ' || x %% 20, 'Type ' || x %% 5, x %% 50 > 0,
    1, now(), now()
FROM generate_series(1, %(articles)s) AS x
CROSS JOIN LATERAL (
    SELECT
        x * 7919::bigint %% %(pool)s AS title,
        x * 104729::bigint %% %(pool)s AS tags,
        x * 1299709::bigint %% %(pool)s AS body
) AS first
CROSS JOIN LATERAL (
    SELECT
        (SELECT left(string_agg(word, ' ' ORDER BY n), 200) FROM bench_word
         WHERE n BETWEEN first.title AND first.title + 4),
        (SELECT left(string_agg(word, ', ' ORDER BY n), 500) FROM bench_word
         WHERE n BETWEEN first.tags AND first.tags + 2),
        (SELECT string_agg(word, ' ' ORDER BY n) FROM bench_word
         WHERE n BETWEEN first.body AND first.body + 150 + x %% 200)
) AS a (title, tags, body)
"""


def measure() -> int:
    """Print a line for each search; 1 if one of them falls short."""
    import django

    django.setup()
    by_frequency = _by_frequency()
    rare, middling, frequent, most = (by_frequency[rank] for rank in (12_000, 3_000, 500, 0))
    searches = [
        ("a rare word", rare, 1, RARE),
        ("a word of one in 100", middling, 1, RARE),
        ("the same, page 30", middling, 30, RARE),
        ("two words", f"{middling} {by_frequency[2_000]}", 1, RARE),
        ("a phrase", f'"{by_frequency[2_500]} {by_frequency[0]}"', 1, RARE),
        ("a slip of the pen", f"{rare[:3]}{rare[4]}{rare[3]}{rare[5:]}", 1, RARE),
        ("a miss", "qzxqzxqzx", 1, RARE),
        ("a word of one in 18", frequent, 1, NEVER_SLOWER),
        ("a word that most have", most, 1, NEVER_SLOWER),
        ("the same, page 1,000", most, 1_000, NEVER_SLOWER),
    ]
    reached = [_compare(*search) for search in searches]
    return 0 if all(reached) else 1


def _by_frequency() -> list[str]:
    """The words, those first that are in most articles."""
    counted: dict[str, int] = {}
    for word in pool():
        counted[word] = counted.get(word, 0) + 1
    return sorted(counted, key=lambda word: -counted[word])


def _compare(kind: str, text: str, page: int, target: float) -> bool:
    ours, baseline = stage.in_turn(ROUNDS, _ours(text, page), _baseline(text, page))
    return stage.report(
        f"kb_search: {kind}",
        ours=ours,
        baseline=baseline,
        ratio=baseline / ours,
        target=target,
        unit="ms",
    )


def _ours(text: str, page: int) -> Callable[[], float]:
    """As the list does it, in milliseconds."""
    from django.db import transaction

    from knowledge import excerpts, search
    from knowledge.models import Article

    @transaction.atomic
    def run() -> float:
        started = time.perf_counter()
        active = Article.objects.without_vectors().filter(is_active=True)
        found = active.look_up(text)
        rows = search.Results(active, found)
        rows.count()
        excerpts.with_excerpts(rows[(page - 1) * PAGE : page * PAGE], found)
        return (time.perf_counter() - started) * 1000

    return run


def _baseline(text: str, page: int) -> Callable[[], float]:
    """By parts of words in three columns, in milliseconds."""
    from django.db.models import Q

    from knowledge.models import Article

    condition = Q()
    for word in [text.strip('"')] if text.startswith('"') else text.split():
        condition &= Q(title__icontains=word) | Q(tags__icontains=word) | Q(body__icontains=word)

    def run() -> float:
        started = time.perf_counter()
        rows = Article.objects.without_vectors().filter(condition, is_active=True).order_by("-id")
        rows.count()
        list(rows[(page - 1) * PAGE : page * PAGE])
        return (time.perf_counter() - started) * 1000

    return run


if __name__ == "__main__":
    sys.exit(measure())
