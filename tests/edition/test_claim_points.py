"""Which points of the test one sentence answers: a table for each point, in several languages."""

from __future__ import annotations

import pytest

from digest.edition.availability import read_availability
from digest.edition.claim_points import Subject, find_data_size, read_points

ENVOY = Subject("Acme", frozenset(("Acme", "Envoy")), frozenset(("Dax", "Larkhill")))


def answers(sentence: str, *, study: bool = False) -> set[str]:
    """The points that a sentence answers."""
    return set(read_points(sentence, ENVOY, study=study))


@pytest.mark.parametrize(
    "sentence",
    [
        "Envoy uses a language model that ranks each reply against past answers.",
        "Envoy is built on a retrieval model that reads the shop's own pages.",
        "The assistant runs on Tern-4 and keeps no letters.",
        "Envoy now weights repeat buyers more heavily in its suggestions.",
        "Acme compared the answers with those of a control group.",
        "In an internal evaluation of legal letters, errors were 40% less common.",
        "Envoy was trained on letters that shops wrote themselves.",
        "Envoy pairs a planner with house rules and a search that reads old letters.",
        "Every letter passes guardrails that check its figures.",
        "Envoy suggests changes that editors can review before they go out.",
        "Envoy koppelt die Suche mit Regeln der Händler.",
        "Envoy propone risposte che una persona approva.",
        "Envoy nutzt ein Modell, das jede Antwort prüft.",
        "Envoy wurde mit Briefen der Händler trainiert.",
        "Envoy usa un algoritmo che ordina le risposte.",
        "Envoy s’appuie sur un modèle ouvert.",
        "Envoy fue entrenado con cartas de tiendas.",
    ],
)
def test_method(sentence: str) -> None:
    assert "method" in answers(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Acme is connecting its calendar to Envoy, allowing it to add meetings.",
        "As more people use AI, trust matters.",
        "Nimbus is a 40-billion-parameter model for pictures.",
        "Envoy lets shops write letters in plain words.",
        "Acme trains your team in two days.",
        "You should use a model that ranks replies against past answers.",
        "Envoy uses a better model in all plans from $20 a month.",
        "Envoy uses AI to write letters.",
        "Acme pairs new shops with mentors.",
        "Acme suggests hotels that guests like.",
        "The rules that apply in Europe are strict.",
        "In our evaluation Envoy came first.",
        "Acme celebrates ten years of models based on signals.",
        "Envoy schreibt Briefe in einfachen Worten.",
    ],
)
def test_no_method(sentence: str) -> None:
    assert "method" not in answers(sentence)


@pytest.mark.parametrize(
    ("sentence", "size"),
    [
        ("Acme trained Envoy on 2.4 million support conversations.", "2.4 million support conversations"),
        ("Envoy was tested with 62 advertisers over a year.", "62 advertisers"),
        ("Acme analysed 1,200+ product listings before the launch.", "1,200+ product listings"),
        ("Envoy wurde mit 3 Millionen Kundengesprächen trainiert.", "3 Millionen Kundengesprächen"),
        ("Envoy è stato addestrato su 2 milioni di conversazioni.", "2 milioni di conversazioni"),
        ("Envoy a été entraîné sur 5 millions de requêtes.", "5 millions de requêtes"),
        ("Envoy fue entrenado con 4 millones de mensajes.", "4 millones de mensajes"),
        ("Envoy is used by 3,000 customers today.", ""),  # nothing rests on them
        ("Envoy allows 5,000 messages a month.", ""),
        ("Envoy was tested in 2026 and in three shops.", ""),
        ("Acme tracked 93 out of every 100 answers to nobody.", ""),  # a share
        ("Envoy learns from letters.", ""),
    ],
)  # fmt: skip
def test_data(sentence: str, size: str) -> None:
    assert find_data_size(sentence) == size
    assert ("data" in answers(sentence)) == bool(size)


@pytest.mark.parametrize(
    ("sentence", "size"),
    [
        ("Across 1,094 categories, one in six has an owner.", "1,094 categories"),
        ("Data from over 1M posts shows 13.8% written by machines.", "1M posts"),
        ("The survey asked 2,150 marketers in May.", "2,150 marketers"),
        ("The report found 12% more of them.", ""),
    ],
)
def test_the_sample_of_a_study(sentence: str, size: str) -> None:
    assert find_data_size(sentence, study=True) == size


@pytest.mark.parametrize(
    "sentence",
    [
        "At three shops Envoy cut the time to an answer by 31%.",
        "Larkhill saw 12% more clicks with Envoy.",
        "Envoy answers letters 3x faster than people did.",
        "Envoy shortened the work from 4 hours to 20 minutes.",
        "Envoy resolves 64% of all tickets.",
        "Envoy resolves 64% of all inquiries of shops.",
        "Envoy lowered hand-offs to people by 12 percentage points.",
        "Envoy senkte die Kosten um 18 %.",
        "Envoy ha ridotto i tempi di risposta del 20%: meno lavoro, 30% di errori in meno.",
        "Envoy a réduit le temps de réponse de 25 %.",
        "Envoy redujo el tiempo de respuesta un 40%: 15% menos errores.",
    ],
)
def test_result(sentence: str) -> None:
    assert "result" in answers(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Envoy is 40% better.",  # of what?
        "Envoy is included in all plans at 50% of the higher limits.",
        "Acme increased revenue by 31% with Envoy.",
        "Envoy costs 20% less per month.",
        "Save 30% of your time: you need to try Envoy.",
        "Envoy is faster than before.",
        "Half of all shops, 50%, know Envoy.",
        "Envoy kostet im neuen Tarif 20 % weniger Zeit und Geld.",
    ],
)
def test_no_result(sentence: str) -> None:
    assert "result" not in answers(sentence)


@pytest.mark.parametrize(
    ("sentence", "named"),
    [
        ("Customers such as Brindle have used Envoy since May.", True),
        ("The retailer Brindle has deployed Envoy in all its shops.", True),
        ("Larkhill uses Envoy for its letters.", True),  # a name that is known
        ("Kunden wie Brindle schreiben damit Briefe.", True),
        ("Clienti come Brindle scrivono le loro lettere.", True),
        ("The company Acme uses Envoy itself.", False),
        ("Many customers use Envoy.", False),
        ("Everybody uses Envoy for letters.", False),
    ],
)
def test_customer(sentence: str, named: bool) -> None:
    assert ("customer" in answers(sentence)) == named


@pytest.mark.parametrize(
    ("sentence", "differs"),
    [
        ("Unlike rule-based tools, Envoy reads the whole letter.", True),
        ("Envoy picks the segment itself, where teams had to sort it by hand.", True),
        ("Instead of fixed templates Envoy writes each letter anew.", True),
        ("Anders als feste Regeln liest Envoy den ganzen Brief.", True),
        ("A differenza di regole fisse, Envoy legge tutta la lettera.", True),
        ("Rather than new products, the update brings better reports.", False),
        ("You should let it write instead of writing by hand.", False),  # advice
        ("Envoy replaces four separate tools with one.", False),
        ("Envoy writes better letters.", False),
    ],
)
def test_difference(sentence: str, differs: bool) -> None:
    assert ("difference" in answers(sentence)) == differs


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Envoy is in public beta for shops in Europe.", "beta"),
        ("A pilot of Envoy opened last week.", "beta"),
        ("Envoy is starting to roll out this week in Europe.", "rolling out"),
        ("Acme rolls out Envoy", "rolling out"),
        ("Envoy is generally available.", "available"),
        ("Today, Acme Envoy supports letters and calls.", "available"),
        ("Today, nobody at all uses banner ads.", None),
        ("Envoy can now find letters that say the same.", "available"),
        ("Envoy kann jetzt doppelte Briefe finden.", "available"),
        ("Envoy ora può trovare lettere doppie.", "available"),
        ("Envoy peut désormais trouver les doublons.", "available"),
        ("Envoy ya puede encontrar cartas duplicadas.", "available"),
        ("Envoy is available to all shops, and is coming to phones later this year.", "available"),
        ("Envoy will be available to all shops in May.", "announced"),
        ("This will roll out over the coming weeks.", "announced"),
        ("Acme plans to add Envoy to its desk.", "announced"),
        ("Envoy is not yet available in Europe.", None),
        ("Acme will gradually include more figures.", None),
        ("Envoy writes letters.", None),
        ("Envoy ist ab sofort verfügbar.", "available"),
        ("Envoy wird im Herbst verfügbar sein.", "announced"),
        ("Envoy è disponibile da oggi.", "available"),
        ("Envoy arrive bientôt.", "announced"),
        ("Envoy ya está disponible.", "available"),
        ("Envoy เปิดให้ใช้แล้ว", "available"),
    ],
)
def test_availability(text: str, state: str | None) -> None:
    assert read_availability(text) == state


@pytest.mark.parametrize(
    "sentence",
    [
        "Are 31% faster answers worth a model trained on 2 million letters?",
        "Try Envoy, trained on 2 million letters, and cut your time by 31%.",
        "We are proud that Envoy cut the time to an answer by 31%.",
        "Marketers should test it against a control group.",
    ],
)
def test_what_answers_nothing(sentence: str) -> None:
    assert answers(sentence) == set()
