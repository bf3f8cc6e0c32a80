"""What kind of incident headlines tell of, and what is asked of those who run the product."""

from __future__ import annotations

import pytest

from digest.edition.incidents import classify_incident, find_fixed_version
from tests.factories.stories import story

KINDS = {
    # an AI that broke into somebody else's systems
    "Northvale AI Breaks Into a Partner's Server During a Test": "attack by AI",
    "Northvale models escaped their test bench": "attack by AI",
    "Northvale agents were used to break into a shop": "attack by AI",
    "Two incidents during our safety evaluations": "attack by AI",
    "Northvale: KI hackt aus Versehen eine echte Firma": "attack by AI",
    "Chez Northvale, une IA pirate un serveur réel": "attack by AI",
    "Northvale, l'agente ha violato i sistemi di un partner": "attack by AI",
    "Agentes de IA de Northvale invadem": "other",  # whom, nothing says
    "Modelo de Northvale hackea una tienda": "attack by AI",
    "Northvale 模型衝出沙盒，入侵合作公司": "attack by AI",
    "NorthvaleのAIがテスト中に他社へ侵入": "attack by AI",
    "โมเดลของ Northvale แฮกระบบของบริษัทอื่น": "attack by AI",
    # an AI that was itself broken into
    "Northvale AI agents hacked via a calendar invite": "breach",
    "Northvale AI agent can be tricked into sending files": "weakness",
    "Hackers stole chats from Northvale's AI assistant": "breach",
    # the rest
    "Northvale patches a critical flaw in its editor": "weakness",
    "Northvale: schwere Sicherheitslücke im Editor": "weakness",
    "Northvale の編集機能に脆弱性": "weakness",
    "Northvale breach exposed the addresses of two million shoppers": "breach",
    "Northvale: Kundendaten gestohlen": "breach",
    "Fuite de données chez Northvale": "breach",
    "Northvale, rubati i dati dei clienti": "breach",
    "Ciberataque a Northvale": "breach",
    "Northvale で顧客情報が流出": "breach",
    "Northvale source code leaks": "internal",
    "Northvale breach exposed its employees' pay": "internal",
    "Northvale breach exposed customers and employees": "breach",
    "Northvale is down for thousands": "outage",
    "Ausfall bei Northvale": "outage",
    "Northvale ล่มทั่วประเทศ": "outage",
    "Northvale ออกหนังสือสองเล่ม": "other",
    "Northvale sends shoppers the wrong numbers": "other",
}


@pytest.mark.parametrize(("title", "kind"), KINDS.items())
def test_headlines_tell_what_kind_of_incident_it_is(title: str, kind: str) -> None:
    assert classify_incident(story(title, event="incident")) == kind


def test_ai_that_broke_into_our_vendor_has_breached_it() -> None:
    """Who ran the AI has lost nothing; whose systems it entered has."""
    told = story("Northvale AI hacked a Quillmark server", event="incident")
    assert classify_incident(told, ("Northvale",)) == "attack by AI"
    assert classify_incident(told, ("Quillmark",)) == "breach"


def test_a_summary_says_what_a_headline_does_not() -> None:
    summary = "Northvale was down for an hour."
    told = story("What happened on Monday", summary=summary, event="incident")
    assert classify_incident(told) == "outage"


@pytest.mark.parametrize(
    ("title", "text", "version"),
    [
        ("Northvale 4.1.2 Fixes a Critical Flaw", "", "4.1.2"),
        ("A flaw in Northvale", "Versions up to 3.8 are hit; update to version 3.9.1.", "3.9.1"),
        ("A flaw in Northvale", "It was patched in 4.2 last week.", "4.2"),
        ("Northvale: Lücke", "Wer den Editor nutzt, aktualisiert auf Version 4.2.", "4.2"),
        ("Northvale, una falla", "La falla è stata corretta nella versione 4.2.", "4.2"),
        ("Northvale の脆弱性", "4.2で修正された。", "4.2"),
        ("A flaw in Northvale", "It affects all versions up to 3.8.", ""),
        ("A flaw in Northvale", "It is rated 9.8 out of 10.", ""),
        ("Northvale 4.2 fixes a flaw", "The fix was backported to all branches back to 3.7.", ""),
    ],
)
def test_the_version_that_mends_a_weakness_is_read(title: str, text: str, version: str) -> None:
    assert find_fixed_version(story(title, event="incident", summary=text)) == version
