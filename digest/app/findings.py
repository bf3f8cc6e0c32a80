"""What is found in a quarter's stories once, so that each further decision on them costs little.

Everything here follows from a story alone; a team's decisions change a few stories, and only of
those anything is found out again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Generic, TypeVar

from digest.cluster import ItemTopics, find_item_topics, find_topics
from digest.decide.decisions import ItemIndex
from digest.decide.relations import RelationFinder, StackIndex, find_ambiguous_names
from digest.model.item import Item
from digest.model.stack import Relation
from digest.model.story import Story
from digest.rank import StoryFeatures, find_traits
from digest.write.summaries import SentenceCheck

_T = TypeVar("_T")


class StoryMemo(Generic[_T]):
    """Calls a pure function of a story, and not again for as long as the story stays as it is."""

    def __init__(self, find: Callable[[Story], _T]) -> None:
        self._find = find
        self._known: dict[str, tuple[Story, _T]] = {}  # by story id

    def __call__(self, story: Story) -> _T:
        """Return what the function finds in a story."""
        known = self._known.get(story.id)
        if known is None or (known[0] is not story and known[0] != story):
            known = self._known[story.id] = story, self._find(story)
        return known[1]


class StoryFindings:
    """What a quarter's stories hold, as they were judged and grouped before any decision.

    `features` is what `digest.rank.extract_features` gave for them, `sentence_check` is made of
    them, `topics_of` finds those of an item; what is not handed in is found out when a decision
    first needs it.
    """

    def __init__(
        self,
        stories: Iterable[Story],
        features: Mapping[str, StoryFeatures] = MappingProxyType({}),
        sentence_check: SentenceCheck | None = None,
        topics_of: Callable[[Item], ItemTopics] = find_item_topics,
    ) -> None:
        self.stories = tuple(stories)
        self.features = features
        self.sentence_check = sentence_check
        self.find_traits = StoryMemo(find_traits)
        self.find_topics = StoryMemo(partial(find_topics, topics_of=topics_of))
        self._item_index: ItemIndex | None = None
        self._stack_index: StackIndex | None = None
        self._find_relations: StoryMemo[tuple[Relation, ...]] | None = None

    @property
    def item_index(self) -> ItemIndex:
        """The items of the stories, by id and address."""
        if self._item_index is None:
            self._item_index = ItemIndex(self.stories)
        return self._item_index

    def find_relations(self, stack_index: StackIndex) -> Callable[[Story], tuple[Relation, ...]]:
        """Return what finds the relations of a story to a stack."""
        if self._find_relations is None or self._stack_index != stack_index:
            ambiguous = find_ambiguous_names(self.stories, stack_index)
            self._find_relations = StoryMemo(RelationFinder(stack_index, ambiguous).find_relations)
            self._stack_index = stack_index
        return self._find_relations
