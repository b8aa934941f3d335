"""Articles of the knowledge base, which is one for both demo practices."""

from emrapi.management.demo_calendar import number_from
from knowledge import revisions
from knowledge.models import Article

PUBLISHED = 12
_PUBLISHED = {
    "title": "Insurance Verification Workflow",
    "body": "Step-by-step process...",
    "category": "Billing",
    "type": "HowTo",
    "tags": "insurance, verification",
}

_CHECK_IN = """\
# Before the first patient

1. Print the day's list, or open the calendar on the second screen.
2. Look for visits marked **New patient**: their forms take ten minutes longer.
3. Call everybody who is more than ten minutes late.

# At the desk

| Ask for | Why |
|---|---|
| photo identification | once a year, and whenever the name has changed |
| insurance card, both sides | the group number is on the back of most |
| phone for text messages | reminders go there |

> Never read a diagnosis aloud at the desk.
"""
_COPAY = """\
Take the copay **before** the visit. It is on the card, or in the payer's portal under *Benefits*.

- If the card says *after deductible*, ask the payer how much of the deductible is left.
- A patient who cannot pay today gets the form *Payment plan*; nobody is sent away.
- Write the amount in the visit's notes, never on paper.
"""
_PRIOR = """\
Some procedures are paid only if the payer has agreed before.

1. Look the procedure up in the payer's list.
2. Send the request with the last two notes. Keep the **reference number**.
3. Without an answer after three working days, call and give the number.

Urgent requests must be answered within 72 hours; say *expedited* when you call.
"""
_CLAIM = """\
What most denials say, and what to do:

| Code | Says | Do |
|---|---|---|
| `CO-16` | Something is missing. | Read the remark code beside it, mend the claim, send it again. |
| `CO-22` | Another plan pays first. | Ask the patient which, and bill that one. |
| `CO-29` | Too late. | Send the clearing house's report, which proves that it was in time. |
| `PR-1` | The deductible. | Bill the patient. |
"""
_NO_SHOW = """\
A visit that nobody came to is a *no-show*, not cancelled: cancelled visits leave the calendar.

- First time: a friendly call on the same day.
- Second: the letter *Missed visits*.
- Third within a year: ask the provider before you book again.
"""
_HOLD = """\
While a patient makes up their mind, a partner can hold the time for five minutes. The calendar
shows it in amber. A hold ends by itself: nothing has to be given back.
"""
_REFILL = """\
Refills are asked for by the pharmacy, by phone or in the portal.

1. Check that the last visit was within the year.
2. Controlled substances need a provider, always.
3. All others go to the nurse of the day, who answers by four o'clock.
"""
_TELEPHONE = """\
# Telephone visits

They work like other visits, but need no room. Call from the practice's number: patients do not
answer calls without one. After three tries in ten minutes, mark a no-show.
"""
_RELEASE = """\
Records go out only with a signed release, or to another provider who treats the patient.

- Check the **date**: a release is good for a year, unless it says otherwise.
- Mental health and HIV results need to be named in it.
- Send by the portal or by fax, never by e-mail.
"""
_DOWN = """\
If the system does not answer:

1. Try <https://status.example.com>.
2. Take the paper forms from the red folder. Write down **time** and **name**.
3. Enter everything on the same day, and put a cross on the form.
"""
_BOTOX = """\
Patients ask. Here is what you may say; the rest is for the provider.

- It takes four to seven days to show, and lasts three to four months.
- No exercise on the same day; no lying down for four hours.
- Not while pregnant or nursing.
"""
_OLD = """\
Until 2024, reminders were sent by hand. See *Checking patients in* for what is done now.
"""
# Title, category, type, tags, article; in the order in which they were written.
_ARTICLES = (
    ("Checking patients in", "Front desk", "HowTo", "arrival, identification", _CHECK_IN),
    ("Copays and deductibles", "Billing", "FAQ", "copay, deductible, payment", _COPAY),
    ("Prior authorization", "Billing", "HowTo", "insurance, authorization", _PRIOR),
    ("Denied claims", "Billing", "Reference", "claims, denial, codes", _CLAIM),
    ("Missed visits", "Front desk", "Policy", "no-show, cancellation", _NO_SHOW),
    ("Holding a time", "Scheduling", "FAQ", "hold, booking", _HOLD),
    ("Refill requests", "Clinical", "HowTo", "medication, pharmacy", _REFILL),
    ("Telephone visits", "Scheduling", "HowTo", "telehealth, phone", _TELEPHONE),
    ("Releasing records", "Clinical", "Policy", "privacy, HIPAA, release", _RELEASE),
    ("When the system is down", "Front desk", "HowTo", "downtime, paper", _DOWN),
    ("What to say about Botox", "Clinical", "FAQ", "aesthetics, aftercare", _BOTOX),
)


def furnish() -> None:
    """The articles, where there are none; in a new install one has its published number."""
    if Article.objects.exists():
        return
    for title, category, kind, tags, body in _ARTICLES:
        revisions.add(title=title, category=category, type=kind, tags=tags, body=body)
    number_from(Article, PUBLISHED)
    revisions.add(**_PUBLISHED)
    retired = revisions.add(
        title="Sending reminders by hand", category="Front desk", type="HowTo", body=_OLD
    )
    revisions.change(article=retired, values={"is_active": False})
