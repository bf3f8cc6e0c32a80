"""Rules of the quarter: which kind each is, from when it applies, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from digest.edition import QuarterView, build_calendar, build_rules
from digest.edition.rule_kinds import classify_rule
from digest.model.stack import Product, ProductAi, Relation, Stack
from digest.model.story import Story
from tests.factories.stories import story, tell

TODAY = date(2026, 8, 20)
OURS = Product("Acme Ads", ("search-social-ads",), owner="Ada")
ASSISTANT = Product("Bolide", ("ai-assistants",), owner="Bo", ai=ProductAi(used=True))


def see(
    *stories: Story,
    stack: Stack | None = None,
    relations: Mapping[str, Sequence[Relation]] | None = None,
) -> QuarterView:
    return QuarterView(stack or Stack(), stories, stories, relations or {}, tell, TODAY)


def rule(title: str, summary: str = "", **more: Any) -> Story:
    return story(title, **({"event": "regulation", "summary": summary} | more))


@pytest.mark.parametrize(
    ("title", "summary", "kind"),
    [
        ("EU transparency law takes effect", "The law has taken effect in August.", "in force"),
        ("Parliament passes the Labels Act", "It will apply next year.", "coming"),
        ("New Swiss cookie law explained", "What the law says on cookies.", "law"),
        ("Court dismisses Northvale's claims", "A judge dismissed both claims.", "ruling"),
        ("Northvale lost its scraping case", "The claims fell.", "ruling"),
        ("Regulator fined Northvale", "It was fined 2 million euros.", "ruling"),
        ("Northvale faces class action over books", "No court has ruled on it.", "pending"),
        ("Authors sue Northvale", "They filed a complaint.", "pending"),
        ("Commission preliminarily finds Northvale's apps addictive", "", "pending"),
        ("Ministry proposes a cookie law", "The draft bans cookie walls.", "pending"),
        ("Consultation: draft technical standard for signals", "Eight purposes.", "pending"),
        ("Commission presents a cybersecurity plan", "", "pending"),
        ("Brüssel stellt Sicherheitsplan vor", "", "pending"),
        ("Data laws of the states: what you need to know", "", None),
        ("Datenschutz: was Sie wissen müssen", "", None),
        ("New data law is in force: what you need to know", "", "in force"),
        ("Council threatens Northvale with fines", "It is about feeds.", "pending"),
        ("Council on feeds", "It is about recommendation algorithms.", "law"),
        ("The IAB's new advice on measuring answers", "How brands may measure.", "advice"),
        ("Watchdog publishes guidance on AI labels", "It recommends a mark.", "advice"),
        # fines and rulings
        ("Bureau Fines Northvale Over False Listing", "", "ruling"),
        ("Northvale loses spat with the Union over its shop", "", "ruling"),
        ("Union zwingt Northvale zur Freigabe", "", "ruling"),
        ("Northvale soll 8 Millionen Euro Strafe zahlen", "", "ruling"),
        ("L'autorité a prononcé douze sanctions", "", "ruling"),
        ("Pour la justice, Northvale reste un contrôleur", "", "ruling"),
        ("Il giudice approva l'accordo con gli autori", "", "ruling"),
        ("La UE multa a Northvale con 8 millones", "", "ruling"),
        ("Tribunal mantém multa contra a Northvale", "", "ruling"),
        ("ศาลสั่งให้ Northvale จ่ายค่าเสียหาย", "", "ruling"),
        ("法院判决Northvale败诉", "", "ruling"),
        ("Northvaleに課徴金納付命令", "", "ruling"),
        # what only threatens
        ("Act starts, providers face fines up to 3% of sales", "It has taken effect.", "in force"),
        ("Neue Regeln gelten ab sofort: Bußgelder bis zu 3 Prozent", "", "in force"),
        ("表示義務の新法、違反なら制裁金", "施行された。", "in force"),
        # trials, plans
        ("Northvale goes on trial over its feed", "", "pending"),
        ("Al via il processo contro Northvale", "", "pending"),
        ("Northvale alla sbarra, rischia sanzioni", "", "pending"),
        ("Prozess gegen Northvale startet", "", "pending"),
        ("Union moves to designate Northvale a large platform", "", "pending"),
        ("歐盟擬將 Northvale 列為大型平台", "", "pending"),
        ("政府、未成年者の利用規制を検討", "", "pending"),
        # what binds nobody
        ("Le comité adopte des lignes directrices sur les traceurs", "", "advice"),
        ("Questions-réponses sur les pixels", "", "advice"),
        ("官庁、事業者に対策強化を要請", "", "advice"),
        # what a law punishes is no fine
        (
            "Regulation on signals published in the Official Journal",
            "It passed on Friday; the bureau fined three shops before.",
            "coming",
        ),
        ("New rules for signals", "Fines go up to 3% of turnover.", "law"),
        # "a causa di" is no case
        ("Nuova norma sui cookie", "Cambia a causa di molte proteste.", "law"),
    ],
)
def test_a_rule_is_of_a_kind(title, summary, kind):
    """What nobody has decided is no ruling, and what binds nobody is no law."""
    assert classify_rule(rule(title, summary)) == kind


@pytest.mark.parametrize(
    ("title", "summary", "kind"),
    [
        ("Northvale is signing the Code of Practice on labels", "", "pledge"),
        ("Northvale verpflichtet sich zu mehr Auswahl", "", "pledge"),
        ("Northvale va revoir sa fenêtre", "Northvale s’engage à modifier sa demande.", "pledge"),
        ("Northvale si impegna a mostrare le etichette", "", "pledge"),
        ("Northvale承诺标示内容", "", "pledge"),
        ("Court orders Northvale to commit to labels", "", "ruling"),
        ("Ministry tightens its rules, Northvale pledges to follow", "", "law"),
        ("Ministry watches trade more closely, Northvale pledges to help", "", "pledge"),
    ],
)
def test_a_company_that_binds_itself_makes_no_law(title, summary, kind):
    assert classify_rule(rule(title, summary, vendors=["Northvale"])) == kind


@pytest.mark.parametrize(
    ("title", "event", "kind"),
    [
        ("Acme Ads requires disclosure for generated pictures", "update", "platform"),
        ("Passkey requirement for the Acme Ads API", "update", "platform"),
        ("Acme turns on local ads by default", "update", "platform"),
        ("What opting out of Acme's answers means", "update", "platform"),
        ("Acme bans ads for loans", "update", "platform"),
        ("Acme verschärft die Regeln seines Marktes", "update", "platform"),
        ("Acme aggiorna la policy sui documenti", "update", "platform"),
        ("Acme变体新规生效", "update", "platform"),
        ("Acme、広告ポリシーを改定", "update", "platform"),
        ("Acme adds a colour to its buttons", "update", None),
        ("Acme may be requiring passkeys", "update", None),
        ("How to meet Acme's requirements", "howto", None),
        ("Acme must grow, says Acme", "opinion", None),
    ],
)
def test_a_platforms_policy_is_a_rule(title, event, kind):
    """Its headline says that its users must, may not, or get something by default."""
    assert classify_rule(story(title, event=event, vendors=["Acme"])) == kind


def test_a_policy_of_nobody_is_none():
    """A platform has to be named."""
    assert classify_rule(story("New requirement for mails", event="update")) is None


def test_a_headline_of_a_law_confirms_what_is_likely():
    law = rule("Regulation on consent signals published", "It applies from 1 February 2027.")
    lead = replace(law.lead, tags=replace(law.tags, unsure=frozenset(("event",))))
    (entry,) = build_rules(see(replace(law, items=(lead,), lead=lead)))
    assert (entry.kind, str(entry.day)) == ("coming", "2027-02-01")


def test_a_rule_that_is_not_sure_is_none():
    """A label that is not printed makes no rule, but where the headline speaks of a case."""
    doubtful = rule("Dovetide promises banners that go away")
    unsure = replace(doubtful.lead.tags, unsure=frozenset({"event"}))
    lead = replace(doubtful.lead, tags=unsure)
    assert classify_rule(replace(doubtful, items=(lead,), lead=lead)) is None
    case = rule("Bureau files complaint against Northvale")
    lead = replace(case.lead, tags=unsure)
    assert classify_rule(replace(case, items=(lead,), lead=lead)) == "pending"


LAW = rule(
    "Transparency law has four exemptions",
    "The Union's AI Act asks for labels. The law has taken effect.",
    ai="core",
    category="governance-privacy",
)


@pytest.mark.parametrize(
    ("sentence", "day"),
    [
        pytest.param(
            "The AI Act brings transparency rules that take effect on 2 August 2026.",
            date(2026, 8, 2),
            id="the same law and subject",
        ),
        pytest.param(
            "The AI Act has much to say. Its transparency rules take effect on 2 August 2026.",
            date(2026, 8, 2),
            id="the law is named in the sentence before",
        ),
        pytest.param(
            "The Cookie Act brings transparency rules that take effect on 2 August 2026.",
            None,
            id="another law",
        ),
        pytest.param(
            "The AI Act brings rules for robots that take effect on 2 August 2026.",
            None,
            id="another part of it",
        ),
    ],
)
def test_another_report_of_the_law_may_name_its_day(sentence, day):
    """It is then the source, whatever else it is about."""
    other = story("Search in Europe", event="howto", summary=sentence, source="Another Paper")
    (entry,) = build_rules(see(LAW), [LAW, other])
    assert entry.day == day
    assert (entry.dated_by.source if entry.dated_by else None) == (day and "Another Paper")


def test_reports_that_differ_name_no_day():
    """A wrong day is worse than none."""
    others = [
        story(
            "Search in Europe",
            event="howto",
            summary=f"The AI Act's transparency rules take effect on {day} August 2026.",
        )
        for day in (2, 9)
    ]
    (entry,) = build_rules(see(LAW), [LAW, *others])
    assert entry.day is None


def test_a_day_ahead_makes_a_law_coming_and_stands_in_the_calendar():
    """Though its own report names none."""
    other = story(
        "Search in Europe",
        event="howto",
        summary="The AI Act brings transparency rules that take effect on 2 December 2026.",
    )
    quarter = see(LAW)
    rules = build_rules(quarter, [LAW, other])
    assert [entry.kind for entry in rules] == ["coming"]
    (dated,) = build_calendar(quarter, rules=rules)
    assert (dated.day, dated.kind, dated.what) == (
        date(2026, 12, 2),
        "effective",
        "Transparency law has four exemptions",
    )


def test_a_policy_binds_those_who_use_the_product_and_names_its_owner():
    """From the day that its report gives, though that lies behind."""
    policy = story(
        "Passkey requirement for Acme Ads",
        event="update",
        vendors=["Acme"],
        category="search-social-ads",
        summary="These updates will start rolling out from August 5, 2026, and will be enabled.",
    )
    relation = Relation("product", ("Acme Ads",), "Acme", "search-social-ads")
    quarter = see(policy, stack=Stack(products=(OURS,)), relations={policy.id: [relation]})
    (entry,) = build_rules(quarter)
    assert (entry.kind, entry.binds, entry.products, entry.owner, entry.day) == (
        "platform",
        ("Acme Ads",),
        ("Acme Ads",),
        "Ada",
        date(2026, 8, 5),
    )
    assert "Acme Ads" in str(entry.follows)


def test_a_law_on_ai_touches_what_works_with_ai():
    """And says that somebody has to answer for it."""
    (entry,) = build_rules(see(LAW, stack=Stack(products=(OURS, ASSISTANT))))
    assert entry.products == ("Bolide",)
    assert "Bolide" in str(entry.follows)


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("Authors sue Northvale", "Nothing is decided"),
        ("The IAB's new advice on measuring answers", "binds nobody"),
    ],
)
def test_what_binds_nobody_asks_nothing(title, says):
    """With or without a stack."""
    (entry,) = build_rules(see(rule(title)))
    assert says in str(entry.follows)
    assert entry.products == ()


def test_rules_stand_by_kind():
    """Law first, advice last; in each the best story first."""
    stories = (
        rule("The IAB's new advice on measuring answers"),
        rule("Court dismisses Northvale's claims"),
        rule("The labels law has taken effect"),
        rule("Court dismisses Gleanwick's claims"),
    )
    assert [entry.story.id for entry in build_rules(see(*stories))] == [
        stories[at].id for at in (2, 1, 3, 0)
    ]


@pytest.mark.parametrize(
    ("summary", "day"),
    [
        (
            "Bolide lets all sites sort crawlers, with Sept. 15 defaults that block them",
            "2026-09-15",
        ),
        ("Acme said it would begin respecting these changes on June 17.", "2026-06-17"),
        ("As of this month, generated clips will no longer be eligible for Acme.", "2026-08-01"),
    ],
)
def test_a_policys_day_is_read_however_it_is_named(summary, day):
    """Before a noun, as reported, or by the month of the report."""
    policy = story("Acme bans generated clips", vendors=["Acme", "Bolide"], summary=summary)
    (entry,) = build_rules(see(policy))
    assert str(entry.day) == day


def test_a_policy_binds_users_of_the_product_that_its_text_names():
    """Not all who use something of its maker."""
    policy = story(
        "Local shops shown by default",
        vendors=["Acme"],
        category="search-social-ads",
        summary="Acme Ads turns them on by default.",
    )
    relation = Relation("vendor", ("Acme Ads",), "Acme", "search-social-ads")
    quarter = see(policy, stack=Stack(products=(OURS,)), relations={policy.id: [relation]})
    (entry,) = build_rules(quarter)
    assert (entry.binds, entry.optional) == (("Acme Ads",), False)


def test_stories_of_one_policy_that_offers_a_choice_are_one_rule():
    """They name whose it is and its day; another day is another policy's."""

    def offer(title: str, day: str):
        return story(title, vendors=["Acme"], summary=f"Acme began respecting it on {day}.")

    first = offer("Opt-out of AI answers may cost sites a spot", "June 17")
    second = offer("What opting out of AI answers means", "June 17")
    third = offer("Opt-out of AI training for shops", "July 3")
    entries = build_rules(see(first, second, third))
    assert [(one.story.id, [ref.id for ref in one.also]) for one in entries] == [
        (first.id, [second.id]),
        (third.id, []),
    ]


def test_a_law_stands_beside_ai_in_use_as_an_open_question():
    """That AI works there does not make it a law for it."""
    (entry,) = build_rules(see(LAW, stack=Stack(products=(OURS, ASSISTANT))))
    assert entry.ai_in_use
    assert "reaches that use" in str(entry.follows)


def test_the_day_of_a_rule_stands_in_the_calendar_with_its_owner():
    """Also where another date of its story stands there."""
    policy = story(
        "Passkey requirement for the API",
        vendors=["Acme"],
        category="search-social-ads",
        summary="The requirement takes effect on October 5, 2026.",
    )
    relation = Relation("vendor", ("Acme Ads",), "Acme", "search-social-ads")
    quarter = see(policy, stack=Stack(products=(OURS,)), relations={policy.id: [relation]})
    (entry,) = build_calendar(quarter, rules=build_rules(quarter))
    assert (entry.day, entry.products, entry.owner) == (date(2026, 10, 5), ("Acme Ads",), "Ada")


@pytest.mark.parametrize(
    ("summary", "duty"),
    [
        (
            "Acme has new terms. Advertisers must mark what a machine wrote.",
            "Advertisers must mark what a machine wrote.",
        ),
        (
            "Acme has new terms. Its policy prohibits adverts for crypto machines.",
            "Its policy prohibits adverts for crypto machines.",
        ),
        (
            (
                "Videos of machines are no longer eligible for Acme's prizes. "
                "Acme requires a passkey of each user who writes prices."
            ),
            "Acme requires a passkey of each user who writes prices.",
        ),
        ("Acme has new terms for its users and partners.", None),
    ],
    ids=["duty", "ban", "a duty before a ban", "nothing asked"],
)
def test_a_policy_says_what_it_demands_in_its_sources_words(summary: str, duty: str | None) -> None:
    told = rule("Acme updates its policy", summary, event="update", vendors=["Acme"])
    (entry,) = build_rules(see(told))
    assert entry.kind == "platform"
    assert (entry.duty and entry.duty.text) == duty


@pytest.mark.parametrize(
    ("day", "kind", "forecast"),
    [("2026-08-02", "law", True), ("2026-08-11", "in force", False)],
    ids=["told before its day", "told after it"],
)
def test_a_day_that_was_only_announced_proves_no_force(day: str, kind: str, forecast: bool) -> None:
    """A law may have been put off since its last report."""
    law = rule("Parliament passes the Labels Act", "It applies from 10 August 2026.", day=day)
    (entry,) = build_rules(see(law))
    assert (entry.kind, entry.forecast) == (kind, forecast)


def test_a_case_against_a_maker_of_ours_touches_no_product_yet():
    """It is told though it may be no news of the field; what is no case then is left out."""
    desk = Product("Desk", ("crm",), vendor="Acme")
    case = story("Mira sues Acme", event="regulation", vendors=["Mira", "Acme"])
    law = story("Law on desks at Acme printed", event="regulation", vendors=["Acme"])
    related = dict.fromkeys([case.id, law.id], (Relation("vendor", ("Desk",), "Acme", "crm"),))
    quarter = replace(see(), stack=Stack((desk,)), relations=related, doubtful=(case, law))
    (entry,) = build_rules(quarter)
    assert (entry.kind, entry.binds, entry.products) == ("pending", ("Mira", "Acme"), ())


def test_what_a_product_of_ours_does_with_our_data_is_a_policy_on_privacy():
    """What others do is none of ours."""
    desk = Product("Desk", ("crm",), vendor="Acme", owner="Ada")
    ours = story("Desk reverses course on customer data sharing", event="other", vendors=["Acme"])
    others = story("Mira trains on customer data", event="other", vendors=["Mira"])
    related = {ours.id: (Relation("product", ("Desk",), "Acme", "crm"),)}
    quarter = replace(see(ours, others), stack=Stack((desk,)), relations=related)
    (entry,) = build_rules(quarter)
    assert (entry.kind, entry.subject, entry.products, entry.owner) == (
        "platform",
        "privacy",
        ("Desk",),
        "Ada",
    )


@pytest.mark.parametrize(
    ("words", "steps"),
    [("The ban is now rolling out to shops.", True), ("The ban holds for shops.", False)],
)
def test_a_policy_that_is_rolling_out_comes_step_by_step(words, steps):
    """Also where no sentence says so of its day; a law holds on its day."""
    day = "It takes effect on September 14, 2026."
    policy = story("Acme bans generated clips", vendors=["Acme"], summary=f"{words} {day}")
    law = rule("Parliament passes the Labels Act", f"{words} It applies from 14 September 2026.")
    found = {entry.kind: entry.rolls_out for entry in build_rules(see(policy, law))}
    assert found == {"platform": steps, "coming": False}


def test_a_law_is_quoted_with_the_duty_on_what_our_ai_makes():
    """By what the AI of the products that it touches is for."""
    first, second = (
        "Providers must label every picture that a machine has made.",
        "Deployers must disclose text that a machine has written.",
    )
    law = rule("Law on AI labels printed", f"{first} {second}", ai="core", category="ai-assistants")
    for purpose, duty in (("drafts of letters", second), ("", first)):
        product = replace(ASSISTANT, ai=ProductAi(used=True, purpose=purpose))
        (entry,) = build_rules(see(law, stack=Stack(products=(product,))))
        assert entry.products == ("Bolide",)
        assert entry.duty
        assert entry.duty.text == duty


@pytest.mark.parametrize(
    ("text", "duty"),
    [
        (
            "Warning: sites that violate these rules may sink. Don't include reviews for money.",
            "Don't include reviews for money.",
        ),
        (
            "Don't worry about old reviews. Sites that violate these rules may lose their place.",
            "",
        ),
        (
            "Don't include reviews that were paid for. Shops must say who wrote a review.",
            "Shops must say who wrote a review.",
        ),
    ],
    ids=["a ban before its sanction", "a sanction alone", "a duty before a ban"],
)
def test_a_policys_duty_is_what_it_asks_and_not_what_threatens(text, duty):
    policy = story("Acme expands its review guidelines", vendors=["Acme"], summary=text)
    (entry,) = build_rules(see(policy))
    assert (entry.duty.text if entry.duty else "") == duty


DUTY = "Whoever publishes made-up text shall say so."


@pytest.mark.parametrize(
    ("text", "exception"),
    [
        pytest.param(
            f"{DUTY} The section goes on:\n“This obligation shall not apply where a person has "
            "reviewed the text.”",
            "This obligation shall not apply where a person has reviewed the text.",
            id="after the duty",
        ),
        pytest.param(
            f"{DUTY}\n## Another part\nThis obligation shall not apply to games.",
            None,
            id="of another part",
        ),
        pytest.param(f"This rule does not apply to games. {DUTY}", None, id="before it"),
        pytest.param(f"{DUTY} It applies from August.", None, id="none"),
    ],
)
def test_a_duty_stands_with_its_exception(text, exception):
    (entry,) = build_rules(see(rule("Transparency law takes effect", text)))
    assert entry.duty
    assert entry.duty.text == DUTY
    assert (entry.exception.text if entry.exception else None) == exception


@pytest.mark.parametrize(
    ("title", "summary", "open_end"),
    [
        (
            "Court dismisses Northvale's claims",
            "A judge dismissed both. Northvale has 21 days to amend its complaint.",
            "Northvale has 21 days to amend its complaint.",
        ),
        (
            "Court dismisses Northvale's claims",
            "A judge dismissed both. This limits it without ending the case.",
            "This limits it without ending the case.",
        ),
        ("Court dismisses Northvale's claims", "A judge dismissed both claims.", None),
        ("Authors sue Northvale", "They may appeal later on.", None),
        (
            "Court dismisses Northvale's claims",
            "La Corte d'appello ha confermato la sanzione. The feature will appeal to marketers.",
            None,
        ),
    ],
)
def test_a_ruling_that_does_not_end_its_case_says_so(title, summary, open_end):
    """A sentence that stands alone comes before one that leans on another."""
    (entry,) = build_rules(see(rule(title, summary)))
    assert (entry.open_end.text if entry.open_end else None) == open_end


@pytest.mark.parametrize(
    ("title", "is_taken_back"),
    [
        ("Acme bans ads for loans, then reverses course", True),
        ("Acme walks back its ban on ads for loans", True),
        ("Acme bans ads for loans", False),
        ("Acme bans ads for loans and refuses to roll back its policy", False),
        ("Acme bans ads for loans: it won't walk back its policy", False),
    ],
)
def test_a_policy_that_was_taken_back_says_so(title, is_taken_back):
    (entry,) = build_rules(see(story(title, event="update", vendors=["Acme"])))
    assert entry.taken_back == is_taken_back


ON_AI = {"category": "governance-privacy", "ai": "core"}


def list_joined(*stories: Story) -> list[tuple[str, int]]:
    return [(entry.story.title, len(entry.also)) for entry in build_rules(see(*stories))]


def in_language(one: Story, language: str) -> Story:
    lead = replace(one.lead, item=replace(one.lead.item, language=language))
    return replace(one, items=(lead,), lead=lead)


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        (
            rule("The AI Act applies from 2 September", "", **ON_AI),
            in_language(rule("AI Act in vigore dal 2 settembre", "", **ON_AI), "it"),
            True,
        ),
        (
            rule("The AI Act applies from 2 September", "", **ON_AI),
            rule("The AI Act applies from 2 December", "", **ON_AI),
            False,
        ),
        (
            rule("Court rules that Acme is bound by the DMA", vendors=["Acme"]),
            rule("DMA: pour la justice, Acme reste lié", vendors=["Acme"]),
            True,
        ),
        (
            rule("Court rules that Acme is bound by the DMA", vendors=["Acme"]),
            rule("Bureau fines Acme under the DMA", vendors=["Acme"], day="2026-08-18"),
            False,
        ),
        (
            rule("Acme settles a lawsuit for $400M", vendors=["Acme"]),
            rule("Acme zahlt 400 Millionen in einem Vergleich", vendors=["Acme"]),
            True,
        ),
        (
            rule("Acme settles a lawsuit for $400M", vendors=["Acme"]),
            rule("Bolide settles a lawsuit for $400M", vendors=["Bolide"]),
            False,
        ),
        (
            rule("Acme goes on trial over its feed", vendors=["Acme"]),
            rule("Al via il processo contro Acme", vendors=["Acme"]),
            True,
        ),
        (
            rule("Acme sued over its feed", vendors=["Acme"]),
            rule("Acme sued over its shop", vendors=["Acme"]),
            False,
        ),
    ],
)
def test_reports_of_one_law_or_case_are_one_rule(first, second, joined):
    """The same law and day, or the same maker within days with the law, the sum, or a trial."""
    assert len(list_joined(first, second)) == (1 if joined else 2)


def test_the_report_in_the_editions_language_tells_a_rule():
    """Another report gives the day that it lacks, and in its own words stands beside it."""
    foreign = in_language(rule("AI Act in vigore dal 12 agosto", "", **ON_AI), "it")
    ours = rule("What the AI Act has changed", "It has taken effect on 12 August.", **ON_AI)
    refs = {foreign.id: replace(tell(foreign), language="it"), ours.id: tell(ours)}
    quarter = replace(see(foreign, ours), make_ref=lambda one: refs[one.id])
    (entry,) = build_rules(quarter)
    assert (entry.story.title, [ref.language for ref in entry.also]) == (
        "What the AI Act has changed",
        ["it"],
    )
    assert (entry.kind, str(entry.day)) == ("in force", "2026-08-12")


@pytest.mark.parametrize(
    ("sentence", "until"),
    [
        ("Acme has 21 days to amend its claim.", "2026-08-31"),
        ("Acme has 2 weeks to appeal.", "2026-08-24"),
        ("Acme may still appeal.", None),
    ],
)
def test_the_term_of_a_ruling_runs_out(sentence, until):
    (entry,) = build_rules(see(rule("Court dismisses Acme's claims", sentence)))
    assert (str(entry.open_until) if entry.open_until else None) == until


def test_a_round_ups_other_headline_is_not_told():
    """Its report is about one of the two."""
    mixed = rule(
        "Ministry warns Acme in a notice; Bringing ice cream to town",
        "The ministry sent Acme a notice on its feed.",
        vendors=["Acme"],
    )
    both = rule("Ministry sues Acme; court hears the ministry", "The ministry and court met Acme.")
    assert [title for title, _ in list_joined(mixed)] == ["Ministry warns Acme in a notice"]
    assert [title for title, _ in list_joined(both)] == [both.lead.item.title]


def test_a_case_of_others_reaches_no_use_of_ai():
    """What a judge approves between others asks nothing of what works with AI."""
    case = rule("Judge approves the authors' settlement on training", **ON_AI)
    (entry,) = build_rules(see(case, stack=Stack(products=(ASSISTANT,))))
    assert (entry.kind, entry.products, entry.follows) == ("ruling", (), None)


SENDER = Product("Gulls", ("crm",), contribution="Sends all mails of the shop.")
ADS = Product("Tern", ("search-social-ads",), contribution="Brings visitors.")


@pytest.mark.parametrize(
    ("title", "use", "names"),
    [
        ("Watchdog publishes guidance on pixels in emails", "e-mail", ("Gulls",)),
        ("Empfehlung der Aufsicht zu Zählpixeln in E-Mails", "e-mail", ("Gulls",)),
        ("Recommandations sur les courriers électroniques", "e-mail", ("Gulls",)),
        ("Northvale pledges to change its tracking prompt", "ad tracking", ("Tern",)),
        ("Suivi publicitaire : Northvale s’engage", "ad tracking", ("Tern",)),
        ("Watchdog publishes guidance on packaging", None, ()),
    ],
)
def test_advice_on_what_we_do_names_the_products_with_which_we_do_it(title, use, names):
    """Whether it reaches them is open, so that they are not counted as touched."""
    one = rule(title, vendors=["Northvale"] if "Northvale" in title else [])
    (entry,) = build_rules(see(one, stack=Stack(products=(SENDER, ADS))))
    assert (entry.use, entry.products, entry.touches_surely) == (use, names, False)


def test_the_sum_of_a_ruling_is_not_that_of_an_earlier_one():
    """Another report of the decision names it; one of another company does not."""
    own = rule("Northvale condamnée", "En mars, elle a payé 300 millions.", vendors=["Northvale"])
    other = rule(
        "Northvale must pay $400 million", "It adds to 300 million.", vendors=["Northvale"]
    )
    strange = rule("Zephyr must pay $500 million", "It adds to 300 million.", vendors=["Zephyr"])
    (entry,) = build_rules(see(own), [own, strange, other])
    assert entry.sum
    assert entry.sum.text == "Northvale must pay $400 million"
    (entry,) = build_rules(see(own), [own, strange])
    assert entry.sum is None


@pytest.mark.parametrize(
    ("text", "postponed"),
    [
        ("The duties of makers are postponed from 2026 to May 2028.", True),
        ("Die Pflichten werden auf Mai 2028 verschoben.", True),
        ("Gli obblighi sono rinviati a maggio 2028.", True),
        ("高リスクの義務は2028年5月に延期された。", True),
        ("The vote was delayed by an hour.", False),
        ("The duties apply from May 2028.", False),
    ],
)
def test_what_an_act_puts_off_is_told_with_its_day(text, postponed):
    (entry,) = build_rules(see(rule("Parliament passes the Labels Act", text)))
    assert (entry.postponed is not None) is postponed


def test_a_term_for_a_part_of_a_case_is_told_as_such():
    text = "It has 21 days to amend. It has 21 days to amend the part of the case on pictures."
    (entry,) = build_rules(see(rule("Court dismisses Northvale's claims", text)))
    assert entry.open_end
    assert "part of the case" in entry.open_end.text


def test_a_law_with_several_duties_says_that_there_are_more():
    """That on what our AI makes comes first."""
    text = (
        "Shops must label pictures that software made. "
        "Shops must tell people that they chat with software."
    )
    product = replace(ASSISTANT, ai=ProductAi(used=True, purpose="chat with customers"))
    law = rule("Transparency law takes effect", text, ai="core", category="governance-privacy")
    (entry,) = build_rules(see(law, stack=Stack(products=(product,))))
    assert entry.duty
    assert "chat" in entry.duty.text
    assert entry.more_duties == 1


@pytest.mark.parametrize(
    ("vendor", "text", "is_found"),
    [
        ("Acme", "Until October 5 all shops can opt out of this.", True),
        ("Acme", "Until October 9 all shops can opt out of this.", False),
        ("Zephyr", "Until October 5 all shops can opt out of this.", False),
    ],
)
def test_another_report_may_say_that_one_can_leave_a_policy(vendor, text, is_found):
    policy = story(
        "Acme bans loans by default",
        event="update",
        summary="Loans will be banned from October 5, 2026.",
        vendors=["Acme"],
    )
    other = story("On loans", event="research", summary=text, vendors=[vendor])
    (entry,) = build_rules(see(policy), [policy, other])
    assert entry.day == date(2026, 10, 5)
    assert (entry.way_out is not None) is is_found
