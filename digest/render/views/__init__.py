"""What the templates need of an Edition: words chosen, links checked, text cut, shapes measured.

Nothing is left to a template to decide but how it looks; escaping is the template's business.
"""

from digest.render.views.context import RenderOptions, StoryLimits
from digest.render.views.page import PageView, build_page_view

__all__ = ["PageView", "RenderOptions", "StoryLimits", "build_page_view"]
