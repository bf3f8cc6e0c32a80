"""Every word of ours that a reader sees: labels, grades, dates and numbers, in the edition's language.

Texts go through gettext, so a language is a catalogue (locale/LANGUAGE/LC_MESSAGES/digest.po) and no code. Labels are
marked with `N_` where they are listed, and translated where they are said. tools/update_catalogues.py finds them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent

from digest.i18n import N_ as N_
from digest.i18n import TranslatableText
from digest.model.sections import SECTION_KINDS
from digest.model.stack import Money
from digest.taxonomy import CATEGORIES, GROUPS

LOCALES = Path(__file__).with_name("locale")
LANGUAGES = ("en", "it", "th")


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - beside N_
    """Marks a text with its plural for the catalogues."""
    return one, many


SECTIONS: Mapping[str, str] = MappingProxyType({kind.slug: kind.title for kind in SECTION_KINDS})
EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "launch": N_("Launch"),
        "update": N_("Update"),
        "acquisition": N_("Acquisition"),
        "funding": N_("Funding"),
        "partnership": N_("Partnership"),
        "regulation": N_("Rule or ruling"),
        "research": N_("Research"),
        "shutdown": N_("Shutdown"),
        "pricing": N_("Price change"),
        "people": N_("People"),
        "results": N_("Business results"),
        "opinion": N_("Opinion"),
        "howto": N_("How-to"),
        "promo": N_("Promotion"),
        "other": N_("Other news"),
    }
)
# What happened, coarse enough for a table's columns: heading → events.
EVENT_COLUMNS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (N_("New"), ("launch",)),
    (N_("Changed"), ("update",)),
    (N_("Deals"), ("acquisition", "funding", "partnership")),
    (N_("Ended or repriced"), ("shutdown", "pricing")),
    (N_("Rules"), ("regulation",)),
    (N_("Research"), ("research", "results")),
    (N_("Other"), ("people", "opinion", "howto", "promo", "other")),
)
AI: Mapping[str, str] = MappingProxyType(
    {
        "core": N_("AI is the subject"),
        "applied": N_("AI is a working part"),
        "mention": N_("AI only mentioned"),
        "none": N_("No AI"),
    }
)
EVIDENCE: Mapping[str, str] = MappingProxyType(
    {"evidenced": N_("Proof given"), "specified": N_("Says how"), "claimed": N_("Only a claim")}
)
# For a sentence of counts: the form for one story, the form for many.
EVIDENCE_COUNTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "evidenced": NN_("%(n)s gives proof", "%(n)s give proof"),
        "specified": NN_("%(n)s says how", "%(n)s say how"),
        "claimed": NN_("%(n)s only claims", "%(n)s only claim"),
    }
)
EVIDENCE_DESCRIPTIONS: Mapping[str, str] = MappingProxyType(
    {
        "evidenced": N_("A result, the data it rests on or a customer is quoted."),
        "specified": N_("Quoted is what it does and how, without proof."),
        "claimed": N_("It is called AI; nothing more can be quoted."),
        "": N_("Rules, deals and studies about AI: nothing is claimed that could be proven."),
    }
)
RELATIONS: Mapping[str, str] = MappingProxyType(
    {
        "product": N_("About a product of ours"),
        "vendor": N_("About a vendor of ours"),
        "overlap": N_("Overlaps with what we run"),
        "rival": N_("A rival of what we run"),
        "gap": N_("Where a goal has no product"),
        "none": N_("No tie to our stack"),
    }
)
POINTS: Mapping[str, str] = MappingProxyType(
    {
        "data": N_("Data"),
        "method": N_("What it does, and how"),
        "availability": N_("Availability"),
        "customer": N_("Customer"),
        "result": N_("Result"),
        "speaker": N_("Who says it"),
        "difference": N_("Difference to without AI"),
    }
)
TIERS: Mapping[str, str] = MappingProxyType(
    {
        "vendor": N_("Vendor"),
        "trade": N_("Trade press"),
        "analyst": N_("Analyst"),
        "regulator": N_("Regulator"),
        "press": N_("Press"),
        "newsletter": N_("Newsletter"),
    }
)
STATES: Mapping[str, str] = MappingProxyType(
    {
        "read": N_("Read"),
        "failed": N_("Failed"),
        "silent": N_("Silent"),
        "never read": N_("Never read"),
        "switched off": N_("Switched off"),
    }
)
# Figures of the judgement on labelled items, as digest.tag.quality names them.
QUALITY: Mapping[str, str] = MappingProxyType(
    {
        "relevant_f1": N_("Belongs in a martech briefing (F1)"),
        "category": N_("Right stack category"),
        "category_strict": N_("Right stack category"),
        "ai": N_("Right AI grade"),
        "ai_f1": N_("AI or not (F1)"),
        "event": N_("Right event (F1, mean of all)"),
        "evidence": N_("Right grade of proof (F1, mean of all)"),
    }
)
_QUARTER = re.compile(r"(FY)?(\d{4})-Q([1-4])")
_THAI_BESIDE_LATIN = re.compile(
    r"(?<=[\u0e01-\u0e4e])(?=[A-Za-z0-9€$£¥])|(?<=[A-Za-z0-9%])(?=[\u0e01-\u0e3a\u0e40-\u0e44])"
)
_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he ks ku nqo ps sd ug ur yi".split())


@dataclass(frozen=True, slots=True)
class Localizer:
    """The language of an edition: its catalogue, its way with dates and numbers. `zone` names the days' time zone."""

    language: str  # of our own words, BCP 47
    catalogue: NullTranslations
    locale: Locale
    zone: ZoneInfo

    def translate(self, text: str, **values: object) -> str:
        """A text of ours in this language, with `%(name)s` filled in."""
        said = self.catalogue.gettext(text)
        return self._fill_values(said, values) if values else said

    def translate_plural(self, one: str, many: str, number: int, **values: object) -> str:
        """The form that fits a number; `%(n)s` is the number itself."""
        return self._fill_values(
            self.catalogue.ngettext(one, many, number), {"n": self.format_number(number), **values}
        )

    def _fill_values(self, said: str, values: Mapping[str, object]) -> str:
        """A text with its values. Thai puts a space between its letters and others."""
        filled = said % values
        return _THAI_BESIDE_LATIN.sub(" ", filled) if self.language == "th" else filled

    def translate_note(self, text: str) -> str:
        """A sentence of ours about facts in this language; a text that is no Note as it is. English is what a Note is
        anyway, so that briefing and data agree."""
        if not isinstance(text, TranslatableText) or self.language == "en":
            return text
        return self.translate(
            text.template,
            **{name: self._format_value(name, value) for name, value in text.values.items()},
        )

    def _format_value(self, name: str, value: object) -> str:
        if isinstance(value, tuple):
            return self.join_names(self._format_value(name, one) for one in value)
        if isinstance(value, Money):
            return self.format_money(value)
        if isinstance(value, date):
            return str(format_date(value, "d MMMM yyyy", locale=self.locale))
        if isinstance(value, int | float):
            return self.format_number(value)
        if isinstance(value, TranslatableText):
            return self.translate_note(value)
        return self.translate(str(value)) if name == "category" else str(value)

    def format_money(self, money: Money) -> str:
        """`€60,000`, as the language writes it; cents where the amount is small."""
        small = money.amount < 100 and money.amount % 1
        pattern = (
            None if small else self.locale.currency_formats["standard"].pattern.replace("0.00", "0")
        )
        return str(
            format_currency(
                money.amount, money.currency, pattern, self.locale, currency_digits=pattern is None
            )
        )

    def join_names(self, parts: Iterable[str]) -> str:
        """`A, B, and C`."""
        names = list(parts)
        if (
            self.language == "th" and len(names) > 2
        ):  # spaces alone, as Thai lists, part no Latin names of two words
            return f"{', '.join(names[:-1])} และ {names[-1]}"
        return str(format_list(names, locale=self.locale)) if names else ""

    def translate_label(self, table: Mapping[str, str], slug: str) -> str:
        """The label of a slug out of one of this module's tables; the slug itself where the table lacks it."""
        return self.translate(table[slug]) if slug in table else slug

    def translate_category(self, slug: str | None) -> str:
        """A stack category's name."""
        if not slug:
            return self.translate(N_("Across categories"))
        return self.translate(CATEGORIES[slug].name) if slug in CATEGORIES else slug

    def translate_group(self, category: str | None) -> str:
        """The name of the group of categories that a category belongs to."""
        if category is None or category not in CATEGORIES:
            return self.translate(N_("Across categories"))
        return self.translate(GROUPS[CATEGORIES[category].group])

    def format_number(self, value: float) -> str:
        """A number with the language's separators."""
        return str(format_decimal(value, locale=self.locale))

    def format_share(self, share: float) -> str:
        """A share of 1 as a whole percentage."""
        return str(format_percent(share, locale=self.locale))

    def format_day(self, when: datetime) -> str:
        """`12 Jul 2026`, in the edition's zone."""
        return str(format_date(when.astimezone(self.zone), "d MMM yyyy", locale=self.locale))

    def format_day_range(self, first: datetime, last: datetime) -> str:
        """`3 Jul – 28 Sep 2026`: two days, the year once where it is the same."""
        same = first.astimezone(self.zone).year == last.astimezone(self.zone).year
        start = format_date(
            first.astimezone(self.zone), "d MMM" if same else "d MMM yyyy", locale=self.locale
        )
        return f"{start} – {self.format_day(last)}"

    def format_long_day(self, when: datetime) -> str:
        """`12 July 2026`, in the edition's zone."""
        return str(format_date(when.astimezone(self.zone), "d MMMM yyyy", locale=self.locale))

    def format_timestamp(self, when: datetime) -> str:
        """`12 Jul 2026, 06:00 UTC`, in the edition's zone."""
        local = when.astimezone(self.zone)
        return f"{format_datetime(local, 'd MMM yyyy, HH:mm', tzinfo=self.zone, locale=self.locale)} {local:%Z}"

    def format_quarter(self, name: str) -> str:
        """`Q3 2026` for `2026-Q3`, `Q1 FY2027` for `FY2027-Q1`."""
        match = _QUARTER.fullmatch(name)
        return self._format_quarter_parts(match[3], match[2], bool(match[1])) if match else name

    def _format_quarter_parts(
        self, number: object, year: object, fiscal: bool, short: bool = False
    ) -> str:
        named = N_("Q%(number)s FY%(year)s") if fiscal else N_("Q%(number)s %(year)s")
        said = self.catalogue.pgettext("short", named) if short else self.catalogue.gettext(named)
        return said % {"number": number, "year": year}

    def format_short_quarter(self, name: str) -> str:
        """The same for a chart's narrow places."""
        match = _QUARTER.fullmatch(name)
        return (
            self._format_quarter_parts(match[3], match[2], bool(match[1]), short=True)
            if match
            else name
        )

    def format_previous_quarter(self, name: str, short: bool = False) -> str:
        """The name of the quarter before, as `quarter` or `short_quarter` says it."""
        match = _QUARTER.fullmatch(name)
        if not match:
            return self.translate(N_("the quarter before"))
        number, year = int(match[3]), int(match[2])
        number, year = (number - 1, year) if number > 1 else (4, year - 1)
        return self._format_quarter_parts(number, year, bool(match[1]), short)

    def get_language_name(self, tag: str) -> str:
        """`Chinese` for `zh`; the tag itself where it is not known."""
        known = _parse_locale(tag)
        return str(self.locale.languages.get(known.language, tag)) if known else tag


def load_localizer(language: str, zone: str = "UTC") -> Localizer:
    """The words for an edition's language: those of its catalogue, or English where there is none."""
    spoken = next((one for one in LANGUAGES if language.partition("-")[0].lower() == one), "en")
    return Localizer(spoken, load_catalogue(spoken), Locale.parse(spoken), ZoneInfo(zone))


@cache
def load_catalogue(language: str) -> NullTranslations:
    """The texts of a language. English, in which they are written, has none. The catalogue is read as people edit it,
    so that no compiled copy can fall behind."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    with (LOCALES / language / "LC_MESSAGES" / "digest.po").open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def get_text_direction(tag: str) -> str:
    """`rtl` or `ltr`: how a language is written."""
    return "rtl" if tag.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def sanitize_language_tag(tag: str) -> str:
    """A language tag that is safe in a `lang` attribute; `und` (unknown) for anything else."""
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", tag) else "und"


def _parse_locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
