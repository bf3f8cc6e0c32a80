"""The language of an item: as stated, unless its own words say otherwise."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.tag import detect_language, ngrams


@pytest.mark.parametrize(
    ("title", "stated", "language"),
    [
        ("New tool for the email team is here", None, "en"),
        ("Il nuovo strumento per la gestione delle campagne è arrivato", None, "it"),
        ("Das neue Werkzeug für die Verwaltung von Kampagnen ist da", None, "de"),
        ("Le nouvel outil pour la gestion des campagnes est arrivé", None, "fr"),
        ("La nueva herramienta para la gestión de las campañas ya está aquí", None, "es"),
        ("เครื่องมือใหม่สำหรับทีมการตลาด", None, "th"),
        ("Новый сервис для рекламодателей", None, "ru"),
        ("广告平台推出新工具", "en", "zh"),
        ("新しいツールを発表", "zh", "ja"),
        ("OpenAI launches AI agents", None, "en"),
        ("AI, AI, AI: what AI vendors ship with AI", None, "en"),
        ("Acme AI Cloud: AI, AI, AI", "en", "en"),
        ("Nuovi strumenti per il marketing", None, "it"),
        ("Werbung ohne Cookies: neue Regeln", None, "de"),
        ("L'agence lance son assistant", None, "fr"),
        ("Los anunciantes piden más datos", None, "es"),
        ("Publicidade digital cresce no Brasil", None, "pt"),
        ("Nieuwe regels voor adverteerders", None, "nl"),
        ("Nuovi strumenti per la pubblicità e le aziende", "en", "it"),
        ("New tools for the people who buy ads every day", "de", "en"),
        ("GPT-5.5 System Card", "en", "en"),
        ("Nya verktyg för marknadsförare", "sv", "sv"),
        ("New tools for advertisers", "th", "en"),
        ("Klaviyo × Shopify", "de", "de"),
        ("Canva Magic Layers", None, "en"),
        ("2026 · 14%", "fr-FR", "fr"),
        ("", None, "und"),
        ("Das ist der neue Dienst, und er ist für die Teams von heute mit allen Daten", "en", "de"),
    ],
)
def test_language(title: str, stated: str | None, language: str) -> None:
    """Script first, then what is stated, then letters."""
    assert detect_language(title, "", stated) == language


@given(st.text(max_size=80), st.one_of(st.none(), st.text(max_size=6)))
def test_any_text_has_a_language(title: str, stated: str | None) -> None:
    """A word of letters, never an error."""
    assert isinstance(detect_language(title, "", stated), str)


@given(st.text(alphabet=st.sampled_from("abcdefe äéßthe \u00e9ñ")))
def test_known_windows_change_no_score(text):
    """What was met before is counted as it is the first time."""
    _, table = ngrams._load_table()
    assert max(map(len, table)) == ngrams._LONGEST
    letters = text.encode().decode("latin-1")
    ends = range(1, len(letters) + 1)
    found = (
        next(
            (
                letters[at:end]
                for at in range(max(0, end - ngrams._LONGEST), end)
                if letters[at:end] in table
            ),
            "",
        )
        for end in ends
    )
    wanted = Counter(filter(None, found))
    for _ in range(2):
        assert ngrams._count_ngrams(letters) == wanted
