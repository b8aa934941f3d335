"""When providers work, and when they do not."""

from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import DateTimeRangeField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from partners.models import PracticeModel
from scheduling.hours import spoken
from scheduling.models.keys import within_practice


class CalendarRules(PracticeModel):
    """What holds for every calendar of a practice. Without a row the defaults hold."""

    grid_minutes = models.PositiveSmallIntegerField(
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text="Slots begin every so many minutes, counted from midnight.",
    )
    minimum_notice_minutes = models.PositiveIntegerField(
        default=0, help_text="How long before its beginning a visit can still be booked."
    )
    horizon_days = models.PositiveSmallIntegerField(
        default=730,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text="How many days ahead visits can be booked.",
    )

    class Meta:
        verbose_name_plural = "calendar rules"
        constraints = [
            models.UniqueConstraint(fields=["practice"], name="calendarrules_one_a_practice"),
            models.CheckConstraint(
                condition=models.Q(grid_minutes__range=(1, 1440)), name="calendarrules_grid"
            ),
        ]

    def __str__(self) -> str:
        return f"Rules of {self.practice}"


class WeeklyHours(PracticeModel):
    """A span of a weekday in which a provider works, on the practice's clock.

    It ends on the next day if `closes` is not after `opens`. Spans may touch and overlap.
    """

    class Weekday(models.IntegerChoices):
        """As in Python: Monday is 0."""

        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    provider = within_practice(
        "scheduling.Provider", on_delete=models.CASCADE, related_name="weekly_hours"
    )
    weekday = models.PositiveSmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField(help_text="Not after the opening: it ends on the next day.")
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True, help_text="The last day it holds.")

    class Meta:
        verbose_name_plural = "weekly hours"
        ordering = ["weekday", "opens", "id"]
        indexes = [models.Index(fields=["practice", "provider"], name="weeklyhours_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weekday__range=(0, 6)), name="weeklyhours_weekday"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from=None)
                | models.Q(valid_until=None)
                | models.Q(valid_from__lte=models.F("valid_until")),
                name="weeklyhours_validity",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class TimeOff(PracticeModel):
    """A time in which a provider does not work after all."""

    provider = within_practice(
        "scheduling.Provider", on_delete=models.CASCADE, related_name="time_off"
    )
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "time off"
        indexes = [models.Index(fields=["practice", "provider"], name="timeoff_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    during__isempty=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                ),
                name="timeoff_bounded",
            )
        ]

    def __str__(self) -> str:
        return f"{_said(self)} {self.reason}".strip()


class Closure(PracticeModel):
    """A time in which the whole practice is closed."""

    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["practice"], name="closure_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    during__isempty=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                ),
                name="closure_bounded",
            )
        ]

    def __str__(self) -> str:
        return f"{_said(self)} {self.reason}".strip()


def _said(row: TimeOff | Closure) -> str:
    zone = ZoneInfo(row.practice.time_zone)
    return spoken(zone, row.during.lower, row.during.upper)
