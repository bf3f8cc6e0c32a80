"""Rules on names: of companies, products, people and places, and the titles of people.

Each rule returns a reason to withhold the sentence, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from digest.ground.claim import Claim, index_text
from digest.ground.lexicon import find_text_concepts
from digest.ground.name_index import has_group, has_name, has_product
from digest.ground.name_tables import find_phrases, is_home_of, is_known_vendor, is_place
from digest.ground.names import Name, is_special
from digest.ground.passages import MANNER, Passage
from digest.ground.pinyin import is_spelt
from digest.ground.script import is_unspaced

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u9fff]")

_OPENING = 2  # sentences of an item that name what it is about


_COGNATE = 5  # letters that a name and its translation share


def check_names(claim: Claim) -> str:
    """Refuse a name that no cited item has in any of its written forms."""
    cleared = _find_initials(claim)
    for number, form, is_country in find_phrases(claim.passage.folded):
        stands = any(has_group(one.index, number) or form in one.folded for one in claim.cited)
        if stands or (is_country and _is_home(form, claim)):
            cleared.append(form)
        elif is_country and not (len(form) < 3 and _UNSPACED.search(form)):
            return f"place not in the cited items: {form}"
    for name in claim.passage.names:
        if (
            not name.sure
            or _is_in_figure(name, claim.passage)
            or any(name.key in form.split() or name.key == form for form in cleared)
        ):
            continue
        if not any(has_name(source.index, name.key) for source in claim.cited):
            # What stands further down names rivals and their products, too.
            opening = [
                sentence for source in claim.cited for sentence in source.sentences[:_OPENING]
            ]
            if any(has_product(index_text(one.text), name.key) for one in opening):
                continue
            if (
                _is_translated(name, claim)
                or _is_half_translated(name, claim)
                or _is_cognate(name, claim)
                or _is_german_noun(name, claim)
                or _is_spelt(name, claim)
                or (_is_institution(name) and not claim.is_same_language)
            ):
                continue
            return f"name not in the cited items: {name.text}"
    return (
        _check_titles(claim)
        or _check_joined(claim)
        or _check_named(claim)
        or _check_german_run(claim)
        or _check_chinese_people(claim)
    )


# Whom a Chinese report names: a family name and one or two characters, beside a title or a word
# of saying.
_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
    "薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_PEOPLE = re.compile(
    rf"(?:CEO|总裁|董事长|创始人|主任|主席|总统|首相|部长|教授|分析师|院长|校长|行长|秘书长|发言人|总经理)"
    rf"(?P<titled>[{_FAMILY}][\u4e00-\u9fff]{{1,2}})|"
    rf"(?P<saying>[{_FAMILY}][\u4e00-\u9fff]{{1,2}})(?=表示|称，|指出|认为|介绍|透露|强调|坦言)"
)
_NOBODY = re.compile(
    r"高管|高层|方面|金融|白宫|万人|任何|文件|文章|公告|方案|石油|钟内|夏季|武汉|江苏|常州|康复"
)


def _check_chinese_people(claim: Claim) -> str:
    """Refuse a person in a Chinese sentence whom no cited item in Chinese has."""
    if claim.passage.language != "zh" or not claim.is_same_language:
        return ""
    for match in _PEOPLE.finditer(claim.passage.text):
        name = match["titled"] or match["saying"]
        if _NOBODY.match(name):
            continue
        if not any(name[:2] in source.text for source in claim.cited):
            return f"name not in the cited items: {name}"
    return ""


_TITLES = {
    "ceo": r"ceo|chief executive|vorstandschef\w*|amministrator\w+ delegat\w+|directeur general|"
    r"directrice generale|pdg|consejer\w+ delegad\w+|director ejecutivo|"
    r"首席执行官|最高経営責任者|ซีอีโอ",
    "cfo": r"cfo|chief financial|finance chief|head of finance|finanzchef\w*|"
    r"finanzvorstand|direttor\w+ finanziari\w+|"
    r"direct\w+ financi\w+|首席财务官|最高財務責任者",
    "cto": r"cto|chief technology|technikchef\w*|首席技术官|最高技術責任者",
    "cmo": r"cmo|chief marketing|marketingchef\w*|direttor\w+ marketing|首席营销官",
    "coo": r"coo|chief operating|首席运营官",
    "scientist": r"chief scientist|chefwissenschaftler\w*|scienziat\w+ capo|首席科学家",
    "founder": r"(?:co-?)?founders?|(?:mit)?grunder\w*|(?:co-?)?fondat\w+|(?:co-?)?fundador\w*|"
    r""
    r"创始人|創業者|ผู้ก่อตั้ง",
    "chair": r"chair(?:man|woman|person)?|aufsichtsratschef\w*|vorsitzende\w*|董事长|会長",
}  # fmt: skip


_TITLE_PATTERNS = {
    title: re.compile(rf"(?<![a-z])(?:{words})(?![a-z])") for title, words in _TITLES.items()
}


_TITLE_REACH = 30  # characters between a person and a title


def _check_titles(claim: Claim) -> str:
    """Refuse a title beside a person whom the cited items give another, and not this one."""
    passage = claim.passage
    for name in passage.sure_names:
        if is_known_vendor(name.key) or is_special(name.text):
            continue
        start = max(0, name.start - _TITLE_REACH)
        own = _find_titles(passage.folded[start : name.end + _TITLE_REACH])
        if not own:
            continue
        told: set[str] = set()
        for _, one in claim.sentences:
            for other in one.names:
                if other.key == name.key:
                    start = max(0, other.start - 2 * _TITLE_REACH)
                    told |= _find_titles(one.folded[start : other.end + 2 * _TITLE_REACH])
        if told and not own & told:
            return f"the cited items give {name.text} another title"
    return ""


def _find_titles(folded: str) -> set[str]:
    return {title for title, words in _TITLE_PATTERNS.items() if words.search(folded)}


_NAMED = re.compile(
    r"\b(?:called|named|dubbed|titled|namens|genannt|heisst|appele\w?|nomme\w?|baptise\w?|"
    r"chiamat[oaie]|denominat[oaie]|llamad[oa]s?|denominad[oa]s?|chamad[oa]s?)\s[\"'«„“]?$|"
    r"(?:名为|叫做|叫作|名叫|称为|という|ชื่อว่า|ชื่อ)\s?[\"'「“]?$"
)


def _check_named(claim: Claim) -> str:
    """Refuse "called A" where the cited items call it B."""
    told = _find_named(passage for _, passage in claim.sentences)
    for name in _find_named([claim.passage]):
        index = index_text(name.text)
        if told and not any(
            has_name(index_text(one.text), name.key) or has_name(index, one.key) for one in told
        ):
            return f"the cited items call it {told[0].text}, not {name.text}"
    return ""


def _find_named(passages: Iterable[Passage]) -> list[Name]:
    """Return the names that stand behind "called"."""
    return [
        name
        for passage in passages
        for name in passage.names
        if _NAMED.search(passage.folded[: name.start])
    ]


def _check_joined(claim: Claim) -> str:
    """Refuse a name of two words that the cited items have in no one sentence: "Acme Labs"."""
    for one, two in pairwise(claim.passage.names):
        if claim.passage.text[one.end : two.start] != " " or not (one.sure and two.sure):
            continue
        if all(is_unspaced(source.language) for source in claim.cited):
            continue  # its names are of another script, or stand as they are
        if any(has_name(source.index, f"{one.key} {two.key}") for source in claim.cited):
            if any(
                has_name(index_text(passage.text), one.key)
                and has_name(index_text(passage.text), two.key)
                for _, passage in claim.sentences
            ):
                continue
            if any(is_place(own.key) or is_known_vendor(own.key) for own in (one, two)):
                continue  # "Acme Jane Doe": two names
            if one.text.endswith(("'s", "’s")):
                continue
            return f"name not in the cited items: {one.text} {two.text}"
    return ""


def _check_german_run(claim: Claim) -> str:
    """Refuse words with capitals side by side, as no German nouns stand, that no item has."""
    if claim.passage.language != "de":
        return ""
    for one, two in pairwise(claim.passage.names):
        if (
            claim.passage.text[one.end : two.start] == " "
            and not _starts_here(claim.passage, one)
            and not (one.sure or two.sure)
            and not any(
                has_name(source.index, name.key) for source in claim.cited for name in (one, two)
            )
            and not find_text_concepts(f"{one.text} {two.text}", "de")
            and not find_text_concepts(f"{one.text} {two.text}", "de", "units.toml")
        ):
            return f"name not in the cited items: {one.text} {two.text}"
    return ""


def _starts_here(passage: Passage, name: Name) -> bool:
    return not passage.folded[: name.start].strip(" \"'")


def _is_home(form: str, claim: Claim) -> bool:
    """Return whether a country may go unsaid: it alone is where an item's language is spoken at
    home, and the item names no other ("la Répression des fraudes")."""
    return any(
        is_home_of(form, source.language)
        and not any(is_country for _, _, is_country in find_phrases(source.folded))
        for source in claim.cited
    )


def _is_translated(name: Name, claim: Claim) -> bool:
    """Return whether a word with a capital is one of the known words, said in other words."""
    if is_special(name.text):
        return False
    meant = {one.concept for one in find_text_concepts(name.text, claim.passage.language)} - MANNER
    told = frozenset().union(*(source.whole.concept_names for source in claim.cited))
    return bool(meant & told) and not is_known_vendor(name.key)


def _is_german_noun(name: Name, claim: Claim) -> bool:
    """Return whether a German word behind a name that the items have is a noun: "der Gen Z Angst".

    Where the items have another word with a capital there, it is the rest of a name.
    """
    passage = claim.passage
    if passage.language != "de" or is_special(name.text) or is_known_vendor(name.key):
        return False
    if is_place(name.key) or find_phrases(name.key):
        return False
    before = next((one for one in passage.names if one.end + 1 == name.start), None)
    if before is None or not any(has_name(one.index, before.key) for one in claim.cited):
        return False
    followed = re.compile(rf"(?<!\w){re.escape(before.text)} [A-Z\u00c0-\u00de]")
    return not any(followed.search(source.text) for source in claim.cited)


def _is_cognate(name: Name, claim: Claim) -> bool:
    """Return whether a source in another language has a name of the same stem: "Comunidad"."""
    if len(name.key) <= _COGNATE or is_known_vendor(name.key) or claim.is_same_language:
        return False
    return any(
        one.key != name.key
        and one.key[:_COGNATE] == name.key[:_COGNATE]
        and len(one.key) > _COGNATE
        and not is_known_vendor(one.key)
        for source in claim.cited
        for one in source.whole.names
    )


def _is_half_translated(name: Name, claim: Claim) -> bool:
    """Return whether a source has a word beside this one, and the rest in its own script.

    "Energy" of "LG Energy Solution", where the source writes "LG" and the rest in Chinese.
    """
    if is_known_vendor(name.key):
        return False
    run = _find_run(name, claim.passage)
    at = run.index(name)
    ways = [(run[:at], r"\s?[\u0e00-\u0eff\u3040-\u9fff]"), (run[at + 1 :], None)]
    for beside, behind in ways:
        for one in beside:
            word = rf"(?<![a-z]){re.escape(one.key)}"
            pattern = (
                word + behind
                if behind
                else r"[\u0e00-\u0eff\u3040-\u9fff]\s?" + word + r"(?![a-z])"
            )
            if any(re.search(pattern, source.folded) for source in claim.cited):
                return True
    return False


# What institutions and companies are called besides their names: it is translated.
_INSTITUTION = re.compile(
    r"(?:securities|bank|group|holdings?|technolog(?:y|ies)|tech|motors?|auto(?:mobile|motive)?|pharma\w*|energy|"
    r"capital|ventures?|partners|fund|universit\w+|institut\w*|exchange|airlines?|electronics|"
    r"semiconductors?|media|entertainment|games|music|foods?|insurance|investments?|century|machinery|"
    r"medical|biotech\w*|power|mobile|cloud|labs?|laborator\w+|aerospace|space|materials|logistics|steel|"
    r"chemicals?|agency|administration|ministry|minist\w+|commission\w*|association|organi[sz]ation|office|"
    r"authority|bureau|cent(?:er|re)|council|committee|department|stock|index|party|congress|"
    r"borse|bundes\w+|behorde|verband|zentral\w+|gruppe|konzern|banca|borsa|gruppo|fondo|agenzia|"
    r"autorita|banco|grupo|agencia|banque|groupe|fonds|agence|autorite|bourse|secretary|general\w*|maritime|"
    r"international|national|federal|global|digital|smart|new|museum|development|reform|planning|trade|foreign|affairs|econom\w+|social|security|affiliated|provinc\w+|astronom\w*|planetarium|observatory|library|theat(?:er|re)|park|hospital|college|school|academy|court|police|customs|tax\w*|statistics|weather|transport|finance|commerce|culture|tourism|sports?|sciences?|marathon|festival|conference|summit|forum|expo|high-tech|life|health\w*|education|consumer|industr\w+|robotics?|vision)s?"
)


def _is_institution(name: Name) -> bool:
    """Return whether a word says what kind of institution it is, and names none."""
    return _INSTITUTION.fullmatch(name.key) is not None and not is_special(name.text)


def _is_spelt(name: Name, claim: Claim) -> bool:
    """Return whether a Chinese source has a name, with those beside it or alone, by its sound."""
    run = _find_run(name, claim.passage)
    at = run.index(name)
    parts = [
        [one.key for one in run[start:end]]
        for start in range(max(0, at - _MAX_PARTS + 1), at + 1)
        for end in range(at + 1, min(start + _MAX_PARTS, len(run)) + 1)
    ]
    return any(
        is_spelt(part, source.text)
        for source in claim.cited
        if source.language == "zh"
        for part in parts
    )


_MAX_PARTS = 4  # words of one person's name


def _find_run(name: Name, passage: Passage) -> list[Name]:
    """Return the names that stand side by side with one, itself among them."""
    run: list[Name] = []
    for one in passage.names:
        if run and passage.text[run[-1].end : one.start] != " ":
            if name in run:
                return run
            run = []
        run.append(one)
    return run


def _is_in_figure(name: Name, passage: Passage) -> bool:
    """Return whether a word belongs to a figure: "US" in "5 US dollars"."""
    return any(quantity.start <= name.start < quantity.end + 1 for quantity in passage.quantities)


def _find_initials(claim: Claim) -> list[str]:
    """Return the runs of capitalised words whose first letters a cited item has as a word."""
    runs: list[list[Name]] = []
    text = claim.passage.text
    for name in claim.passage.names:
        gap = text[runs[-1][-1].end : name.start] if runs else None
        if gap in (" ", " of ", " and ", " & ", " for ", " der ", " de ", " di ", " für "):
            runs[-1].append(name)
        else:
            runs.append([name])
    found = []
    for run in runs:
        for begin in range(len(run) - 1):
            initials = "".join(name.key[0] for name in run[begin:])
            written = re.compile(rf"(?<!\w){re.escape(initials.upper())}(?!\w)")
            if any(written.search(source.text) for source in claim.cited):
                found.append(" ".join(name.key for name in run[begin:]))
                break
    return found
