"""A row of every kind, all under one id, for requests that are made up to find something."""

import datetime
import io

from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from partners.models import Partner, Practice
from tests.factories import ProviderFactory
from tests.knowledge.factories import ArticleFactory
from tests.prospects.factories import PersonFactory, TagFactory
from tests.scheduling.factories import (
    HoldFactory,
    VisitFactory,
    VisitTypeFactory,
    VisitTypeProviderFactory,
    open_hours,
    span,
)
from tests.tickets.factories import CommentFactory, TicketFactory
from tests.webhooks.rows import due, subscribe

# Beyond the ids that the database gives to new rows.
ROW = 1 << 40


def arrange(practice: Practice, partner: Partner) -> None:
    """Make them; what belongs to a partner is that one's."""
    person = PersonFactory.create(
        id=ROW, practice=practice, picture=ContentFile(_picture(), "pictures/1.png")
    )
    TagFactory.create(id=ROW, practice=practice)
    provider = ProviderFactory.create(id=ROW, practice=practice)
    open_hours(provider)
    visit_type = VisitTypeFactory.create(practice=practice, name="Consult")
    VisitTypeProviderFactory.create(practice=practice, visit_type=visit_type, provider=provider)
    tomorrow = timezone.now() + datetime.timedelta(days=1)
    later = tomorrow + datetime.timedelta(hours=1)
    facts = {"id": ROW, "provider": provider, "visit_type": visit_type}
    VisitFactory.create(**facts, person=person, during=span(tomorrow, 30))
    HoldFactory.create(**facts, during=span(later, 30))
    ArticleFactory.create(id=ROW)
    CommentFactory.create(ticket=TicketFactory.create(id=ROW, practice=practice))
    # Sending to it is refused at the door.
    subscription = subscribe(practice, partner, "https://127.0.0.1/")
    due(subscription, ROW, id=ROW)


def _picture() -> bytes:
    output = io.BytesIO()
    Image.new("RGB", (8, 6)).save(output, "PNG")
    return output.getvalue()
