"""What the paper's fonts can write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.render.glyphs import make_legible, read_code_points, replace_unwritable
from digest.render.templates import find_templates_dir

COVERED = read_code_points(find_templates_dir() / "fonts")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Plain words, “quotes” – and € 4", "Plain words, “quotes” – and € 4"),
        ("Ångström, Łódź, Ελλάδα, Москва, Việt Nam", "Ångström, Łódź, Ελλάδα, Москва, Việt Nam"),
        ("แพลตฟอร์มการตลาด", "แพลตฟอร์มการตลาด"),
        ("منصة تسويق", "منصة تسويق"),
        ("פלטפורמה", "פלטפורמה"),
        ("营销自动化平台发布", "营销自动化平台发布"),
        ("マーケティング自動化", "マーケティング自動化"),
        ("Big news 🚀🚀 today", "Big news today"),
        ("𝗕𝗼𝗹𝗱 𝒄𝒍𝒂𝒊𝒎", "Bold claim"),
        ("👩‍💻", ""),
        ("龐產戶檔：行銷科技", "龐產戶檔：行銷科技"),
        ("마케팅 자동화", "마케팅 자동화"),
        ("क्षेत्रीय", None),
        ("Mixed क्षेत्रीय title", None),
    ],
)
def test_legible(text, written):
    """Known scripts stay, emoji go, fancy letters turn plain, and a script without a font is not
    half printed."""
    assert make_legible(text, COVERED) == written


@given(st.text())
def test_only_covered_letters_come_out(text):
    """No character without a glyph is ever handed to the paper, and what is legible stays as it
    is."""
    written = make_legible(text, COVERED)
    if written is not None:
        assert all(ord(char) in COVERED for char in written)
        assert make_legible(written, COVERED) == written


@pytest.mark.parametrize(
    ("page", "written", "lost"),
    [
        ("<p>Plain &amp; €\n</p>", "<p>Plain &amp; €\n</p>", ""),
        ("<b>అఆఇ</b> అ", "<b>???</b> ?", "అఆఇ"),
        ("Big news 🚀", "Big news ", ""),
        ("a﹤b﹥c", "a&lt;b&gt;c", ""),
        ("a\u2003b\u200bc\u00add", "a b\u200bc\u00add", ""),
        ("x\x1b\ufff9\U0010fffdy", "xy", ""),
    ],
)
def test_a_page_holds_what_can_be_written(page, written, lost):
    """What the views let pass turns into a mark, and never into markup; the rest stays as it is."""
    found, letters = replace_unwritable(page, COVERED)
    assert found.replace("\u2003", " ") == written
    assert sorted(letters) == sorted(lost)


def test_every_font_has_its_licence():
    """OFL fonts travel with their licence."""
    fonts = find_templates_dir() / "fonts"
    licences = {
        path.name.removesuffix("-OFL.txt").replace("-", "") for path in fonts.glob("*-OFL.txt")
    }
    for font in [*fonts.glob("*.ttf"), *fonts.glob("web/*.woff2")]:
        name = font.name.lower().replace("-", "").replace("sourceserif6", "sourceserif46")
        assert any(name.startswith(licence) for licence in licences), font.name
