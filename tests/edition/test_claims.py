"""The claim table: whose words answer which point, and what AI does to the stack."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from digest.edition import QuarterView, build_claims
from digest.edition.ai_impacts import find_ai_impacts
from digest.edition.ai_kinds import read_ai_kind
from digest.edition.claim_sentences import repeats_headline
from digest.edition.claims import choose_words
from digest.model.edition import Sentence, count_proven_claims
from digest.model.stack import Product, Relation, Stack
from digest.model.story import Story
from digest.model.tags import ClaimPoint, TaggedItem
from tests.factories.stories import story, tell
from tests.stack.test_pages import TODAY

STACK = Stack(products=(Product("Acme", ("crm",)), Product("Bolide", ("seo",))))
TITLE = "Acme opens Envoy to all"


def launch(summary: str = "", *, title: str = TITLE, **more: Any) -> Story:
    """A launch of Acme's with AI; `points` are those of its tags."""
    points = tuple(ClaimPoint(kind, quote) for kind, quote in more.pop("points", ()))
    given = {"event": "launch", "ai": "core", "evidence": "specified", "vendors": ["Acme"]} | more
    one = story(title, summary=summary, **given)
    (member,) = one.items
    tagged = TaggedItem(member.item, replace(member.tags, points=points))
    return Story(one.id, (tagged,), tagged)


def view(*stories: Story, **relations: Relation) -> QuarterView:
    """A quarter of these stories; `relations` by the first word of their titles."""
    found = {
        one.id: (relations[word],)
        for one in stories
        if (word := one.lead.item.title.split()[0]) in relations
    }
    return QuarterView(STACK, stories, stories, found, tell, TODAY)


@pytest.mark.parametrize(
    ("sentence", "kind"),
    [
        ("Acme trained Envoy on 2.4 million support conversations of its own.", "data"),
        ("At three shops Envoy cut the time to an answer by 31%, says Acme.", "result"),
        ("Envoy closed 61% of all chat conversations of shops in May.", "result"),
        ("Designed for shops, it cut the time to an answer by 31% at shops.", "result"),
        ("Customers such as Larkhill have used Envoy since the spring.", "customer"),
        ("Larkhill has deployed Envoy in all of its shops since the spring.", None),  # not known
        ("Envoy is generally available in Europe from this week on.", "availability"),
        ("Envoy is included in all plans at 50% of the higher limits.", None),
        ("Acme increased revenue 31% in the quarter with Envoy.", None),
        ("Dax trained its model on 3 million conversations of shops.", None),  # of another
        ("Get started with Envoy and cut your costs by 31% today.", None),  # an appeal
        ("Acme opens Envoy to all, now.", None),  # the headline once more
        ("Envoy cut the time to an answer by 31", None),  # no whole sentence
    ],
)
def test_which_point_a_sentence_answers(sentence: str, kind: str | None) -> None:
    other = launch("", title="Dax opens", vendors=["Dax"])
    one = launch(sentence, evidence="claimed")
    (claim,) = [c for c in build_claims(view(one, other)) if c.story.title == TITLE]
    assert tuple(claim.points) == ((kind,) if kind else ())
    assert [point.text for point in claim.points.values()] == ([sentence] if kind else [])


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("Acme trained Envoy on 2.4 million support conversations.", "2.4 million support conversations"),
        ("Acme tested Envoy with 62 advertisers over a year.", "62 advertisers"),
        ("Acme built Envoy on 1,200 hours of calls in German.", "1,200 hours"),
    ],
)  # fmt: skip
def test_the_size_of_the_data_is_read(words: str, size: str) -> None:
    (claim,) = build_claims(view(launch(words)))
    assert claim.data_size == size


@pytest.mark.parametrize(
    ("summary", "availability"),
    [
        ("Envoy is in public beta for shops in Europe.", "beta"),
        ("Envoy is now available to all shops in Europe.", "available"),
        ("Envoy will launch for shops in Europe next year.", "announced"),
        ("Envoy answers letters of shops in Europe.", None),
    ],
)
def test_availability(summary: str, availability: str | None) -> None:
    (claim,) = build_claims(view(launch(f"{summary} Acme says so.", title="Acme on Envoy")))
    assert claim.availability == availability


@pytest.mark.parametrize(
    ("source", "summary", "speaker"),
    [
        ("Acme Blog", "Envoy answers the letters of all shops.", "vendor"),
        ("The Paper", "Envoy halves the work of a shop, Acme says, by 50% or more.", "vendor"),
        (
            "The Paper",
            "Envoy cut the work by 50% according to Dax, who measured it.",
            "independent",
        ),
        ("The Paper", "Envoy answers the letters of all shops.", "press"),
        ("AI at Acme Blog", "Envoy answers the letters of all shops.", "vendor"),
    ],
)
def test_who_says_so(source: str, summary: str, speaker: str) -> None:
    summary = summary.replace("Acme says,", "Acme says that it saves")
    (claim,) = build_claims(view(launch(summary, title="Acme on Envoy", source=source)))
    assert claim.speaker == speaker


def test_a_publishers_own_product_is_no_proof() -> None:
    """In a vendor's blog about somebody else, a sentence that names the publisher is an advert."""
    advert = "Bolide One tells you more, with 213 million prompts that it has analysed for Acme."
    words = "Acme lets shops see which answers name them."
    one = launch(f"{words} {advert}", source="Bolide Blog", vendors=["Acme", "Bolide"])
    (claim,) = build_claims(view(one))
    assert claim.points == {}
    assert claim.quote
    assert claim.quote.text == words  # it says what the thing does, and answers no point


def test_a_headline_among_the_tags_is_no_quote() -> None:
    one = launch(points=[("method", TITLE), ("result", f"{TITLE}.")], evidence="evidenced")
    (claim,) = build_claims(view(one))
    assert (claim.points, claim.quote, claim.evidence) == ({}, None, "claimed")


@pytest.mark.parametrize(
    ("sentence", "repeats"),
    [
        ("Acme opens Envoy to all, now.", True),
        ("Envoy, which writes letters, now serves every shop.", False),
    ],
)
def test_what_repeats_a_headline(sentence: str, repeats: bool) -> None:
    assert repeats_headline(sentence, TITLE) == repeats


def test_the_best_quote_stands_once_and_our_own_come_first() -> None:
    proof = "Envoy cut the time to an answer by 31% in a test."
    ours = launch("Acme lets Envoy write the letters of a shop.", title="Acme writes")
    other = launch(f"{proof} It has read 5,000 letters.", title="Dax writes Envoy", vendors=["Dax"])
    again = replace(other, id="again")
    found = build_claims(view(other, again, ours, Acme=Relation("product", ("Acme",), "Acme")))
    assert [claim.subject for claim in found] == ["Acme", "Dax", "Dax"]
    assert [claim.quote and claim.quote.text for claim in found[1:]] == [proof, None]


MEASURED = "Acme cut the cost of a lead by 31% at three shops with Envoy."


@pytest.mark.parametrize(
    ("more", "claims"),
    [
        ({"event": "update"}, 1),
        ({"event": "pricing"}, 0),
        ({"ai": "mention"}, 0),
        ({"title": "Acme's Envoy, Dax's Robot, Eos in Rome", "vendors": ["Acme"]}, 0),
        ({"vendors": []}, 0),  # nobody claims it
        ({"evidence": None}, 0),  # it claims nothing
        ({"ai": "none", "summary": MEASURED, "title": "Acme opens its own custom algorithms"}, 1),
        ({"ai": "none", "summary": MEASURED}, 0),  # nothing says that AI works in it
    ],
)
def test_what_is_a_claim(more: dict[str, Any], claims: int) -> None:
    assert len(build_claims(view(launch(**more)))) == claims


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("Acme uses a model of its own in Envoy. It writes letters.", ("method",)),
        (  # the older product, which the news does not tell of
            "Acme added it to the desk earlier this year. Acme built them on a language model.",
            (),
        ),
        ("Acme built them on Model Context Protocol, the open standard for tools.", ()),
        ("Last year Acme trained its desk on 2 million letters of shops.", ()),
        (
            "Acme lets it answer letters. Within its first weeks, it resolved 31% of all requests.",
            ("result",),
        ),
    ],
)
def test_a_point_is_of_the_product_that_the_news_is_of(text: str, points: tuple[str, ...]) -> None:
    (claim,) = build_claims(view(launch(text)))
    assert tuple(claim.points) == points


@pytest.mark.parametrize(
    ("text", "availability"),
    [
        (
            "You can now use Envoy in Acme. Starting to roll out this week, Envoy writes letters.",
            "rolling out",
        ),
        (
            "Acme is rolling out Envoy to shops. Both start rolling out over the coming weeks",
            "announced",
        ),
        ("Envoy is now available to shops. Acme will roll out more languages.", "available"),
        ("Envoy is now available to shops. Envoy will launch in Asia next year.", "available"),
    ],
)
def test_the_most_careful_words_say_when_it_can_be_had(text: str, availability: str) -> None:
    (claim,) = build_claims(view(launch(text, title="Acme on Envoy")))
    assert claim.availability == availability


def test_two_reports_of_one_launch_are_one_claim() -> None:
    """It can be had when the more careful of them says, and the other stands beside it."""
    first = launch(
        "Acme adds letter writing to its desk agent and rolls out to shops.",
        title="Acme adds letter writing",
    )
    own = launch(
        "We bring letter writing right into the desk agent. It will roll out in the coming weeks.",
        title="Acme shows",
        source="Acme Blog",
    )
    other = launch("Acme is rolling out stock counting for shops.", title="Acme counts")
    found = {one.story.title: one for one in build_claims(view(first, own, other))}
    assert {title: one.availability for title, one in found.items()} == {
        "Acme adds letter writing": "announced",
        "Acme counts": "rolling out",
    }
    reports = {title: [ref.title for ref in one.reports] for title, one in found.items()}
    assert reports == {"Acme adds letter writing": ["Acme shows"], "Acme counts": []}


@pytest.mark.parametrize(
    ("text", "sample"),
    [
        ("AI names 15% of the 1,094 categories that Larkhill analysed in May.", "1,094 categories"),
        (
            "Larkhill analysed 1,094 retailers. AI gave a wrong address for 15% of them in May.",
            "1,094 retailers",
        ),
        (
            (
                "AI gave a wrong address for 15% of all shops in May. Much was wrong. "
                "These statistics are based on about 1,500 pages of shops."
            ),
            "1,500 pages",
        ),
        (
            (
                "AI gave a wrong address for 64% of all retailers in May. Much was wrong. "
                "In another test Larkhill analysed 165 businesses."
            ),
            "",
        ),
        (
            (
                "AI named 15% of the brands that were asked about. Much else was right. "
                "Larkhill analysed 175 brands in all."
            ),
            "175 brands",
        ),
        (
            (
                "Brands were cited in 74% of appearances. Much else was right, too. "
                "The dataset covers 1,094 categories tracked each month."
            ),
            "1,094 categories",
        ),
    ],
)
def test_a_sample_is_that_of_the_quoted_figure(text: str, sample: str) -> None:
    (claim,) = build_claims(view(launch(text, title="AI names few shops", event="research")))
    assert claim.data_size == sample


def test_proof_is_counted_by_who_measured() -> None:
    own = launch("Acme says that Envoy cut the time to an answer by 31%.", source="The Paper")
    tested = launch(
        "Envoy cut the work by 50% according to Dax, who measured it.", title="Acme on Envoy"
    )
    bare = launch("Envoy answers the letters of all shops.", title="Acme opens", source="The Paper")
    claims = build_claims(view(own, tested, bare))
    assert count_proven_claims(claims) == (1, 1, 0, 3, 1)
    assert {one.measured_by for one in claims if one.points} == {"Acme", "Dax"}


def test_a_claim_is_stated_in_a_whole_sentence() -> None:
    """Else in the first that its story has, whoever it names; else it is known by its headline."""
    said = "Acme lets Envoy write letters for shops."
    summed = "New capabilities bring it closer to what Dax has."
    stories = (launch(), launch(said, title="Acme writes"), launch(title="Acme goes on"))
    summaries = {stories[2].id: (Sentence(summed, "The Paper", ""),)}
    found = build_claims(view(*stories), lambda story: summaries.get(story.id, ()))
    stated = {one.story.title: one.statement and one.statement.text for one in found}
    assert stated == {TITLE: None, "Acme writes": said, "Acme goes on": summed}
    assert [one.story.title for one in found if one.headline_only] == [TITLE]


def test_a_claim_names_its_product_and_what_its_ai_does() -> None:
    """What the headline alone says of that is marked: the sentence does not carry it."""
    stories = (
        launch("Acme lets Envoy write letters for shops.", title="Acme opens Envoy"),
        launch("Acme lets shops do more with it.", title="Acme adds target ROAS bidding"),
    )
    quarter = replace(view(*stories), name_product=lambda story: "Envoy")
    found = {one.story.title: one for one in build_claims(quarter)}
    assert [(one.product, one.function, one.ai_kind) for one in found.values()] == [
        ("Envoy", "writes", None),
        ("Envoy", "sets bids", "prediction"),
    ]
    assert [one.by_headline for one in found.values()] == [False, True]


def test_what_a_reporter_doubts_stands_beside_the_claim() -> None:
    """A vendor doubts nothing in its own place."""
    doubt = "Neither figure can be checked by a reader."
    words = f"Acme lets Envoy write letters for shops. {doubt}"
    for source, found in (("The Paper", doubt), ("Acme Blog", None)):
        (claim,) = build_claims(view(launch(words, source=source)))
        assert (claim.doubt and claim.doubt.text) == found


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Acme launches an agent that answers letters", "agent"),
        ("Acme launches its own custom algorithms", "prediction"),
        ("Acme adds target ROAS bidding", "prediction"),
        ("Acme brings image generation to its desk", "generative"),
        ("Acme adds AI answers to its search", "search"),
        ("Acme、自律型エージェントを発表", "agent"),
        ("Acme 推出 AI 助手", "agent"),
        ("Acme 發布全新語言模型", "generative"),
        ("Acme adds watermarks", None),
        ("Acme makes AI an active part of work", None),
    ],
)
def test_which_kind_of_ai(words: str, kind: str | None) -> None:
    assert read_ai_kind(words) == kind


@pytest.mark.parametrize(
    ("product", "found"),
    [("Acme Presence", True), ("", False), ("Acme One", False), ("Dax Presence", False)],
)
def test_a_product_is_meant_by_its_name_without_its_vendors(product: str, *, found: bool) -> None:
    """Where that is a word of its own; whoever else makes one of that name is not meant."""
    words = "Within its first weeks, Presence resolved 31% of all requests of shops."
    one = launch(words, title="Introducing a new way to answer")
    (claim,) = build_claims(replace(view(one), name_product=lambda _: product))
    assert (claim.quote is not None and claim.quote.text == words) == found
    assert ("result" in claim.points) == found


@pytest.mark.parametrize(("event", "claims"), [("launch", [TITLE]), ("update", [])])
def test_a_launch_that_may_be_no_news_is_a_claim_still(event: str, claims: list[str]) -> None:
    """It stands after the others."""
    first = launch("Dax lets Robot write letters.", title="Dax opens Robot", vendors=["Dax"])
    doubtful = launch("Acme lets Envoy write letters for shops.", event=event)
    quarter = replace(view(first), doubtful=(doubtful,))
    found = [one.story.title for one in build_claims(quarter)]
    assert found == ["Dax opens Robot", *claims]


def test_a_claim_of_which_a_few_lines_were_read_is_a_teaser() -> None:
    """Every report of it has no more."""
    said = "Acme lets Envoy write letters for shops."
    short = launch(said)
    long = launch(f"{said} {'It counts what they have in stock. ' * 20}")
    for one, teaser in ((short, True), (long, False)):
        (claim,) = build_claims(view(one))
        assert claim.teaser == teaser


def test_a_study_stands_apart() -> None:
    study = launch(
        "The study is based on 150,000 pages of Acme customers.",
        title="What AI reads of Acme pages",
        event="research",
    )
    found = build_claims(view(study, launch("Acme lets Envoy write letters for shops.")))
    assert [claim.study for claim in found] == [False, True]
    assert (found[1].evidence, found[1].availability, found[1].data_size) == (
        None,
        None,
        "150,000 pages",
    )


@pytest.mark.parametrize(
    ("title", "summary", "is_claim"),
    [
        ("Acme adds an agent to its desk", "Acme lets it write letters.", True),
        ("Acme’s desk now writes letters with AI", "It writes letters for shops.", True),
        ("Acme may expose your site to more AI agents", "It reads sites for shops.", False),
        ("Acme’s Ada Moss discusses agents", "Acme lets it write letters.", False),
        ("Acme fights chatbots", "Acme adds a wall against them.", False),
        ("Acme publishes a protocol for agents", "Acme lets agents talk.", False),
        ("Acme job ads point to an AI desk", "Acme lets it write letters.", False),
        ("Acme lets sites block AI crawlers", "Acme adds a switch for them.", False),
        ("Acme requires labels on AI-generated pictures", "Acme adds a label.", False),
        ("The latest AI news and releases", "Acme adds an agent to its desk.", False),
        ("Acme says AI search sends better clicks", "Acme says so without data.", True),
        ("Acme’s May 2026 updates: agents write letters", "Acme lets them write.", True),
        ("Acme in trouble over AI", "Shops are angry at what its AI writes.", False),
    ],
)
def test_who_claims_something(title: str, summary: str, *, is_claim: bool) -> None:
    """A warning, a guess, an interview, a protocol and what is done about AI are no claim."""
    one = launch(summary, title=title, event="update", source="The Paper")
    assert bool(build_claims(view(one))) == is_claim


@pytest.mark.parametrize(
    ("summary", "measurer"),
    [
        ("In a new Larkhill analysis AI answers named 29% of the shops it was asked for.", "Larkhill"),
        ("AI answers named 29% of all shops in May, according to Brindle Works.", "Brindle Works"),
        ("Ada Moss’s data across 1,094 categories shows that AI names 15% of the brands.", "Ada Moss"),
        ("New data shows that AI answers named 29% of the shops it was asked for.", ""),
    ],
)  # fmt: skip
def test_who_measured(summary: str, measurer: str) -> None:
    (claim,) = build_claims(view(launch(summary, title="AI names few shops", event="research")))
    assert (claim.study, claim.measured_by) == (True, measurer)


def test_of_ours_the_best_sentence_is_quoted() -> None:
    """Of a rival a sentence must say what the thing does; of ours the one about it will do."""
    words = "Acme has made its desk a good deal quicker for shops."
    ours = Relation("product", ("Acme",), "Acme", "crm")
    for relations, quote in (({"Acme": ours}, words), ({}, None)):
        (claim,) = build_claims(view(launch(words, title="Acme updates its desk"), **relations))
        assert (claim.quote and claim.quote.text) == quote
        assert claim.own == bool(relations)


def test_where_ai_adds_and_where_it_threatens() -> None:
    """An own launch adds; a rival's, and a story of replacement, threaten; each has its story."""
    own = launch("Acme lets Envoy write the letters of shops.", title="Acme writes", category="crm")
    rival = launch(title="Dax launches", vendors=["Dax"], category="seo")
    gone = launch(title="AI replaces the keyword tool", event="opinion", vendors=[], category="seo")
    safe = launch(
        title="AI is not replacing the keyword tool", event="opinion", vendors=[], category="seo"
    )
    far = launch(title="Eos launches", vendors=["Eos"], category="cdp")
    found = find_ai_impacts(
        view(
            own, rival, gone, safe, far,
            Acme=Relation("product", ("Acme",), "Acme", "crm"),
            Dax=Relation("rival", ("Bolide",), "Dax", "seo"),
        )
    )  # fmt: skip
    assert [(one.product, one.kind, one.rival, one.story.title) for one in found] == [
        ("Acme", "adds", "", "Acme writes"),
        ("Bolide", "threatens", "", "AI replaces the keyword tool"),
        ("Bolide", "threatens", "Dax", "Dax launches"),
    ]
    assert found[0].quote
    assert found[0].quote.text == "Acme lets Envoy write the letters of shops."


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Acme adds invisible watermarks to what Envoy writes", "bounds"),
        ("Acme führt Wasserzeichen für Envoy ein", "bounds"),
        ("Acme aggiunge una filigrana ai testi di Envoy", "bounds"),
        ("Acme introduces weekly limits for Envoy", "bounds"),
        ("Acme 為 Envoy 加入浮水印", "bounds"),
        ("Acme doubles the weekly limits of Envoy", "adds"),
        ("Acme adds a detector of watermarks to Envoy", "adds"),
        ("Acme adds reports to Envoy", "adds"),
    ],
)
def test_what_a_maker_marks_or_limits_is_no_addition(title: str, kind: str) -> None:
    one = launch("Acme lets Envoy write.", title=title, category="crm")
    (found,) = find_ai_impacts(view(one, Acme=Relation("product", ("Acme",), "Acme", "crm")))
    assert found.kind == kind


@pytest.mark.parametrize(
    ("title", "is_threat"),
    [
        ("AI replaces the keyword tool", True),
        ("Dax bans AI from replacing the keyword tool", False),
        ("Dax keeps AI from replacing the keyword tool", False),
        ("Dax verbietet, dass KI Texter ersetzt", False),
    ],
)
def test_what_is_kept_from_replacing_anything_threatens_nothing(
    title: str, is_threat: bool
) -> None:
    one = launch(title=title, event="opinion", vendors=[], category="seo")
    assert bool(find_ai_impacts(view(one))) == is_threat


def test_words_against_a_threat_stand_beside_it() -> None:
    """A whole sentence of another story rather than its headline; a third side has no say."""
    gone = launch(
        "ChatGPT led to a drop in search, a study of shops finds.",
        title="AI replaces search",
        event="opinion",
        vendors=[],
        category="seo",
    )
    other = launch(
        "Larkhill says that AI is not replacing search for its shops.",
        title="What shops see",
        event="research",
        vendors=[],
        category="seo",
    )
    third = launch("AI reads letters.", title="Of letters", event="opinion", vendors=[])
    (found,) = find_ai_impacts(view(gone, other, third))
    assert (found.product, found.kind) == ("Bolide", "threatens")
    assert [words.text for words in found.against] == [
        "Larkhill says that AI is not replacing search for its shops."
    ]


def test_who_launches_something_without_ai_challenges_a_product() -> None:
    """In its home category alone, and nothing of its own maker."""
    other = launch(title="Dax opens Brisk", vendors=["Dax"], category="seo", ai="none")
    far = launch(title="Eos opens Calm", vendors=["Eos"], category="cdp", ai="none")
    own = launch(title="Bolide opens", vendors=["Bolide"], category="seo", ai="none")
    related = {
        "Bolide": Relation("vendor", ("Bolide",), "Bolide"),
        "Dax": Relation("rival", ("Bolide",), "Dax", "seo"),
    }
    found = find_ai_impacts(view(other, far, own, **related))
    assert [(one.product, one.kind, one.rival) for one in found] == [
        ("Bolide", "challenges", "Dax"),
    ]


def test_who_sells_nothing_in_a_field_is_no_rival_there() -> None:
    """A brand that uses AI itself, or a maker of other things, whatever its story is filed under."""
    opened = launch(title="Dax opens Brisk", vendors=["Dax"], category="seo", ai="none")
    helped = launch(
        "Dax lets Envoy write.", title="Dax adds Envoy", vendors=["Dax"], category="seo"
    )
    rival = {"Dax": Relation("rival", ("Bolide",), "Dax", "seo")}
    known = view(opened, helped, **rival)
    assert {one.kind for one in find_ai_impacts(known)} == {"challenges", "threatens"}
    brand = replace(known, sells_in=lambda vendor, category: (vendor, category) != ("Dax", "seo"))
    assert find_ai_impacts(brand) == ()


@pytest.mark.parametrize(
    ("contribution", "said", "is_rival"),
    [
        ("Drafts for all.", "Dax opened Envoy, a model that writes code for shops.", False),
        ("Drafts for all.", "Dax opened Envoy, a model that writes texts for shops.", True),
        ("Writes code.", "Dax opened Envoy, a model that writes code for shops.", True),
        ("Helps all.", "Dax opened Envoy, a model that writes code for shops.", True),
        ("Drafts for all.", "Dax opened Envoy, a detector: it detects fakes for shops.", False),
        ("Drafts for all.", "Dax 發布 Envoy，主打編程的模型。", False),
        ("Drafts for all.", "Dax opened Envoy, a model with many parameters.", True),
    ],
)
def test_a_rival_does_what_our_product_is_for(contribution: str, said: str, is_rival: bool) -> None:
    """As far as words say what each does."""
    ours = Product("Bolide", ("ai-platforms",), contribution=contribution)
    one = launch(said, title="Envoy", vendors=["Dax"], category="ai-platforms")
    rival = Relation("rival", ("Bolide",), "Dax", "ai-platforms")
    seen = replace(view(one, Envoy=rival), stack=Stack(products=(ours,)))
    assert bool(find_ai_impacts(seen)) == is_rival


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("OpenAI added a tooltip to the ChatGPT Ads Manager.", []),
        ("OpenAI added predictive audiences to the ChatGPT Ads Manager.", ["threatens"]),
    ],
)
def test_a_name_that_holds_ai_brings_none(said: str, kinds: list[str]) -> None:
    ours = Product("Bolide", ("search-social-ads",))
    one = launch(
        said,
        title="OpenAI changes its Ads",
        event="update",
        vendors=["OpenAI"],
        category="search-social-ads",
    )
    rival = Relation("rival", ("Bolide",), "OpenAI", "search-social-ads")
    seen = replace(view(one, OpenAI=rival), stack=Stack(products=(ours,)))
    assert [found.kind for found in find_ai_impacts(seen)] == kinds


@pytest.mark.parametrize(
    ("category", "found"),
    [
        ("crm", [("Acme", "threatens", "Dax")]),
        ("seo", []),  # what a platform offers there is no rival of a tool
        ("social-media", []),
        ("cdp", []),  # no product of ours is at home there
    ],
)
def test_a_maker_of_ours_is_a_rival_in_the_home_field_of_another_product(
    category: str, found: list[tuple[str, str, str]]
) -> None:
    """As far as nothing else is known of it there."""
    stack = Stack(
        products=(
            Product("Acme", ("crm",)),
            Product("Bolide", ("seo",)),
            Product("Tooter", ("social-media",)),
            Product("Dax Ads", ("search-social-ads",), vendor="Dax"),
            Product("Dax Count", ("web-analytics",), vendor="Dax"),
        )
    )
    one = launch(
        "Dax lets Envoy write the letters of shops.",
        title="Dax adds Envoy",
        vendors=["Dax"],
        category=category,
        event="update",
    )
    relation = Relation("vendor", ("Dax Ads", "Dax Count"), "Dax")
    impacts = find_ai_impacts(replace(view(one, Dax=relation), stack=stack))
    assert [(one.product, one.kind, one.rival) for one in impacts] == found
    assert find_ai_impacts(replace(view(one), stack=stack, relations={})) == ()


ELSEWHERE = Relation("vendor", ("Acme",), "Acme")


@pytest.mark.parametrize(
    ("event", "relation", "kinds"),
    [
        ("launch", ELSEWHERE, ["elsewhere"]),
        ("update", ELSEWHERE, []),
        ("launch", Relation("vendor", ("Acme", "Bolide"), "Acme"), []),
    ],
    ids=["a launch", "an update", "a maker of two products"],
)
def test_what_the_maker_of_one_product_launches_elsewhere_is_told_of_it(
    event: str, relation: Relation, kinds: list[str]
) -> None:
    words = "Acme lets Envoy write the letters of shops."
    one = launch(words, title="Acme opens Envoy", category="cdp", event=event)
    found = find_ai_impacts(view(one, Acme=relation))
    assert [impact.kind for impact in found if impact.product == "Acme"] == kinds
    assert all(impact.quote and impact.quote.text == words for impact in found)


def test_what_is_launched_elsewhere_stands_before_rivals_and_behind_what_is_added() -> None:
    far = launch("Acme lets Envoy write letters.", title="Acme opens Envoy", category="cdp")
    own = launch("Acme lets its desk sort letters.", title="Acme sorts", category="crm")
    rival = launch(title="Dax launches", vendors=["Dax"], category="crm")
    relations = {"Acme": ELSEWHERE, "Dax": Relation("rival", ("Acme",), "Dax", "crm")}
    for other, kinds in ((own, ["adds", "elsewhere"]), (rival, ["elsewhere", "threatens"])):
        assert [one.kind for one in find_ai_impacts(view(far, other, **relations))] == kinds


@pytest.mark.parametrize("event", ["launch", "update"])
def test_an_add_on_to_something_else_is_no_rival(event: str) -> None:
    """Neither by what the rival brings out nor by its launch alone."""
    addon = launch(
        "Dax Notes is an advanced browser extension that keeps what assistants answer.",
        title="Dax opens Dax Notes",
        vendors=["Dax"],
        category="seo",
        event=event,
    )
    rival = Relation("rival", ("Bolide",), "Dax", "seo")
    assert find_ai_impacts(view(addon, Dax=rival)) == ()


@pytest.mark.parametrize(
    ("words", "adds"),
    [
        ("Acme lets Envoy write the letters of shops.", True),
        ("For Plus and Pro users, Acme lets Envoy write the letters.", False),
        ("For Enterprise customers, Acme lets Envoy write the letters.", True),
        ("Acme lets a team write better letters with Envoy.", True),  # no plan of that name
    ],
)
def test_what_other_plans_get_adds_nothing(words: str, *, adds: bool) -> None:
    stack = Stack(products=(Product("Acme Enterprise", ("crm",), vendor="Acme"),))
    one = launch(words, title="Acme writes", category="crm")
    relation = Relation("product", ("Acme Enterprise",), "Acme", "crm")
    quarter = replace(view(one, Acme=relation), stack=stack)
    assert [one.kind for one in find_ai_impacts(quarter)] == ["adds" if adds else "tells"]


@pytest.mark.parametrize(
    ("title", "summary", "adds"),
    [
        ("Acme adds Envoy for free users", "", False),
        ("Acme adds Envoy", "Plus plans have it from today.", False),
        ("Acme adds Envoy", "Plus and Enterprise plans have it from today.", True),
    ],
)
def test_a_headline_or_a_report_names_the_plans(title: str, summary: str, *, adds: bool) -> None:
    """Where the quoted sentence names none."""
    stack = Stack(products=(Product("Acme Enterprise", ("crm",), vendor="Acme"),))
    one = launch(f"Acme lets Envoy write letters. {summary}", title=title, category="crm")
    relation = Relation("product", ("Acme Enterprise",), "Acme", "crm")
    found = find_ai_impacts(replace(view(one, Acme=relation), stack=stack))
    assert [one.kind for one in found] == ["adds" if adds else "tells"]


def test_two_reports_of_one_data_set_are_one_study() -> None:
    """As many things and the same share that is not round; a round one proves nothing."""
    first, second, third = (
        launch(words, title=title, event="research", category="seo", ai="core", source=source)
        for title, source, words in (
            ("AI visibility: a study", "Acme Blog",
             "Only 15.2% of the 1,094 categories we analyzed had one owner in AI answers."),
            ("AI demand has no owner", "The Post",
             "Kit's data across 1,094 categories shows that only 15.2% have an owner in AI."),
            ("AI reads pages", "The Paper",
             "A study of 1,094 categories shows that 15% are read by AI."),
        )
    )  # fmt: skip
    found = build_claims(view(first, second, third))
    assert [(one.story.title, [ref.title for ref in one.reports]) for one in found] == [
        ("AI visibility: a study", ["AI demand has no owner"]),
        ("AI reads pages", []),
    ]


def test_what_has_a_result_is_not_only_announced() -> None:
    points = (("result", "Acme cites an average 8% increase in sales from Envoy."),)
    said = "Acme will launch Envoy in more places later this year."
    one = launch(f"{said} {points[0][1]}", title="Acme opens Envoy", points=points)
    (claim,) = build_claims(view(one))
    assert (claim.availability, "result" in claim.points) == (None, True)


def test_other_news_of_the_maker_may_speak_of_its_ai() -> None:
    """Where nothing adds; a rule or a study that speaks of AI is none of it."""
    deal = launch(
        "The founder joins the company to lead its AI agents.",
        title="Acme buys Dax",
        event="acquisition",
        category="cdp",
    )
    study = launch("AI agents read a third of all pages.", title="Acme studies", event="research")
    ours = {"Acme": Relation("vendor", ("Acme",), "Acme")}
    (found,) = find_ai_impacts(view(deal, study, **ours))
    assert (found.kind, found.story.title, found.ai_kind) == ("tells", "Acme buys Dax", "agent")
    own = launch("Acme lets Envoy write the letters of shops.", title="Acme writes", category="crm")
    assert [one.kind for one in find_ai_impacts(view(deal, own, **ours))] == ["adds"]


def test_marketing_automation_is_no_word_of_ai() -> None:
    """Whoever sells it is not said to have AI."""
    deal = launch(
        "Acme, which sells CRM and marketing automation, has agreed to buy Dax for $1 billion.",
        title="Acme buys Dax",
        event="acquisition",
        category="cdp",
    )
    assert find_ai_impacts(view(deal, Acme=Relation("vendor", ("Acme",), "Acme"))) == ()


def test_an_algorithm_that_bids_counts_as_ai_of_no_kind() -> None:
    """What no report calls AI is not counted as any kind of it."""
    words = "Acme launches its own custom algorithms for bids"
    one = launch("", title=words, ai="none", category="crm")
    (found,) = find_ai_impacts(view(one, Acme=Relation("product", ("Acme",), "Acme", "crm")))
    assert (found.kind, found.ai_kind) == ("adds", None)


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        (
            "Campaigns above their target ROAS may lose efficiency from 17 August.",
            ["adds", "changes"],
        ),
        ("A paper says that letters need a label from 17 August.", ["adds"]),
    ],
)
def test_what_others_tell_of_an_algorithm_of_ours_stands_beside_what_is_added(
    words: str, kinds: list[str]
) -> None:
    """A paper that tells of a change claims nothing for the vendor."""
    own = Relation("product", ("Acme",), "Acme", "crm")
    added = launch("", title="Acme launches its own custom algorithms for bids", category="crm")
    told = launch(words, title="Acme campaigns change", event="update", ai="none", category="crm")
    found = find_ai_impacts(view(added, told, Acme=own))
    assert [one.kind for one in found] == kinds


def test_each_story_has_words_of_its_own_however_often_they_are_asked_for() -> None:
    """In one view and in another: what is kept is of that view and of that story."""
    said = "Acme trained Envoy on 2.4 million support conversations of its own."
    told = "Acme trained Rover on 9.1 million product pages of its own."
    one, two = launch(said), launch(told, title="Acme opens Rover to all")
    for quarter in (view(one, two), view(two, one)):
        for _ in range(2):
            for each, sentence in ((one, said), (two, told)):
                words = choose_words(each, quarter)
                assert words
                assert words.text == sentence
