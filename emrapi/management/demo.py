"""Demo data: two practices with people and calendars, a partner with keys, somebody on the staff.

People come in through the same function as through the API, so each has its history, its event and
its normal forms. What is there already stays as it is.
"""

import datetime
import itertools
import random
import secrets
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth import get_user_model

from emrapi.management import demo_calendar, demo_names
from emrapi.management.demo_calendar import Agenda, Kind
from emrapi.management.demo_people import Place, people
from partners.enrolment import enrol_partner, enrol_practice
from partners.issuing import issue_key
from partners.models import ApiKey, Partner, Practice
from partners.scopes import ALL_SCOPES
from partners.tenancy import within_practice
from prospects import people as prospects
from prospects import tags
from prospects.models import Person, Tag
from scheduling.models import Provider, Visit

STAFF_NAME = "admin"
KEY_NAME = "Demo key"
_PEOPLE = 40
_TAGS = {
    "VIP": "#b8860b",
    "New lead": "#1e90ff",
    "Referral": "#2e8b57",
    "Newsletter": "#8a63d2",
    "Laser": "#d2527f",
    "Do not call": "#b22222",
}


@dataclass(frozen=True)
class Office:
    """A demo practice: its facts, its providers as name, title and specialty, its neighbourhood."""

    ppass: str
    name: str
    time_zone: str
    is_sandbox: bool
    providers: Sequence[tuple[str, str, str]]
    places: Sequence[Place]
    agenda: Agenda


OFFICE = Office(
    ppass="DemoOffice",
    name="Demo Office",
    time_zone="America/New_York",
    is_sandbox=False,
    providers=(
        # The first, so that in a new install she is number 1, as in the published examples.
        ("Jane Smith", "PA-C", "Aesthetics"),
        ("Marcus Reed", "MD", "Dermatology"),
        ("Priya Raman", "NP", "Family medicine"),
        ("Elena Torres", "RN", "Laser treatment"),
    ),
    places=demo_names.EAST,
    agenda=Agenda(
        is_published=True,
        grid_minutes=30,
        rooms=("Room 1", "Room 2"),
        kinds=(
            Kind("Consult", 30, providers=(0, 1), rooms=(0, 1)),
            # Out of use: the published list has one type, and the published schedule this one.
            Kind("FOLLOWUP", 30, providers=(0, 1, 2, 3), rooms=(0, 1), is_active=False),
        ),
    ),
)
SANDBOX = Office(
    ppass="HarborClinic",
    name="Harbor Clinic (sandbox)",
    time_zone="America/Los_Angeles",
    is_sandbox=True,
    providers=(
        ("Daniel Cho", "MD", "Internal medicine"),
        ("Ruth Alvarez", "PA-C", "Aesthetics"),
        ("Owen Brandt", "DPT", "Physical therapy"),
    ),
    places=demo_names.WEST,
    agenda=Agenda(
        grid_minutes=15,
        rooms=("North room", "South room", "Gym"),
        kinds=(
            Kind("New patient", 45, providers=(0, 1), rooms=(0, 1), after=15),
            Kind("Follow-up", 20, providers=(0, 1), rooms=(1, 0)),
            Kind("Therapy", 60, providers=(2,), rooms=(2,), after=10),
            Kind("Telephone", 15, providers=(0, 1, 2), rooms=()),
        ),
    ),
)


def furnish_both() -> tuple[Practice, Practice]:
    """The office and the sandbox; the next visit has the number of the published example."""
    both = furnish(OFFICE), furnish(SANDBOX)
    demo_calendar.number_from(Visit, demo_calendar.PUBLISHED_BOOKING)
    return both


def furnish(office: Office) -> Practice:
    """The practice; a new one with providers, tags and people."""
    practice, _ = enrol_practice(
        ppass=office.ppass,
        name=office.name,
        time_zone=office.time_zone,
        is_sandbox=office.is_sandbox,
    )
    if not Provider.objects.filter(practice=practice).exists():
        for name, title, specialty in office.providers:
            Provider.objects.create(practice=practice, name=name, title=title, specialty=specialty)
    with within_practice(practice.pk):
        if not Person.objects.filter(practice=practice).exists():
            _populate(practice, office)
        demo_calendar.furnish(practice, office.agenda)
    return practice


def demo_key(practice: Practice, partner: Partner, *, even_if_there_is: bool) -> str | None:
    """The text of a new key with every scope; None if there is one already that works."""
    now = datetime.datetime.now(datetime.UTC)
    keys = ApiKey.objects.working(now).filter(practice=practice, partner=partner, name=KEY_NAME)
    if keys.exists() and not even_if_there_is:
        return None
    return issue_key(partner=partner, practice=practice, name=KEY_NAME, scopes=ALL_SCOPES).text


def demo_partner() -> Partner:
    """The partner of the demo keys."""
    partner, _ = enrol_partner(
        name="Demo Partner",
        company_name="Demo Partner Inc.",
        contact_name="Kim Lee",
        email="api@demo-partner.example.com",
        phone="(212) 555-0100",
        website="https://demo-partner.example.com",
    )
    return partner


def demo_staff() -> str | None:
    """The password of a new administrator; None if there is the account already."""
    users = get_user_model().objects
    if users.filter(username=STAFF_NAME).exists():
        return None
    password = secrets.token_urlsafe(15)
    users.create_superuser(STAFF_NAME, "admin@example.com", password)
    return password


def _populate(practice: Practice, office: Office) -> None:
    chance = random.Random(office.ppass)  # noqa: S311  # nosec B311
    Tag.objects.bulk_create(
        Tag(practice=practice, name=name, color=color) for name, color in _TAGS.items()
    )
    providers = list(Provider.objects.filter(practice=practice, is_active=True).order_by("id"))
    today = datetime.datetime.now(zoneinfo.ZoneInfo(office.time_zone)).date()
    made_up = people(seed=office.ppass, places=office.places, today=today)
    for number, facts in enumerate(itertools.islice(made_up, _PEOPLE), start=1):
        if number == _PEOPLE and office.agenda.is_published:
            demo_calendar.number_from(Person, demo_calendar.PUBLISHED_PERSON)
        is_known = not facts["is_prospect"]
        person, _ = prospects.add(
            practice_id=practice.pk,
            provider=chance.choice(providers) if is_known else None,
            **facts,
        )
        if chance.random() < 0.5:
            names = chance.sample(list(_TAGS), k=chance.choice((1, 1, 2)))
            tags.replace(person=person, names=names)
