"""Products."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MinValueValidator
from django.db import models

from catalog import search


class ProductQuerySet(models.QuerySet["Product"]):
    """Products by what one asks for."""

    def search(self, text: str) -> Self:
        """Those in whose name, code or description every word of the text occurs.

        Products are of no practice, so no policy keeps this from index and statistics.
        """
        return self.filter(search.condition(text))


class Product(models.Model):
    """What a vendor sells, for every practice alike. Text that was not given is '', never null.

    A product is known by its vendor's code and its own, which never change, and is never deleted:
    what is no longer sold is switched off. So a key that was there stays there.
    """

    # In "C" order, which is that of code points: PostgreSQL and Python agree on what comes first.
    vendor_code = models.CharField(max_length=50, db_collation="C")
    product_code = models.CharField(max_length=100, db_collation="C")
    name = models.CharField(max_length=250)
    description = models.TextField(max_length=10_000, blank=True)
    category = models.CharField(max_length=100, blank=True)
    upc = models.CharField("UPC", max_length=50, blank=True)
    unit = models.CharField(max_length=50, blank=True)
    cost = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    retail_price = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    is_active = models.BooleanField("active", default=True, help_text="Off: no longer sold.")
    updated_at = models.DateTimeField(auto_now=True)
    # What a search looks through; made by the database, also for rows that SQL clients write.
    # (Without the collation the code's own would win, in which É has no small letter.)
    search_text = models.GeneratedField(
        expression=models.Func(
            "name",
            "product_code",
            "description",
            template='lower(normalize((%(expressions)s) COLLATE "default", NFKC))',
            arg_joiner=r" || E'\n' || ",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["vendor_code", "product_code"]
        constraints = [
            # With the id in it, a page far from the start is found without reading a row before it.
            models.UniqueConstraint(
                fields=["vendor_code", "product_code"], include=["id"], name="product_key"
            ),
            models.CheckConstraint(
                condition=~models.Q(vendor_code="") & ~models.Q(product_code=""),
                name="product_has_codes",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="product_has_name"),
            models.CheckConstraint(
                condition=(models.Q(cost=None) | models.Q(cost__gte=0))
                & (models.Q(retail_price=None) | models.Q(retail_price__gte=0)),
                name="product_prices_not_negative",
            ),
        ]
        indexes = [
            GinIndex(fields=["search_text"], opclasses=["gin_trgm_ops"], name="product_search")
        ]

    def __str__(self) -> str:
        return f"{self.vendor_code} {self.product_code}: {self.name}"
