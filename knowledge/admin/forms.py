"""The form in which staff write an article."""

from typing import Any, ClassVar

from django import forms

from knowledge import authors, revisions
from knowledge.models import Article

_STALE = (
    "This article was changed by %(who)s while you were writing. Nothing is lost: your text is"
    " still in the form, theirs is in the history. Take over from there what you need, then save"
    " again; what you replace stays in the history too."
)


class ArticleForm(forms.ModelForm[Article]):
    """An article, and which revision of it the writer has seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    class Meta:
        model = Article
        fields = ("title", "category", "type", "tags", "is_active", "body")
        widgets: ClassVar[dict[str, Any]] = {
            "title": forms.TextInput(attrs={"class": "vTextField"}),
            "category": forms.TextInput(attrs={"class": "vTextField", "list": "categories"}),
            "type": forms.TextInput(attrs={"class": "vTextField", "list": "types"}),
            "tags": forms.TextInput(attrs={"class": "vTextField"}),
            "body": forms.Textarea(
                attrs={"class": "vLargeTextField article-source", "rows": 24, "spellcheck": "true"}
            ),
        }
        help_texts: ClassVar[dict[str, str]] = {
            "body": (
                "Markdown: # heading, **bold**, *slanted*, - list, 1. list,"
                " [words](https://address), > quotation, `code`, | table |"
            ),
            "is_active": "Off: the article is in no list, unless inactive ones are asked for.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.instance.revision
        if "body" in self.fields:
            # Space at the beginning of a line means something in Markdown.
            self.fields["body"].strip = False  # type: ignore[attr-defined]

    def clean_body(self) -> str:
        """With the line ends that it had; browsers send others."""
        sent = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        stored = self.instance.body
        return stored if sent == stored.replace("\r\n", "\n") else sent

    def clean(self) -> dict[str, Any]:
        """Lock the row, and refuse once what was written on top of an older state."""
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk is not None:
            now = Article.objects.select_for_update().only("revision").get(pk=self.instance.pk)
            if cleaned.get("seen") != now.revision:
                contexts = revisions.of(now).values_list("pgh_context", flat=True)
                (who,) = authors.names([contexts.first()])
                self.add_error(None, forms.ValidationError(_STALE, params={"who": who}))
                # Who has read this may go on.
                self.data = {**self.data.dict(), self.add_prefix("seen"): now.revision}  # type: ignore[attr-defined]
        return cleaned
