"""Decide which drafts an edition needs, and which of them may be printed. Pure.

A draft is asked from the words of the items that it is about and, for a consequence, from the
fields of stack.yaml that a switch names; from nothing else. Printed is what a person accepted, or,
where the team chose the vote instead, what both the rules and the vote support.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from digest.app.decide import QuarterDecision
from digest.app.model_texts import ModelTexts, StoryWriting
from digest.decide.relations import get_closest_relation
from digest.edition.themes import MAX_THEMES, MIN_STORIES, make_slug
from digest.language_model.prompts import Prompt
from digest.language_model.source_text import MAX_TEXT
from digest.language_model.writer import DraftRequest, DraftSource
from digest.model.drafts import AcceptedText, Draft, ModelTask, SharedField
from digest.model.item import Item
from digest.model.stack import OUR_RELATIONS, Product, Stack
from digest.model.story import Story
from digest.model.vendors import Question
from digest.text import join_lines, slugify, split_sentences, truncate_text
from digest.write.headlines import choose_headline, clean_title
from digest.write.summaries import build_summary

OUR_SOURCE = "ours"  # the id of what the company says of itself
MODEL = "model"  # whose words a sentence is that a person accepted from a model
EDITION_TASKS = ("lead", "letter", "theme", "questions")  # of an edition, not of one story
_KEY_LENGTH = 32  # of a question's key, behind what it begins with
_MOST_VENDORS = 12  # that questions are drafted for
_MOST_ITEMS = 5  # of one story
_MOST_LEADING = 6  # stories that a lead may be about
_MOST_IN_THEME = 8


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """What drafts are asked for, and with what.

    `share` names the fields of the stack that may leave the house; `prompt` returns a prompt by
    name and language.
    """

    tasks: Collection[ModelTask]
    share: Collection[SharedField]
    stories: int
    prompt: Callable[[str, str], Prompt]
    stack: Stack = field(default_factory=Stack)


def plan_drafts(
    decision: QuarterDecision, language: str, plan: DraftPlan
) -> tuple[DraftRequest, ...]:
    """Return the drafts that the edition of a decided quarter needs in one language."""
    chosen = [entry.story for entry in decision.chosen[: plan.stories]]
    requests = [
        request for story in chosen for request in plan_story(story, decision, language, plan)
    ]
    if "theme" in plan.tasks:
        requests += _plan_themes(decision, chosen, language, plan)
    if "lead" in plan.tasks and chosen:
        sources = tuple(make_source(story.lead.item) for story in chosen[:_MOST_LEADING])
        requests.append(DraftRequest("lead", "", language, sources, plan.prompt("lead", language)))
    if "letter" in plan.tasks and chosen:
        sources = tuple(make_source(story.lead.item) for story in chosen[:_MOST_IN_THEME])
        prompt = plan.prompt("letter", language)
        requests.append(DraftRequest("letter", "", language, sources, prompt))
    if "questions" in plan.tasks and "products" in plan.share:
        requests += _plan_questions(decision, language, plan)
    return tuple(requests)


def plan_story(
    story: Story, decision: QuarterDecision, language: str, plan: DraftPlan
) -> Iterator[DraftRequest]:
    """Yield the drafts of one story.

    A story in the edition's language gets a summary, one in another a translation of its title and
    sentences. What the team wrote itself is not drafted again.
    """
    decided = decision.decided.decisions.get(story.id)
    title, own = choose_headline(story, language)
    foreign = own.partition("-")[0] != language.partition("-")[0]
    task: ModelTask = "translation" if foreign else "summary"
    if task in plan.tasks and not (decided and decided.summary):
        sources = (
            _make_translation_sources(story, title, own) if foreign else _make_sources(story, own)
        )
        if any(source.text for source in sources) or foreign:
            prompt = plan.prompt(task, language)
            yield DraftRequest(task, story.id, language, sources, prompt)
    if "consequence" in plan.tasks and "products" in plan.share:
        ours = _make_our_source(story, decision, plan)
        if ours:
            sources = (*_make_sources(story, own)[:2], ours)
            prompt = plan.prompt("consequence", language)
            yield DraftRequest("consequence", story.id, language, sources, prompt)


def _plan_themes(
    decision: QuarterDecision, chosen: Sequence[Story], language: str, plan: DraftPlan
) -> Iterator[DraftRequest]:
    told = {story.id: story for story in chosen}
    groups = [
        group
        for group in decision.themes
        if told.keys() & set(group.stories) and len(group.stories) >= MIN_STORIES
    ][:MAX_THEMES]
    stories = {entry.story.id: entry.story for entry in decision.ranked}
    for group in groups:
        members = sorted(
            (stories[one] for one in group.stories if one in stories),
            key=lambda story: (
                story.id not in told,
                story.items[0].item.published_or_seen,
                story.id,
            ),
        )
        sources = tuple(make_source(story.lead.item) for story in members[:_MOST_IN_THEME])
        prompt = plan.prompt("theme", language)
        yield DraftRequest("theme", make_slug(group), language, sources, prompt)


def _plan_questions(
    decision: QuarterDecision, language: str, plan: DraftPlan
) -> Iterator[DraftRequest]:
    """Yield the questions to each of our vendors that stories tell of, the weightiest first."""
    vendors = {product.name: product.vendor_or_name for product in plan.stack.products}
    stories: dict[str, list[Story]] = {}
    for entry in decision.chosen:
        relations = decision.relations.get(entry.story.id, ())
        relation = get_closest_relation(relations) if relations else None
        if relation is None or relation.kind not in OUR_RELATIONS:
            continue
        for vendor in dict.fromkeys(vendors[one] for one in relation.products if one in vendors):
            stories.setdefault(vendor, []).append(entry.story)
    for vendor, told in list(stories.items())[:_MOST_VENDORS]:
        sources = tuple(make_source(story.lead.item) for story in told[:_MOST_ITEMS])
        prompt = plan.prompt("questions", language)
        yield DraftRequest("questions", slugify(vendor), language, sources, prompt)


def list_accepted_questions(
    accepted: Sequence[AcceptedText], vendor: str, language: str
) -> tuple[Question, ...]:
    """Return the questions to a vendor that a person accepted from a model."""
    own = (
        text for text in accepted
        if (text.task, text.of, text.language) == ("questions", slugify(vendor), language)
    )  # fmt: skip
    asks = dict.fromkeys(ask for text in own for ask in split_sentences(text.text))
    return tuple(Question(f"asked-{slugify(ask)[:_KEY_LENGTH]}", ask) for ask in asks)


def make_source(item: Item) -> DraftSource:
    """Return what a draft may rest on of an item: title, publisher, day, words."""
    texts = (item.summary, item.text, item.description, item.fulltext)
    body = " ".join(dict.fromkeys(join_lines(text) for text in texts if text))
    day = item.published.date() if item.published else None
    title = clean_title(item)
    return DraftSource(
        id=item.id,
        title=title,
        text=truncate_text(body, MAX_TEXT),
        lang=item.language,
        day=day,
        url=item.url,
        publisher=item.source_name,
    )


def _make_sources(story: Story, language: str) -> tuple[DraftSource, ...]:
    """Return the items of a story, the lead first, those of the language before others."""
    members = [story.lead, *(member for member in story.items if member is not story.lead)]
    members.sort(key=lambda member: member.item.language != language)  # stable
    return tuple(make_source(member.item) for member in members[:_MOST_ITEMS])


def _make_translation_sources(story: Story, title: str, language: str) -> tuple[DraftSource, ...]:
    """Return the title and the sentences that stand in the sources' language, item by item."""
    by_url: dict[str, list[str]] = {}
    for sentence in build_summary(story, language):
        by_url.setdefault(sentence.url, []).append(sentence.text)
    items = {member.item.url: member.item for member in story.items}
    titled = next(
        (member.item for member in story.items if clean_title(member.item) == title),
        story.lead.item,
    )
    order = [titled.url, *(url for url in by_url if url != titled.url)]
    return tuple(
        DraftSource(
            id=items[url].id,
            title=title if url == titled.url else clean_title(items[url]),
            text=" ".join(by_url.get(url, ())),
            lang=language,
            day=make_source(items[url]).day,
            url=url,
            publisher=items[url].source_name,
        )
        for url in order
        if url in items
    )


def _make_our_source(
    story: Story, decision: QuarterDecision, plan: DraftPlan
) -> DraftSource | None:
    """Return what the company says of the product that a story is about, as far as it is shared."""
    relations = decision.relations.get(story.id, ())
    relation = get_closest_relation(relations) if relations else None
    if relation is None or relation.kind not in OUR_RELATIONS:
        return None
    products = [one for one in plan.stack.products if one.name in relation.products][:2]
    facts = [fact for product in products for fact in _list_facts(product, plan.share)]
    if not facts:
        return None
    return DraftSource(OUR_SOURCE, "What the company runs", " ".join(facts), lang="en")


def _list_facts(product: Product, share: Collection[SharedField]) -> Iterator[str]:
    yield f"We use {product.name}."
    if "contracts" in share and product.contract_end:
        yield f"Our contract for {product.name} ends on {product.contract_end.isoformat()}."
        if product.notice_by:
            yield f"Notice for {product.name} is due by {product.notice_by.isoformat()}."
    if "owners" in share and product.owner:
        yield f"{product.owner} looks after {product.name}."
    if "spend" in share and product.cost:
        yield f"{product.name} costs us {product.cost} a year."


# ---------------------------------------------------------------- what may be printed


def collect_accepted(
    accepted: Sequence[AcceptedText], decision: QuarterDecision, language: str
) -> tuple[ModelTexts, tuple[str, ...]]:
    """Return the texts that a person accepted, and in words those whose story is gone."""
    stories = {member.item.id: story.id for story in decision.stories for member in story.items}
    writings: dict[str, StoryWriting] = {}
    themes: dict[str, str] = {}
    lead, letter, lost = "", "", []
    for text in accepted:
        if text.language != language:
            continue
        if text.task == "lead":
            lead = text.text
        elif text.task == "letter":
            letter = text.text
        elif text.task == "questions":
            continue  # stand in the letter to the vendor
        elif text.task == "theme":
            themes[text.of] = text.text
        elif (story_id := stories.get(text.of)) is None:
            lost.append(f"the accepted {text.task} of {text.of}: no story holds that item any more")
        else:
            before = writings.get(story_id, StoryWriting())
            writings[story_id] = before.add(text.task, text.title, text.text, MODEL, "")
    return ModelTexts(writings, themes, lead, letter), tuple(lost)


def collect_supported(drafts: Mapping[DraftRequest, Draft]) -> ModelTexts:
    """Return the texts that the rules and the vote support: for unattended printing."""
    writings: dict[str, StoryWriting] = {}
    themes: dict[str, str] = {}
    lead = ""
    for request, draft in drafts.items():
        title = draft.title.text if draft.title and draft.title.passes else ""
        if not draft.supported and not title:
            continue
        if draft.task in ("letter", "questions"):
            continue  # speak in the team's name: a person's alone to let out
        if draft.task == "lead":
            lead = draft.text
        elif draft.task == "theme":
            themes[draft.of] = draft.text
        else:
            cited = {item for sentence in draft.supported for item in sentence.items}
            used = [source for source in request.sources if source.id in cited and source.url]
            publishers = ", ".join(dict.fromkeys(source.publisher for source in used))
            url = used[0].url if used else ""
            before = writings.get(draft.of, StoryWriting())
            writings[draft.of] = before.add(draft.task, title, draft.text, publishers, url)
    return ModelTexts(writings, themes, lead)


def merge_texts(first: ModelTexts, second: ModelTexts) -> ModelTexts:
    """Return the texts of both; where both have one, the second's."""
    stories = dict(first.stories)
    for story_id, writing in second.stories.items():
        stories[story_id] = stories.get(story_id, StoryWriting()).override(writing)
    return ModelTexts(
        stories,
        {**first.themes, **second.themes},
        second.lead or first.lead,
        second.letter or first.letter,
    )
