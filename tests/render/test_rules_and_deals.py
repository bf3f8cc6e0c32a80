"""Rules and deals, as page and paper show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from digest.i18n import TranslatableText
from digest.model.edition import DEAL_KINDS, Edition, RuleEntry, Section, Sentence
from digest.model.stack import Goal
from digest.render.views import PageView, RenderOptions, build_page_view
from digest.render.views.deals import ANSWERED_KINDS
from digest.render.words import load_localizer
from digest.taxonomy import CATEGORIES
from tests.factories import editions
from tests.factories.editions import note


def seen(edition: Edition, options: RenderOptions | None = None) -> PageView:
    return build_page_view(edition, load_localizer("en"), options or RenderOptions())


def rules_of(edition: Edition):
    found = seen(edition).rules
    assert found is not None
    return found


def deals_of(edition: Edition):
    found = seen(edition).deals
    assert found is not None
    return found


def test_rules_stand_in_groups_of_their_kind():
    """A filed suit apart from law and rulings."""
    groups = rules_of(editions.briefing()).groups
    assert [group.name for group in groups if group.name] == [
        "Law in force",
        "Rulings, fines and decisions",
        "Platform policy",
        "Pending: nothing is decided",
    ]


def test_a_rule_says_from_when_for_whom_what_of_ours_and_what_follows():
    """Where no day is known, it says so; a rule told on another page is a line that points there."""
    made = editions.briefing()
    rows = {row.ref.title: row for group in rules_of(made).groups for row in group.rows if row.ref}
    law, ruling = (rows[entry.story.title[:110]] for entry in made.rules[:2])
    facts = {line.label: line.text for line in law.facts}
    assert facts["From when"] == "2 August 2026"
    assert facts["Binds"] == "Quillmark"
    assert facts["Touches"] == "Quillmark Studio (Head of CRM)"
    assert "From when" not in {line.label for line in ruling.facts}
    elsewhere = [row for row in rows.values() if row.story is None]
    assert elsewhere
    assert all(row.printed and row.ref.href.startswith("#") for row in elsewhere)
    assert not any(line.label == "What follows" for row in elsewhere for line in row.facts)


def test_a_day_that_another_report_names_is_told_with_its_source():
    """And one that none names is said to be unknown."""
    made = editions.briefing()
    law = made.rules[0]
    quote = replace(
        made.stories[0].summary[0], source="Another Paper", url="https://other.example/a"
    )
    for entry, words in (
        (replace(law, dated_by=quote), "2 August 2026 (Another Paper)"),
        (replace(law, day=None, last=None), "no day given"),
    ):
        (group, *_) = rules_of(replace(made, rules=(entry,))).groups
        assert group.rows[0].facts[0].text == words


def test_a_law_that_binds_a_maker_of_ours_touches_it():
    """So does a policy of theirs, whatever of it we run; in a field of theirs no other is named."""
    made = editions.briefing()
    assert made.stack
    maker = made.stack.lines[0].product.vendor_or_name
    law = replace(made.rules[0], kind="in force", products=(), category=None, binds=(maker,))
    for entry, touched in (
        (law, f"{maker}, a maker of ours"),
        (replace(law, binds=("Nobody",)), "no product of ours"),
        (replace(law, kind="platform"), f"{maker}, a maker of ours"),
        (replace(law, kind="ruling"), f"{maker}, a maker of ours"),
        (replace(law, kind="ruling", category="seo", binds=("Nobody",)), "SEO"),
        (
            replace(law, kind="ruling", category="seo", binds=(maker,)),
            f"{maker}, a maker of ours; SEO",
        ),
        (
            replace(law, kind="advice", products=("Postlark",), use="e-mail", binds=()),
            "Postlark, if it reaches our e-mail",
        ),
        (
            replace(law, kind="platform", category="seo", binds=("Nobody",)),
            "SEO: do we use Nobody?",
        ),
        (
            replace(law, kind="platform", category="talent", binds=("Nobody",)),
            f"{CATEGORIES['talent'].name}; no vendor of ours",
        ),
    ):
        (group, *_) = rules_of(replace(made, rules=(entry,))).groups
        assert group.rows[0].touched == touched


def test_rules_without_a_stack_name_no_product():
    """The category stands there instead."""
    facts = [
        line
        for group in rules_of(editions.edition()).groups
        for row in group.rows
        for line in row.facts
    ]
    assert facts
    assert not any("ours" in line.text or "Quillmark Studio" in line.text for line in facts)


def test_every_kind_of_deal_is_answered():
    """Also where there is none; the figures are those of what stands under the table."""
    made = editions.briefing()
    page = deals_of(made)
    assert [row.name for row in page.counts][:2] == ["Acquisition", "Funding"]
    assert len(page.counts) >= len(ANSWERED_KINDS)
    closed = next(row for row in page.counts if row.name == "Vendor closed")
    assert (closed.number, closed.names) == ("", "none found")
    shown = {group.slug: len(group.stories) + len(group.lines) for group in page.groups}
    counted = {row.name: int(row.number) for row in page.counts if row.number}
    assert sum(shown.get(f"deals-{kind}", 0) for kind in DEAL_KINDS) == sum(counted.values())


def test_no_deal_at_all_is_a_table_of_nothing():
    """The question is answered all the same."""
    made = replace(editions.briefing(), deals=(), sections=(Section("deals", (), (), "None."),))
    page = deals_of(made)
    assert {row.names for row in page.counts} == {"none found"}
    assert page.groups == ()


def test_a_deal_told_elsewhere_or_in_the_register_is_one_line():
    """With its place where this briefing prints it, else with its source."""
    made = editions.briefing()
    outside = replace(made.deals[0], story=replace(made.deals[0].story, id="nowhere"))
    page = deals_of(replace(made, deals=(outside, *made.deals)))
    lines = [line for group in page.groups for line in group.lines]
    assert any(not one.is_told and one.story.href.startswith("http") for one in lines)
    assert any(one.is_told and one.story.href.startswith("#") for one in lines)


def test_an_incident_at_a_maker_of_ours_asks_something_of_us():
    """Where its story is told, its own words ask; a deal has no such line."""
    made = editions.briefing()
    story = replace(made.deals[0].story, id="nowhere")
    ask = TranslatableText("Ask Desk.")
    hit = replace(made.deals[0], kind="incident", story=story, products=("Desk",), follows=ask)
    bought = replace(hit, kind="acquisition", follows=None)
    deals = (hit, bought, replace(hit, story=made.deals[0].story))
    page = deals_of(replace(made, deals=deals))
    found = {(one.story.id, one.asks) for group in page.groups for one in group.lines}
    assert ("nowhere", "Ask Desk.") in found
    assert ("nowhere", "") in found
    assert all(not asks for story_id, asks in found if story_id != "nowhere")


def test_a_line_of_a_price_says_for_whom_or_how_long_it_holds():
    made = editions.briefing()
    told = next(one for one in made.deals if one.kind == "funding")
    entry = replace(
        told,
        kind="pricing",
        story=replace(told.story, id="untold"),
        reach=Sentence("In the API.", "A", ""),
    )
    groups = {group.slug: group for group in deals_of(replace(made, deals=(entry,))).groups}
    assert [line.said for line in groups["deals-pricing"].lines] == ["In the API"]


def test_incidents_of_what_we_do_not_run_are_named_shortly_and_after_ours():
    """On paper five products, one report of each; on the web all of them."""
    made = editions.briefing()
    names = ["Eta", "Kappa", "Eta", "Zeta", "Theta", "Iota", "Mu", "Nu", "Nu"]
    first = replace(made.deals[0], kind="incident", products=())
    deals = [
        replace(first, name=name, story=replace(first.story, id=f"n{n}", title=f"{name} {n}"))
        for n, name in enumerate(names)
    ]
    ours = replace(first, name="Desk", products=("Desk",), story=replace(first.story, id="ours"))
    edition = replace(made, deals=(*deals, ours))

    def group_of(options: RenderOptions):
        page = seen(edition, options).deals
        return next(group for group in page.groups if group.slug == "deals-incident")

    paper = group_of(RenderOptions(brief=True))
    assert [one.story.id for one in paper.lines] == ["ours"]
    assert [(one.story.title, one.more) for one in paper.others] == [
        ("Eta 0", "and 1 more of Eta"),
        ("Kappa 1", ""),
        ("Zeta 3", ""),
        ("Theta 4", ""),
        ("Iota 5", ""),
    ]
    assert paper.left == "3 more in the register alone"
    assert paper.others_name == "Breach, weakness or outage of what we do not run"
    web = group_of(RenderOptions())
    assert [one.story.title for one in web.others[:3]] == ["Eta 0", "Eta 2", "Kappa 1"]
    assert (len(web.others), web.left) == (9, "")


def test_what_was_looked_for_and_not_found_is_said():
    """Each subject is counted over the rows; advice is no rule."""
    made = editions.briefing()
    entries = (
        replace(made.rules[0], subject="AI law"),
        replace(made.rules[1], subject="AI law"),
        replace(made.rules[2], subject="platform policy"),
        replace(made.rules[2], subject="privacy", kind="advice"),
    )
    lines = {line.label: line.text for line in rules_of(replace(made, rules=entries)).subjects}
    assert lines == {
        "privacy": "none found",
        "copyright": "none found",
        "AI law": "2",
        "competition": "none found",
        "other platform policy": "1",
    }


def test_a_rule_names_its_points_and_on_what_ground_it_touches():
    """And a choice binds nobody."""
    made = editions.briefing()
    law = replace(made.rules[0], points=("Art", "Review"), ai_in_use=True, rolls_out=True)
    policy = replace(made.rules[2], optional=True, kind="platform")
    groups = rules_of(replace(made, rules=(law, policy))).groups
    facts = [{line.label: line.text for line in group.rows[0].facts} for group in groups[:2]]
    assert facts[0]["Its report lists"] == "“Art” and “Review”"
    assert "if it reaches their AI" in facts[0]["Touches"]
    assert facts[0]["From when"] == "2 August 2026, step by step"
    assert facts[1]["Binds"] == "nobody: a choice for users of Quillmark"


def test_a_deal_says_who_was_bought_and_how_it_is_ours():
    """A maker's price is not that of the product, nor is an add-on's fault."""
    made = editions.briefing()
    first = replace(made.deals[0], products=(), story=made.deals[0].story)
    deals = (
        replace(first, kind="acquisition", buyer="Acme", bought="Bolide"),
        replace(
            first,
            kind="pricing",
            maker_of=("Quillmark Studio",),
            story=replace(first.story, id="nowhere"),
        ),
        replace(first, kind="incident", addon_to=("Quillmark Studio",)),
    )
    rows = {row.name: row for row in deals_of(replace(made, deals=deals)).counts}
    assert rows["Acquisition"].names == "Acme buys Bolide"
    assert rows["Price change"].ours == "maker of Quillmark Studio; our plan is not named"
    incident = rows["Breach, weakness or outage"]
    assert incident.ours == "an add-on for Quillmark Studio"


def test_a_rule_says_its_subject_where_its_kind_does_not():
    first = editions.briefing().rules[0]
    entries = (
        replace(first, kind="platform", subject="privacy"),
        replace(first, kind="platform", subject="platform policy"),
        replace(first, kind="in force", subject="AI law"),
        replace(first, kind="advice", subject="privacy"),
    )
    groups = rules_of(replace(editions.briefing(), rules=entries)).groups
    found = {group.slug: {row.subject for row in group.rows} for group in groups}
    assert found["rules-platform"] == {"privacy", ""}
    assert found["rules-in-force"] == {"AI law"}
    assert found["rules-advice"] == {""}


def test_paper_names_policies_of_platforms_of_which_nothing_is_run_in_one_line():
    """The page has a row for each."""
    made = editions.briefing()
    policy = replace(made.rules[2], kind="platform", products=(), binds=("Elsewhere",))
    section = next(one for one in made.sections if one.slug == "rules")
    without = tuple(replace(one, stories=()) if one is section else one for one in made.sections)
    made = replace(made, sections=without, rules=(policy,))
    (paper,) = build_rules(made, brief=True).groups
    assert (paper.rows, [row.ref.id for row in paper.others if row.ref]) == ((), [policy.story.id])
    (page,) = build_rules(made, brief=False).groups
    assert (len(page.rows), page.others) == (1, ())


def test_paper_names_rulings_on_others_in_one_line():
    """Outside the company's categories and goals; a ruling on a maker of ours has its row."""
    made = editions.briefing()
    assert made.stack
    maker = made.stack.lines[0].product.vendor_or_name
    ruling = replace(
        made.rules[2], kind="ruling", products=(), category=None, binds=("Elsewhere",), also=()
    )
    ours = replace(ruling, binds=(maker,), story=replace(ruling.story, id="ours"))
    found = {}
    for name, goal in (("plain", None), ("goal", "seo")):
        rules = (replace(ruling, category=goal), ours)
        goals = (Goal("Be found", ("seo",)),)
        edition = replace(made, rules=rules, stack=replace(made.stack, goals=goals))
        groups = build_rules(edition, brief=True).groups
        group = next(one for one in groups if one.slug == "rules-ruling")
        found[name] = [row.ref.id for row in group.others if row.ref]
        assert "ours" in [row.ref.id for row in group.rows if row.ref]
    assert found == {"plain": [ruling.story.id], "goal": []}


def test_a_concise_paper_names_a_few_rules_of_others_and_counts_the_rest():
    """All but those whose only place in the briefing is here."""
    made = editions.briefing()
    pending = [
        replace(
            made.rules[2],
            kind="pending",
            also=(),
            story=replace(made.rules[2].story, id=f"case{number}"),
        )
        for number in range(7)
    ]
    made = replace(made, rules=tuple(pending))
    options = RenderOptions(brief=True, concise=True)
    page = build_page_view(made, load_localizer("en"), options)
    assert page.rules
    group = next(one for one in page.rules.groups if one.slug == "rules-pending")
    assert [row.ref.id for row in group.others if row.ref] == [f"case{n}" for n in range(4)]
    assert group.left == "3 more on the web page"


def test_paper_tells_a_deal_of_others_in_a_line_that_others_point_to():
    """The page tells it in full, as paper does one of our vendors."""
    made = editions.briefing()
    entry = next(one for one in made.deals if find_deal_story(made, one.story.id))
    foreign = replace(entry, products=(), maker_of=(), addon_to=(), follows=None)
    story = replace(find_deal_story(made, entry.story.id), why_it_matters=())
    sections = tuple(
        replace(one, stories=tuple(story if s.id == story.id else s for s in one.stories))
        for one in made.sections
    )
    for deal, is_line in ((foreign, True), (replace(foreign, maker_of=("Quillmark",)), False)):
        edition = replace(made, deals=(deal,), sections=sections)
        page = seen(edition, RenderOptions(brief=True)).deals
        assert page
        lines = [line for group in page.groups for line in group.lines]
        assert [one.story.anchor for one in lines] == ([story.id] if is_line else [])
        full = [one.id for group in deals_of(edition).groups for one in group.stories]
        assert story.id in full


def test_a_concise_paper_names_a_few_funding_rounds_and_all_that_it_tells_elsewhere():
    made = editions.briefing()
    told = made.stories[0].id
    first = replace(made.deals[0], kind="funding", products=(), maker_of=(), addon_to=())
    ids = [*(f"round{number}" for number in range(8)), told]
    rounds = tuple(replace(first, story=replace(first.story, id=name)) for name in ids)
    page = seen(replace(made, deals=rounds), RenderOptions(brief=True, concise=True)).deals
    assert page
    (group,) = (one for one in page.groups if one.slug == "deals-funding")
    assert [line.story.id for line in group.lines] == [*ids[:5], told]
    assert group.left == "3 more in the register alone"


def find_deal_story(edition: Edition, story_id: str):
    sections = (one for one in edition.sections if one.slug == "deals")
    stories = (story for section in sections for story in section.stories)
    return next((one for one in stories if one.id == story_id), None)


def build_rules(edition: Edition, *, brief: bool):
    page = build_page_view(edition, load_localizer("en"), RenderOptions(brief=brief))
    assert page.rules
    return page.rules


def test_who_buys_is_said_where_no_vendor_of_ours_is_bought():
    made = editions.briefing()
    assert made.stack
    ours, other = (line.product.vendor_or_name for line in made.stack.lines[:2])
    deal = next(one for one in made.deals if one.kind == "acquisition")
    bought = replace(deal, buyer=ours, bought="Small", products=(ours,))
    assert deals_of(replace(made, deals=(bought,))).buyers == (
        f"{ours} buys; no report tells that a vendor of ours is bought."
    )
    for one in (replace(bought, bought=other), replace(bought, buyer="Large")):
        assert deals_of(replace(made, deals=(one,))).buyers == ""


def unheld(edition: Edition):
    """A law of which the edition has a headline and no sentence: no page tells it."""
    law = edition.rules[0]
    return replace(
        law, story=replace(law.story, id="unheld"), subject="AI law", duty=None, products=()
    )


def test_paper_says_where_a_headline_alone_says_what_a_rule_is():
    """Not where its duty, its points, its day or a sentence of it is quoted; the page has room."""
    made = editions.briefing()
    law, words = unheld(made), made.stories[0].summary[0]
    row = replace(made.register[0], story="unheld", sentence=words)
    for entry, register, subject in (
        (law, (), "AI law · headline alone"),
        (replace(law, optional=True), (), "AI law · optional · headline alone"),
        (replace(law, duty=words), (), "AI law"),
        (replace(law, points=("Art", "Review")), (), "AI law"),
        (replace(law, dated_by=words), (), "AI law"),
        (replace(law, story=made.rules[0].story), (), "AI law"),  # it is told
        (law, (row,), "AI law"),
    ):
        edition = replace(made, rules=(entry,), register=register)
        (shown, *_) = (
            one for group in build_rules(edition, brief=True).groups for one in group.rows
        )
        assert shown.subject == subject
        (shown, *_) = (
            one for group in build_rules(edition, brief=False).groups for one in group.rows
        )
        assert shown.subject == "AI law"


def test_paper_quotes_what_the_register_alone_has_of_a_rule():
    """Where its duty is not quoted."""
    made = editions.briefing()
    words = made.stories[0].summary[0]
    row = replace(made.register[0], story="unheld", sentence=words)
    law = unheld(made)
    for entry, quotes in ((law, [f"“{words.text}”"]), (replace(law, duty=words), [])):
        edition = replace(made, rules=(entry,), register=(row,))
        (group, *_) = build_rules(edition, brief=True).groups
        said = [line.text for line in group.rows[0].facts if line.label == "It says"]
        assert said == quotes


def test_on_which_subjects_nothing_is_decided_is_said():
    """A case that is pending and what a platform asks for decide nothing."""
    made = editions.briefing()
    entries = (
        replace(made.rules[0], subject="AI law"),
        replace(made.rules[1], subject="copyright"),
        replace(made.rules[2], subject="privacy"),
        replace(made.rules[3], subject="competition"),
    )
    assert [one.kind for one in entries] == ["in force", "ruling", "platform", "pending"]
    found = rules_of(replace(made, rules=entries)).undecided
    assert found == "Of laws and decisions none was found on: privacy, competition."
    decided = tuple(replace(one, kind="law") for one in entries)
    assert rules_of(replace(made, rules=decided)).undecided == ""


def test_paper_names_the_category_of_a_rule_before_the_products_that_it_touches():
    """That of law itself says nothing."""
    made = editions.briefing()
    for category, touched in (
        ("seo", "SEO: Quillmark Studio (Head of CRM)"),
        ("governance-privacy", "Quillmark Studio (Head of CRM)"),
        (None, "Quillmark Studio (Head of CRM)"),
    ):
        edition = replace(made, rules=(replace(made.rules[0], category=category),))
        (group, *_) = build_rules(edition, brief=True).groups
        assert group.rows[0].touched == touched
        (group, *_) = build_rules(edition, brief=False).groups
        assert group.rows[0].touched == "Quillmark Studio (Head of CRM)"


def test_a_law_on_ai_names_the_categories_in_which_ours_works():
    made = editions.briefing()
    for in_use, named in ((True, ["Content Marketing"]), (False, [])):
        law = replace(made.rules[0], ai_in_use=in_use)
        (group, *_) = rules_of(replace(made, rules=(law,))).groups
        found = [line.text for line in group.rows[0].facts if line.label == "Our categories"]
        assert found == named


def on_paper(edition: Edition):
    found = build_page_view(edition, load_localizer("en"), RenderOptions(brief=True)).rules
    assert found is not None
    return [row for group in found.groups for row in (*group.rows, *group.others)]


def test_further_reports_of_a_rule_have_their_place_beside_it():
    """They are no news of law of their own."""
    made = editions.briefing()
    section = next(one for one in made.sections if one.slug == "rules")
    story = section.stories[0]
    first, second = made.rules[0], next(one for one in made.rules if one.story.id == story.id)
    rest = [one for one in made.rules if one not in (first, second)]
    joined = replace(made, rules=(replace(first, also=(second.story,)), *rest))
    page = rules_of(joined)
    assert not any(group.slug == "rules-other" for group in page.groups)
    assert story.id in [row.story.id for row in page.groups[0].rows if row.story]
    (also,) = next(row.also for row in on_paper(joined) if row.also)
    assert (also.anchor, also.href.startswith("#")) == (story.id, False)


def test_the_section_says_a_long_sentence_once():
    made = editions.briefing()
    words = note("AI works in all that we run: settle whether this rule reaches that use.")
    laws = [replace(one, kind="in force", follows=words) for one in made.rules]
    lines = [line.text for row in on_paper(replace(made, rules=tuple(laws))) for line in row.rest]
    assert lines.count(str(words)) <= 1


def test_a_term_that_has_run_out_is_no_longer_open():
    made = editions.briefing()
    told = made.rules[0].story
    words = Sentence("Acme has 21 days to appeal.", "The Paper", "https://paper.example/a")
    for day, label, is_over in (
        (date(2026, 7, 1), "Open on", True),
        (date(2027, 7, 1), "Still open on", False),
    ):
        entry = RuleEntry(story=told, kind="ruling", open_end=words, open_until=day)
        facts = rules_of(replace(made, rules=(entry,))).groups[0].rows[0].facts
        (line,) = [line for line in facts if line.label.startswith(label)]
        assert ("has run out; what came of it was not read" in line.text) is is_over


def test_an_exception_leaves_out_the_case_of_authorities():
    made = editions.briefing()
    duty = Sentence("Shops shall mark texts.", "The Paper", "https://paper.example/a")
    words = (
        "This obligation shall not apply where the use is authorised by law to detect criminal "
        "offences or where a person reviewed the text and holds editorial responsibility."
    )
    entry = replace(made.rules[0], duty=duty, exception=replace(duty, text=words))
    facts = rules_of(replace(made, rules=(entry,))).groups[0].rows[0].facts
    (line,) = [line for line in facts if line.label == "But"]
    assert line.text == (
        "“This obligation shall not apply … where a person reviewed the text and holds editorial "
        "responsibility.”"
    )
