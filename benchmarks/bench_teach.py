"""What recurring corrections teach: `python benchmarks/bench_teach.py`.

Ten corrections that a team makes again and again, each in a quarter of its own that holds the packaged sample quarter
besides. Prints for each what is offered or why not, and how many of next quarter's items, which nobody has seen, are
judged as the team would, before the lesson and after it. The texts are made up; the reference set is the packaged one.
"""

import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from digest.app.context import vocabulary_file
from digest.app.judge import load_stories
from digest.app.sample import open_sample
from digest.app.sources import collect_workspace
from digest.app.vocabulary import load_overrides
from digest.archive import Archive
from digest.cluster import cluster_items
from digest.learn.evaluation import ReviewedQuarter
from digest.learn.proposals import _add_line, find_refusals, propose_changes
from digest.model.decisions import StoryDecision
from digest.model.tags import TaggedItem
from digest.tag import ItemJudge, Overrides
from digest.tag.lab import item_from_json, load_reference


@dataclass(frozen=True)
class Habit:
    """A correction that recurs: (source, title, summary) of this quarter's items and the next's, what the team says of
    each, and what next quarter's items should get."""

    name: str
    now: tuple[tuple[str, str, str], ...]
    then: tuple[tuple[str, str, str], ...]
    decide: dict[str, object]
    want: dict[str, object]


def told(source: str, *titles: str, summary: str = "It is available from today.") -> tuple:
    return tuple((source, title, summary) for title in titles)


HABITS = (
    Habit(
        "a vendor is re-tagged three times",
        told("Trade Daily", "HubSpot adds branches to its workflow builder", "HubSpot opens its campaign builder to smaller teams",
             "HubSpot tests send paths chosen by customers"),
        told("Trade Daily", "HubSpot opens its workflow builder to partners", "HubSpot adds approval steps to campaigns"),
        {"tags": {"category": "marketing-automation"}}, {"category": "marketing-automation"},
    ),
    Habit(
        "a word is re-tagged twice",
        told("Trade Daily", "Zorblatt opens a plonket room for brands", "Quorbly paints its plonket room"),
        told("Trade Daily", "Vexmark rents a plonket room", "Why a plonket room pays off"),
        {"tags": {"category": "events-webinars"}}, {"category": "events-webinars"},
    ),
    Habit(
        "a source is dropped three times of three",
        told("Gossip Daily", "Brevo launches AI agent for email marketing", "Klaviyo launches AI agent for email marketing",
             "Braze launches AI agent for email marketing"),
        told("Gossip Daily", "Mailchimp launches AI agent for email marketing", "Iterable launches AI agent for newsletters"),
        {"drop": "gossip"}, {"relevant": False},
    ),
    Habit(
        "an unknown company is named and tagged twice",
        told("Trade Daily", "Lumenfax sends faxes from a CRM", "Lumenfax makes a fax of every lead"),
        told("Trade Daily", "Lumenfax moves into sales teams", "A fax a day: Lumenfax after one year"),
        {"tags": {"category": "crm", "vendors": ["Lumenfax"]}}, {"vendors": ["Lumenfax"], "category": "crm"},
    ),
    Habit(
        "a new name is seen often, and nobody corrects it",
        (*told("Trade Daily", "Quarrowby launches an email builder for shops", "Quarrowby adds AI subject lines to newsletters"),
         *told("Martech Wire", "Quarrowby opens its email editor to agencies", "Quarrowby unveils a newsletter archive")),
        told("Trade Daily", "Quarrowby expands its email service to Italy", "Shops say what Quarrowby does for their newsletters"),
        {}, {"vendors": ["Quarrowby"]},
    ),
    Habit(
        "a known vendor takes another name",
        (*told("Trade Daily", "Kordella launches a customer data platform for shops",
               summary="Kordella, formerly Klaviyo, sells to shops. It is available from today."),
         *told("Martech Wire", "Kordella adds text messages to its customer data platform",
               summary="Klaviyo is now Kordella. It is available from today."),
         *told("Shop Paper", "Kordella opens a store for apps", summary="Klaviyo has renamed itself Kordella.")),
        told("Trade Daily", "Kordella launches an agent for email marketing", "What Kordella costs"),
        {}, {"vendors": ["Klaviyo"]},
    ),
    Habit(
        "an event is corrected twice",
        told("Trade Daily", "Salesforce mothballs an old form builder", "Adobe mothballs its smallest edition"),
        told("Trade Daily", "Oracle mothballs a campaign tool", "Sitecore mothballs its oldest editor"),
        {"tags": {"event": "shutdown"}}, {"event": "shutdown"},
    ),
    Habit(
        "a source is kept three times though the machine leaves it out",
        told("Baker Times", "Ann bakes bread by the harbour", "Bo bakes rolls by the harbour", "Cy bakes cakes by the harbour",
             summary="Warm from six."),
        told("Baker Times", "Di bakes pies by the harbour", "Ed bakes buns by the harbour", summary="Warm from six."),
        {"keep": True}, {"relevant": True},
    ),
    Habit(
        "a source is dropped twice",
        told("Rumour Weekly", "Brevo launches AI agent for email marketing", "Klaviyo launches AI agent for email marketing"),
        told("Rumour Weekly", "Mailchimp launches AI agent for email marketing"),
        {"drop": "rumours"}, {"relevant": False},
    ),
    Habit(
        "a vendor goes to two categories",
        told("Trade Daily", "Brevo opens a loyalty scheme", "Brevo sells tickets for concerts"),
        told("Trade Daily", "Brevo plans another scheme"),
        {"tags": ("print", "abm")}, {},
    ),
)  # fmt: skip


def items_of(rows, quarter: str, day: str):
    return [
        item_from_json({"id": f"{quarter}{n}", "title": title, "summary": summary, "source": source, "date": day})
        for n, (source, title, summary) in enumerate(rows)
    ]  # fmt: skip


def decisions_of(habit: Habit, items) -> tuple[StoryDecision, ...]:
    if not habit.decide:
        return ()
    tags = habit.decide.get("tags")
    if isinstance(tags, tuple):
        return tuple(
            StoryDecision(item=one.id, tags={"category": slug})
            for one, slug in zip(items, tags, strict=True)
        )
    return tuple(StoryDecision(item=one.id, **habit.decide) for one in items)  # fmt: skip


def count_right(judge: ItemJudge, items, want) -> dict[str, int]:
    """How many items are judged as wanted, by field."""
    judged = [judge.judge_item(one) for one in items]
    return {
        name: sum((list(value) if name == "vendors" else value) == wanted for value in values)
        for name, wanted in want.items()
        if (values := [getattr(tags, name) for tags in judged]) is not None
    }


def is_about(proposal, habit: Habit, ids) -> bool:
    """Whether a proposal is what a habit asks for, and not what the sample quarter gives beside it."""
    names = {str(proposal.line.entry.get("name")), *proposal.line.entry.get("aliases", ())}
    titles = " ".join(title for _, title, _ in habit.now)
    named = not proposal.rests_on and any(name in titles for name in names)
    return named or any(one.item.id in ids for one in proposal.rests_on)


def measure(habit: Habit, background, overrides: Overrides) -> tuple[str, str, str]:
    """What is offered, with its reason; how many of next quarter's items are right before and after."""
    judge = ItemJudge.load(overrides)
    now = items_of(habit.now, "n", "2026-08-02")
    later = items_of(habit.then, "t", "2026-11-02")
    mine = [TaggedItem(one, judge.judge_item(one)) for one in now]
    decisions = decisions_of(habit, now)
    stories = (*background, *cluster_items(mine))
    dropped = {one.item for one in decisions if one.drop}
    told = {
        one.id
        for one in stories
        if one.tags.relevant and not dropped & {member.item.id for member in one.items}
    }
    reviewed = [ReviewedQuarter("2026-Q3", stories, decisions, frozenset(told))]
    ids = {one.id for one in now}
    proposals = [
        one
        for one in propose_changes(reviewed, overrides, load_reference())
        if is_about(one, habit, ids)
    ]
    offered = [one for one in proposals if one.is_offered]
    before = after = count_right(judge, later, habit.want)
    if offered:
        taught = ItemJudge.load(_add_line(overrides, offered[0].line))
        after = count_right(taught, later, habit.want)
        words = offered[0].why
    else:
        told = [f"{one.what}: {one.reason}" for one in find_refusals(reviewed, proposals)]
        told += [f"{one.why}: {one.refusal}" for one in proposals]
        words = "; ".join(told[:2]) or "nothing was said"
    shown = ", ".join(
        f"{name} {before[name]} → {after[name]} of {len(later)}" for name in habit.want
    )
    return "offered" if offered else "refused", words, shown or "–"


def load_background():
    """The stories of the packaged sample quarter, of which nobody decides anything, and its vocabulary."""
    with TemporaryDirectory() as folder:
        context = open_sample(Path(folder), quiet=True)
        collect_workspace(context)
        with Archive.open(context.workspace.archive_file) as archive:
            stories = load_stories(context, context.resolve_quarter("last"), archive)
        return stories, load_overrides(vocabulary_file(context))


def main() -> None:
    background, overrides = load_background()
    print(
        "| correction | answer | next quarter's items right, before → after | in words |\n|---|---|---|---|"
    )
    for habit in HABITS:
        answer, words, shown = measure(habit, background, overrides)
        print(f"| {habit.name} | {answer} | {shown} | {words} |")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
