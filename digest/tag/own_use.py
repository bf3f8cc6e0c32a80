"""Tell a retailer's or brand's own service for its customers from a product that companies buy.

A shop that launches an assistant for its shoppers sells them goods, not the assistant. Pure once
the tables of actors and vendors are loaded.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from digest.tag.lexicon import load_actors
from digest.tag.vendors import load_shipped_vendors
from digest.tag.words import fold_text

_OWNERS = frozenset(("retailer", "brand"))  # of `actors.tsv`
# What those sell who have shops and marketplaces of their own; a vendor of anything else sells it.
_SHOP_CATEGORIES = frozenset(("retail-proximity-iot", "ecommerce-platforms", "ecommerce-marketing"))
_HEAD_CHARS = 40  # of a headline, in which who acts is named
_ACTS = re.compile(  # what follows names who is served, or whose model runs it
    r"\b(?:launch\w*|debut\w*|introduc\w*|unveil\w*|roll\w* out|releas\w*|test\w*|tries|trial\w*"
    r"|pilot\w*|puts?|putting|adds?|adding|brings?|bringing|expand\w*|is|are|starte\w*|führt|lanc\w+"
    r"|déploie|teste|lanz\w+|prueba|lança\w*)\b|推出|上线|発表|開始|เปิดตัว",
    re.IGNORECASE,
)
_FOR_SHOPPERS = re.compile(  # a thing that a shop's own customers use
    r"\b(?:shopping|grocery|gift\w*|styling|ordering|travel|booking)[ -](?:\w+ )?"
    r"(?:assistants?|agents?|apps?|chat ?bots?|bots?|companions?|concierge|helper)\b"
    r"|\bshop\w* (?:assistants?|companions?)\b"
    r"|\b(?:in|into|across|to) (?:its|their) (?:own )?(?:\w+ )?"
    r"(?:stores?|shops?|restaurants?|drive-thrus?|branches|hotels?|supermarkets?)\b"
    r"|\blets? (?:its )?(?:users|customers|shoppers|guests|diners|riders|members|travell?ers) "
    r"(?:order|buy|shop|book)\b"
    r"|einkaufs(?:assistent\w*|berater\w*|bot)|shopping-(?:assistent\w*|bot)"
    r"|assistant (?:shopping|d['’]achats?)|assistente (?:allo shopping|per gli acquisti|di compras"
    r"|de compras)|asistente de compras|购物助手|導購助手|导购助手|ショッピングアシスタント"
    r"|買い物アシスタント|ผู้ช่วยช้อป",
    re.IGNORECASE,
)
_FOR_COMPANIES = re.compile(  # whoever does business is offered something
    r"\b(?:for|lets?|helps?|enables?|gives?|allows?|to) (?:\w+ ){0,2}(?:brands?|retailers?"
    r"|merchants?|sellers?|advertisers?|marketers?|business(?:es)?|publishers?|developers?"
    r"|partners?|agencies|companies|creators?)\b"
    r"|\bad(?:s|vertis\w*)?\b"
    r"|\b(?:retail media|marketing|data) (?:\w+ )?(?:platform|network|tool)"
    r"|\bapis?\b|\bself-service\b|für (?:händler|marken|werbe\w+|unternehmen|verkäufer)"
    r"|pour les (?:marques|annonceurs|marchands|vendeurs|entreprises)"
    r"|per (?:i brand|le aziende|i venditori|gli inserzionisti)"
    r"|para (?:marcas|anunciantes|vendedores|empresas)|商家|卖家|賣家|品牌主|广告|廣告|広告"
    r"|企業向け|法人向け|事業者",
    re.IGNORECASE,
)


def is_own_use(title: str, summary: str, vendors: Collection[str]) -> bool:
    """Return whether a headline tells what a retailer or brand offers its own customers.

    That is so where one of the table of actors acts and offers companies nothing; or where what is
    offered is for shoppers, and nobody acts who sells anything but goods and their places.
    `vendors` are those that the story is about.
    """
    text = f"{title}\n{summary}"
    if _FOR_COMPANIES.search(text):
        return False
    if is_owner_acting(title):
        return True
    if not _FOR_SHOPPERS.search(text):
        return False
    acting = [name for name in vendors if name in _take_head(title)]
    return all(_list_categories().get(name, frozenset()) <= _SHOP_CATEGORIES for name in acting)


def is_owner_acting(title: str) -> bool:
    """Return whether it is a retailer or brand of the table of actors that a headline lets act."""
    return not _OWNERS.isdisjoint(_find_actors(_take_head(title)[:_HEAD_CHARS]))


def _take_head(title: str) -> str:
    """Return what stands before the first act of a headline; "" where none is told."""
    return _ACTS.split(title, maxsplit=1)[0] if _ACTS.search(title) else ""


def _find_actors(text: str) -> tuple[str, ...]:
    return load_actors().find_labels(fold_text(text)) if text else ()


@cache
def _list_categories() -> dict[str, frozenset[str]]:
    return {vendor.name: frozenset(vendor.categories) for vendor in load_shipped_vendors()}
