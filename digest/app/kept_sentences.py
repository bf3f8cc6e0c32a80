"""Build each summary of a story once: its sentences are kept in the archive.

They are kept under a hash of all that they follow from: the whole story as the team has decided on
it, what its sites repeat, the language and the program that chooses them. So a quarter with new
items, or with another decision, costs the sentences of the stories that changed, and the same
edition comes out whether or not anything was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace

from digest.app.fingerprints import WRITING, fingerprint_parts, fingerprint_program
from digest.app.kept_stories import load_kept, save_kept
from digest.archive import Archive
from digest.model.sentence import Sentence
from digest.model.story import Story
from digest.model.tags import TaggedItem
from digest.write.boilerplate import SiteBoilerplate
from digest.write.summaries import build_summary

# story id and language → fingerprint of what the sentences follow from, and the sentences
_Rows = Mapping[tuple[str, str], tuple[str, tuple[Sentence, ...]]]


class KeptSentences:
    """Builds summaries as `build_summary` does, and none that is kept a second time."""

    def __init__(self, kept: _Rows) -> None:
        self._kept = dict(kept)
        self._sites: dict[str, str] = {}  # source → what it repeats, as text
        self.has_new = False

    def __call__(
        self, story: Story, language: str, boilerplate: SiteBoilerplate
    ) -> tuple[Sentence, ...]:
        """Return the sentences of a story."""
        sites = (self._describe_site(member.item.source, boilerplate) for member in story.items)
        fingerprint = fingerprint_parts(fingerprint_story(story), *sites)
        known = self._kept.get((story.id, language))
        if known is None or known[0] != fingerprint:
            known = fingerprint, build_summary(story, language, boilerplate)
            self._kept[story.id, language] = known
            self.has_new = True
        return known[1]

    def list_rows(self, stories: Iterable[Story]) -> list[list[object]]:
        """Return what is known of the stories, as JSON values."""
        ids = {story.id for story in stories}
        return [
            [story_id, language, fingerprint, [[one.text, one.source, one.url] for one in summary]]
            for (story_id, language), (fingerprint, summary) in self._kept.items()
            if story_id in ids
        ]

    def _describe_site(self, source: str, boilerplate: SiteBoilerplate) -> str:
        if source not in self._sites:
            self._sites[source] = repr(sorted(boilerplate.sentences.get(source, ())))
        return self._sites[source]


def load_kept_sentences(archive: Archive, name: str) -> KeptSentences:
    """Return what builds summaries, with those that are kept. `name` is that of the quarter."""
    rows = load_kept(archive, f"sentences {name}", fingerprint_program(WRITING)) or ()
    kept: _Rows = {}
    with suppress(TypeError, ValueError):
        kept = {
            (story_id, language): (fingerprint, tuple(Sentence(*one) for one in summary))
            for story_id, language, fingerprint, summary in rows
        }
    return KeptSentences(kept)


def save_kept_sentences(
    archive: Archive, name: str, build: Callable[..., object], stories: Iterable[Story]
) -> None:
    """Keep the sentences of the stories that a quarter has now, where `build` made any anew."""
    if isinstance(build, KeptSentences) and build.has_new:
        rows, build.has_new = build.list_rows(stories), False
        save_kept(archive, f"sentences {name}", fingerprint_program(WRITING), rows)


def fingerprint_story(story: Story) -> str:
    """Return a hash of all that a story is made of: its items and their judgements."""
    members = (part for one in (story.lead, *story.items) for part in _describe_member(one))
    return fingerprint_parts(story.id, repr(story.merges), *members)


def _describe_member(member: TaggedItem) -> tuple[str | bytes, ...]:
    """Return all of an item and its judgement; a set has another order in another process."""
    item, tags = member.item, member.tags
    others = replace(tags, unsure=frozenset())
    return repr(item), item.vector, repr(sorted(tags.unsure)), repr(others)
