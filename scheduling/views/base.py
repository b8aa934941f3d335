"""What the views of calendars have in common."""

import datetime
import zoneinfo
from typing import Any

from django.shortcuts import get_object_or_404

from emrapi.api.envelopes import OneMixin
from partners.api import PartnerViewSet
from partners.scopes import Scope
from scheduling.models import Provider


class CalendarViewSet(PartnerViewSet):
    """A view that reckons by the practice's clock."""

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        """The practice's."""
        return zoneinfo.ZoneInfo(self.caller.time_zone)

    @property
    def today(self) -> datetime.date:
        """By the practice's calendar."""
        return self.caller.now.astimezone(self.zone).date()


class ProvidersViewSet(OneMixin, CalendarViewSet):
    """Active providers of the caller's practice; all others are not there."""

    required_scope = Scope.PROVIDERS
    pagination_class = None

    def get_queryset(self) -> Any:
        """By name."""
        return Provider.objects.filter(practice_id=self.caller.practice_id, is_active=True)


class OneProviderViewSet(ProvidersViewSet):
    """What concerns one provider, found before the query is looked at: 404 comes before 400."""

    provider: Provider

    def check_path(self, parameters: dict[str, Any]) -> None:
        """Raise Http404 for a provider that is not there."""
        super().check_path(parameters)
        self.provider = get_object_or_404(self.get_queryset(), pk=parameters["id"])
