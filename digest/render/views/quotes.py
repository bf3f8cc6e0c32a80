"""Words of a source as they are printed, each once on a page."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model.edition import Sentence
from digest.render.views.context import ViewContext, to_safe_href
from digest.render.words import sanitize_language_tag


@dataclass(frozen=True, slots=True)
class QuoteView:
    """Words of a source; `text` is whole."""

    text: str
    lang: str
    source: str
    href: str


def build_quote(
    quote: Sentence | None, language: str, context: ViewContext, quoted: set[str]
) -> QuoteView | None:
    """Return a quote; None where there is none, the page has it already, or the fonts lack it.

    `quoted` are the words that the page has: those of the quote are added.
    """
    if quote is None or quote.text in quoted:
        return None
    quoted.add(quote.text)
    text = context.fit_text(quote.text, len(quote.text))  # whole
    if not text:
        return None
    source = context.fit_text(quote.source, 50)
    return QuoteView(text, sanitize_language_tag(language), source, to_safe_href(quote.url))


def list_told_sentences(context: ViewContext) -> dict[str, str]:
    """Return where paper tells the first sentence of each story; no place on the web."""
    if not context.options.brief:
        return {}
    edition = context.edition
    return {
        story.summary[0].text: f"#{story.id}"
        for story in (*edition.stories, *edition.briefs)
        if story.summary and story.id in context.printed_ids and story not in context.first_stories
    }
