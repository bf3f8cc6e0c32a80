"""The product's own words in the edition's language: labels, grades, dates and numbers.

Texts go through gettext, so a language is a catalogue (locale/LANGUAGE/LC_MESSAGES/digest.po) and
no code. Labels stand in labels.toml or are marked with `N_`, and are translated where they are
printed. tools/update_catalogues.py collects them.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent

from digest.i18n import N_ as N_
from digest.i18n import Share, ShortDate, TranslatableText, phrase_for_month
from digest.model.sections import SECTION_KINDS
from digest.model.stack import Money
from digest.period import Month, PeriodKind
from digest.taxonomy import CATEGORIES

_ROUNDING_ERROR = 1e-9  # of percents
LOCALES = Path(__file__).with_name("locale")
# English, in which the texts are written, then every language that has a catalogue.
LANGUAGES = ("en", *sorted(found.parts[-3] for found in LOCALES.glob("*/LC_MESSAGES/digest.po")))

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
        "shutdown": N_("Withdrawn or closed"),
        "pricing": N_("Price change"),
        "people": N_("People"),
        "results": N_("Business results"),
        "opinion": N_("Opinion"),
        "howto": N_("How-to"),
        "promo": N_("Promotion"),
        "incident": N_("Breach, weakness or outage"),
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
    (N_("Other"), ("people", "incident", "opinion", "howto", "promo", "other")),
)
LABELS_FILE = Path(__file__).with_name("labels.toml")
# Table → slug → label.
LABELS: Mapping[str, Mapping[str, Any]] = tomllib.loads(LABELS_FILE.read_text(encoding="utf-8"))
_QUARTER = re.compile(r"(FY)?(\d{4})-Q([1-4])")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_THAI_BESIDE_LATIN = re.compile(
    r"(?<=[\u0e01-\u0e4e])(?=[A-Za-z0-9€$£¥])|(?<=[A-Za-z0-9%])(?=[\u0e01-\u0e3a\u0e40-\u0e44])"
)
# Italian writes l'8 settembre and dall'11 ottobre, but il 9 settembre.
# As it writes l'agosto 2026 and nell'ottobre 2026.
_ITALIAN_ARTICLE = re.compile(
    r"\b(?:(?:il|al|dal|del) (?=(?:8|11)(?!\d|[.,]\d))"
    r"|(?:il|al|dal|del|nel) (?=(?:agosto|ottobre) \d{4}))"
)
_ELIDED = {"il ": "l'", "al ": "all'", "dal ": "dall'", "del ": "dell'", "nel ": "nell'"}
_THAI_LETTER = re.compile(r"[\u0e01-\u0e4e]")
_RIGHT_TO_LEFT = frozenset("ar arc ckb dv fa he ks ku nqo ps sd ug ur yi".split())


def _floor_share(share: float) -> float:
    """Return a share of 1, cut to a tenth of a percent."""
    return math.floor(share * 1000 + _ROUNDING_ERROR) / 1000


@dataclass(frozen=True, slots=True)
class Localizer:
    """The language of an edition: its catalogue, its dates and numbers; `zone` is that of days."""

    language: str  # of the product's own words, BCP 47
    catalogue: NullTranslations
    locale: Locale
    zone: ZoneInfo
    _days: dict[tuple[date, str], str] = field(default_factory=dict, repr=False, compare=False)

    def translate(self, text: str, **values: object) -> str:
        """Return a text in this language, with `%(name)s` filled in."""
        translated = self.catalogue.gettext(text)
        return self._fill_values(translated, values) if values else translated

    def translate_plural(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the form that fits a number; `%(n)s` is the number itself."""
        translated = self.catalogue.ngettext(one, many, number)
        return self._fill_values(translated, {"n": self.format_number(number), **values})

    def _fill_values(self, template: str, values: Mapping[str, object]) -> str:
        filled = template % values
        if self.language == "th":
            return _THAI_BESIDE_LATIN.sub(" ", filled)
        if self.language == "it":
            return _ITALIAN_ARTICLE.sub(lambda found: _ELIDED[found[0]], filled)
        return filled

    def translate_note(self, text: str) -> str:
        """Translate a TranslatableText; return any other text as it is.

        English stays as the note itself has it, so that briefing and data agree, but for amounts:
        a note writes the currency's code.
        """
        if not isinstance(text, TranslatableText) or not text.template:
            return text
        is_monthly = isinstance(self.catalogue, _MonthlyCatalogue)
        is_said = self.language == "en" and not is_monthly
        if is_said and not any(map(_holds_money, text.values.values())):
            return text
        return self.translate(
            text.template,
            **{name: self._format_value(name, value) for name, value in text.values.items()},
        )

    def _format_value(self, name: str, value: object) -> str:
        match value:
            case tuple():
                return self.join_names(self._format_value(name, part) for part in value)
            case Money():
                return self.format_money(value)
            case ShortDate():
                if value.with_year:
                    return self.format_short_date(value.day)
                return self.format_month_day(value.day)
            case Share():
                return self.format_share(value.value, down=value.is_minimum)
            case date():
                return self.format_date(value)
            case Month():
                return self.format_month(date(value.year, value.month, 1))
            case int() | float():
                return self.format_number(value)
            case TranslatableText():
                return self.translate_note(value)
        return self.translate(str(value)) if name == "category" else str(value)

    def format_money(self, money: Money) -> str:
        """Return `€60,000` as the language writes it; with cents where the amount is small."""
        cents = money.amount < 100 and money.amount % 1
        standard = self.locale.currency_formats["standard"].pattern
        pattern = None if cents else standard.replace("0.00", "0")
        digits = pattern is None
        return str(
            format_currency(
                money.amount, money.currency, pattern, self.locale, currency_digits=digits
            )
        )

    def format_large_money(self, money: Money) -> str:
        """Return `$114M` as the language writes it."""
        return str(
            format_compact_currency(
                money.amount, money.currency, locale=self.locale, fraction_digits=1
            )
        )

    def join_names(self, names: Iterable[str]) -> str:
        """Return `A, B, and C` as the language lists names; "" for none."""
        listed = list(names)
        # Thai lists with spaces alone, which do not part Latin names of two words.
        if self.language == "th" and len(listed) > 1:
            *others, last = listed
            gap = "" if _THAI_LETTER.match(last) else " "
            return f"{', '.join(others)} และ{gap}{last}"
        return str(format_list(listed, locale=self.locale)) if listed else ""

    def translate_label(self, table: Mapping[str, str], slug: str) -> str:
        """Return the label of a slug from a table; the slug itself where the table lacks it."""
        return self.translate(table[slug]) if slug in table else slug

    def translate_category(self, slug: str | None) -> str:
        """Return a stack category's name."""
        if not slug:
            return self.translate(N_("Across categories"))
        return self.translate(CATEGORIES[slug].name) if slug in CATEGORIES else slug

    def format_number(self, value: float) -> str:
        """Return a number with the language's separators."""
        return str(format_decimal(value, locale=self.locale))

    def format_share(self, share: float, *, down: bool = False) -> str:
        """Return a share of 1 as a whole percentage.

        `down`: it is a minimum, which is given to a tenth and never rounded up.
        """
        if not down:
            return str(format_percent(share, locale=self.locale))
        pattern = self.locale.percent_formats[None].pattern.replace("0", "0.#", 1)
        return str(format_percent(_floor_share(share), pattern, locale=self.locale))

    def format_least_share(self, share: float) -> str:
        """Return a share that may be larger: `at least 20%`, or `more than 18.9%` of 18.97."""
        figure = self.format_share(share, down=True)
        if share - _floor_share(share) > _ROUNDING_ERROR:
            return self.translate(N_("more than %(figure)s"), figure=figure)
        return self.translate("at least %(figure)s", figure=figure)

    def format_date(self, day: date | None) -> str:
        """Return `12 July 2026`; "" for None."""
        return self._format_day(day, "d MMMM yyyy") if day else ""

    def format_month_day(self, day: date) -> str:
        """Return `12 Jul`."""
        return self._format_day(day, "d MMM")

    def format_month(self, day: date) -> str:
        """Return `September 2026`."""
        return self._format_day(day, "LLLL yyyy")

    def format_short_month(self, day: date) -> str:
        """Return `Sep 2026`."""
        return self._format_day(day, "LLL yyyy")

    def format_short_date(self, day: date | None) -> str:
        """Return `12 Jul 2026`; "" for None."""
        return self._format_day(day, "d MMM yyyy") if day else ""

    def format_near_date(self, day: date | None, year: int) -> str:
        """Return `12 Jul` in that year, `12 Jul 2026` in another; "" for None."""
        if day and day.year == year:
            return self.format_month_day(day)
        return self.format_short_date(day)

    def format_day(self, when: datetime) -> str:
        """Return `12 Jul 2026`, the day in the edition's zone."""
        return self._format_day(when.astimezone(self.zone).date(), "d MMM yyyy")

    def format_long_day(self, when: datetime) -> str:
        """Return `12 July 2026`, the day in the edition's zone."""
        return self.format_date(when.astimezone(self.zone))

    def format_timestamp(self, when: datetime) -> str:
        """Return `12 Jul 2026, 06:00 UTC`, in the edition's zone."""
        local = when.astimezone(self.zone)
        shown = format_datetime(local, "d MMM yyyy, HH:mm", tzinfo=self.zone, locale=self.locale)
        return f"{shown} {local:%Z}"

    def format_quarter(self, name: str, *, short: bool = False, back: int = 0) -> str:
        """Return `Q3 2026` for `2026-Q3`, `Q1 FY2027` for `FY2027-Q1`, `August 2026` for `2026-08`.

        Other names stay as they are. `short`: for a chart's narrow places; `back`: so many periods
        before the one named.
        """
        if month := _MONTH.fullmatch(name):
            year, number = divmod(int(month[1]) * 12 + int(month[2]) - 1 - back, 12)
            day = date(year, number + 1, 1)
            pattern = "LLL yyyy" if short else "LLLL yyyy"
            return self._format_day(day, pattern)
        match = _QUARTER.fullmatch(name)
        if not match:
            return self.translate(N_("the quarter before")) if back else name
        year, number = divmod(int(match[2]) * 4 + int(match[3]) - 1 - back, 4)
        template = N_("Q%(number)s FY%(year)s") if match[1] else N_("Q%(number)s %(year)s")
        if short:
            template = self.catalogue.pgettext("short", template)
        else:
            template = self.catalogue.gettext(template)
        return template % {"number": number + 1, "year": year}

    def format_previous_quarter(self, name: str, *, short: bool = False) -> str:
        """Return the name of the quarter before."""
        return self.format_quarter(name, short=short, back=1)

    def _format_day(self, day: date, pattern: str) -> str:
        """Return a day by one of Babel's patterns; an edition names few days, and often."""
        if (day, pattern) not in self._days:
            self._days[day, pattern] = str(format_date(day, pattern, locale=self.locale))
        return self._days[day, pattern]

    def get_language_name(self, tag: str) -> str:
        """Return `Chinese` for `zh`; the tag itself where it is not known."""
        try:
            language = Locale.parse(tag.replace("-", "_")).language
        except (UnknownLocaleError, ValueError):
            return tag
        return str(self.locale.languages.get(language, tag))


class _MonthlyCatalogue(NullTranslations):
    """A language's texts where an edition is of a month: what speaks of a quarter is replaced."""

    def gettext(self, message: str) -> str:
        return super().gettext(phrase_for_month(message))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return super().ngettext(phrase_for_month(msgid1), phrase_for_month(msgid2), n)


def load_localizer(language: str, zone: str = "UTC", period: PeriodKind = "quarter") -> Localizer:
    """Return the words of an edition's language; English where nothing is translated into it.

    `period` is what the edition is of.
    """
    base = language.partition("-")[0].lower()
    catalogue = load_catalogue(base) if base in LANGUAGES else NullTranslations()
    base = base if isinstance(catalogue, GNUTranslations) else "en"
    if period == "month":
        catalogue = _load_monthly_catalogue(base)
    return Localizer(base, catalogue, Locale.parse(base), ZoneInfo(zone))


def find_catalogue(language: str) -> Path:
    """Return the path of a language's catalogue, whether or not it is there."""
    return LOCALES / language / "LC_MESSAGES" / "digest.po"


@cache
def load_catalogue(language: str) -> NullTranslations:
    """Return the texts of a language; none where it is English or has no translation yet.

    The catalogue is read as people edit it, so that no compiled copy can fall behind.
    """
    if language == "en":
        return NullTranslations()
    with find_catalogue(language).open("rb") as source:
        catalogue = read_po(source, locale=language)
    if not any(message.id and any(message.string or ()) for message in catalogue):
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _load_monthly_catalogue(language: str) -> NullTranslations:
    monthly = _MonthlyCatalogue()
    monthly.add_fallback(load_catalogue(language))
    return monthly


def get_text_direction(tag: str) -> str:
    """Return `rtl` or `ltr`: how a language is written."""
    return "rtl" if tag.partition("-")[0].lower() in _RIGHT_TO_LEFT else "ltr"


def sanitize_language_tag(tag: str) -> str:
    """Return a language tag that is safe in a `lang` attribute; `und` for anything else."""
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", tag) else "und"


def _holds_money(value: object) -> bool:
    if isinstance(value, TranslatableText):
        return any(map(_holds_money, value.values.values()))
    return isinstance(value, Money) or (isinstance(value, tuple) and any(map(_holds_money, value)))
