"""Call a function in a process of its own.

The process imports this module and the function's, and no other: keep both light.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.reduction import ForkingPickler
from types import MappingProxyType
from typing import Any, TypeVar

from digest.errors import DigestError

_T = TypeVar("_T")
_SPAWN = get_context("spawn")
_SAFE_PATH = "PYTHONSAFEPATH"
# a read-only mapping, as of a source's headers, cannot be pickled: it arrives as a dict
ForkingPickler.register(MappingProxyType, lambda proxy: (dict, (dict(proxy),)))


def call_in_process(function: Callable[..., _T], *arguments: object) -> _T:
    """Call a function of a module in a process of its own and return its result.

    Function, arguments and result are pickled. Raises a DigestError with the words of the one
    that the function raises, and where the process dies.
    """
    with _keep_to_installed_modules(), ProcessPoolExecutor(1, mp_context=_SPAWN) as pool:
        try:
            result: _T
            result, error = pool.submit(_catch_error, function, arguments).result()
        except BrokenProcessPool:
            hint = "look at the terminal of `digest review`"
            raise DigestError("the work ended without an answer", hint) from None
    if error:
        raise DigestError(*error)
    return result


@contextmanager
def _keep_to_installed_modules() -> Iterator[None]:
    """Let a new interpreter look for its own modules in no current folder, while this lasts."""
    before = os.environ.get(_SAFE_PATH)  # noqa: TID251 - written for the child
    os.environ[_SAFE_PATH] = "1"  # noqa: TID251 - written for the child
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_SAFE_PATH, None)  # noqa: TID251 - written for the child
        else:
            os.environ[_SAFE_PATH] = before  # noqa: TID251 - written for the child


def _catch_error(function: Callable[..., Any], arguments: tuple[object, ...]) -> tuple[Any, Any]:
    """Return a result, or the words of an error: not every error can be pickled."""
    try:
        return function(*arguments), None
    except DigestError as error:
        return None, (error.message, error.hint)
