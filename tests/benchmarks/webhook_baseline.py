"""What webhooks are usually sent by: one Celery task for each delivery, with `requests`.

The same rows, bodies and signatures; the task fetches its delivery, posts it, saves how it went.
"""

import os
import time

import orjson
import requests
from celery import shared_task
from django.db import connection
from django.utils import timezone

from webhooks import messages, secrets, signing
from webhooks.models import Attempt, Delivery, LogEntry


@shared_task(ignore_result=True)
def deliver(delivery_id: int) -> None:
    """Send one delivery."""
    delivery = Delivery.objects.select_related("subscription").get(pk=delivery_id)
    entry = LogEntry.objects.get(log_id=delivery.log_id, created_at=delivery.occurred_at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ppass FROM partners_practice WHERE id = %s", [delivery.practice_id])
        ppass = cursor.fetchone()[0]
    content = messages.body_of(
        log_id=delivery.log_id,
        event=delivery.event,
        occurred_at=delivery.occurred_at,
        ppass=ppass,
        data=orjson.dumps(entry.data).replace(b":", b": ").decode(),
    )
    body = orjson.dumps(content)
    secret = secrets.open(delivery.subscription.secret)
    begun = time.monotonic()
    answer = requests.post(
        delivery.subscription.hook_url,
        data=body,
        headers={
            "Content-Type": "application/json",
            "X-OfficePro-Event": delivery.event,
            "X-OfficePro-Event-Id": str(delivery.log_id),
            **signing.headers([secret], message_id=content["id"], body=body, now=time.time()),
        },
        timeout=(3, 10),
        verify=os.environ["BENCH_CA_FILE"],
        allow_redirects=False,
    )
    delivery.attempts += 1
    delivery.status = "delivered" if answer.ok else "pending"
    delivery.status_code = answer.status_code
    delivery.duration_ms = round((time.monotonic() - begun) * 1000)
    delivery.finished_at = timezone.now()
    delivery.save()
    Attempt.objects.create(
        practice_id=delivery.practice_id,
        delivery=delivery,
        number=delivery.attempts,
        status_code=answer.status_code,
        duration_ms=delivery.duration_ms,
        answer=answer.text[:2048],
    )
