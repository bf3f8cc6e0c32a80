"""What one sentence says of an AI claim: which points of the test its own words answer.

A point is earned by the quoted sentence, and by no other:

- *data*: whose, and how large: a number and its unit that something was trained, tested or read on;
- *method*: how the AI works, or how its result was measured;
- *customer*: a customer by its name;
- *result*: a measured outcome: a figure and what it measures; no plan limit, price or turnover;
- *difference*: what it does that an equal product without AI does not;
- *availability*: announced, in a trial, rolling out, to be had.

Advice, appeals and ceremony answer none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.edition.availability import read_availability
from digest.patterns import join_alternatives
from digest.scale_words import SPACED_SCALES

POINTS = ("data", "method", "availability", "customer", "result", "difference")  # with a quote
PROOF_POINTS = frozenset(("data", "customer", "result"))
TELLING_POINTS = ("result", "data", "customer", "difference", "method")  # the best quote first
_MAX_DISTANCE = 90  # characters between the size of data and what was done with them


@dataclass(frozen=True, slots=True)
class Subject:
    """What a claim is about, by the names under which a sentence may speak of it."""

    name: str
    names: frozenset[str]
    others: frozenset[str]  # vendors that the quarter's stories tell of, without it

    def is_named(self, text: str) -> bool:
        """Return whether a text names it."""
        return any(has_name(text, name) for name in self.names)


def has_name(text: str, name: str) -> bool:
    """Return whether a text holds a name as it is written, and not as a part of another."""
    return name in text and bool(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text)
    )


# ---------------------------------------------------------------- what answers nothing

_ADVICE = re.compile(
    r"\b(?:should|ought to|must|make sure|consider \w+ing|(?:you|we|they|brands|marketers|teams|"
    r"advertisers|companies|publishers|businesses|sites) (?:need|have|want) to|it[’']s (?:best|"
    r"wise)|"
    r"sollten?|müssen|dovre\w+|devono|conviene|devr\w+|doivent|il faut|deber\w+|deben|hay que)\b|"
    r"ควร",
    re.IGNORECASE,
)
_APPEAL = re.compile(
    r"(?:build|get|start|try|sign up|book|request|download|join|register|learn more|read more|"
    r"learn how|find out|see how|discover|subscribe|click|contact|watch|explore|head over|"
    r"erfahren sie|jetzt|scopri|prova|iscriviti|découvrez|essayez|descubre|prueba|สมัคร|คลิก)\b",
    re.IGNORECASE,
)
_CEREMONY = re.compile(
    r"\b(?:celebrat\w+|thrilled|excited|proud|delighted|our mission|look back|milestones?|"
    r"wir freuen uns|stolz|siamo (?:lieti|orgogliosi)|nous sommes (?:ravis|fiers)|"
    r"nos complace|orgullosos)\b|ภูมิใจ",
    re.IGNORECASE,
)
_BRINGS = re.compile(  # and what a celebration brings with it all the same
    r"\bwith (?:\w+ ){0,2}(?:new |features?\b|tools?\b|updates?\b)", re.IGNORECASE
)
_PLAN = re.compile(
    r"\b(?:plans?|limits?|quotas?|seats?|credits?|allowances?|subscriptions?|subscribers?|"
    r"pric(?:e[sd]?|ing)|fees?|charge[sd]?|extra [\d.]|discount\w*|per (?:month|user|seat|year)|"
    r"a (?:month|seat)|free (?:trial|users|tier)|"
    r"tarif\w*|preis\w*|abbonament\w*|piano|prezzo|abonnement\w*|precio|descuento)\b|แพ็กเกจ|ราคา",
    re.IGNORECASE,
)
_MONEY = re.compile(r"[$€£¥]\s?\d|\d\s?(?:[$€£¥]|EUR\b|USD\b|GBP\b|dollars?\b|euros?\b)")
_BUSINESS = re.compile(  # of a company, not of what its AI does
    r"\b(?:revenues?|turnover|profits?|earnings|shares?|funding|valuation|umsatz|gewinn|ricavi|"
    r"utile|chiffre d[’']affaires|ingresos)\b",
    re.IGNORECASE,
)
_LACKS = re.compile(r"\b(?:neither|nor|weder|né|ni)\b", re.IGNORECASE)


def says_nothing(sentence: str) -> bool:
    """Return whether a sentence is advice, an appeal, ceremony or a question."""
    return bool(
        _ADVICE.search(sentence)
        or _APPEAL.match(sentence)
        or (_CEREMONY.search(sentence) and not _BRINGS.search(sentence))
        or sentence.rstrip("”\"’'» ").endswith(("?", "？"))
    )


def tells_terms(sentence: str) -> bool:
    """Return whether a sentence is about a plan, a price, a fee or a company's business."""
    return bool(_PLAN.search(sentence) or _BUSINESS.search(sentence))


# ---------------------------------------------------------------- data

_NUMBER = rf"\d[\d.,]*\+?(?:[ -]?(?:{join_alternatives(SPACED_SCALES)}))?"
_UNITS = (
    r"prompts?|queries|searches|keywords?|conversations?|chats|calls|messages|e-?mails?|letters|"
    r"users?|customers?|consumers?|shoppers?|adults|people|respondents|marketers|advertisers?|"
    r"brands?|companies|businesses|merchants|retailers|sites|websites|domains|pages|urls|articles|"
    r"documents|images|videos|hours|records|profiles|contacts|transactions|orders|purchases|"
    r"sessions|visits|impressions|clicks|campaigns|ads|posts|reviews|events|examples|responses|"
    r"questions|"
    r"answers|citations|categories|listings|data points|tokens|accounts|interactions|products|"
    r"[^\W\d_]*gesprächen?|kunden|nutzern?|[^\W\d_]*anfragen|unternehmen|datensätzen?|seiten|"
    r"bestellungen|dokumenten?|bildern?|utenti|clienti|ricerche|aziende|ordini|conversazioni|"
    r"messaggi|pagine|documenti|utilisateurs|clients|requêtes|entreprises|commandes|clientes|"
    r"usuarios|consultas|empresas|conversaciones|pedidos|mensajes|páginas|búsquedas"
)
_SIZE = re.compile(
    rf"(?<![\w$€£¥.,]){_NUMBER}(?:\s(?:(?:of|di|de|"
    rf"von)\s)?[^\W\d_][\w’'-]*){{0,4}}?\s(?:{_UNITS})\b|"
    r"\d[\d.,]*\s?(?:หมื่น|แสน|ล้าน|พันล้าน)\s?[\u0e00-\u0e4f]{2,12}",
    re.IGNORECASE,
)
_NO_SIZE = re.compile(r"\b(?:the|a|an|per|than|to|by|and|or|is|are|were|was|in|on|for)\b|%", re.I)
_EACH = re.compile(r"\b(?:every|each|per|pro|jede[rs]?|ogni|chaque|cada)\s$", re.I)  # a share
_BASIS = re.compile(
    r"\b(?:(?:pre-?)?train(?:ed|ing)|fine-?tuned|built|based|tested|test(?:s|ing)? (?:on|with|of)|"
    r"analy[sz]ed|analysis|evaluated|grounded|learn(?:s|ed)? from|measured|studied|stud(?:y|"
    r"ies) of|"
    r"survey(?:ed)?|poll(?:ed)?|draw(?:s|n)? (?:on|from)|sampled?|examined|looked at|tracked|"
    r"dataset|trainiert|getestet|ausgewertet|befragt|basiert|gemessen|untersucht|addestrat\w*|"
    r"testat\w*|analizzat\w*|basat\w*|misurat\w*|entraîn\w*|testé\w*|analysé\w*|mesuré\w*|"
    r"entrenad\w*|probad\w*|analizad\w*|basad\w*|medid[oa]s?)\b|ฝึก|ทดสอบ|วิเคราะห์|สำรวจ",
    re.IGNORECASE,
)
_SAMPLED = re.compile(  # in a study, what a figure is taken from
    r"\b(?:across|at|from (?:over|more than|about)|among|using|with|over|data (?:from|on)|"
    r"research|quer|bei|unter|su|tra|parmi|auprès|entre)\b",
    re.IGNORECASE,
)


def find_data_size(sentence: str, *, study: bool = False) -> str:
    """Return how large the data are that something rests on, as its words give it; "" for none."""
    sizes = [
        size
        for size in _SIZE.finditer(sentence)
        if not _NO_SIZE.search(re.sub(r"^\S+", "", size[0])) and re.search(r"[1-9]", size[0])
    ]
    bases = [*_BASIS.finditer(sentence), *(_SAMPLED.finditer(sentence) if study else ())]
    for size in sizes:
        is_year = re.fullmatch(r"(?:19|20)\d\d", size[0].split()[0])
        if is_year or _EACH.search(sentence[: size.start()]):
            continue
        for basis in bases:
            gap = max(basis.start() - size.end(), size.start() - basis.end())
            if gap <= (_MAX_DISTANCE if _BASIS.fullmatch(basis[0]) else 12):
                return size[0].strip()
    return ""


# ---------------------------------------------------------------- method

_MODEL = (
    r"(?:models?(?! context protocol)|llms?|algorithms?|embeddings?|neural nets?|networks?|"
    r"classifiers?|retrieval|reinforcement learning|machine learning|computer vision|"
    r"knowledge graph|regression|signals|decision trees?|modell\w*|algorithmus|"
    r"algorithmen|maschinelles lernen|modell[oi]|algoritm[oi]|"
    r"apprendimento automatico|modèles?|algorithmes?|apprentissage|modelos?|aprendizaje)"
)
_BETWEEN = r"(?:[\w’'/.,-]+ ){0,6}?"
_TRAINED = re.compile(  # with the size of its data it says no more than that
    rf"\b(?:train\w*|fine-?tun\w*|grounded|retrained) {_BETWEEN}(?:on|in|with|from|by) |"
    r"\btrainiert\b|\baddestrat\w+ (?:su|con)\b|\bentraîné\w* (?:sur|avec)\b|"
    r"\bentrenad\w+ (?:con|en)\b|ฝึกด้วย|ฝึกจาก",
    re.IGNORECASE,
)
_METHOD = re.compile(
    rf"\b(?:built|based|runs?|running|relies|rests|powered|bas[ae]\w* (?:su|en|auf)|basiert auf|"
    rf"repose sur|s[’']appuie sur)\b {_BETWEEN}{_MODEL}\b|"
    r"\b(?:built on|based on|runs? on|running on|powered by) (?:[A-Z][\w.]*[ -])?[A-Z]*[\w.-]*\d|"
    rf"\b(?:uses?|using|combin(?:es|ing)|appl(?:ies|ying)|employs|via|nutzt|verwendet|usa|utilizza|"
    rf"utilise|emploie|utiliza) {_BETWEEN}{_MODEL}\b|"
    r"\bmixture[- ]of[- ]experts\b|"
    # What is put together with what, and what is checked by whom before it counts.
    r"\b(?:pairs?|pairing|couples|coupling|abbina|koppelt|associe) (?:[\w’'-]+ ){1,4}?"
    r"(?:with|mit|con|a|à) .{0,60}\b(?:models?|rules?|polic(?:y|ies)|guardrails?|reasoning|search|"
    r"regeln|richtlinien|regole|règles|reglas|modell\w*|modèles?|modelos?)\b|"
    r"\b(?:guardrails?|polic(?:y|ies)|rules?|checks|evaluations?|simulations?|regeln|richtlinien|"
    r"regole|règles|reglas) (?:that|which|die|che|qui|que) (?:[\w’'-]+ )?(?:verif|check|validat|"
    r"test|enforc|prüf|controll|vérifi|valid)\w*|"
    r"\b(?:propos|suggest|draft|recommend)\w* (?:[\w’'-]+ ){1,3}?(?:that|which|for) "
    r"(?:[\w’'-]+ ){1,3}?(?:test|review|approve|confirm|check)\b|"
    r"\bschlägt .{3,60} vor, die .{3,40} (?:prüf|freigeb|genehmig)\w*|"
    r"\bpropone .{3,40} che .{3,40} (?:verific|approv|conferm)\w*|"
    r"\bpropose des .{3,40} que .{3,40} (?:vérifi|approuv|valid)\w*|"
    r"\bpropone .{3,40} que .{3,40} (?:revis|aprueb|valid)\w*|"
    r"\b(?:weigh(?:t(?:s|ing|ed))?s?|rank(?:s|ing|ed)?|scor(?:es|ing|ed)|cluster(?:s|ing|ed)|"
    r"classif(?:ies|ying|ied)|predict(?:s|ing|ed)) (?:[\w’'-]+ ){1,6}?"
    r"(?:by|against|from|using|more heavily|according to)\b|\bworks by\b|"
    rf"\b(?:measured|tested|compared|evaluated|benchmarked) {_BETWEEN}"
    r"(?:by|with|against|using|over|across) |"
    r"\b(?:in|on) (?:an?|our|its|their) (?:[\w-]+ ){0,3}?(?:evaluations?|benchmarks?|experiments?|"
    r"tests?) (?:of|on|with|among|over) |"
    r"\ba/b[- ]test\w*|\bcontrol group\b|\bhold-?out\b|\brandomi[sz]ed\b|\bincrementality\b|"
    r"\bback-?test\w*|\bkontrollgruppe\b|\bgruppo di controllo\b|\bgroupe (?:de contrôle|témoin)\b|"
    r"\bgrupo de control\b|\bgemessen\b|\bmisurat\w+\b|\bmesuré\w*\b|\bmedid[oa]s?\b|"
    r"ใช้โมเดล|กลุ่มควบคุม|วัดจาก",
    re.IGNORECASE,
)
_NO_METHOD = re.compile(  # people are trained, and things go by where they are
    r"\b(?:train(?:s|ed|ing)? (?:your|their|our|staff|teams?|employees|people|marketers)|"
    r"training (?:course|session|programme?)s?)\b|"
    r"\b(?:open standard|(?:context|open|data) protocols?|connectors?)\b",  # of talking, not AI
    re.IGNORECASE,
)

# ---------------------------------------------------------------- result

_FIGURE = (
    r"\d[\d.,]*\s?(?:%|percentage points\b|percent\b|"
    r"per cent\b|prozent\b|per cento\b|pour cent\b|por ciento\b|times\b|"
    r"x\b|×|-fold\b|mal\b|volte\b|fois\b|veces\b)"
)
_SPAN = (
    r"\d[\d.,]*\s(?:hours?|minutes?|days?|weeks?|seconds?|stunden?|minuten?|tagen?|ore|minuti|"
    r"giorni|heures?|jours?|horas?|minutos|días)"
)
_CHANGE = re.compile(
    r"\b(?:cut|cuts|cutting|reduc|increas|improv|boost|sav(?:e|es|ed|ing)\b|lift|rais|grew|grow|"
    r"rose|"
    r"fell|fall|drop|declin|halv|doubl|tripl|shorten|up from|down from|from \d|fewer|more\b|less\b|"
    r"faster|higher|lower|cheaper|slower|shorter|gesenkt|senk|gesteigert|steiger|spar|mehr\b|"
    r"weniger|"
    r"schneller|kürzer|ridott|riduc|aumentat|aument|più\b|meno\b|réduit|rédui|augment|plus\b|"
    r"moins\b|"
    r"reduc|reducid|más\b|menos\b)\w*|เพิ่ม|ลด",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\b(?:time|hours?|minutes|costs?|clicks?|click-?through|conversions?|rates?|opens?|accuracy|"
    r"errors?|latency|speed|leads?|tickets?|calls?|returns?|roas|cpa|cpc|sales|orders?|traffic|"
    r"conversations?|chats?|engagement|effort|work|workload|churn|tokens?|throughput|responses?|answers?|resolution|"
    r"issues|requests|inquiries|enquiries|hand-?offs?|"
    r"satisfaction|views?|visits?|productivity|spend|queries|hallucinations?|bounces?|volume|"
    r"tasks?|replies|campaigns?|output|performance|faster|cheaper|slower|shorter|recall|precision|"
    r"zeit|kosten|klicks?|konversion\w*|[^\W\d_]*rate|fehler\w*|aufwand|schneller|anfragen|tempo|"
    r"costi|clic|conversioni|tass[oi]|errori|lavoro|temps|coûts?|taux|erreurs|travail|ventes|"
    r"rapide|"
    r"tiempo|costes?|costos?|tasas?|errores|ventas|clics|rápid\w*|veloce|[^\W\d_]+zeit)\b|"
    r"เวลา|ต้นทุน|ยอดขาย|คลิก|ความแม่นยำ",
    re.IGNORECASE,
)
_RESULT_FIGURE = re.compile(rf"{_FIGURE}|{_SPAN}", re.IGNORECASE)
_MIN_STUDY_WORDS = 8  # with a figure: it says what was counted
_CLAIM_SHARE = re.compile(
    r"\b(?:resol\w+|answer\w*|handl\w+|clos(?:e|es|ed|ing)|found|finds|detect\w*|löst|risolve|résout|resuelve)\b"
)

# ---------------------------------------------------------------- customer

_TRADES = (
    r"(?:customer|client|retailer|brand|bank|airline|insurer|publisher|agency|manufacturer|maker|"
    r"grocer|chain|shop|startup|hotelier|operator|kunde|händler|hersteller|marke|cliente|azienda|"
    r"catena|banca|marque|enseigne|banque|marca|cadena|empresa)"
)
_USES = (
    r"(?:uses|used|deployed|adopted|is using|runs|cut|saved|raised|increased|reduced|improved|"
    r"nutzt|"
    r"setzt|hat|senkte|utilizza|usa|ha|utilise|a|utiliza|redujo)"
)
_CUSTOMER = re.compile(
    r"\b(?i:customers?|clients?|advertisers|brands|retailers|kunden|clienti|clientes|companies)"
    r"(?i: like| such as|,? including|,? wie| come| comme| como| tels que) (?P<who>[A-Z][\w&.-]+)|"
    rf"\b(?i:{_TRADES}) (?P<named>[A-Z][\w&.-]+(?: [A-Z][\w&.-]+)?),? (?:[^.;]{{0,60}}, )?"
    rf"(?i:(?:has |have )?{_USES}) |"
    r"(?P<user>[A-Z][\w&.-]+(?: [A-Z][\w&.-]+)?),? (?i:uses|used|has deployed|deployed|adopted|"
    r"is using|nutzt|setzt|utilizza|usa|utilise|utiliza) (?P<what>.+)"
)

# ---------------------------------------------------------------- difference

_COMPARED = re.compile(
    r"\b(?:unlike|rather than|instead of|compared (?:with|to)|without|no longer|previously|"
    r"until now|used to|where (?:\w+ ){1,4}had to|replac\w+|anders als|statt|bisher|ohne|"
    r"a differenza|invece di|senza|finora|contrairement|au lieu|sans|jusqu|a diferencia|en lugar|"
    r"sin|hasta ahora)\b|แทนที่|โดยไม่ต้อง|ต่างจาก",
    re.IGNORECASE,
)
_WITHOUT_AI = re.compile(
    r"\b(?:manual\w*|by hand|hand-\w+|rule[- ]based|(?:fixed|static|preset|predefined|"
    r"hard-coded) \w+|"
    r"rules|keyword (?:match\w*|lists?|rules)|exact keywords|spreadsheets?|traditional|"
    r"conventional|"
    r"one by one|templates?|script(?:s|ed)|cod(?:e|ing)|prompt\w*|(?:non-|without )ai|no ai|"
    r"manuell\w*|von hand|feste\w* regeln|regeln|vorlagen|a mano|manual\w+|regole|modelli fissi|"
    r"à la main|manuel\w*|règles|modèles fixes|a mano|reglas|plantillas)\b|ด้วยมือ|กฎ",
    re.IGNORECASE,
)

# ---------------------------------------------------------------- which points


def read_points(sentence: str, subject: Subject, *, study: bool = False) -> Iterator[str]:
    """Yield the points that a sentence answers. Of a study, a share of what was counted is one."""
    if says_nothing(sentence):
        return
    is_of_terms = tells_terms(sentence)
    has_size = bool(find_data_size(sentence, study=study)) and not is_of_terms
    if has_size:
        yield "data"
    if _is_method(sentence, has_size=has_size):
        yield "method"
    if read_availability(sentence) is not None:
        yield "availability"
    if _names_customer(sentence, subject):
        yield "customer"
    if not is_of_terms and (_is_result(sentence) or (study and _is_finding(sentence))):
        yield "result"
    if _COMPARED.search(sentence) and _is_difference(sentence) and not is_of_terms:
        yield "difference"


def _is_method(sentence: str, *, has_size: bool) -> bool:
    if _MONEY.search(sentence) or _LACKS.search(sentence) or _NO_METHOD.search(sentence):
        return False
    return bool(_METHOD.search(sentence) or (not has_size and _TRAINED.search(sentence)))


def _is_result(sentence: str) -> bool:
    """Return whether a figure stands with what it measures and how that changed."""
    if not _RESULT_FIGURE.search(sentence):
        return False
    without = _RESULT_FIGURE.sub(" ", sentence)
    if re.search(_FIGURE, sentence, re.IGNORECASE) and _CLAIM_SHARE.search(without):
        return bool(_MEASURE.search(without))
    return bool(_CHANGE.search(sentence) and _MEASURE.search(without))


def _is_finding(sentence: str) -> bool:
    """Return whether a sentence of a study gives a figure and says what was counted."""
    has_figure = re.search(_FIGURE, sentence, re.IGNORECASE)
    return bool(has_figure) and len(sentence.split()) >= _MIN_STUDY_WORDS


def _is_difference(sentence: str) -> bool:
    match = _COMPARED.search(sentence)
    return bool(match and _WITHOUT_AI.search(sentence, max(0, match.start() - 60)))


def _names_customer(sentence: str, subject: Subject) -> bool:
    match = _CUSTOMER.search(sentence)
    if match is None:
        return False
    if who := match["who"] or match["named"]:
        return not subject.is_named(who)
    return match["user"] in subject.others and subject.is_named(match["what"])
