"""A quarter as the parts of the briefing see it: what they are all built from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from digest.edition.cancelled_dates import Cancellation, is_cancelled, list_cancellations
from digest.edition.dates import GRACE
from digest.edition.story_dates import StoryDate, find_story_dates
from digest.model.edition import CoverageRow, Sentence, StoryRef
from digest.model.stack import Relation, Stack
from digest.model.story import EarlierStory, Story, StoryTheme, StoryThread
from digest.model.tags import Event
from digest.taxonomy import CATEGORIES

AI_IN_USE = ("core", "applied")
RELEASE_EVENTS: frozenset[Event] = frozenset(("launch", "update"))
NO_RELATION = Relation("none")
Summarizer = Callable[[Story], Sequence[Sentence]]  # returns the sentences of a story


@dataclass(frozen=True, eq=False)  # without slots: what every story is asked for is found once
class QuarterView:
    """The stories of a quarter, best first, and the stack through which they are seen.

    Without a stack.yaml `stack` is empty and no story has a relation. A view is equal to itself
    alone, so that what is costly to find in it can be kept for it.
    """

    stack: Stack
    chosen: Sequence[Story]  # those of the briefing
    stories: Sequence[Story]  # all relevant ones
    relations: Mapping[str, Sequence[Relation]]  # of a story, by its id, the closest first
    make_ref: Callable[[Story], StoryRef]
    today: date
    before: Sequence[Story] | None = None  # of the quarter before; None where nothing is held of it
    themes: Sequence[StoryTheme] = ()  # of `stories`, the weightiest first
    comparable: bool = False  # whether figures of the two quarters may stand side by side
    coverage: Sequence[CoverageRow] = ()  # what was read of each source
    # The product that a story is about; "" where that is not sure.
    name_product: Callable[[Story], str] = lambda _: ""
    # Whether a vendor sells something in a category; True where nothing is known of it.
    sells_in: Callable[[str, str | None], bool] = lambda *_: True
    # Whether a story surely tells what a shop or brand launches for its own customers, for no
    # company to buy.
    is_own_use: Callable[[Story], bool] = lambda _: False
    # Others that concern a maker of ours: judged to be no news by the machine alone, best first.
    doubtful: Sequence[Story] = ()
    earlier: Sequence[EarlierStory] = ()  # what earlier editions told and listed
    threads: Mapping[str, StoryThread] = field(default_factory=dict)  # by the story's id
    language: str = "en"  # of the edition
    until_next_review: timedelta = timedelta(days=100)  # after which it has surely been
    # The day of an instant where the edition is read.
    to_local_date: Callable[[datetime], date] = datetime.date

    @cached_property
    def vendors(self) -> frozenset[str]:
        """The vendors that the stories are about."""
        return frozenset(name for story in self.stories for name in story.tags.vendors)

    @cached_property
    def _cancellations(self) -> tuple[Cancellation, ...]:
        return list_cancellations((*self.stories, *self.doubtful))

    def find_dates(
        self, story: Story, grace: timedelta = GRACE, language: str = ""
    ) -> tuple[StoryDate, ...]:
        """Return the dates of a story that no later report of the same product takes back."""
        return tuple(
            dated
            for dated in find_story_dates(story, grace, language)
            if not is_cancelled(dated.fact, dated.told, story, self._cancellations)
        )

    def get_relations(self, story: Story) -> Sequence[Relation]:
        """Return what a story is to the stack; () where it is nothing."""
        return self.relations.get(story.id, ())

    def get_closest_relation(self, story: Story) -> Relation:
        """Return the relation of a story that leads."""
        return next(iter(self.get_relations(story)), NO_RELATION)

    def get_relation_to(self, story: Story, product: str) -> Relation:
        """Return the closest relation of a story to a product of the stack."""
        relations = self.get_relations(story)
        found = (relation for relation in relations if product in relation.products)
        return next(found, NO_RELATION)

    def find_related(self, products: Collection[str], *kinds: str) -> list[Story]:
        """Return the stories with a relation of these kinds to one of these products."""
        return [
            story
            for story in self.stories
            if any(
                relation.kind in kinds and not set(relation.products).isdisjoint(products)
                for relation in self.get_relations(story)
            )
        ]


def get_category_name(slug: str) -> str:
    """Return the name of a stack category; the slug itself where there is none."""
    return CATEGORIES[slug].name if slug in CATEGORIES else slug
