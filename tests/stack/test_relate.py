"""What a story is to us: named cases, and names that are words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from digest.app.decide import build_stack_index
from digest.decide.relations import (
    StackIndex,
    find_goal_gaps,
    get_closest_relation,
    index_stack,
    relate_stories,
    score_relations,
)
from digest.model.stack import Goal, Money, Product, Relation, Stack
from digest.model.story import Story
from tests.factories.stories import story

REAL = Stack(
    products=(
        Product(
            "HubSpot",
            ("crm", "marketing-automation"),
            cost=Money(60000, "EUR"),
            contract_end=date(2026, 12, 31),
            notice_days=92,
        ),
        Product("Google Ads", ("search-social-ads",), vendor="Google"),
        Product("Klaviyo", ("email-marketing",)),
        Product("Adobe Experience Manager", ("cms-web-experience",), vendor="Adobe"),
        Product("Segment", ("cdp",), vendor="Twilio"),
        Product("Semrush", ("seo",), status="retiring"),
        Product("Shopify", ("ecommerce-platforms",)),
        Product("Sprig", ("ecommerce-platforms",)),
        Product("Mailchimp", ("email-marketing",), status="retiring"),
    ),
    goals=(Goal("Be found in answers", ("seo", "marketing-analytics")),),
)  # fmt: skip
STACK_INDEX = build_stack_index(REAL)


def told(
    one: Story, *others: Story, stack_index: StackIndex = STACK_INDEX
) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (found.kind, found.products)
        for found in relate_stories([one, *others], stack_index)[one.id]
    ]


@pytest.mark.parametrize(
    ("title", "more", "expected"),
    [
        # named, and not the subject
        (
            "Dax adds answers and tests for HubSpot to its ads",
            {"vendors": ["Dax", "HubSpot"], "category": "crm"},
            [("rival", "HubSpot")],
        ),
        (
            "Dax partners with Eos to scale HubSpot portals",
            {
                "vendors": ["Dax", "Eos", "HubSpot"],
                "event": "launch",
                "category": "events-webinars",
            },
            [("none", "")],
        ),
        (
            "Dax partners with Eos to scale HubSpot portals",
            {
                "vendors": ["Dax", "Eos", "HubSpot"],
                "event": "partnership",
                "category": "events-webinars",
            },
            [("none", "")],
        ),
        (
            "Dax brings its forms to HubSpot",
            {"vendors": ["Dax", "HubSpot"], "event": "partnership", "category": "crm"},
            [("vendor", "HubSpot")],
        ),
        # an incident of a maker that is called as its product: a weakness is the product's
        (
            "HubSpot patches a flaw that let strangers in",
            {"vendors": ["HubSpot"], "event": "incident", "category": "crm"},
            [("product", "HubSpot")],
        ),
        (
            "HubSpot loses the data of its staff",
            {"vendors": ["HubSpot"], "event": "incident", "category": "crm"},
            [("vendor", "HubSpot")],
        ),
        (
            "Dax says search brings sales, not replacing Google",
            {"vendors": ["Dax", "Google"], "event": "results", "category": "events-webinars"},
            [("none", "")],
        ),
        (
            "What 5,000 brands show in HubSpot",
            {"vendors": ["HubSpot"], "event": "research"},
            [("none", "")],
        ),
        (
            "Answers (HubSpot Plugin)",
            {"vendors": ["HubSpot"], "event": "launch", "category": "events-webinars"},
            [("none", "")],
        ),
        # a maker's own study, in the field of what we run of it
        (
            "A study of 5,000 letters and their openers",
            {
                "vendors": ["Klaviyo"],
                "event": "research",
                "source": "Klaviyo Blog",
                "category": "email-marketing",
            },
            [("vendor", "Klaviyo")],
        ),
        (
            "A study of how people pay",
            {
                "vendors": ["Klaviyo"],
                "event": "research",
                "source": "Klaviyo Blog",
                "category": "talent",
            },
            [("none", "")],
        ),
        # who is told of first says or finds it
        (
            "What long letters do to readers",
            {
                "vendors": ["Klaviyo"],
                "event": "research",
                "summary": "Klaviyo detailed how readers leave.",
            },
            [("vendor", "Klaviyo")],
        ),
        (
            "Letters never needed pictures",
            {
                "vendors": ["Klaviyo"],
                "event": "opinion",
                "summary": "Klaviyo killed its editor. That is as well.",
            },
            [("none", "")],
        ),
        (
            "We publish the tests of our model",
            {"vendors": ["Klaviyo"], "event": "research", "source": "Klaviyo Blog"},
            [("vendor", "Klaviyo")],
        ),
        (
            "Letters are read less via @hubspot, @ada",
            {"vendors": [], "event": "update", "category": "cdp"},
            [("none", "")],
        ),
        # whoever else is named, it is ours
        (
            "Dax sues HubSpot over its contacts",
            {"vendors": ["Dax", "HubSpot"], "event": "regulation"},
            [("vendor", "HubSpot")],
        ),
        (
            "Dax to buy HubSpot for $9bn",
            {"vendors": ["Dax", "HubSpot"], "event": "acquisition"},
            [("vendor", "HubSpot")],
        ),
        (
            "Dax and HubSpot share their contacts",
            {"vendors": ["Dax", "HubSpot"], "event": "partnership"},
            [("vendor", "HubSpot")],
        ),
        (
            "HubSpot adds a price for agents",
            {"vendors": ["HubSpot"], "event": "pricing"},
            [("product", "HubSpot")],
        ),
        (
            "HubSpot buys a small data firm",
            {"vendors": ["HubSpot"], "event": "acquisition"},
            [("vendor", "HubSpot")],
        ),
        (
            "HubSpot's finance chief leaves",
            {"vendors": ["HubSpot"], "event": "people"},
            [("vendor", "HubSpot")],
        ),
        (
            "New bidding limits in Google Ads",
            {"vendors": ["Google"], "category": "search-social-ads"},
            [("product", "Google Ads")],
        ),
        (
            "Google opens a data centre",
            {"vendors": ["Google"], "category": None},
            [("vendor", "Google Ads")],
        ),
        (
            "AEM learns to write headlines",
            {"vendors": ["Adobe"], "category": "cms-web-experience"},
            [("product", "Adobe Experience Manager")],
        ),
        (
            "Adobe reports its third quarter",
            {"vendors": ["Adobe"], "event": "results", "category": None},
            [("vendor", "Adobe Experience Manager")],
        ),
        (
            "Twilio Segment joins profiles faster",
            {"vendors": ["Segment"], "category": "cdp"},
            [("product", "Segment")],
        ),
        (
            "Twilio cuts 400 jobs",
            {"vendors": ["Twilio"], "event": "people", "category": None},
            [("vendor", "Segment")],
        ),
        (
            "Pipedrive launches a cheaper plan",
            {"vendors": ["Pipedrive"], "event": "launch"},
            [("rival", "HubSpot")],
        ),
        (
            "Wix and three others change their carts",
            {"vendors": ["Wix"], "category": "ecommerce-platforms"},
            [("overlap", "Shopify Sprig")],
        ),
        (
            "Singular counts differently",
            {"vendors": ["Singular"], "category": "marketing-analytics"},
            [("gap", "")],
        ),
        (
            "Ahrefs shows answers of assistants",
            {"vendors": ["Ahrefs"], "category": "seo", "event": "launch"},
            [("gap", "")],
        ),  # what runs there is being retired
        (
            "Klaviyo launches a shop",
            {"vendors": ["Klaviyo"], "event": "launch", "category": "ecommerce-platforms"},
            [("product", "Klaviyo"), ("overlap", "Shopify Sprig")],
        ),
        ("A study of 900 sales teams", {"event": "research"}, [("none", "")]),
        # who worked there, what runs on it, and whose company it is
        (
            "Former Google and Meta engineers found a CRM",
            {"vendors": ["Google"], "event": "funding", "category": "talent"},
            [("none", "")],
        ),
        (
            "Google's ex-chief explains contexts",
            {"vendors": ["Google"], "event": "howto"},
            [("none", "")],
        ),
        (
            "Michaels debuts Google-powered assistant",
            {"vendors": ["Google"], "event": "launch", "category": "talent"},
            [("none", "")],
        ),
        (
            "YouTube changes its ads",
            {"vendors": ["YouTube"], "category": "video-ads"},
            [("vendor", "Google Ads")],
        ),
        (
            "Intuit lets people go: Mailchimp enters a quieter phase",
            {"vendors": ["Intuit", "Mailchimp"], "event": "people", "category": "email-marketing"},
            [("vendor", "Mailchimp")],
        ),
        # the equal of who is named first, and one of those it is compared with
        (
            "Microsoft and Google are fine-tuning search",
            {"vendors": ["Microsoft", "Google"], "category": "search-social-ads"},
            [("vendor", "Google Ads")],
        ),
        (
            "Bing adds a checkout against Dax, Eos and Google",
            {"vendors": ["Bing", "Dax", "Google"], "category": "talent"},
            [("none", "")],
        ),
        (
            "Ahrefs vs Semrush: which one",
            {"vendors": ["Ahrefs", "Semrush"], "event": "howto"},
            [("product", "Semrush")],
        ),
        (
            "Dax: Google counts worse than our own site",
            {"vendors": ["Dax", "Google"], "event": "research"},
            [("vendor", "Google Ads")],
        ),
        (
            "Deals with Google make up a tenth of Dax's revenue",
            {"vendors": ["Google", "Dax"], "event": "results", "category": "talent"},
            [("none", "")],
        ),
        (
            "Chats of Dax are found on Google",
            {"vendors": ["Dax", "Google"], "event": "incident", "category": "talent"},
            [("none", "")],
        ),
        (
            "Fake Adobe and Eos updates install a spy",
            {"vendors": ["Adobe"], "event": "incident", "category": "talent"},
            [("none", "")],
        ),
        # what others add to our product, or set up with it, and whom it disturbs
        (
            "Someone bought 30 HubSpot plugins and planted a backdoor",
            {"vendors": ["HubSpot"], "event": "incident", "category": "crm"},
            [("none", "")],
        ),
        (
            "Critical Dax bug exposes HubSpot sites",
            {"vendors": ["Dax", "HubSpot"], "event": "incident", "category": "crm"},
            [("none", "")],
        ),
        (
            "HubSpot flaw exposes HubSpot sites",
            {"vendors": ["HubSpot"], "event": "incident", "category": "crm"},
            [("product", "HubSpot")],
        ),
        (
            "Google dismantles a network of stolen telephones",
            {"vendors": ["Google"], "event": "incident", "category": None},
            [("none", "")],
        ),
        # an issue that lists several things
        (
            "Daxum 4.5 is out, a guide to Eosal, HubSpot prepares Breeze 5",
            {"vendors": ["Dax", "HubSpot"], "event": "launch", "category": "talent"},
            [("product", "HubSpot")],
        ),
        (
            "Daxum debuts a checkout, joining Amazon, Eosal, and HubSpot",
            {"vendors": ["Dax", "Amazon", "HubSpot"], "event": "launch", "category": "talent"},
            [("none", "")],
        ),
        (
            "HubSpot incident report for October",
            {"vendors": ["HubSpot"], "event": "incident"},
            [("product", "HubSpot")],
        ),
        # a rule of others that a maker explains, and one of its own
        (
            "What the new rules on tracking pixels ask",
            {"event": "regulation", "vendors": ["HubSpot"], "source": "HubSpot"},
            [("none", "")],
        ),
        (
            "In October our terms change",
            {"event": "regulation", "vendors": ["HubSpot"], "source": "HubSpot"},
            [("vendor", "HubSpot")],
        ),
        (
            "What the new rules on tracking pixels ask of HubSpot",
            {"event": "regulation", "vendors": ["HubSpot"]},
            [("vendor", "HubSpot")],
        ),
        (
            "Regulator writes to vendors",
            {"event": "regulation", "vendors": ["Pipedrive"]},
            [("none", "")],
        ),
        (
            "A new payroll tool starts",
            {"event": "launch", "vendors": ["Gusto"], "category": "talent"},
            [("none", "")],
        ),
    ],
)
def test_each_relation(title: str, more: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """Ours first: the product by its name, its maker otherwise; then the market by category."""
    named = [(kind, " ".join(products)) for kind, products in told(story(title, **more))]
    assert named == expected


@pytest.mark.parametrize(
    ("titles", "is_ours"),
    [
        (["Dax's models entered a bank", "Dax leaks", "Dax and Google had incidents"], False),
        (["Dax's models entered a bank", "Dax and Google had incidents"], True),
        (["Google leaks", "Dax leaks", "Dax's models entered a bank"], False),
    ],
)
def test_an_incident_is_not_of_whom_one_of_several_headlines_names(
    titles: list[str], is_ours: bool
) -> None:
    """A report of several incidents stands with those of one."""
    items = [
        story(title, event="incident", vendors=["Dax"], category="talent").lead for title in titles
    ]
    one = Story("s", tuple(items), items[0])
    expected = ("vendor", ("Google Ads",)) if is_ours else ("none", ())
    assert told(one) == [expected]


@pytest.mark.parametrize(
    "title",
    [
        "Segment your audience before you write to it",
        "How to Segment Customers by Value",
        "SEGMENT OF THE WEEK: LETTERS THAT SELL",
        "The Fastest Growing Segment of Retail Media",
        "A segment of one is no segment",
        "Braze yourself: a hubspot of activity",
        "Customer segmentation gets an upgrade",
    ],
)
def test_a_word_is_no_product(title: str) -> None:
    """A name that is a word needs the judgement's own word for it: no vendor named, no relation."""
    assert told(story(title, category="cdp", event="howto")) == [("none", ())]


def test_a_name_that_the_quarter_uses_as_a_word_is_not_believed_alone() -> None:
    """`Sprig` in a title is our product, until some text speaks of a sprig."""
    stack_index = StackIndex(Stack(), index_stack(Stack(products=(Product("Sprig", ("crm",)),))))
    ours = story("Sprig opens its doors", category=None)
    assert told(ours, stack_index=stack_index) == [("product", ("Sprig",))]
    assert told(ours, story("A sprig of mint for every order"), stack_index=stack_index) == [
        ("none", ())
    ]


def test_a_vendors_own_blog_is_its_own() -> None:
    """A post that names nobody is about what the blog's vendor makes; a paper is no vendor."""
    said: dict[str, Any] = {"title": "What is new in July", "category": None}
    assert told(story(**said, source="Klaviyo Blog", tier="vendor"))[0] == ("product", ("Klaviyo",))
    assert told(story(**said, source="Klaviyo Watchers", tier="trade")) == [("none", ())]


def test_a_rival_is_nearest_to_what_is_at_home_in_its_field() -> None:
    """A picture model rivals our assistant, and not the tool that only serves texts, too."""
    stack = Stack(
        products=(
            Product("Semrush", ("seo", "content-marketing")),
            Product("ChatGPT Enterprise", ("ai-platforms",), vendor="OpenAI"),
        )
    )
    said: dict[str, Any] = {
        "title": "Introducing Muse Image",
        "vendors": ["Meta"],
        "event": "launch",
    }
    index = build_stack_index(stack)
    texts = story(**said, category="content-marketing")
    assert told(texts, stack_index=index) == [("rival", ("Semrush",))]
    model = story(**said, category="content-marketing", also=["ai-platforms"])
    assert told(model, stack_index=index) == [("rival", ("ChatGPT Enterprise",))]


def test_a_network_is_no_rival_of_a_tool_that_posts_to_it() -> None:
    stack_index = build_stack_index(Stack(products=(Product("Hootsuite", ("social-media",)),)))
    assert told(
        story("X changes its feed", vendors=["X"], category="social-media"), stack_index=stack_index
    ) == [("none", ())]
    assert told(
        story("Buffer adds a calendar", vendors=["Buffer"], category="social-media"),
        stack_index=stack_index,
    ) == [("rival", ("Hootsuite",))]


def test_gaps_are_named_with_their_goals() -> None:
    assert find_goal_gaps(REAL) == (
        ("seo", "Be found in answers"),
        ("marketing-analytics", "Be found in answers"),
    )


def test_a_relation_weighs() -> None:
    """The product before its maker, the maker before a rival, nothing for none."""
    kinds = ("product", "vendor", "rival", "none")
    weights = [score_relations({"s": (Relation(kind),)})["s"] for kind in kinds]  # type: ignore[arg-type]
    assert weights == sorted(weights, reverse=True)
    assert weights[-1] == 0
    assert get_closest_relation(()).kind == "none"


def test_the_order_of_stories_does_not_matter() -> None:
    one, two = (
        story("HubSpot adds a field", vendors=["HubSpot"]),
        story("Klaviyo adds a field", vendors=["Klaviyo"]),
    )
    assert relate_stories([one, two], STACK_INDEX) == relate_stories([two, one], STACK_INDEX)


def test_a_maker_of_ours_that_is_only_named_does_not_act() -> None:
    """A tool for our product is a rival's or nobody's move, not our vendor's."""
    one = story("Prices for HubSpot (Chrome Extension)", vendors=["HubSpot"], event="launch",
                category="email-marketing")  # fmt: skip
    (found,) = relate_stories([one], STACK_INDEX)[one.id]
    assert (found.kind, found.vendor) == ("rival", "")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Google Analytics adds a report on assistants", "product"),
        ("Google Analytics 4 adds a report on assistants", "product"),
        ("Google opens an office", "none"),
    ],
)
def test_news_write_a_name_without_its_version(title, kind):
    counter = Product("Google Analytics 4", ("web-analytics",), vendor="Google")
    index = build_stack_index(Stack(products=(counter,)))
    one = story(title, vendors=["Google"], category="web-analytics" if kind == "product" else "pr")
    relations = relate_stories([one], index)[one.id]
    assert ("product" in {found.kind for found in relations}) == (kind == "product")
