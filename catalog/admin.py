"""Products in the admin, usable with millions of them, and whose a partner may write."""

import io
import tempfile
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from catalog import price_files
from catalog.models import Product, ProductEvent, VendorGrant
from catalog.serializers import ProductSerializer
from partners import audit, history
from partners.badges import badge
from partners.filters import ChoiceFilter, ExactFilter, PartnerFilter
from partners.paginator import CappedPaginator
from partners.trigrams import LONGEST_SEARCH


class VendorFilter(ExactFilter):
    """By the vendor's code."""

    title = "vendor"
    parameter_name = "vendor"
    placeholder = "Code, such as V001"
    field = "vendor_code"


class CategoryFilter(ExactFilter):
    """By the category, in any case."""

    title = "category"
    parameter_name = "category"
    placeholder = "Whole name"
    field = "category__iexact"


class StateFilter(ChoiceFilter):
    """By whether they are sold."""

    title = "state"
    parameter_name = "state"
    field = "is_active"
    words = ("active", "no longer sold")


class ProductForm(forms.ModelForm[Product]):
    """A product as somebody saw it; if it has changed since, he is to look again."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Product
        fields = "__all__"  # noqa: DJ007 - the admin says which

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = self.instance.updated_at.isoformat()

    def clean(self) -> dict[str, Any]:
        """A price list must not be undone by a form that was opened before it came."""
        if self.instance.pk and "seen" in self.changed_data:
            raise forms.ValidationError(
                "Somebody else has changed this product since you opened it. Reload the page, then"
                " make your changes again."
            )
        return super().clean() or self.cleaned_data


@admin.register(Product)
class ProductAdmin(history.HistoryPageMixin, admin.ModelAdmin[Product]):
    """The catalogue of all practices. What is no longer sold is switched off, not deleted."""

    form = ProductForm
    list_display = ["code", "name", "category", "price", "state", "updated"]
    list_display_links = ["code", "name"]
    list_filter = [VendorFilter, CategoryFilter, StateFilter]
    list_per_page = 50
    sortable_by = []
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = CappedPaginator
    search_fields = ["name"]
    search_help_text = "By parts of name, code or description; all words must match."
    actions = ["export_csv"]
    fieldsets = [
        (None, {"fields": ["vendor_code", "product_code", "name", "is_active", "seen"]}),
        ("Prices", {"fields": ["cost", "retail_price"]}),
        ("Facts", {"fields": ["category", "unit", "upc", "description"]}),
        (None, {"fields": ["id", "updated"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        """Without what only searching needs."""
        products: QuerySet[Product] = super().get_queryset(request)
        return products.defer("search_text")

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet[Product], bool]:
        """By the same search as the API."""
        return queryset.search(search_term[:LONGEST_SEARCH]), False

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        """A product is known by its codes: with others it would be another one."""
        return ["id", "updated", *(["vendor_code", "product_code"] if obj else [])]

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """A new one has no number and no history yet."""
        return self.fieldsets if obj else self.fieldsets[:-1]

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        """Only if something was changed, and only that."""
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_data:
            obj.save(update_fields=[*form.changed_data, "updated_at"])

    def has_delete_permission(self, request: HttpRequest, obj: Product | None = None) -> bool:
        """Whoever sends price lists knows it by its codes."""
        return False

    def changes_of(self, row: Product) -> list[history.Change]:
        """Every change, also by price lists and by SQL."""
        return history.of_row(row, ProductEvent)

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Product]) -> Any:
        """A file that `import_products` takes and that no spreadsheet computes anything from."""
        most = price_files.MOST_LINES
        count = queryset[: most + 1].count()
        if count > most:
            text = f"A file holds {most:,} products at most: choose a vendor or a category first."
            self.message_user(request, text, messages.ERROR)
            return None
        serializer = ProductSerializer()
        rows = queryset.order_by("vendor_code", "product_code").iterator(chunk_size=2_000)
        # On disk: the rows can only be read before the answer begins, which closes the file.
        content = tempfile.TemporaryFile()  # noqa: SIM115
        file = io.TextIOWrapper(content, encoding="utf-8-sig", newline="")
        price_files.write(map(serializer.to_representation, rows), file)
        file.detach()
        audit.note(request, audit.Action.EXPORTED, Product, detail=audit.counted(count))
        content.seek(0)
        return FileResponse(content, as_attachment=True, filename="products.csv")

    @admin.display(description="product", ordering="vendor_code")
    def code(self, product: Product) -> SafeString:
        """Both codes, on one line."""
        codes = f"{product.vendor_code} {product.product_code}"
        return format_html('<span class="nowrap">{}</span>', codes)

    @admin.display(description="retail price")
    def price(self, product: Product) -> str:
        """With two decimals."""
        return "–" if product.retail_price is None else f"{product.retail_price:,.2f}"

    @admin.display(description="state")
    def state(self, product: Product) -> SafeString:
        """Whether it is sold."""
        return badge("good", "active") if product.is_active else badge("off", "no longer sold")

    @admin.display(description="updated (UTC)")
    def updated(self, product: Product) -> str:
        """To the minute."""
        return f"{product.updated_at:%Y-%m-%d %H:%M}"


@admin.register(VendorGrant)
class VendorGrantAdmin(admin.ModelAdmin[VendorGrant]):
    """Whose products a partner may write. A partner without any grant may write all."""

    list_display = ["partner", "vendor_code"]
    list_filter = [PartnerFilter]
    list_select_related = ["partner"]
    show_facets = admin.ShowFacets.NEVER
    search_fields = ["vendor_code", "partner__name"]
    autocomplete_fields = ["partner"]
