"""People and tags in the admin, usable with millions of people."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from partners.clinical import ClinicalAdminMixin
from partners.filters import ChoiceFilter, PracticeFilter
from partners.history import Change, HistoryPageMixin
from partners.paginator import CappedPaginator
from partners.tenancy import within_practice
from partners.trigrams import LONGEST_SEARCH
from prospects import changes, people, tags
from prospects.models import Person, Tag
from prospects.models.queries import PersonQuerySet


class ProspectFilter(ChoiceFilter):
    """People by whether they are prospects."""

    title = "prospect"
    parameter_name = "prospect"
    field = "is_prospect"


class PersonForm(forms.ModelForm[Person]):
    """A person, by the rules of the API."""

    class Meta:
        model = Person
        fields = "__all__"  # noqa: DJ007 - the admin says which

    def clean(self) -> dict[str, Any]:
        """Compose the name that is missing; nobody is born tomorrow."""
        cleaned = super().clean() or self.cleaned_data
        names = ("first_name", "middle_initial", "last_name", "full_name")
        person = Person(**{name: cleaned.get(name, "") for name in names})
        cleaned["full_name"] = person.full_name or person.composed_name()
        if not cleaned["full_name"] and "full_name" not in self.errors:
            self.add_error("full_name", "Give a full name, or a first and a last name.")
        practice = cleaned.get("practice") or getattr(self.instance, "practice", None)
        if practice is not None and (born := cleaned.get("birth_date")):
            today = timezone.now().astimezone(zoneinfo.ZoneInfo(practice.time_zone)).date()
            if born > today:
                self.add_error("birth_date", "Must not be in the future.")
        return cleaned


@admin.register(Person)
class PersonAdmin(ClinicalAdminMixin, HistoryPageMixin, admin.ModelAdmin[Person]):
    """Who is known to which practice. History shows every change, also those by SQL."""

    form = PersonForm
    list_display = ["full_name", "practice", "phone", "email", "is_prospect", "updated"]
    list_filter = [PracticeFilter, ProspectFilter]
    list_select_related = ["practice"]
    list_per_page = 50
    sortable_by = []
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    search_fields = ["full_name"]
    search_help_text = "By parts of names, e-mail address or phone digits; all words must match."
    autocomplete_fields = ["practice"]
    fieldsets = [
        (None, {"fields": ["practice", "id", "is_prospect", "type", "provider", "tag_names"]}),
        (
            "Name",
            {"fields": ["first_name", "middle_initial", "last_name", "full_name", "nickname"]},
        ),
        ("Contact", {"fields": ["email", "phone", "cell_phone", "sms_phone"]}),
        (
            "Person",
            {
                "fields": [
                    "birth_date",
                    "gender",
                    "pronouns",
                    "sexual_identity",
                    "life_stage",
                    "primary_language",
                    "notes",
                ]
            },
        ),
        (
            "Address",
            {"fields": ["address", "unit", "city", "state", "postal_code", "country"]},
        ),
        (
            "Shipping address",
            {
                "classes": ["collapse"],
                "fields": [
                    "shipping_name",
                    "shipping_address",
                    "shipping_unit",
                    "shipping_city",
                    "shipping_state",
                    "shipping_postal_code",
                    "shipping_country",
                ],
            },
        ),
        (None, {"fields": ["created_at", "updated_at"]}),
    ]
    _facts = ["id", "tag_names", "created_at", "updated_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        """Without what only searching needs."""
        people: QuerySet[Person] = super().get_queryset(request)
        return people.defer("search_text", "identities")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Person], bool]:
        """By the same search as the API, in all practices or in the one that is chosen."""
        found: PersonQuerySet = queryset
        return found.search_everywhere(search_term[:LONGEST_SEARCH]), False

    def get_fieldsets(self, request: HttpRequest, obj: Person | None = None) -> Any:
        """A new person has no facts yet, and no practice from which to choose a provider."""
        if obj is not None:
            return self.fieldsets
        left_out = {*self._facts, "provider"}
        sets = [
            (title, {**options, "fields": [f for f in options["fields"] if f not in left_out]})
            for title, options in self.fieldsets
        ]
        return [(title, options) for title, options in sets if options["fields"]]

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        """Nobody moves to another practice."""
        return [*self._facts, "practice"] if obj else self._facts

    def get_form(
        self, request: HttpRequest, obj: Person | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Providers of the person's practice only."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None and "provider" in form.base_fields:
            choice = form.base_fields["provider"]
            choice.queryset = choice.queryset.filter(practice_id=obj.practice_id)
        return form

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """As the API writes it, with its event."""
        with within_practice(obj.practice_id):
            if change:
                same = Person.objects.filter(practice_id=obj.practice_id, pk=obj.pk)
                values = {name: form.cleaned_data[name] for name in form.changed_data}
                values["full_name"] = form.cleaned_data["full_name"]
                people.change(person=same.select_for_update().get(), values=values)
            else:
                values = dict(form.cleaned_data)
                person, _ = people.add(practice_id=values.pop("practice").pk, **values)
                obj.pk, obj.full_name = person.pk, person.full_name

    def changes_of(self, row: Person) -> list[Change]:
        """Of the person's tags, too."""
        return changes.of(row)

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """Visits and history point at people."""
        return False

    @admin.display(description="updated (UTC)")
    def updated(self, person: Person) -> str:
        """To the minute."""
        return f"{person.updated_at:%Y-%m-%d %H:%M}"

    @admin.display(description="tags")
    def tag_names(self, person: Person) -> str:
        """Their names."""
        return ", ".join(tags.names_of(person)) or "–"


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin[Tag]):
    """What practices call their people."""

    tells_of_patients = False
    list_display = ["name", "practice", "shown_color", "worn_by"]
    list_filter = [PracticeFilter]
    list_select_related = ["practice"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["name"]
    autocomplete_fields = ["practice"]
    fields = ["practice", "name", "color"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        """With how many people have them."""
        rows: Any = super().get_queryset(request)
        counted: QuerySet[Tag] = rows.with_count()
        return counted

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """The browser's own choice of colours."""
        if db_field.name == "color":
            kwargs["widget"] = forms.TextInput({"type": "color"})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Tag | None = None) -> list[str]:
        """A tag stays in its practice."""
        return ["practice"] if obj else []

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        """Another name is a change of the people who have the tag."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        before = Tag.objects.get(pk=obj.pk)
        with within_practice(obj.practice_id):
            tags.change(tag=before, name=obj.name, color=obj.color)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The tags, and how many people lose one: not each of them by number."""
        pks = [tag.pk for tag in objs]
        worn = {tag.pk: self.worn_by(tag) for tag in self.get_queryset(request).filter(pk__in=pks)}
        told = [f"{tag} ({tag.practice})" for tag in objs]
        counts = {"tags": len(worn), "people who lose it": sum(worn.values())}
        return told, counts, set(), []

    def delete_model(self, request: HttpRequest, obj: Tag) -> None:
        """Off the people first."""
        with within_practice(obj.practice_id):
            tags.delete(tag=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> None:
        """One by one, each with its people."""
        for tag in queryset:
            self.delete_model(request, tag)

    @admin.display(description="color", ordering="color")
    def shown_color(self, tag: Tag) -> SafeString:
        """Itself, and its number. (No style may stand in a page: a drawing may.)"""
        return format_html(
            '<svg class="swatch" aria-hidden="true"><rect fill="{}"/></svg> {}',
            tag.color,
            tag.color,
        )

    # Not named `people`: Django would take the model's own for it.
    @admin.display(description="people", ordering="people_count")
    def worn_by(self, tag: Tag) -> int:
        """How many have it."""
        return int(getattr(tag, "people_count", 0))
