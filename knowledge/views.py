"""Articles: list and search, read, change, and bring back what they were."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from emrapi.api.envelopes import ListMixin, OneMixin, RetrieveMixin, UpdateMixin, many, written
from emrapi.api.etags import check_if_match, etag_of
from emrapi.api.schema import many_of, page_of, written_of
from emrapi.api.wire import WireSerializer
from knowledge import categories, examples, excerpts, revisions
from knowledge.models import Article
from knowledge.search import Found, Results
from knowledge.serializers import (
    ArticleSerializer,
    ArticlesQuery,
    CategorySerializer,
    ListedArticleSerializer,
    RevisionSerializer,
)
from partners.api import PartnerViewSet
from partners.scopes import Scope

_TAGS = ["Knowledge base"]


class KnowledgeViewSet(PartnerViewSet):
    """Articles are for all practices."""

    required_scope = Scope.KB

    def get_queryset(self) -> Any:
        """Newest first."""
        return Article.objects.without_vectors().order_by("-id")


class ArticleViewSet(RetrieveMixin, UpdateMixin, ListMixin, KnowledgeViewSet):
    """Articles of the knowledge base."""

    serializer_class = ArticleSerializer
    query_serializers = {"list": ArticlesQuery}
    updated_message = "KB article updated successfully"

    found: Found | None = None

    def filter_queryset(self, queryset: Any) -> Any:
        """The ids of those that were asked for; by rank, if words were."""
        asked = self.query
        for name in ("category", "type"):
            if asked.get(name):
                queryset = queryset.filter(**{f"{name}__iexact": asked[name]})
        if not asked["includeInactive"]:
            queryset = queryset.filter(is_active=True)
        if asked.get("search"):
            self.found = queryset.look_up(asked["search"])
            return Results(queryset, self.found)
        return queryset.values_list("id", flat=True)

    @extend_schema(
        operation_id="listArticles",
        summary="List and search KB articles",
        description=(
            "Newest first, by descending KBID; with `search` the best first: what has all words in"
            " the title, then what has them in title and tags, then by rank. Articles that are not"
            " Active are left out unless `includeInactive=true`."
        ),
        tags=_TAGS,
        responses={200: page_of(ListedArticleSerializer)},
        examples=examples.ARTICLES,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them; what is shown of each is worked out for the page alone."""
        ids = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        articles = excerpts.with_excerpts(ids, self.found)
        context = self.get_serializer_context()
        listed = ListedArticleSerializer(articles, many=True, context=context)
        return self.get_paginated_response(listed.data)

    @extend_schema(
        operation_id="getArticle",
        summary="Get details for a specific KB article",
        description=(
            "Article is Markdown; ArticleHtml is the same as HTML, without anything that could run"
            " or be fetched, so that it can be shown as it is."
        ),
        tags=_TAGS,
        examples=examples.ARTICLE,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One of them."""
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(
        methods=["PUT"],
        operation_id="updateArticle",
        summary="Update a specific KB article",
        description=(
            "Changes the fields that are sent and leaves the others. What it replaces is kept as a"
            " revision. Send `If-Match`, so as not to overwrite what others have written since."
        ),
        tags=_TAGS,
        examples=examples.CHANGED_ARTICLE,
    )
    @extend_schema(
        methods=["PATCH"],
        operation_id="patchArticle",
        summary="Update a specific KB article",
        description="The same as PUT.",
        tags=_TAGS,
        examples=examples.CHANGED_ARTICLE,
    )
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The article as changed."""
        return super().update(request, *args, **kwargs)


class CategoryViewSet(KnowledgeViewSet):
    """What articles are about, and of what type they are."""

    pagination_class = None

    @extend_schema(
        operation_id="listArticleCategories",
        summary="List categories and types of KB articles",
        description=(
            "Of articles in use, in alphabetical order, with how many there are. Spellings that"
            " differ only in case are one."
        ),
        tags=_TAGS,
        responses={200: many_of(CategorySerializer)},
        examples=examples.CATEGORIES,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All of them."""
        return many(list(CategorySerializer(categories.in_use(), many=True).data))


class RevisionViewSet(OneMixin, KnowledgeViewSet):
    """What an article has been."""

    serializer_class = RevisionSerializer
    etag_actions = ("restore",)

    def get_serializer_class(self) -> Any:
        """Restoring takes no fields."""
        return WireSerializer if self.action == "restore" else RevisionSerializer

    @extend_schema(
        operation_id="listArticleRevisions",
        summary="List the revisions of a KB article",
        description=(
            "What edits have replaced, the newest first: by descending Revision. UpdatedBy and"
            " ReplacedBy are `You` (your company), `Partner` (another one), `Staff` or `System`."
        ),
        tags=_TAGS,
        responses={200: page_of(RevisionSerializer)},
        examples=examples.REVISIONS,
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them."""
        page = self.paginate_queryset(revisions.replaced(self.get_object())) or []
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(
        operation_id="restoreArticleRevision",
        summary="Restore a revision of a KB article",
        description=(
            "Makes the article what it was. That is an edit like any other: what it replaces is"
            " kept as a revision in its turn. The ETag is that of the article as it is read."
        ),
        tags=_TAGS,
        request=None,
        responses={200: written_of(ArticleSerializer)},
        examples=examples.RESTORED_ARTICLE,
    )
    def restore(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The article as it is now."""
        self.get_serializer(data=request.data).is_valid(raise_exception=True)
        article = self.get_locked_object()
        check_if_match(request.headers, self._as_read(article))
        try:
            revisions.restore(article=article, revision=kwargs["rev"])
        except revisions.NoSuchRevision:
            raise Http404 from None
        data = self._as_read(article)
        response = written("KB article restored successfully", data)
        response["ETag"] = etag_of(data)
        return response

    def _as_read(self, article: Article) -> Any:
        return ArticleSerializer(article, context=self.get_serializer_context()).data
