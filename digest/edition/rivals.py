"""Who is a rival of a product of ours: what it sells, and what that is for.

A story whose category is a product's is not yet of a rival: a brand that uses AI in its own service
is filed there, too, and so is a maker of other things who is told of beside it.
"""

from __future__ import annotations

from digest.edition.ai_functions import get_use, list_functions, list_uses, read_ai_function
from digest.edition.claim_subjects import get_title
from digest.edition.claims import choose_words
from digest.edition.quarter import QuarterView
from digest.model.edition import AiUse, Sentence
from digest.model.stack import OUR_RELATIONS, Product
from digest.model.story import Story
from digest.text import clean_text

# Where tools work on what search engines and networks offer, which are no rivals of the tools.
_FIELDS_OF_PLATFORMS = frozenset(("seo", "social-media"))
_OVERSEEING_USES: frozenset[AiUse | None] = frozenset(("measurement", "provenance"))


def is_rival(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether a story is about a rival of a product, which may make another of ours.

    It sells in the field of the story, and what it tells of does what the product is for.
    """
    vendor = next(iter(story.tags.vendors), "")
    if not quarter.sells_in(vendor, story.tags.category):
        return False
    kind = quarter.get_relation_to(story, product.name).kind
    if kind == "none" and story.tags.category not in _FIELDS_OF_PLATFORMS:
        is_beside = any(one.kind in OUR_RELATIONS for one in quarter.get_relations(story))
    else:
        is_beside = kind in ("rival", "overlap")
    return is_beside and _does_the_same(story, product, quarter)


def list_words(story: Story, quote: Sentence | None) -> tuple[str, ...]:
    """Return the words that say what the AI of a story is and does, the surest first."""
    return quote.text if quote else "", get_title(story), clean_text(story.lead.item.summary)


def _does_the_same(story: Story, product: Product, quarter: QuarterView) -> bool:
    """Return whether what a story tells of does what a product is for, as far as words say.

    AI for daily work has many jobs: it has to do one that the stack file names, if it names any.
    What measures or checks the work of others has to be what the product serves.
    """
    function = read_ai_function(*list_words(story, choose_words(story, quarter)))
    jobs = list_functions(product)
    use = get_use(function) if function else None
    if use == "daily work" and jobs:
        return function in jobs
    return use not in _OVERSEEING_USES or use in {*list_uses(product), *map(get_use, jobs)}
