"""The baseline of `pipeline`: the same rows by the same SQL in a plain Django view, same server.

No DRF, no authentication, no scopes, no rate limit; the middleware is the server's own. Row-level
security holds here as there: the practice is set, by a constant, as the transaction begins.
"""

import os

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path

from emrapi import urls
from partners.tenancy import within_practice
from prospects.models import Person

PRACTICE = int(os.environ["BENCHMARK_PRACTICE"])


@transaction.atomic
def people(request: HttpRequest) -> JsonResponse:
    """The newest ten people of a practice."""
    with within_practice(PRACTICE):
        rows = Person.objects.filter(practice_id=PRACTICE).order_by("-id")
        total = rows.count()
        data = [
            {
                "PatientID": person.id,
                "FirstName": person.first_name,
                "LastName": person.last_name,
                "FullName": person.full_name,
                "EMail": person.email,
                "Phone": person.phone,
                "Tags": [tag.name for tag in person.tags.all()],
            }
            for person in rows.prefetch_related("tags")[:10]
        ]
    return JsonResponse({"data": data, "count": len(data), "page": 1, "limit": 10, "total": total})


urlpatterns = [path("plain/people", people), *urls.urlpatterns]
handler404 = urls.handler404
