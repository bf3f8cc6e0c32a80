"""Why a story stays out of an edition: every reason there is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from digest.i18n import N_

# Of what stands in no section in full, and in the register all the same.
LISTED_LABEL = N_("in a sentence or in the register alone")


class LeftOutReason(Enum):
    """A reason to leave a story out.

    `label` is for readers, who learn how many items it kept out. `detail` is for the team alone: it
    names what decided, a remark of the team among it.
    """

    NOT_RELEVANT = (N_("judged not relevant for marketing technology"),)
    TEAM_RULE = (N_("excluded by a rule of the team"), "excluded by the team's rule “%(rule)s”")
    HOWTO = (N_("a how-to, no news"),)
    PROMOTION = (N_("a promotion, no news"),)
    OPINION = (N_("an opinion without news"),)
    BELOW_FLOOR = (N_("ranked too low"), "score %(score)s is below the floor of %(floor)s")
    BELOW_LAST = (
        N_("ranked below the last that went in"),
        "ranked %(place)s, below the last of the %(size)s stories that went in",
    )
    ROUND_UP = (N_("a round-up of other news"),)
    OLDER_PART = (
        N_("an older part of a series, told by its newest"),
        "an older part of the series of “%(title)s”",
    )
    NO_SENTENCE = (
        N_("its sources give no sentence to print; named in the register"),
        "no source gives a whole sentence; it stands in the register alone",
    )
    ALREADY_TOLD = (
        N_("told in an earlier edition"),
        "told in %(edition)s as “%(title)s”, and nothing new was found",
    )
    OTHERS_INCIDENT = (
        N_("an incident of what we do not run; in a line or in the register"),
        "an incident, and the stack has nothing that it is about; named with the deals",
    )
    DROPPED_BY_TEAM = (N_("dropped by the team"), "dropped by the team: %(reason)s")
    SECTION_OFF = (N_("its section is switched off"), "the section %(section)s is switched off")

    def __init__(self, label: str, detail: str = "") -> None:
        self.label = label
        self.detail = detail or label

    @property
    def is_told_of_listed(self) -> bool:
        """Whether readers learn it also of a story that the register lists: it says more than that.

        It is what the team decided, and that an earlier edition told the story.
        """
        return self.name in ("TEAM_RULE", "DROPPED_BY_TEAM", "SECTION_OFF", "ALREADY_TOLD")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why one story stays out. `str()` gives the detail for the team, never for readers."""

    reason: LeftOutReason
    values: Mapping[str, object] = field(default_factory=dict)  # of the detail

    def __str__(self) -> str:
        return self.reason.detail % self.values
