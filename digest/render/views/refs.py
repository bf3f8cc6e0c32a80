"""Stories that the pages about the stack point to."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model.edition import StoryRef
from digest.render.views.context import ViewContext
from digest.render.words import get_text_direction, sanitize_language_tag
from digest.urls import is_web_url


@dataclass(frozen=True, slots=True)
class StoryRefView:
    """A story that is pointed to."""

    title: str
    lang: str
    dir: str
    href: str  # to its place in this briefing where it is printed, else to its source
    source: str
    day: str


def build_ref(story: StoryRef, context: ViewContext, length: int = 90) -> StoryRefView:
    """Build the view of a reference, its title cut to `length` characters."""
    words = context.words
    title, lang = context.fit_text(story.title, length), sanitize_language_tag(story.language)
    if not title:
        title = words.translate("A report in a script that the paper lacks")
        lang = words.language
    href = story.url if is_web_url(story.url) else ""
    return StoryRefView(
        title=title,
        lang=lang,
        dir=get_text_direction(lang),
        href=f"#{story.id}" if story.id in context.printed_ids else href,
        source=context.fit_text(story.source, 50),
        day=words.format_day(story.published),
    )
