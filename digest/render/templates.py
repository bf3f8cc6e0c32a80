"""Where the templates are, and the Jinja environment that fills them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from digest.errors import RenderError
from digest.render.theme import DocumentTheme
from digest.render.words import Localizer


@cache
def find_templates_dir() -> Path:
    """The folder of templates, styles and fonts: inside the installed package, else beside it in the repository.

    Raises RenderError where neither is there.
    """
    package = Path(__file__).parent.parent
    for folder in (package / "templates", package.parent / "templates"):
        if (folder / "pages").is_dir():
            return folder
    raise RenderError(f"the templates are missing from {package}", "install the package again")


class _ThemedLoader(FileSystemLoader):
    """Reads templates in the colours of a look."""

    def __init__(self, theme: DocumentTheme) -> None:
        super().__init__(find_templates_dir())
        self.look = theme

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, name, current = super().get_source(environment, template)
        return self.look.apply_colours(source), name, current


@lru_cache(maxsize=16)
def get_environment(words: Localizer, theme: DocumentTheme = DocumentTheme()) -> Environment:  # noqa: B008 - frozen
    """Jinja with escaping on for everything, our words as `_` and `ngettext`, the look, and undefined names as errors.
    Made once for each language and look, since compiling the templates takes longer than filling them."""
    made = Environment(
        loader=_ThemedLoader(theme),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(words.catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.globals["theme"] = theme
    return made


def read_asset(name: str) -> bytes:
    """A file of the templates folder."""
    return (find_templates_dir() / name).read_bytes()
