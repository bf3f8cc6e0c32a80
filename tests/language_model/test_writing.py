"""Prompts, languages, the rules' verdicts in print, and what a model may not do to a comparison."""

from __future__ import annotations

import pytest

from digest.app.build import build_editions, build_quarter, is_current
from digest.app.context import config_fingerprint
from digest.errors import ConfigError, UsageError
from digest.language_model.budget import Budget, BudgetError, Limits, Price
from digest.language_model.prompts import PROMPT_NAMES, fill_prompt
from tests.factories.model_service import answer_well, completion, judge_all
from tests.language_model.conftest import ITEMS, Q3, make_workspace, served, told

WRITE = "write: [summary, translation], verify: model"
ITALIAN = {
    "Quillmark": "Halcyra ha lanciato Quillmark, un agente che scrive campagne e-mail per i rivenditori.",
    "Tallyvane": "Merrowbank acquista Tallyvane per 40 milioni di dollari.",
    "Fernlight": "Fernlight aumenta il prezzo del suo CRM a 90 dollari al mese per i nuovi clienti.",
    "Pellworth": "Pellworth chiude il suo scheduler per i social media a dicembre.",
}
THAI = {
    "Quillmark": "Halcyra เปิดตัว Quillmark ในราคา 90 ดอลลาร์ต่อเดือน",
    "Tallyvane": "Merrowbank ซื้อ Tallyvane ในราคา 40 ล้านดอลลาร์",
    "Fernlight": "Fernlight ขึ้นราคา CRM เป็น 90 ดอลลาร์ต่อเดือน",
    "Pellworth": "Pellworth ปิดบริการในเดือนธันวาคม",
}


def translate(asked, send):
    """A service that knows these stories in Italian and Thai."""
    if asked.task != "translation":
        answer_well(asked, send)
        return
    words = ITALIAN if "Italian (it)" in asked.guide else THAI
    text = next(text for name, text in words.items() if name in asked.material)
    send(completion({"title": text.rstrip("."), "sentences": [{"text": text, "sources": [1]}]}))


@pytest.mark.parametrize(("language", "words"), [("it", ITALIAN), ("th", THAI)])
def test_an_edition_in_another_language_prints_checked_translations(
    language, words, tmp_path, lenient_gate, monkeypatch
):
    monkeypatch.setattr("digest.app.edition_writer.load_gate", lambda: lambda *_: "")
    with served(tmp_path, translate, WRITE, languages=f"en, {language}") as (_running, context):
        english, other = build_editions(context, Q3)
    assert {story.language for story in english.stories} == {"en"}
    printed = {story.id: story for story in other.stories}
    agent = printed["strade-agent"]
    assert (agent.language, agent.written) == (language, ("title", "summary"))
    assert agent.title == words["Quillmark"].rstrip(".")
    assert agent.items[0].title == ITEMS[0].title  # the original beside
    assert other.model.written == 4


def test_a_title_is_not_translated_over_sentences_that_are_not(tmp_path, monkeypatch):
    """Else the mark of a model would stand behind the source's own words."""

    def gate(sentence, *_):
        return "not carried" if sentence.endswith(".") else ""  # titles pass, sentences do not

    monkeypatch.setattr("digest.app.edition_writer.load_gate", lambda: gate)
    with served(tmp_path, translate, WRITE, languages="it") as (_running, context):
        (edition,) = build_editions(context, Q3)
    told = {story.id: story for story in edition.stories}["strade-agent"]
    assert (told.language, told.written, told.title) == ("en", (), ITEMS[0].title)
    assert told.summary[0].text.startswith("Halcyra launched Quillmark")


def test_the_shipped_rules_stand_between_a_translation_and_the_page(tmp_path):
    """A wrong amount in Italian is withheld; the right ones pass or are withheld, never changed."""

    def wrong(asked, send):
        if asked.task == "translation" and "Tallyvane" in asked.material:
            text = "Merrowbank acquista Tallyvane per 400 milioni di dollari."
            send(completion({"title": text, "sentences": [{"text": text, "sources": [1]}]}))
        else:
            translate(asked, send)

    with served(tmp_path, wrong, WRITE, languages="it") as (_, context):
        (edition,) = build_editions(context, Q3)
    printed = {story.id: story for story in edition.stories}
    assert printed["strade-deal"].written == ()
    assert printed["strade-deal"].language == "en"
    texts = [sentence.text for story in edition.stories for sentence in story.summary]
    assert not any("400" in text for text in texts)


RULED = {
    "invents a number": ("Halcyra launched Quillmark, an agent for 4,000 retailers.", False),
    "moves a price": ("Quillmark costs $900 a month.", False),
    "swaps vendor": ("Merrowbank launched Quillmark, an agent that writes email campaigns.", False),
    "another story's fact": ("Quillmark closes in September.", False),
    "word for word": ("Halcyra launched Quillmark, an agent that writes email campaigns for retailers.", True),
}  # fmt: skip


@pytest.mark.parametrize("case", RULED)
def test_the_shipped_rules_decide_what_is_printed(case, tmp_path):
    sentence, passes = RULED[case]

    def answer(asked, send):
        own = asked.task == "summary" and "Quillmark" in asked.material
        send(
            completion({"sentences": [{"text": sentence, "sources": [1]}]})
        ) if own else answer_well(asked, send)

    with served(tmp_path, answer, WRITE) as (_, context):
        (edition,) = build_editions(context, Q3)
    (story,) = [one for one in edition.stories if one.id == "strade-agent"]
    assert bool(story.written) is passes
    assert (sentence in [one.text for one in story.summary]) is passes


def test_a_teams_prompt_stands_in_for_the_shipped_one_and_is_another_question(
    tmp_path, lenient_gate, no_paper
):
    with served(tmp_path, answer_well, "write: [summary]") as (running, context):
        build_quarter(context, Q3, force=True)
        assert is_current(context, Q3)
        before = config_fingerprint(context, Q3)
        folder = context.workspace.root / "prompts"
        folder.mkdir()
        own = "You write the short summary of one story, in {{language}}, for people who sail."
        (folder / "summary.md").write_text(own, "utf-8")
        assert config_fingerprint(context, Q3) != before
        assert not is_current(context, Q3)
        asked = len(running.asked)
        build_editions(context, Q3)
    assert len(running.asked) == asked + 4
    assert "English (en), for people who sail" in running.asked[-1].guide


def test_a_prompt_that_cannot_be_used_is_told(tmp_path):
    context = make_workspace(tmp_path, "base_url: 'http://127.0.0.1:9/v1', name: tiny")
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "judge.md").write_text("x" * 20_001, "utf-8")
    with pytest.raises(UsageError, match=r"judge\.md has 20001 characters"):
        build_editions(context, Q3)


@pytest.mark.parametrize("name", PROMPT_NAMES)
def test_shipped_prompts_are_filled_and_short(name):
    prompt = fill_prompt(name, "it")
    assert "{{" not in prompt.text
    assert prompt.version == fill_prompt(name, "it").version
    assert len(prompt.text.encode()) < 12_000


def test_quarters_that_a_model_judged_unlike_are_not_compared(tmp_path, monkeypatch):
    """The one before was built without it: counts would differ by the judge, and not by the news."""
    many = [
        told(f"{side}{n}", day + n % 80, title, text)
        for side, day in (("now", 1), ("then", -91))
        for n in range(60)
        for _, title, text in [
            (
                0,
                f"Vendor{n} launches an email platform for shops",
                f"Vendor{n} launched a platform.",
            )
        ]
    ]
    monkeypatch.setattr("digest.app.compose.compare_coverage", lambda *_: comparable())
    with served(tmp_path, lambda asked, send: send(judge_all(asked)), "judge: all", items=many) as (
        _,
        context,
    ):
        (edition,) = build_editions(context, Q3)
    assert "a language model judged" in edition.comparison.reason
    assert (edition.trend, edition.counts_before) == (None, None)


def comparable():
    from digest.model.edition import Comparability

    return Comparability(comparable=True)


# ---------------------------------------------------------------- limits and settings


def test_what_is_out_at_the_same_time_cannot_pass_a_limit_together():
    budget = Budget(Price(1.0, 1.0), Limits(run=1000))
    first = budget.reserve(200, 400)
    with pytest.raises(BudgetError, match="limit of the run"):
        budget.reserve(200, 600)
    budget.settle(first, 100)
    assert budget.spent == 100
    budget.reserve(200, 600)


def test_the_quarters_limit_counts_what_was_spent_before():
    with pytest.raises(BudgetError, match="limit of the quarter"):
        Budget(Price(1.0, 1.0), Limits(quarter=1000), spent_before=900).reserve(200, 100)


def test_a_limit_of_questions_holds_without_prices():
    budget = Budget(Price(), Limits(requests=1))
    budget.reserve(10, 10)
    with pytest.raises(BudgetError, match="1 questions a run"):
        budget.reserve(10, 10)


MISTAKES = {
    "a limit without prices": ("run_limit: 5", "needs price_in and price_out"),
    "two places of the key": ("key_env: A, key_file: b", "keep one of the two"),
    "a key in the address": ("", "ends before ? and #"),
    "an unknown task": ("write: [poem]", "write"),
    "a field that is never shared": ("share: [recipients]", "share"),
    "a share above a third": ("unsure_share: 0.5", "unsure_share"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes_in_the_settings_are_told_with_their_place(mistake, tmp_path):
    more, words = MISTAKES[mistake]
    query = "?key=secret" if mistake == "a key in the address" else ""
    with pytest.raises(ConfigError, match="model") as told_:
        make_workspace(
            tmp_path, f"base_url: 'http://127.0.0.1:9/v1{query}', name: tiny, {more}".rstrip(", ")
        )
    assert words in str(told_.value)
    assert "sources.yaml:2:" in str(told_.value)


def test_where_and_at_what_cost_changes_no_edition(tmp_path):
    one = make_workspace(tmp_path / "a", "base_url: 'http://127.0.0.1:9/v1', name: tiny")
    other = make_workspace(
        tmp_path / "b", "base_url: 'http://127.0.0.1:8/v1', name: tiny, retries: 9, price_in: 3"
    )
    third = make_workspace(tmp_path / "c", "base_url: 'http://127.0.0.1:9/v1', name: other")
    assert one.config.fingerprint == other.config.fingerprint != third.config.fingerprint
