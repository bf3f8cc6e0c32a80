"""What all views are built with: the edition's words and what a medium can take.

Here text from outside is made safe, once: control characters are taken out, an address that is no
web address is no link, and a text that the medium's fonts cannot write becomes "".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from markupsafe import Markup

from digest.model.edition import Edition, EditionStory
from digest.model.sections import FIRST_SECTION
from digest.model.sentence import Sentence
from digest.render.fit import MANY_NEWS
from digest.render.prose import render_markdown
from digest.render.words import Localizer
from digest.text import clean_text, truncate_text
from digest.urls import is_web_url


@dataclass(frozen=True, slots=True)
class StoryLimits:
    """How much of a story is printed: lengths in characters, numbers of lines."""

    title: int
    sentences: int
    characters: int  # of the summary, all sentences together
    whys: int
    quotes: int
    sources: int
    contexts: int = 12  # what an earlier edition told, and where sources differ
    summaries: int = 99  # stories of page one that have one: not those whose headline says it
    reach: bool = True  # with the sentence that says for whom a change holds


FULL_LIMITS = StoryLimits(title=600, sentences=12, characters=3000, whys=12, quotes=12, sources=60)


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What a medium can take."""

    limits: StoryLimits = FULL_LIMITS
    first_limits: StoryLimits = FULL_LIMITS  # of the quarter in five
    kept: Mapping[str, frozenset[str]] | None = None  # section → ids of stories to print; None: all
    register_pages: float = 2.0  # of paper
    themes: int | None = None  # how many themes are printed; None: all
    pointers: int | None = None  # of a category to other pages; None: all
    named: int | None = None  # stories that a category names on paper and does not tell; None: all
    concise: bool = False  # what is named stands in its headline, lists of what is not ours are cut
    news: int = MANY_NEWS  # launches and updates that a category names however small `named` is
    details: int = 2  # of the stack: 2 all, 1 without what feeds what and uses of AI, 0 no figures
    radar: bool = True  # whether there is room for it
    claims: int | None = None  # in words alone, of others than the company's vendors; None: all
    brief: bool = False  # paper: tables are cut to what a page holds, figures of method left out
    legible: Callable[[str], str | None] = str  # a text as the fonts can write it, None if not


@dataclass(frozen=True)
class ViewContext:
    """An edition, its words and the options of a medium."""

    edition: Edition
    words: Localizer
    options: RenderOptions
    # Filled while the parts that name stories are built, for those that point to them:
    marked: dict[str, str] = field(default_factory=dict, repr=False, compare=False)  # → place
    # Of these the place has the title alone: nothing is gained by going there.
    bare: set[str] = field(default_factory=set, repr=False, compare=False)
    groups: set[str] = field(default_factory=set, repr=False, compare=False)  # categories printed

    def mark_place(self, story_id: str) -> str:
        """Take a place for a story that is named and nowhere told in full.

        Return the place's id for the template; "" where the story has a place already.
        """
        if story_id in self.printed_ids or story_id in self.marked:
            return ""
        self.marked[story_id] = f"named-{story_id}"
        return self.marked[story_id]

    def find_place(self, story_id: str) -> str:
        """Return where the briefing tells or names a story, as #id; "" for nowhere so far.

        The parts that name stories are built before those that point to them.
        """
        if story_id in self.printed_ids:
            return f"#{story_id}"
        return f"#{self.marked[story_id]}" if story_id in self.marked else ""

    def find_sentence(self, story_id: str) -> Sentence | None:
        """Return the sentence that the register has of a story; None where it has none."""
        return self._sentences.get(story_id)

    def fit_text(self, text: str, length: int) -> str:
        """Cut a text from outside; return "" where the fonts lack its letters."""
        return truncate_text(self.options.legible(clean_text(text[: length * 4])) or "", length)

    def is_legible(self, text: str) -> bool:
        """Return whether the fonts can write a text."""
        return self.options.legible(clean_text(text)) is not None

    def render_team_text(self, text: str) -> Markup:
        """Return the team's Markdown as HTML; nothing where the fonts lack its letters."""
        return render_markdown(text) if text and self.is_legible(text) else Markup()

    @cached_property
    def printed_ids(self) -> frozenset[str]:
        """The ids of the stories that the medium prints."""
        if self.options.kept is None:
            return frozenset(story.id for story in (*self.edition.stories, *self.edition.briefs))
        return frozenset().union(*self.options.kept.values())

    def format_story_day(self, published: datetime) -> str:
        """Return the day of a story in the edition's zone; paper gives a year that is not its own.

        The title of the paper says its year.
        """
        day = published.astimezone(self.words.zone).date()
        if self.options.brief and day.year == self.edition.start.astimezone(self.words.zone).year:
            return self.words.format_month_day(day)
        return self.words.format_short_date(day)

    @cached_property
    def _sentences(self) -> Mapping[str, Sentence]:
        return {row.story: row.sentence for row in reversed(self.edition.register) if row.sentence}

    @property
    def today(self) -> date:
        """The day of the edition."""
        return self.edition.as_of.astimezone(self.words.zone).date()

    @cached_property
    def first_stories(self) -> tuple[EditionStory, ...]:
        """The stories of page one."""
        sections = self.edition.sections
        found = (section.stories for section in sections if section.slug == FIRST_SECTION)
        return next(found, ())


def to_safe_href(url: str) -> str:
    """Return an address that may be a link, absolute http or https; "" for anything else."""
    url = clean_text(url)
    return url if is_web_url(url) else ""
