"""Signals: what in a story's words speaks for or against its importance. Published, so that a reader can argue.

Each is a pattern that is searched, in lower case, in the title, and in title and summary together. What a signal is
worth stands in weights.json, measured by tools/train_rank.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

EFFECTIVE_DATE = "a day or month it takes effect"
_RULE = "a rule, a court or a regulator"
_END = "an end, a deprecation or a forced change"
_MONTH = (
    "(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|"
    "aug|sept?|oct|nov|dec|januar|februar|märz|mai|juni|juli|oktober|dezember|gennaio|febbraio|marzo|aprile|maggio|"
    "giugno|luglio|agosto|settembre|ottobre|novembre|dicembre|janvier|février|mars|avril|juin|juillet|août|septembre|"
    "octobre|décembre|enero|febrero|abril|mayo|junio|julio|septiembre|octubre|noviembre|diciembre)"
)

SIGNALS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        name: re.compile(pattern)
        for name, pattern in {
            "ads in an AI assistant or answer": (
                r"(?:chatgpt|openai|gemini|copilot|ai mode|ai overviews?|assistants?|perplexity|"
                r"grok)[^.]{0,50}\bad(?:s|vertis\w+)?\b|\bads?\b[^.]{0,30}(?:in|on|to|for) (?:chatgpt|gemini|"
                r"copilot|ai mode|ai overviews?|ai search)"
            ),
            EFFECTIVE_DATE: (
                r"(?:starting|effective|beginning|begins?|from|by|until|on|after|as of|applies|applicable) "
                rf"(?:in |from )?\**(?:\d{{1,2}} )?{_MONTH}\b|\b{_MONTH} \d{{1,2}}\b|\b\d{{1,2}}\.? {_MONTH}\b|"
                r"takes? effect|taken effect|"
                r"(?:goes|enters?|entered) into (?:effect|force)|\d+ ?月 ?\d+ ?日"
            ),
            _END: (
                r"sunset\w*|deprecat\w+|retir(?:e|es|ed|ing)\b|shut(?:s|ting)? down|discontinu\w+|no longer|"
                r"will (?:start|begin)? ?(?:requir\w+|replac\w+|remov\w+)|requir(?:e|es|ed|ing|ement|"
                r"ements)\b|must\b|mandat\w+|automatically (?:upgrad|migrat|convert)\w*|migrat\w+|by default|"
                r"opt(?:ing)?[- ]?out"
            ),
            _RULE: (
                r"\bregulat\w+|\blaws?\b|\blegislat\w+|european union|\beu\b|commission\b|\bftc\b|\bdoj\b|"
                r"courts?\b|judge|lawsuit|antitrust|fines?\b|gdpr|digital (?:services|markets) act|ai act|"
                r"binding"
            ),
            "privacy, consent or disclosure": (
                r"privacy|consent|cookies?\b|disclos\w+|labell?ing|labels?\b|transparency|opt[- ]?out|"
                r"data (?:sharing|retention)|copyright|licens\w+"
            ),
            "a study with figures": (
                r"(?:stud(?:y|ies)|data|research|reports?|survey|analysis|analy[sz]ed|benchmark\w*|index|"
                r"experiment|paper|patterns)\b.{0,160}\d|\d.{0,160}\b(?:stud(?:y|ies)|data|research|survey|"
                r"analy[sz]ed|brands|queries|citations|pages)\b|we (?:tracked|analy[sz]ed|tested|studied)|"
                r"stud(?:y|ies) (?:finds?|shows?)|(?:new )?data shows|research shows|found\b"
            ),
            "AI search and answers": (
                r"ai overviews?|ai mode|ai search|ai answers?|ai visibility|answer engine|"
                r"generative (?:search|engine)|\bgeo\b|\baeo\b|zero[- ]click|citations?|chatgpt search"
            ),
            "search traffic and clicks": (
                r"traffic|clicks?\b|search volume|impressions|rankings?\b|visibility|referrals?"
            ),
            "Google's advertising": (
                r"google ads|performance max|\bpmax\b|ai max|demand gen|google ads? manager|merchant center|"
                r"google shopping|shopping (?:ads|campaigns)|local services ads|search campaigns|bidding"
            ),
            "Google's search tools": (
                r"search console|google search|discover\b|core update|spam|google analytics|\bga4\b|"
                r"structured data|snippets?"
            ),
            "Meta, Microsoft, Amazon, LinkedIn, TikTok or Apple advertising": (
                r"(?:meta|facebook|instagram|microsoft|bing|amazon|linkedin|tiktok|snap\w*|reddit|pinterest|"
                r"apple|youtube|netflix)\b[^.]{0,60}\b(?:ads?|advertis\w+|campaigns?)\b"
            ),
            "a platform of the stack": (
                r"hubspot|salesforce|adobe|klaviyo|shopify|braze|mailchimp|marketo|canva|wordpress|semrush|"
                r"clarity|zendesk|intercom|twilio|sprinklr|hootsuite|optimizely|sitecore|contentful|"
                r"contentstack|snowflake|databricks"
            ),
            "shopping and commerce": (
                r"shopping|e-?commerce|commerce|checkout|merchants?|retail\w*|product discovery|"
                r"product listings?|purchas\w+|buyers?\b|orders\b"
            ),
            "CRM, service and sales": (
                r"\bcrm\b|customer (?:service|support|experience|platform|data|relationship)|sales (?:team|"
                r"rep)\w*|leads?\b|contact center|cdp\b"
            ),
            "measurement and budgets": (
                r"measurement|attribution|conversions?|benchmark\w*|incrementality|budgets?\b|roas|roi\b|"
                r"spend(?:ing)?\b|costs?\b|cpc|cpm|pricing|prices?\b"
            ),
            "a deal between companies": r"acqui(?:re|res|red|ring|sition)|merger|merges|buys\b|bought|takeover",
            "a funding round": r"raises?\b|raised|funding|series [a-e]\b|seed round|valuation|valued at|venture",
            "generally available": (
                r"generally available|general availability|available (?:to (?:all|everyone)|globally|"
                r"worldwide|now)|now available|roll(?:s|ing|ed)? out|rollout|open to everyone|global(?:ly)?\b|"
                r"worldwide|launch(?:es|ed)"
            ),
            "early or reported": (
                r"preview|beta\b|pilot|test(?:s|ing)\b|rumou?r\w*|reportedly|report:|plans? to|preparing|"
                r"may\b|could\b|hints?"
            ),
            "for developers": (
                r"\bapis?\b|\bsdk\b|\bv\d+(?:\.\d+)*\b|version \d|github|developers?\b|\bcli\b|\bcod(?:e|"
                r"ing)\b|open[- ]source|repo\b|endpoint|library|scripts?\b|mcp\b|plugins?|terminal|kubernetes|"
                r"database|vector|benchmarks?\b"
            ),
            "a model of general use": (
                r"\b(?:claude|gpt-?\d|gpt\b|gemini \d|llama|qwen|kimi|mistral|grok|deepseek|sonnet|opus|fable|"
                r"mythos|seedance|kling|muse)\b|open[- ]weight|model card|system card|parameters|"
                r"frontier model"
            ),
            "AI science, safety or hardware": (
                r"safety|alignment|cyber\w*|vulnerab\w+|chips?\b|gpus?\b|data cent(?:er|re)s?|robot\w*|"
                r"scienc\w+|scientific|math\w*|physics|bio\w*|health\w*|drug|protein|interpretab\w+|"
                r"government|military|nuclear|energy|reasoning"
            ),
            "people and companies": (
                r"hires?\b|appoint\w*|joins?\b|ceo\b|resign\w*|layoffs?|office\b|partner(?:s|ship)?\b|board\b|"
                r"founder"
            ),
            "advice": (
                r"^(?:how|why|what|when|\d+)\b|how to\b|guide\b|tips\b|best practices|checklist|framework|"
                r"playbook|webinar|steps\b|strategy|strategies|you (?:should|can|need)|here's"
            ),
            "a round-up": (
                r"pulse\b|;.*;|this week|recap|newsletter|news and insights|latest .{0,20}news|updates:|"
                r"\bissue\b|❗|🤖"
            ),
            "consequence for brands or publishers": (
                r"\b(?:advertisers?|marketers?|brands?|publishers?|businesses|agencies|site owners|merchants|"
                r"retailers|seos?)\b"
            ),
            "agents for customers": r"agents?\b|agentic|assistants?\b",
            "spoken outside Europe and North America": (
                r"[\u0400-\u04ff\u3040-\u30ff\u3400-\u9fff\u0e00-\u0e7f]{3,}"
            ),
            "shopping in an AI assistant": (
                r"(?:chatgpt|openai|gemini|copilot|ai mode|assistants?|agents?|perplexity|"
                r"ai search)[^.]{0,80}(?:shopping|product discovery|commerce|checkout|buy|orders|sales|"
                r"merchants?|stores?)\b|agentic commerce|\bucp\b"
            ),
            "a deal by a platform of the stack": (
                r"(?:hubspot|salesforce|adobe|klaviyo|shopify|braze|mailchimp|google|microsoft|meta|amazon|"
                r"openai|canva|semrush|omnicom|publicis|wpp|ias|doubleverify|zeta|"
                r"attentive)\b[^.]{0,60}(?:acqui(?:re|res|red|sition)|deal\b|buys|merger)"
            ),
            "news of a platform of the stack": (
                r"(?:hubspot|salesforce|adobe|klaviyo|shopify|braze|mailchimp|marketo|canva|clarity|"
                r"google analytics|search console|merchant center)\b[^.]{0,80}(?:launch\w*|introduc\w+|adds?|"
                r"updates?|new\b|hub\b|agents?|rolls?|available)|introducing (?:the )?agentic"
            ),
            "a policy of an advertising platform": (
                r"\bads?\b[^.]{0,60}(?:polic\w+|bans?|require\w*|disclos\w+|labels?|rules?|terms|surcharge|"
                r"fees?)|(?:polic\w+|bans?|requires?) [^.]{0,60}\bads?\b"
            ),
            "a trade body": r"\biab\b|tech lab|\bw3c\b|\bana\b|\bwfa\b|standards?\b|guidelines",
        }.items()
    }
)


# Two signals that mean more together.
COMBINED_SIGNALS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "a rule with the day it takes effect": frozenset({_RULE, EFFECTIVE_DATE}),
        "a forced change with the day it takes effect": frozenset({_END, EFFECTIVE_DATE}),
    }
)


def find_signals(title: str, text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The signals in a title, and those in title and summary together. Both texts must be in lower case."""
    return _match_signals(title), _match_signals(text)


def _match_signals(text: str) -> frozenset[str]:
    found = {name for name, pattern in SIGNALS.items() if pattern.search(text)}
    return frozenset(
        found | {together for together, parts in COMBINED_SIGNALS.items() if parts <= found}
    )
