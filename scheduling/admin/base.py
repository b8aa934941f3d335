"""What pages of a practice's rows have in common."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import HttpRequest
from django.utils.safestring import SafeString

from partners.badges import badge
from partners.filters import PracticeFilter
from partners.labels import SpokenLabels
from partners.models import PracticeModel


class PlainChoices(SpokenLabels):
    """Choices without pencil, plus and eye beside them: rows are made on pages of their own."""

    class Media:
        css: ClassVar[dict[str, list[str]]] = {"all": ["scheduling/admin.css"]}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The field, without what Django puts around it."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field


class PracticeAdmin(PlainChoices, admin.ModelAdmin[Any]):
    """Rows that belong to a practice and stay in it."""

    tells_of_patients = False
    list_filter = [PracticeFilter]
    list_select_related = ["practice"]
    show_facets = admin.ShowFacets.NEVER
    autocomplete_fields = ["practice"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Nothing moves to another practice: what points at it would stay behind."""
        return ["practice"] if obj else []

    @admin.display(description="state", ordering="is_active")
    def state(self, row: Any) -> str | SafeString:
        """Whether it can be chosen."""
        return badge("good", "on") if row.is_active else badge("off", "off")


class NamedFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    """Fields in a table have no label beside them; they say their names to screen readers."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """The names are those of the columns."""
        super().add_fields(form, index)
        for name, field in form.fields.items():
            field.widget.attrs["aria-label"] = str(field.label or name.capitalize())


class PracticeInline(PlainChoices, admin.TabularInline[Any, Any]):
    """Rows of the same practice as the row that they belong to; choices are of it too."""

    formset = NamedFormSet
    _practice_id: int | None = None

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Remember the practice, for the choices."""
        self._practice_id = obj.practice_id if obj else None
        return super().get_formset(request, obj, **kwargs)

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Rows of this practice; what is switched off can stay, so it is shown as well."""
        rows: Any = db_field.remote_field.model
        if issubclass(rows, PracticeModel):
            kwargs["queryset"] = rows.objects.filter(practice_id=self._practice_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class OwnPracticeMixin:
    """Inline rows get the practice of the row that they belong to."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Nobody chooses it."""
        for row in formset.save(commit=False):
            row.practice_id = form.instance.practice_id
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()
