"""Articles and their revisions on the wire."""

from typing import Any

from rest_framework import serializers

from emrapi.api.fields import BooleanField, InstantField, IntegerField, TextField
from emrapi.api.wire import WireModelSerializer, WireSerializer
from knowledge import authors, revisions, search
from knowledge.models import Article, ArticleEvent

_ARTICLE = {
    "KBID": "id",
    "Title": "title",
    "Article": "body",
    "Category": "category",
    "Type": "type",
    "Tags": "tags",
    "Active": "is_active",
    "UpdatedAt": "updated_at",
}


class ArticleSerializer(WireModelSerializer):
    """An article. Text that was not given is "", and null clears it, but for the title."""

    ArticleHtml = serializers.CharField(
        read_only=True,
        help_text="Article, which is Markdown, as HTML that is safe to show.",
    )

    class Meta:
        model = Article
        wire = {**_ARTICLE, "ArticleHtml": "html"}
        read_only = ("KBID", "UpdatedAt", "ArticleHtml")
        null_clears_text = True

    def update(self, instance: Article, validated_data: dict[str, Any]) -> Article:
        """The same row, changed; what it replaces is a revision."""
        revisions.change(article=instance, values=validated_data)
        return instance


class ListedArticleSerializer(WireModelSerializer):
    """An article in a list."""

    Snippet = serializers.CharField(
        read_only=True,
        help_text=(
            "What matches, or how the article begins: escaped text, as HTML, in which `<mark>`"
            " stands around the words that were found."
        ),
    )

    class Meta:
        model = Article
        wire = {**_ARTICLE, "Snippet": "excerpt"}
        read_only = ("KBID", "UpdatedAt", "Snippet")


class ArticlesQuery(WireSerializer):
    """Which articles."""

    search = TextField(
        required=False,
        allow_blank=True,
        max_length=search.LONGEST_SEARCH,
        help_text=(
            'Words to find in title, tags and article, in whatever form: `"in quotes"` together,'
            " `-left out`, this `or` that. The best come first. If nothing matches, the nearest"
            " words are looked for."
        ),
    )
    category = TextField(
        required=False, allow_blank=True, max_length=100, help_text="Exactly this one, in any case."
    )
    type = TextField(
        required=False, allow_blank=True, max_length=50, help_text="Exactly this one, in any case."
    )
    includeInactive = BooleanField(  # noqa: N815
        default=False, help_text="`true`: also articles that are out of use."
    )


class RevisionSerializer(WireModelSerializer):
    """What an article was until an edit replaced it."""

    UpdatedBy = serializers.SerializerMethodField(help_text="Who wrote it.")
    ReplacedAt = InstantField(read_only=True)
    ReplacedBy = serializers.SerializerMethodField(help_text="Who replaced it.")

    class Meta:
        model = ArticleEvent
        wire = {
            "Revision": "revision",
            **{name: column for name, column in _ARTICLE.items() if name != "KBID"},
            "UpdatedBy": "UpdatedBy",
            "ReplacedAt": "replaced_at",
            "ReplacedBy": "ReplacedBy",
        }
        read_only = tuple(wire)

    def get_UpdatedBy(self, event: Any) -> authors.Author:  # noqa: N802
        """You, another partner, staff, or the system."""
        return self._kind(event.pgh_context)

    def get_ReplacedBy(self, event: Any) -> authors.Author:  # noqa: N802
        """The same for the edit after it."""
        return self._kind(event.replaced_context)

    def _kind(self, context: Any) -> authors.Author:
        caller = self.context["request"].user
        return authors.kind(context, partner_id=caller.partner_id)


class TypeCountSerializer(WireSerializer):
    """A type of articles in a category."""

    Type = TextField()
    Count = IntegerField()


class CategorySerializer(WireSerializer):
    """A category, and the types of its articles; "" stands for none."""

    Category = TextField()
    Count = IntegerField(help_text="How many articles in use there are.")
    Types = TypeCountSerializer(many=True)
