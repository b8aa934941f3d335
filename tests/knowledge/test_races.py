"""Several who write at the same time."""

import threading
from typing import Any

from django.db import connection

from knowledge.models import Article, ArticleEvent, Word
from tests.knowledge.factories import ArticleFactory


def test_writers_at_once_lose_nothing(
    our_practice: Any, make_key: Any, client_for: Any, article: Article, staff: Any
) -> None:
    keys = [make_key(our_practice) for _ in range(4)]
    statuses: list[int] = []

    def write(number: int) -> None:
        client = client_for(keys[number])
        try:
            for turn in range(5):
                body = {"Article": f"writer {number}, turn {turn}"}
                statuses.append(client.put(f"/v1/kb/{article.pk}", body).status_code)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert statuses == [200] * 20
    with staff():
        kept = ArticleEvent.objects.filter(pgh_obj_id=article.pk).order_by("revision")
        assert [event.revision for event in kept] == list(range(1, 22))
        written = {f"writer {number}, turn {turn}" for number in range(4) for turn in range(5)}
        assert {event.body for event in kept} == {*written, article.body}
        now = Article.objects.get(pk=article.pk)
        assert (now.revision, now.body) == (21, kept.last().body)


def test_writers_of_the_same_new_words_wait_for_each_other(
    our_practice: Any, make_key: Any, client_for: Any, staff: Any
) -> None:
    clients = [client_for(make_key(our_practice)) for _ in range(4)]
    articles = [ArticleFactory.create() for _ in clients]
    start = threading.Barrier(4)
    statuses: list[int] = []

    def write(number: int) -> None:
        try:
            for turn in range(5):
                words = [f"word{turn}x{n}" for n in range(400)]
                body = " ".join(words if number % 2 else reversed(words))
                start.wait()
                answer = clients[number].put(f"/v1/kb/{articles[number].pk}", {"Article": body})
                statuses.append(answer.status_code)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert statuses == [200] * 20
    with staff():
        assert Word.objects.filter(word__startswith="word").count() == 5 * 400 + 1


def test_of_two_who_saw_the_same_one_wins(
    our_practice: Any, make_key: Any, client_for: Any, article: Article
) -> None:
    clients = [client_for(make_key(our_practice)) for _ in range(4)]
    seen = clients[0].get(f"/v1/kb/{article.pk}")["ETag"]
    start = threading.Barrier(4)
    statuses: list[int] = []

    def write(number: int) -> None:
        start.wait()
        try:
            body = {"Title": f"Writer {number}"}
            answer = clients[number].put(f"/v1/kb/{article.pk}", body, If_Match=seen)
            statuses.append(answer.status_code)
        finally:
            connection.close()

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(statuses) == [200, 412, 412, 412]
