"""A desk over made-up stories, and the page in front of it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from digest.app.decide import decide_stories
from digest.app.findings import StoryFindings
from digest.app.live_edition import LiveEdition
from digest.decide.source_health import SourceFinding
from digest.errors import DigestError
from digest.learn.proposals import Refusal
from digest.model.story import Merge, Story
from digest.model.tags import TaggedItem
from digest.period import Quarter
from digest.rank import SelectionLimits, extract_features, load_default_weights
from digest.review.app import create_app
from digest.review.desk import ReviewSession
from digest.review.rendering import ReviewAccess, ReviewPage
from digest.review.server import make_page
from digest.review.services import Arrivals, PreviewState
from digest.review.store import DecisionStore
from digest.write.summaries import SentenceCheck
from tests.factories.items import NOW, item, tags

Q3 = Quarter(2026, 7, "UTC")
TOKEN = "a-token-of-the-tests"
HOST = "localhost:8484"
CATEGORIES = ("crm", "cdp", "seo", "email-marketing", "abm", None)
EVENTS = ("launch", "update", "acquisition", "regulation", "pricing", "howto")
NAMES = (
    "Halcyra",
    "Merrowbank",
    "Tallyvane",
    "Quillmark",
    "Fernlight",
    "Oxbow",
    "Pellworth",
    "Sandring",
)

PUBLISHERS = 41  # prime: none has two stories of one name, which would be parts of a series


def story(n: int, size: int = 1, **more) -> Story:
    """The n-th story, told by `size` publishers."""
    name = NAMES[n % 8]
    members = []
    for k in range(size):
        one = item(
            n * 10 + k,
            title=f"{name} opens platform {n} to marketers" + (f", report {k}" if k else ""),
            source=f"publisher-{(n + k) % PUBLISHERS}",
            source_name=f"Publisher {(n + k) % PUBLISHERS}",
            summary=f"{name} makes number {n} available today. It says that {n} companies use it.",
            first_seen=NOW - timedelta(days=n % 30),
        )
        confidence = {"relevant": 0.9, "category": 0.3 + (n * 7 % 60) / 100, "event": 0.8}
        judged = tags(
            category=CATEGORIES[n % 6], event=EVENTS[n % 5], ai="applied" if n % 3 else "none",
            evidence="claimed" if n % 3 else None, vendors=(f"{name} {n}",), confidence=confidence,
            why={"category": (f"“platform {n}”",)}, **more,
        )  # fmt: skip
        members.append(TaggedItem(one, judged))
    lead, *others = members
    return Story(
        "s" + lead.item.id,
        tuple(members),
        lead,
        tuple(Merge(lead.item.id, one.item.id, ("one event",)) for one in others),
    )


def desk(folder: Path, stories, limit: int = 60, later=()) -> ReviewSession:
    """A desk on a file in a folder; `later` are stories that come when it judges again."""
    store = DecisionStore(folder / "editions" / "2026-Q3.yaml", "2026-Q3")
    limits = SelectionLimits(
        stories=limit, floor=-9.0, consequence_floor=-9.0, own_floor=-9.0, repeat_penalty=0.0
    )

    held: list[Story] = []

    def judge(_, more=tuple(later)):
        return lambda: held.__setitem__(slice(None), [*stories, *more])

    judge(None, ())()

    def settled(rulings):
        now = tuple(held)
        findings = StoryFindings(now, extract_features(now, Q3), SentenceCheck(now))
        return decide_stories(
            Q3,
            now,
            weights=load_default_weights(),
            limits=limits,
            stack_index=None,
            editorial_decisions=rulings,
            findings=findings,
        )

    live = LiveEdition("en", "Test digest", NOW, has_stack=False)
    return ReviewSession(store, settled, lambda: NOW, live, places=limit, judge=judge)


def proposal(number, worse=()):
    """A proposal as `digest lab propose --json` reports it, with its line."""
    lesson = {"id": "i1", "title": "Acme <b>opens</b> a ledger room", "quarter": "2026-Q3"}
    return {
        "number": number,
        "offered": number is not None,
        "group": "words",
        "entry": {"crm": "ledger room^2"},
        "why": "“ledger room” speaks for CRM, as the team said of 6 items",
        "rests_on": [lesson] * 6,
        "right": {"now": 12, "then": 18, "of": 40},
        "reference": {"category": {"now": 0.5, "then": 0.51}},
        "worse": list(worse),
        "moved": 2,
        "refusal": f"the reference set gets worse: {worse[0]}" if worse else "",
        "line": "words:\n  crm: [ledger room^2]",
    }


class Backstage:
    """What the page asks of the rest of the program, played."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.fault = folder, ""
        self.preview, self.arrivals = PreviewState(), Arrivals()
        self.session: ReviewSession | None = None  # of a desk that can take in new stories
        self.approved: list[tuple[str, str]] = []
        self.mended: list[tuple[str, str]] = []
        self.lessons: tuple[str, ...] = ()
        self.taught: list[dict[str, object]] = []
        self.proposed = [proposal(1), proposal(None, worse=["crm: 3 right items lost, 1 won"])]

    def look_for_items(self, *, take_in=False):
        if take_in and self.arrivals.waiting:
            self.arrivals = Arrivals(0, self.take_in())

    async def take_in_items(self):
        self.arrivals = Arrivals(0, said := self.take_in())
        return said

    def take_in(self):
        """Show the stories that the desk was made to get."""
        assert self.session
        self.session.judge_again()()
        return "1 new item is taken in"

    def start_preview(self, *, pdf=False):
        if self.fault:
            self.preview = replace(self.preview, problem=self.fault)
        elif pdf:
            (self.folder / "digest.pdf").write_bytes(b"%PDF-1.7")
            printed = self.session.printed.stories if self.session else ()
            ids = [story.id for story in printed]
            pages = (("five", *ids[:3]), ids[3:5], ids[5:], ("register", "sources"))
            faults = ("page 3 is nearly empty",)
            self.preview = replace(self.preview, drawn=0, faults=faults, pages=pages)

    def refresh_preview(self):
        pass

    def render_preview(self, edition):
        return b"<!doctype html><title>x</title><script>1</script>"

    def get_preview_pdf(self):
        path = self.folder / "digest.pdf"
        return path if path.exists() else None

    def list_readers(self):
        return ["cmo@kiln.example", "ceo@kiln.example"]

    def list_approvers(self):
        return ["Ada Approver"]

    async def ask_approvers(self):
        return "Ada Approver can release it by a link now"

    async def send_proof(self, address):
        return f"a marked copy went to {address}"

    async def repair_source(self, name, how):
        self.mended.append((name, how))
        return f"{name}: {how}"

    def find_lessons(self, story_id):
        return self.lessons

    async def accept_proposal(self, line, by):
        self.taught.append({"at": NOW.isoformat(), "by": by, "why": line, "number": 1, "state": ""})
        return f"taught: {line}"

    def list_taught(self):
        return self.taught

    async def undo_teaching(self, number):
        return f"taken back: {self.taught.pop(number - 1)['why']}"

    async def approve_edition(self, by, note):
        self.approved.append((by, note))
        return f"2026-Q3, version 1: approved by {by}"

    async def list_proposals(self):
        if self.fault:
            raise DigestError(self.fault)
        return self.proposed, (Refusal("2 items of Bolt dropped", "a rule needs 3 drops"),)

    def edition_status(self):
        return "approved" if self.approved else "draft"

    def source_health(self):
        moved = SourceFinding("moved", "has moved for good to https://new.example/feed", "put url:")
        return [
            {
                "name": "Acme <b>News</b>",
                "findings": (moved,),
                "repairs": {"move": "Take the new address"},
                "items": 3,
                "relevant": 2,
                "printed": 1,
                "dropped": 2,
            }
        ]


def build_page(made: ReviewSession, backstage, host=HOST, name="Anna", **more) -> ReviewPage:
    """The page of a desk, before it is guarded."""
    access = ReviewAccess(TOKEN, frozenset({host}), name, **more)
    folder = made.store.path.parent.parent / ".review"
    return make_page(made, backstage, access, folder, "Test digest 2026-Q3")


def page(made: ReviewSession, backstage, **more):
    """The guarded page."""
    return create_app(build_page(made, backstage, **more))
