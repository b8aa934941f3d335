"""The overview: who calls, how it goes, and whether the platform is well."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dashboard import choices, health, overview, pages
from dashboard.ranges import RANGES, USUAL


@pages.staff_page("dashboard.view_apicall")
def show_overview(request: HttpRequest) -> HttpResponse:
    """Figures of a range, a practice and a partner, as the address says."""
    now = timezone.now()
    choice = choices.read(request.GET)
    chosen = RANGES.get(request.GET.get("range", ""), USUAL)
    context = {
        "now": now,
        "choice": choice,
        "ranges": RANGES.values(),
        "signs": health.signs(),
        **overview.read(choice.whose, chosen, query=choice.query, now=now),
    }
    return pages.show(
        request,
        "dashboard/overview.html",
        context,
        title="Dashboard Overview",
        live="dashboard/overview_live.html",
    )
