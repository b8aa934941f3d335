"""All API keys: whose they are, what they may do, whether they are used."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dashboard import choices, key_lines, lists, pages


@pages.staff_page("partners.view_apikey")
def show_keys(request: HttpRequest) -> HttpResponse:
    """The keys that work, unless others are asked for."""
    now = timezone.now()
    choice, text = choices.read(request.GET), lists.words(request.GET)
    state = lists.one_of(request.GET, "status", key_lines.STATES, usual=key_lines.WORKING)
    query = partial(choice.query, status=state, find=text)
    keys = key_lines.found(whose=choice.whose, state=state, text=text, now=now)
    page = lists.page(keys, request.GET, query)
    back = request.get_full_path()
    context = {
        "now": now,
        "choice": choice,
        "text": text,
        "state": state,
        "states": key_lines.STATES.items(),
        "page": page,
        "lines": key_lines.lines(page.rows, may=request.user.has_perm, back=back, now=now),
        "new_key": key_lines.new_key(request.user.has_perm, back=back),
        "among_all": choice.query(status=key_lines.ALL, find=text)
        if state != key_lines.ALL
        else "",
    }
    return pages.show(
        request,
        "dashboard/keys.html",
        context,
        title="API Keys",
        live="dashboard/keys_live.html",
    )
