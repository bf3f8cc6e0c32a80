"""Names of the months, as publishers write them: declared here for every reader of dates."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES: Mapping[str, str] = {  # language → the months, from January, each with its short forms
    "en": "january jan,february feb,march mar,april apr,may,june jun,july jul,august aug,"
    "september sept sep,october oct,november nov,december dec",
    "de": "januar jänner jan,februar feb febr,märz maerz mär,april apr,mai,juni jun,juli jul,"
    "august aug,september sept sep,oktober okt,november nov,dezember dez",
    "fr": "janvier janv,février févr fév,mars,avril avr,mai,juin,juillet juil,août aout,"
    "septembre sept,octobre oct,novembre nov,décembre déc",
    "it": "gennaio gen,febbraio feb,marzo mar,aprile apr,maggio mag,giugno giu,luglio lug,"
    "agosto ago,settembre set sett,ottobre ott,novembre nov,dicembre dic",
    "es": "enero ene,febrero feb febr,marzo mar,abril abr,mayo may,junio jun,julio jul,"
    "agosto ago,septiembre setiembre sept sep,octubre oct,noviembre nov,diciembre dic",
    "pt": "janeiro jan,fevereiro fev,março mar,abril abr,maio mai,junho jun,julho jul,agosto ago,"
    "setembro set,outubro out,novembro nov,dezembro dez",
    "nl": "januari jan,februari feb,maart mrt,april apr,mei,juni jun,juli jul,augustus aug,"
    "september sept sep,oktober okt,november nov,december dec",
    "th": "มกราคม ม.ค.,กุมภาพันธ์ ก.พ.,มีนาคม มี.ค.,เมษายน เม.ย.,พฤษภาคม พ.ค.,มิถุนายน มิ.ย.,"
    "กรกฎาคม ก.ค.,สิงหาคม ส.ค.,กันยายน ก.ย.,ตุลาคม ต.ค.,พฤศจิกายน พ.ย.,ธันวาคม ธ.ค.",
}
MONTHS: Mapping[str, Mapping[str, int]] = {  # language → name in small letters → number
    language: {
        name: number for number, names in enumerate(months.split(","), 1) for name in names.split()
    }
    for language, months in _NAMES.items()
}
MONTHS_OF_ANY_LANGUAGE: Mapping[str, int] = {
    name: number for months in MONTHS.values() for name, number in months.items()
}


def get_full_months(language: str) -> tuple[str, ...]:
    """Return the full names of a language's months, from January; () where it is not known."""
    return tuple(months.split()[0] for months in _NAMES.get(language, "").split(",") if months)
