"""Find the names that a sentence says, and look for them in a source.

In Latin script a name is known by its capitals, in others by the vendor table. A name counts as
found where its words stand in the source, in this script or as the vendor table, the names of
countries or `equivalents.tsv` write it in another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from babel import Locale

from digest.cluster.names import ALIASES
from digest.ground.lexicon import find_text_concepts
from digest.ground.script import fold
from digest.tag.vendors import Vendor, load_shipped_vendors

_LANGUAGES = ("en", "de", "fr", "it", "es", "pt", "ru", "zh", "ja", "th")
_LATIN_WORD = re.compile(
    r"[A-Za-z\u00c0-\u024f0-9][A-Za-z\u00c0-\u024f0-9]*(?:[&'.’+-][A-Za-z\u00c0-\u024f0-9]+)*\+?"
)
_MIN_PRODUCT = 3  # letters of a product's name that is nothing else
_MIN_INITIALS = 3  # letters that stand for as many words
_CAPITALISED = re.compile(
    r"(?:[A-Z\u00c0-\u00de][\w'’]*[ -](?:(?:of|for|and|the|on|in|de|di|der|für) )?){2,8}"
    r"[A-Z\u00c0-\u00de]\w*"
)
_MAX_INITIALS = 5  # letters in capitals that make a name; more are emphasis
# What makes another word of a name's letters: "online", "pipeline", "deadline" of "LINE".
_NOT_BEFORE = {"ไลน์": ("ออน", "ไปป์", "ไปป", "เดด", "แอร์", "เฮด", "ไทม์")}
_FOREIGN = re.compile("[^\x00-\u024f]")
_CYRILLIC_WORD = re.compile("[\u0400-\u04ff]{3,}")

# Words that begin a sentence, or are capitals by custom, and name nobody.
_NO_NAMES = frozenset(
    """
    a an the this that these those it its their his her our your my in on at by for from of to with
    and or but as if when while after before since until over under more less about around nearly
    almost some all many most both each every any no not only also now then here there what who
    which why how where whether according based despite during through between among against
    without within among than new one two three four five six seven eight nine ten first second
    third last next however meanwhile instead moreover still yet thanks due just even so such other
    another he she they we you i us is are was were has have had will would may might can could
    should must do does did today yesterday tomorrow users advertisers marketers publishers brands
    companies customers consumers businesses retailers developers people researchers analysts
    regulators workers employees attackers hackers shoppers sellers merchants creators agencies
    der die das den dem des ein eine einer eines einem einen und oder aber als wenn nach vor seit
    mit ohne von zu zur zum im am beim fur uber unter bei auf aus durch laut auch nur noch schon
    mehr weniger alle viele einige dieser diese dieses es er sie wir ihr ihre sein seine rund etwa
    damit dabei dazu so wie was wer nun jetzt kunftig ab bis insgesamt
    le la les l un une des du de d et ou mais en dans sur sous par pour avec sans chez selon apres
    avant depuis plus moins tous toutes ce cette ces il elle ils elles on nous vous son sa ses leur
    leurs c qu que qui quand comme ainsi environ entre aucun
    il lo la i gli le l un uno una dei degli delle del della dello dal dalla dai nel nella nei sul
    series round
    sulla e ed o ma per con senza da di a ad al alla ai in su tra fra secondo dopo prima oltre piu
    meno tutti tutte ogni questo questa questi queste che chi quando come cosi circa ora oggi non si
    el la los las un una unos unas y e o pero para por con sin de del al en sobre segun tras desde
    hasta mas menos todos todas este esta estos estas que quien cuando como unos cerca ya no se su
    o a os as um uma uns umas e ou mas para por com sem de do da dos das no na nos nas em ao aos
    segundo apos desde mais menos todos todas este esta esse essa que quem quando como cerca ja nao
    ki ia mcp rag nlp iot gw mw kw tw gwh mwh kwh kb mb gb tb pb km
    yuan renminbi won yen rupee rupees rupien rubel rubles franken franc francs francos pfund
    pound pounds krone kronen kronor baht dirham dirhams riyal riyals real reais peso
    pesos lira lire sterling
    general national federal supreme state states union unione stati etats estados staaten large
    big small major leading
    api apis url sdk ui ux tv pc vs pr b2b b2c saas it hr kpi roi faq pdf html css sql gpu cpu llm
    llms seo sem geo ceo cmo cto cfo coo crm cdp cms erp dsp ssp ok app apps beta ads web online
    chief executive officer president board internet e-commerce plus pro inc corp ltd gmbh llc
    eins zwei drei vier funf sechs sieben acht neun zehn elf zwolf dreizehn vierzehn funfzehn
    zwanzig dreissig vierzig funfzig hundert tag tage tagen woche wochen monat monate monaten jahr
    jahre jahren stunde stunden minute minuten quartal
    dutzend dutzende dutzenden hunderte hunderten tausende tausenden
    million millionen milliarde milliarden prozent euro euros dollar dollars us-dollar tausend
    uniti unis unidos
    weil wegen dank obwohl trotz statt neben mehrere neue neuer neues sobald falls seitdem bevor ob
    sowohl weder entweder weitere andere beide etliche zahlreiche gemass samtliche bereits
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays
    fridays saturdays sundays montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag
    jede jeder jedes jeden jedem wem wen wessen welche welcher welches manche mancher viel vielen
    wlan wifi wi-fi gps usb qr sms
    q1 q2 q3 q4 t1 t2 t3 t4 h1 h2
    paese paesi stato governo ministero presidente internet pays etat pais governo estado gobierno
    """.split()
)

# More words that may open a sentence with a capital; unlike those above they are compared as words.
_OPENERS = frozenset(
    """
    once below above across along upon besides beyond except following given including like near off
    onto regarding throughout toward towards unlike via worldwide overall separately additionally
    furthermore nevertheless nonetheless otherwise hence thus therefore although though unless
    whereas whenever wherever whichever whoever whose whom neither either nor both several few
    enough none nobody nothing something anything everything someone anyone everyone early late
    later earlier recently soon already often never always sometimes usually today's previously
    formerly originally currently once only perhaps maybe indeed meantime elsewhere rather
    together alone again far almost roughly approximately
    wahrend dagegen zudem ausserdem daneben danach davor dafur dadurch daher darum dennoch deshalb
    deswegen trotzdem jedoch allerdings hingegen indem indessen inzwischen mittlerweile zuvor
    vorher nachher spater fruher bisher zunachst zuerst zuletzt schliesslich anschliessend
    gleichzeitig zugleich ebenso ebenfalls sogar selbst bereits erst erstmals kunftig derzeit
    aktuell momentan heute gestern morgen immer nie niemals oft manchmal wieder weiterhin
    insbesondere besonders vor allem statt anstatt anstelle ausser innerhalb ausserhalb entlang
    gegenuber gegen hinter zwischen aufgrund infolge hinsichtlich bezuglich zufolge einschliesslich
    samt nebst sondern denn wenngleich obgleich wohingegen solange sooft sowie bzw beziehungsweise
    sollte sollten konnte konnten durfte wollte wurde wurden hat haben war waren ist sind wird
    jener jene jenes solche solcher solches kein keine keiner keinen niemand jemand etwas nichts
    alles vieles einiges mehreren wenigen allein fast knapp beinahe nahezu ungefahr mindestens
    hochstens zweite dritte erste ersten letzte letzten nachste nachsten
    mentre invece inoltre pertanto quindi dunque infatti pero tuttavia anzi nonostante malgrado
    durante attraverso verso presso lungo contro entro grazie rispetto intanto nel frattempo
    finora ormai gia ancora sempre mai spesso subito infine finalmente poi appena qualora sebbene
    benche poiche affinche purche dove ovvero oppure neanche nemmeno neppure anche soltanto solo
    alcuni alcune alcuna diversi diverse parecchi molti molte pochi poche altri altre ciascuno
    nessuno nessuna qualcuno chiunque ognuno entrambi ambedue quanto quanti quante quale quali
    tramite mediante oltre stando dato visto considerato
    pendant tandis cependant toutefois neanmoins ensuite enfin puis alors aussi ainsi donc car
    lorsque puisque afin lors des aujourd'hui hier demain bientot deja encore toujours jamais
    souvent malgre grace outre hormis sauf vers contre parmi envers jusque jusqu'a desormais
    dorenavant certains certaines plusieurs quelques chaque aucune nul autre autres tel telle
    mientras ademas aunque tambien entonces luego despues antes durante mediante hacia contra
    incluso excepto salvo ahora hoy ayer siempre nunca casi pronto todavia aun asi pues porque
    algunos algunas varios varias muchos muchas pocos cada otro otra otros otras ninguno ninguna
    """.split()
)


# Nouns and adjectives of English reports that open a sentence and name nobody: "Fuel makes up a
# quarter". A word with a capital behind makes a name of them: "Data Manager".
_NOUNS = frozenset(
    """
    version release update edition build episode chapter access accounts adoption adults
    advertisers advertising agencies agents airlines analysts annual applications apps
    assistants attackers audiences authors automakers automation average bands bankers banks
    batteries bidding bids bills bond bonds books bots brand branding brands brokers browsers
    budgets building businesses buyers buying campaigns capacity carmakers cars cash chatbots
    checkout children chips cities clicks clients coffee companies competition competitors
    compute construction consumers content contracts conversion conversions costs coverage
    creators credit crime critics customers cyber data deals debt defense delivery demand
    deposits designers details developers devices digital display doctors downloads drivers
    drones drugs earnings editors electricity email emails employees employment energy
    engagement engineers enterprises errors events evidence executives experts exports factories
    farmers features fees figures film films financing fines firms flights food founders freight
    fuel funding games gaming gas goods growth half hackers hardware health heating hiring home
    hospitals hotels households housing human humans imports income inference inflation
    influencers inflows innovation installs insurance interest investment investments investors
    inventory jobs journalists keyword keywords labor landing language layoffs lawmakers lawyers
    leads learning lending links listings live loan loans local lower machines makers managers
    manufacturers manufacturing margins market marketers marketing markets mass measurement
    media medical meetings memory merchants messages mobile models money monthly movies music
    net networks news newsletters offers offices officials oil online opinion orders organic
    output owners packages page pages paid parents partners passengers patients payment payments
    people personalization personnel phones physical pilots planes plans platforms players
    podcasts policy politicians posts power premium press prices pricing printing privacy
    private product production products profit profits programmers programs projects prompts
    property public publishers pupils purchases quality quarterly queries ranking rates ratings
    readers recall records recruiters referrals regulators remote rent repairs reports research
    researchers response restaurants results retail retailers retention return returns revenue
    revenues reviews rivals robots sales samples satellites scammers schools scientists screens
    search searches security sellers selling sentiment series servers services shares shipments
    shipping ships shops shoppers shopping short sites smartphones social software solar sources
    space spam speakers speech spending sports staff startups stocks storage stores streaming
    students studies subscribers subscriptions suppliers supply support surveys tablets targets
    taxes teachers teams technology television templates testing tests text tickets time tokens
    tools tourists trade traders trading traffic trainers training transactions transport travel
    travelers trials trust unit users validation valuation vendors video videos viewers views
    visitors visits volume voice voters wages warehouses water weekly wages women workers
    working workloads writers
    """.split()
)


@dataclass(frozen=True, slots=True)
class Name:
    """A name in a text. `key` is its folded form, `sure` whether it is surely a name."""

    text: str
    key: str
    start: int
    end: int
    sure: bool = True


# ---------------------------------------------------------------- tables


@cache
def _load_equivalents() -> tuple[Mapping[str, int], tuple[tuple[str, ...], ...], int]:
    """Return form → number of its group, the groups, and the number of the first country."""
    text = files("digest.ground").joinpath("equivalents.tsv").read_text("utf-8")
    groups = [tuple(fold(form) for form in line.split("\t")) for line in text.splitlines()]
    first_country, territories = len(groups), dict[str, list[str]]()
    for line in files("digest.ground").joinpath("peoples.tsv").read_text("utf-8").splitlines():
        code, *forms = line.split("\t")
        territories.setdefault(code, []).extend(fold(form) for form in forms)
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and len(name) > (1 if _FOREIGN.search(name) else 2) and code != "RE":
                territories.setdefault(code, []).append(fold(name))
    groups += [tuple(dict.fromkeys(forms)) for forms in territories.values()]
    numbers = {form: n for n, group in reversed(list(enumerate(groups))) for form in group}
    return numbers, tuple(groups), first_country


@cache
def _load_vendor_forms() -> tuple[Mapping[str, frozenset[str]], tuple[str, ...], frozenset[str]]:
    """Return form → forms in other scripts, the forms that are not Latin, and all Latin ones."""
    other: dict[str, set[str]] = {}
    latin: set[str] = set()
    foreign: set[str] = set()

    def join(forms: Iterable[str]) -> None:
        folded = {fold(form) for form in forms}
        for form in folded:
            (foreign if _FOREIGN.search(form) else latin).add(form)
            others = {
                one for one in folded if bool(_FOREIGN.search(one)) != bool(_FOREIGN.search(form))
            }
            if others:
                other.setdefault(form, set()).update(others)

    for vendor in load_shipped_vendors():
        join(_forms(vendor))
    for form, token in ALIASES.items():
        join((form, token))
    return (
        {form: frozenset(others) for form, others in other.items()},
        tuple(sorted(foreign, key=len, reverse=True)),
        frozenset(latin),
    )


def _forms(vendor: Vendor) -> tuple[str, ...]:
    return (vendor.name, *vendor.aliases)


@cache
def _load_products() -> Mapping[str, tuple[str, ...]]:
    """Return company → forms of its products that need no reason to be believed."""
    products: dict[str, list[str]] = {}
    for vendor in load_shipped_vendors():
        if vendor.parent:
            sure = [
                form for form in _forms(vendor) if vendor.care.get(form, "any") in ("any", "case")
            ]
            known = [fold(form) for form in sure if len(form) > _MIN_PRODUCT]
            products.setdefault(fold(vendor.parent), []).extend(known)
    return {company: tuple(forms) for company, forms in products.items()}


def has_product(index: NameIndex, key: str) -> bool:
    """Return whether a product of a company stands in an indexed text."""
    return any(
        form in index.folded and re.search(rf"(?<!\w){re.escape(form)}(?!\w)", index.folded)
        for form in _load_products().get(key, ())
    )


@cache
def _load_doubtful() -> frozenset[str]:
    """Return the folded names of vendors that are ordinary words, too: "Measured"."""
    return frozenset(
        fold(form)
        for vendor in load_shipped_vendors()
        for form in _forms(vendor)
        if vendor.care.get(form) in ("cue", "word")
    )


def _is_sure_vendor(key: str) -> bool:
    """Return whether a word that opens a sentence, with a capital as any, is a vendor."""
    return is_known_vendor(key) and not (key in _load_doubtful() and _COMMON_ENDING.search(key))


def is_known_vendor(key: str) -> bool:
    """Return whether the vendor table has a Latin form of this folded name."""
    return key in _load_vendor_forms()[2]


# ---------------------------------------------------------------- finding


def find_names(text: str, language: str, *, title: bool = False) -> list[Name]:
    """Return the names of a text in order; places are the text's own.

    With `title`, capitals mark no names: only what is no plain word counts as sure.
    """
    found = _find_latin(text, language, title=title)
    if language in ("zh", "ja", "th", "ru"):
        found += _find_foreign(text)
    return sorted(found, key=lambda one: one.start)


@cache
def _load_foreign_forms() -> tuple[str, ...]:
    """Return the names in scripts other than Latin, of vendors and equivalents, longest first."""
    groups, first_country = _load_equivalents()[1:]
    known = {
        form
        for group in groups[_FIRST_NAMED:first_country]
        for form in group
        if _FOREIGN.search(form) and len(form) > 1
    }
    return tuple(sorted({*_load_vendor_forms()[1], *known}, key=len, reverse=True))


_FIRST_NAMED = 24  # of the equivalents before, some are no names: "CEO", "IPO"


def _find_foreign(text: str) -> list[Name]:
    folded, found = text.casefold(), list[Name]()
    taken = set[int]()
    for form in _load_foreign_forms():
        at = folded.find(form)
        while at >= 0:
            places = set(range(at, at + len(form)))
            inside = folded[:at].endswith(_NOT_BEFORE.get(form, ()))
            if not places & taken and len(form) > 1 and not inside:
                taken |= places
                found.append(Name(text[at : at + len(form)], form, at, at + len(form)))
            at = folded.find(form, at + len(form))
    return found


def _find_latin(text: str, language: str, *, title: bool) -> list[Name]:
    words = list(_LATIN_WORD.finditer(text))
    found: list[Name] = []
    for at, match in enumerate(words):
        word = match[0].rstrip(".'’-")
        if "-" in word and not any(character.isdigit() for character in word):
            found += _split_compound(word, match.start())
            continue
        key = strip_possessive(fold(word))
        if _is_plain(word, key):
            continue
        starts = _starts_sentence(text, match.start())
        known = _is_sure_vendor(key) if starts else is_known_vendor(key)
        sure = is_special(word) or known
        if language in ("zh", "ja", "th") and not title:
            sure = True
        elif language == "de" and not is_special(word):
            sure = not _follows_article(words, at) and (sure or _is_german_name(words, at, text))
        elif not sure and starts:
            follows = words[at + 1] if at + 1 < len(words) else None
            sure = bool(
                follows
                and text[match.end() : follows.start()] == " "
                and not find_text_concepts(word, language)
                and not (language == "en" and key in _NOUNS and not _is_capital(follows[0]))
                and (
                    (key not in _NOUNS and _VERSIONED.fullmatch(follows[0]))
                    or _opens_with_name(word, follows[0], language)
                )
            )
        elif not sure:
            sure = not title and not _is_emphasis(word)
        found.append(Name(word, key, match.start(), match.start() + len(word), sure))
    return found


def _is_plain(word: str, key: str) -> bool:
    """Return whether a word names nobody: small, of a list, or a figure."""
    is_country = word in ("US", "U.S", "USA")  # else a pronoun
    bare = _CONTRACTION.sub("", key)  # "We're"
    return (
        not _is_capital(word)
        or ((bare in _NO_NAMES or bare in _OPENERS) and not is_country)
        or (len(key) < 2 and key != "x")
        or (key[0].isdigit() and not is_special(word))
        or _FIGURE.fullmatch(key) is not None
    )


_VERSIONED = re.compile(r"v?\d+(?:\.\d+)+")
_CONTRACTION = re.compile(r"'(?:re|ve|ll|d|m|t)$")
_FIGURE = re.compile(r"\d[\d.,]*(?:st|nd|rd|th|[kmbx%]|bn|mn|er|e)?")
_COMMON_ENDING = re.compile(
    r"(?:ing|tion|ment|ity|ness|ers|ors|ies|ists|ance|ence|als|ly|ed|ship|isms?|ions|ments|ants|"
    r"ents|ives)$"
)
# Verbs by which an unknown first word is known to be a name, and no adjective or plural.
_VERB = re.compile(
    r"\w+ed|has|had|was|is|will|may|can|could|cut|let|put|set|built|won|made|says|finds|adds|buys|"
    r"offers|releases|launches|introduces|unveils|opens|raises|cuts|gets|lets|wins|sues|shows|brings|"
    r"makes|sells|warns|claims|acquires|announces|reports|expands|updates|tests|rolls|removes|blocks|"
    r"bans|joins|hires|names|plans|wants|serves|owns|uses|pays|bought|sold|rolled|grew|fell|rose"
)


def _opens_with_name(word: str, follows: str, language: str) -> bool:
    """Return whether an unknown word that opens a sentence is a name, by the word behind it."""
    if language == "en" and _COMMON_ENDING.search(word) and is_known_vendor(fold(follows)):
        return False  # "Shared Claude chats"
    if _is_capital(follows):
        return follows == "AI" or fold(follows) not in _NO_NAMES
    # A verb or a noun of these languages does not end so.
    if language in ("it", "es", "pt"):
        return bool(re.search(r"[bcfghjkpqtvwxy]$", fold(word))) or (
            language == "it" and not re.search(r"[aeiou]$", fold(word))
        )
    # English alone begins a sentence neither with a verb nor with a bare singular noun.
    return (
        language == "en"
        and not _COMMON_ENDING.search(word)
        and not re.search(r"[^siu]s$", word)  # a plural, more often than a name
        and len(word) > 3
        and _VERB.fullmatch(follows) is not None
    )


def _split_compound(word: str, start: int) -> list[Name]:
    """Return the names in a compound: "OpenAI" of "OpenAI-backed" and of "OpenAI-Modelle"."""
    found: list[Name] = []
    if fold(word) in _NO_NAMES:  # "US-Dollar"
        return found
    for part in re.finditer(r"[^-]+", word):
        key = strip_possessive(fold(part[0]))
        named = key not in _NO_NAMES or part[0] == "US"
        if _is_capital(part[0]) and named and len(key) > 1:
            sure = is_special(part[0]) or is_known_vendor(key)
            at = start + part.start()
            found.append(Name(part[0], key, at, at + len(part[0]), sure))
    return found


def strip_possessive(key: str) -> str:
    """Return a folded word without the English possessive, and without an elided article."""
    key = re.sub(r"^(?:l|d|dell|nell|all|dall|sull|un|qu|s|c|n|j)'(?=\w{2})", "", key)
    return re.sub(r"'s?$", "", key)


def _is_capital(word: str) -> bool:
    bare = re.sub(r"^(?:[ldnscj]|dell|nell|all|dall|sull|un|qu)['’]", "", word, flags=re.IGNORECASE)
    return any(character.isupper() for character in bare)


def is_special(word: str) -> bool:
    """Return whether a word has a form that only names have: inner capitals, digits, capitals."""
    bare = re.sub(r"['’]s?$", "", word)
    letters = [character for character in bare if character.isalpha()]
    if any(character.isdigit() for character in bare):
        return bool(letters) and not re.match(r"\d+(?:[-.]|[a-z]+-)", bare, re.IGNORECASE)
    if all(character.isupper() for character in letters):
        return 1 < len(letters) <= _MAX_INITIALS
    parts = re.split(r"[-'’.&]", bare)
    return any(character.isupper() for part in parts for character in part[1:])


def _is_emphasis(word: str) -> bool:
    """Return whether a word is in capitals and too long for initials: "UPDATE"."""
    letters = [character for character in word if character.isalpha()]
    return len(letters) > _MAX_INITIALS and all(map(str.isupper, letters))


def _is_german_name(words: list[re.Match[str]], at: int, text: str) -> bool:
    """Return whether a capitalised German word is a name: beside another, without an article."""

    def is_beside(one: re.Match[str], two: re.Match[str]) -> bool:
        return text[one.end() : two.start()] == " " and _is_capital(two[0]) and _is_capital(one[0])

    match = words[at]
    if re.search(
        r"(?:\blaut|\bzufolge|angaben von|(?:studie|umfrage|bericht|analyse|daten) "
        r"(?:von|der|des))\s$",
        fold(text[: match.start()]),
    ) or re.match(r"\szufolge\b", text[match.end() :]):
        return not find_text_concepts(match[0], "de")
    if re.search(
        r"(?:isch|lich|ig|end|bar|sam|haft|los)(?:e|er|es|en|em)$|(?:ung|ungen|heit|keit|schaft|tion|tionen|tat|ismus|nis|chen|lich|werbung|en|er|te|ern)$",
        fold(match[0]),
    ):
        return False
    after = (
        at + 1 < len(words) and is_beside(match, words[at + 1]) and not _is_noun(words[at + 1][0])
    )
    before = (
        at > 0 and is_beside(words[at - 1], match) and not words[at - 1][0].endswith("s")
        and fold(words[at - 1][0]) not in _NO_NAMES and not _is_noun(words[at - 1][0])
    )  # fmt: skip
    return bool(after or before)


_GERMAN_ARTICLES = frozenset(
    "der die das den dem des ein eine einer eines einem einen sein seine seinen ihr ihre ihren "
    "kein keine keinen dieses diese dieser jede jeder jedes".split()
)


def _follows_article(words: list[re.Match[str]], at: int) -> bool:
    """Return whether an article stands before: a product may be named after a noun ("Kontext")."""
    return at > 0 and fold(words[at - 1][0]) in _GERMAN_ARTICLES


def _is_noun(word: str) -> bool:
    return bool(re.search(r"(?:ung|ungen|heit|keit|schaft|tion|tionen|tat|nis)$", fold(word)))


def _starts_sentence(text: str, at: int) -> bool:
    before = text[:at].rstrip(" \"'“‘«([„")
    return not before or before[-1] in ".:!?…—–。！？"


# ---------------------------------------------------------------- looking


@dataclass(frozen=True, slots=True)
class NameIndex:
    """What is looked up when a name is sought in a text."""

    folded: str
    words: frozenset[str]
    joined: str  # without spaces and hyphens
    latinised: frozenset[str]  # skeletons of the Cyrillic words
    initials: frozenset[str]  # of words with capitals, side by side


def index_names(text: str) -> NameIndex:
    """Return what names are looked for in."""
    folded = fold(text)
    words = set[str]()
    for match in _LATIN_WORD.finditer(folded):
        word = strip_possessive(match[0])
        words.update((word, match[0], *re.split(r"[-'.&]", word)))
        words.add(re.sub(r"[-.&]", "", word))
        parts = word.split("-")
        words.update("-".join(parts[:end]) for end in range(2, len(parts)))  # "gpt-5.6" of "-sol"
    skeletons = frozenset(_skeleton(_latinise(word)) for word in _CYRILLIC_WORD.findall(folded))
    joined = re.sub(r"[\s-]+", "", folded)
    return NameIndex(
        folded, frozenset(words - {""}), joined, skeletons, frozenset(_find_initials(text))
    )


def _find_initials(text: str) -> Iterator[str]:
    """Yield the first letters of runs of words with capitals: "mit" of "Made in Turin"."""
    for run in _CAPITALISED.finditer(text):
        letters = [word[0] for word in re.findall(r"[^\W\d_]+", fold(run[0]))]
        capitals = [word[0] for word in re.findall(r"[A-Z\u00c0-\u00de][^\W\d_]*", run[0])]
        for found in (letters, [fold(one) for one in capitals]):
            for start in range(len(found)):
                for size in range(_MIN_INITIALS, _MAX_INITIALS + 1):
                    if start + size <= len(found):
                        yield "".join(found[start : start + size])


def has_name(index: NameIndex, key: str) -> bool:
    """Return whether a folded name stands in an indexed text, in any script that is known."""
    if _FOREIGN.search(key):
        return key in index.folded or any(
            _has_latin(index, form) for form in _load_vendor_forms()[0].get(key, ())
        )
    forms = _load_vendor_forms()[0]
    bare = key[:-1] if key.endswith("s") and len(key) > _MIN_GENITIVE else key
    return (
        _has_latin(index, key)
        or any(form in index.folded for form in forms.get(key, forms.get(bare, ())))
        or _has_equivalent(index, key)
        or _has_acronym(index, key)
        or (key.endswith("s") and _has_acronym(index, key[:-1]))
        or (bool(index.latinised) and len(key) > 3 and _skeleton(key) in index.latinised)
    )


def _has_latin(index: NameIndex, key: str) -> bool:
    if key in index.words or (key.endswith("s") and len(key) > 3 and key[:-1] in index.words):
        return True
    if f"{key}s" in index.words or f"{key}es" in index.words:
        return True
    parts = [part for part in re.split(r"[\s-]", key) if part]
    if (
        len(parts) > 1
        and not re.search(r"\d", key)
        and all(_has_latin(index, part) for part in parts)
    ):
        return True
    plain = re.sub(r"[\s.&-]", "", key)
    return len(plain) > 4 and plain in index.joined


def _has_equivalent(index: NameIndex, key: str) -> bool:
    number = _find_group(key)
    if number is None:
        return False
    return any(_stands(index, form) for form in _load_equivalents()[1][number])


def _find_group(key: str) -> int | None:
    """Return the number of the group that a word is of, a German genitive too: "Südkoreas"."""
    numbers = _load_equivalents()[0]
    number = numbers.get(key, _find_place_of(key))
    if number is None and key.endswith("s") and len(key) > _MIN_GENITIVE:
        number = numbers.get(key[:-1])
    return number


_MIN_GENITIVE = 4  # letters of a name with the ending of one

# Endings by which languages make the people and the adjective of a place.
_PEOPLE = re.compile(
    r"(?:n|an|ian|ien|ienn|isch|nisch|esisch|es|ese|in|no|na|ni|ne|ano|ana|iano|iana)[ae]?[rns]?"
)


@lru_cache(maxsize=4096)
def _find_place_of(key: str) -> int | None:
    """Return the number of the place whose people or adjective a word is: "Cambodian"."""
    numbers, _, _ = _load_equivalents()
    for size in range(len(key) - 1, 3, -1):
        if not _PEOPLE.fullmatch(key, size):
            continue
        for ending in ("", "a", "e", "y", "o"):
            number = numbers.get(key[:size] + ending)
            if number is not None:
                return number
    return None


def _stands(index: NameIndex, form: str) -> bool:
    if _FOREIGN.search(form):
        return form in index.folded
    if " " in form or "-" in form:
        return re.search(rf"(?<!\w){re.escape(form)}", index.folded) is not None
    if form.endswith("isch"):
        return any(word.startswith(form) for word in index.words)
    return form in index.words


_ISCH = re.compile(r"(?<=isch)(?:e|er|es|en|em)$")  # of German adjectives of countries


def _has_acronym(index: NameIndex, key: str) -> bool:
    """Return whether "ACME" stands for names with these first letters, one after the other."""
    return key in index.initials


def is_initials(short: str, full: str) -> bool:
    """Return whether a name is the first letters of another's words: "AP" of "Associated Press"."""
    letters = re.sub(r"['’]s?$|[.]", "", short)
    capitals = "".join(re.findall(r"\b[A-Z](?=\w)", full))
    return len(letters) > 1 and letters.isupper() and letters in capitals and letters != full


@lru_cache(maxsize=4096)
def find_phrases(folded: str) -> tuple[tuple[int, str, bool], ...]:
    """Return the equivalents in several words or other scripts that stand in a folded text.

    Each as the number of its group, the form, and whether the group is a country.
    """
    forms, _, first_country = _load_equivalents()
    found = [
        (number, form, number >= first_country)
        for form, number in forms.items()
        if len(form) > 1
        and (" " in form or _FOREIGN.search(form))
        and form in folded
        and (_FOREIGN.search(form) or re.search(rf"(?<!\w){re.escape(form)}(?!\w)", folded))
    ]
    for match in _LATIN_WORD.finditer(folded):
        word = _ISCH.sub("", strip_possessive(match[0]))
        number = forms.get(word, forms.get(word.removesuffix("s"), -1) if len(word) > 6 else -1)
        if number >= first_country and match[0] not in _NO_NAMES:
            found.append((number, word, True))
    return tuple(found)


_HOMES = {
    "zh": "china",
    "de": "germany",
    "fr": "france",
    "it": "italy",
    "th": "thailand",
    "ja": "japan",
}


def is_home_of(form: str, language: str) -> bool:
    """Return whether a country, in any of its forms, is the one where a language is at home."""
    numbers, groups, _ = _load_equivalents()
    home = numbers.get(_HOMES.get(language, ""))
    return home is not None and form in groups[home]


def is_place(key: str) -> bool:
    """Return whether a folded name is a country or its people."""
    return _load_equivalents()[0].get(key, -1) >= _load_equivalents()[2]


def are_equivalent(one: str, two: str) -> bool:
    """Return whether two folded names are parts of forms of one group of equivalents."""
    return any(
        any(one in form.split() or one == form for form in group)
        and any(two in form.split() or two == form for form in group)
        for group in _load_equivalents()[1][: _load_equivalents()[2]]
        if any(one in form for form in group)
    )


def has_group(index: NameIndex, number: int) -> bool:
    """Return whether a form of a group of equivalents stands in an indexed text."""
    return any(_stands(index, form) for form in _load_equivalents()[1][number])


_TO_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i i k l m n o p r s t u f kh ts ch sh sch _ y _ e yu ya".split(),
        strict=True,
    )
)


def _latinise(word: str) -> str:
    return "".join(_TO_LATIN.get(character, character) for character in word).replace("_", "")


def _skeleton(word: str) -> str:
    """Return the consonants that a transliteration keeps."""
    word = word.replace("kh", "h").replace("ck", "k").replace("c", "k").replace("ts", "z")
    word = word.replace("w", "v").replace("x", "ks").replace("ph", "f").replace("q", "k")
    word = re.sub(r"(.)\1", r"\1", word)
    return re.sub(r"[aeiouy'-]", "", word[1:]) + word[:1]
