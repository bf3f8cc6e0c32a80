"""Who owns several products of the stack: the one owner, who may be proposed, each for theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from digest.i18n import N_, TranslatableText
from digest.model.stack import Product

_EACH_OWNER = N_("each owner")


def find_common_owner(products: Collection[Product]) -> str:
    """Return the one owner of products; "" where there are several, or none."""
    owners = {product.owner for product in products}
    return owners.pop() if len(owners) == 1 else ""


def name_owners(products: Collection[Product]) -> str:
    """Return the one owner of products; of several each for what is theirs; "" without any."""
    if any(product.owner for product in products):
        return find_common_owner(products) or TranslatableText(_EACH_OWNER)
    return ""


def propose_owner(products: Collection[Product]) -> str:
    """Return who owns most of these products; "" where nobody does."""
    owners = Counter(product.owner for product in products if product.owner)
    for name, count in owners.most_common(1):
        if 2 * count > len(products):
            return name
    return ""
