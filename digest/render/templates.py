"""Where the templates are, and the Jinja environment that fills them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest.errors import RenderError
from digest.render.look import Look
from digest.render.words import Words


@cache
def templates_dir() -> Path:
    """The folder of templates, styles and fonts: inside the installed package, else beside it in the repository.

    Raises RenderError where neither is there.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "pages").is_dir():
            return folder
    raise RenderError(f"the templates are missing from {package}", "install the package again")


class _Coloured(FileSystemLoader):
    """Reads templates in the colours of a look."""

    def __init__(self, look: Look) -> None:
        super().__init__(templates_dir())
        self.look = look

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, name, current = super().get_source(environment, template)
        return self.look.coloured(source), name, current


@lru_cache(maxsize=16)
def environment(words: Words, look: Look = Look()) -> Environment:  # noqa: B008 - frozen
    """Jinja with escaping on for everything, our words as `_` and `ngettext`, the look, and undefined names as errors.
    Made once for each language and look, since compiling the templates takes longer than filling them."""
    made = Environment(
        loader=_Coloured(look),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(words.catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.globals["look"] = look
    return made


def asset(name: str) -> bytes:
    """A file of the templates folder."""
    return (templates_dir() / name).read_bytes()
