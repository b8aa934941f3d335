"""The overview: who calls, how it goes, and whether the platform is well."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dashboard import charts, choices, health, overview, pages, usage
from dashboard.ranges import RANGES, USUAL

_MOST = 8


@pages.staff_page("dashboard.view_apicall")
def show_overview(request: HttpRequest) -> HttpResponse:
    """Figures of a range, a practice and a partner, as the address says."""
    now = timezone.now()
    choice = choices.read(request.GET)
    chosen = RANGES.get(request.GET.get("range", ""), USUAL)
    span = chosen.span(now)
    over, before = chosen.compared(now)
    figures = usage.figures(choice.whose, {"now": span, "over": over, "before": before})
    busiest = usage.endpoints(choice.whose, span, most=_MOST)
    faults = usage.faults(choice.whose, span, most=_MOST)
    context = {
        "now": now,
        "choice": choice,
        "ranges": RANGES.values(),
        "range": chosen,
        "cards": overview.cards(figures["now"], figures["over"], figures["before"]),
        "chart": charts.draw(usage.steps(choice.whose, span, chosen.step), chosen),
        "latency": {
            name: overview.milliseconds(figures["now"].percentile(percent) or 0.0)
            for name, percent in (("p50", 50), ("p95", 95))
        },
        "busiest": overview.endpoint_lines(busiest, figures["now"], choice.query),
        "faults": overview.fault_lines(faults, choice.query),
        "signs": health.signs(),
    }
    return pages.show(
        request,
        "dashboard/overview.html",
        context,
        title="Dashboard Overview",
        live="dashboard/overview_live.html",
    )
