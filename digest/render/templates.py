"""Where the templates are, and the Jinja environment that fills them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest.errors import RenderError
from digest.render.theme import DEFAULT_THEME, DocumentTheme
from digest.render.views.context import to_safe_href
from digest.render.words import LABELS, Localizer


@cache
def find_templates_dir() -> Path:
    """Return the folder of templates, styles and fonts: in the package, or beside it in a checkout.

    Raises RenderError where neither is there.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "pages").is_dir():
            return folder
    raise RenderError(f"the templates are missing from {package}", "install the package again")


class _ThemedLoader(FileSystemLoader):
    """A loader that gives templates in the colours of a theme."""

    def __init__(self, theme: DocumentTheme) -> None:
        super().__init__(find_templates_dir())
        self.theme = theme

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, name, is_current = super().get_source(environment, template)
        return self.theme.apply_colours(source), name, is_current


@lru_cache(maxsize=16)
def get_environment(words: Localizer, theme: DocumentTheme = DEFAULT_THEME) -> Environment:
    """Return Jinja with escaping on for everything, and undefined names as errors.

    Templates have the words as `_`, `ngettext` and `localizer`, the labels, and the theme. An
    environment is made once for each language and theme, since compiling the templates takes longer
    than filling them.
    """
    environment = Environment(
        loader=_ThemedLoader(theme),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined] # from the extension
        words.catalogue, newstyle=True
    )
    environment.globals |= {"theme": theme, "localizer": words, "labels": LABELS}
    environment.filters |= {"money": words.format_money, "safe_href": to_safe_href}
    return environment


def read_asset(name: str) -> bytes:
    """Return a file of the templates folder."""
    return (find_templates_dir() / name).read_bytes()
