"""The kinds of sections that a briefing has: each is declared here and nowhere else.

To add one, add an entry to `SECTION_KINDS`, then run `make generate` and translate its texts.
Composition, headings, schemas, the order of dropping on paper, style classes and the switches of
the review page all iterate over the entries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from digest.i18n import N_
from digest.model.tags import Ai, Event

FIRST_SECTION = "five"  # the best of all stories, whatever they are about
BRIEF_SECTION = "categories"  # where stories are told that others leave to the register
THEME_SECTION = "themes"  # stories of a theme that stand nowhere before it
LATE_SECTION = "missed"  # stories that came too late for the edition of their quarter
_DEAL_EVENTS = frozenset(
    {"acquisition", "funding", "shutdown", "pricing", "people", "results", "incident"}
)


class Classified(Protocol):
    """What decides the section of a story: the tags of a story, or a story of an edition."""

    @property
    def event(self) -> Event | None: ...

    @property
    def ai(self) -> Ai | None: ...


@dataclass(frozen=True, slots=True)
class SectionKind:
    """A kind of section.

    A story stands in the first kind, by `precedence`, whose predicate `holds` for it. Where that
    kind is full (`capacity`) or switched off, it stands in the kind named by `overflow`; where it
    is switched off and names none, the story is left out.
    """

    slug: str
    title: str  # marked for translation, as `empty_note` is
    empty_note: str = ""
    holds_stories: bool = True  # False: a page about the company's stack or the edition itself
    switchable: bool = True  # by the team, for one edition
    team_title: str = ""  # on the review page, where it is not the title
    optional: bool = False  # there only where it holds stories
    holds: Callable[[Classified], bool] | None = None  # None: composition fills it
    precedence: int = 0
    capacity: int | None = None  # stories
    overflow: str = ""
    grouping: Literal["", "category", "event", "theme"] = ""  # of the stories in it
    drop_step: int = 0  # its stories go in this step where paper is too long; 0: they stay

    @property
    def drops_stories(self) -> bool:
        """Whether the stories of this section are left out where it is switched off."""
        return self.switchable and self.holds is not None and not self.overflow


SECTION_KINDS = (
    SectionKind(
        FIRST_SECTION,
        N_("The quarter in five"),
        N_("No story of this quarter was strong enough to stand here."),
        capacity=5,
    ),
    SectionKind("calendar", N_("Dates and duties"), holds_stories=False),
    SectionKind(
        "deals",
        N_("Deals and vendor health"),
        N_(
            "No acquisition, funding round, closure, price change or security incident of this "
            "quarter was found."
        ),
        holds=lambda story: story.event in _DEAL_EVENTS,
        precedence=2,
        grouping="event",
    ),
    SectionKind(
        THEME_SECTION,
        N_("Themes of the quarter"),
        N_("No three stories of this quarter were about the same thing."),
        optional=True,
        grouping="theme",
        drop_step=2,
    ),
    SectionKind(
        BRIEF_SECTION,
        N_("New by stack category"),
        N_("No further launch, update or study of this quarter was strong enough to stand here."),
        holds=lambda _: True,
        precedence=3,
        grouping="category",
        drop_step=1,
    ),
    SectionKind("stack", N_("Our stack"), holds_stories=False),
    SectionKind("ai-impacts", N_("AI in our stack"), holds_stories=False, switchable=False),
    SectionKind("ai-watch", N_("AI claims"), holds_stories=False),
    SectionKind("ledger", N_("What vendors promised"), team_title="Promises", holds_stories=False),
    SectionKind(
        "rules",
        N_("Rules and risk"),
        N_("No rule, court decision or standard of this quarter was found."),
        holds=lambda story: story.event == "regulation",
        precedence=1,
    ),
    SectionKind("radar", N_("Radar"), holds_stories=False),
    SectionKind("agenda", N_("Review agenda"), team_title="Agenda", holds_stories=False),
    SectionKind(LATE_SECTION, N_("Missed last time"), switchable=False, optional=True),
    SectionKind("register", N_("Register of the quarter"), holds_stories=False),
    SectionKind("glance", N_("The quarter at a glance"), holds_stories=False, switchable=False),
    SectionKind("sources", N_("Sources and method"), holds_stories=False, switchable=False),
)
STORY_SECTIONS = tuple(kind for kind in SECTION_KINDS if kind.holds_stories)
SECTIONS_BY_SLUG = {kind.slug: kind for kind in SECTION_KINDS}
SECTIONS_BY_PRECEDENCE = tuple(sorted(STORY_SECTIONS, key=lambda kind: kind.precedence))
if TYPE_CHECKING:  # a checker cannot follow a Literal that is made of values
    StorySectionSlug = str
    SwitchableSlug = str
else:
    StorySectionSlug = Literal[tuple(kind.slug for kind in STORY_SECTIONS)]
    SwitchableSlug = Literal[tuple(kind.slug for kind in SECTION_KINDS if kind.switchable)]


def choose_section(story: Classified) -> str:
    """Return the slug of the section that a story belongs to by what it is."""
    return next(kind.slug for kind in SECTIONS_BY_PRECEDENCE if kind.holds and kind.holds(story))
