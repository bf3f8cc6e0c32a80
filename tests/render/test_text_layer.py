"""The PDF's text layer: copying and searching give the printed words."""

import io
import re
import shutil
import subprocess
from html import escape

import pikepdf
import pytest
from weasyprint import CSS, HTML

from digest.render import pdf as module
from digest.render.templates import read_asset
from digest.render.text_layer import Standing, collect_text_layer, share_text

ROOM, STILL, MOVED = Standing.ROOM, Standing.NO_ROOM, Standing.MOVED
# The language, its direction and a line.
LINES = {
    "Thai sara am": ("th", "ltr", "น้ำตาลและกำหนดทำให้จำนวนลูกค้า"),
    "Thai vowels, tones, digits": ("th", "ltr", "ปีที่ผู้ซื้อทั้งปั้มซื้อ 25 ล้านบาท Google Ads ญี่ปุ่น ฐาน"),
    "Arabic": ("ar", "rtl", "الطاقة والتسويق بالذكاء الاصطناعي"),
    "Arabic, Latin, brackets": ("ar", "rtl", "أطلقت Acme ميزة جديدة (تجريبية) في 25 أغسطس 2026"),
    "Arabic in a line of English": ("en", "ltr", "شركة التسويق تعلن خطة 2027"),
    "Hebrew": ("he", "rtl", "חברת השיווק הכריזה על תוכנית חדשה"),
    "Chinese": ("zh", "ltr", "营销技术公司宣布新的人工智能产品 2026"),
    "Italian": ("it", "ltr", "Perché l'efficienza del flusso è già così: «affidabilità»"),
    "English after Arabic": ("en", "ltr", "1280x720 office workflow (fl) 3 × 4 -> 50x"),
}
MARKS_OF_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e]")


def draw() -> bytes:
    """All lines in one document: a glyph's text must not be that of its first use."""
    body = "".join(
        f'<p lang="{language}" dir="{direction}">{escape(line)}</p>'
        for language, direction, line in LINES.values()
    )
    fonts = module._configure_fonts()
    style = CSS(string=read_asset("css/paper.css").decode(), font_config=fonts)
    html = f'<html lang="en"><title>Lines</title><h1>Lines</h1>{body}</html>'
    document = HTML(string=html).render(
        stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1", pdf_tags=True
    )
    with collect_text_layer() as layer:
        made: bytes = document.write_pdf(
            finisher=layer.finish, pdf_variant="pdf/ua-1", pdf_tags=True
        )
    return made


@pytest.fixture(scope="module")
def drawn() -> bytes:
    return draw()


@pytest.fixture(scope="module")
def copied(drawn: bytes) -> str:
    """What poppler gives."""
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext (poppler-utils) is not installed")
    done = subprocess.run(["pdftotext", "-", "-"], input=drawn, capture_output=True, check=True)
    assert not done.stderr
    return " ".join(MARKS_OF_DIRECTION.sub("", done.stdout.decode()).split())


@pytest.mark.parametrize("line", [pytest.param(line[2], id=name) for name, line in LINES.items()])
def test_words_are_copied_in_the_order_of_reading(copied, line):
    """Each printed word; and the whole line where it runs in one direction."""
    assert [word for word in line.split() if word not in copied] == []
    if not (re.search(r"[\u0590-\u06ff]", line) and re.search("[A-Za-z0-9]", line)):
        assert line in copied


def test_codes_have_a_text_and_a_glyph(drawn):
    """Read from the file itself: no code without text, each in the font's map of glyphs."""
    with pikepdf.open(io.BytesIO(drawn)) as paper:
        (page,) = paper.pages
        fonts = dict(page.Resources.Font.items())
        texts = {
            name: dict(re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]*)>", font.ToUnicode.read_bytes()))
            for name, font in fonts.items()
        }
        maps = {
            name: font.DescendantFonts[0].CIDToGIDMap.read_bytes()
            for name, font in fonts.items()
            if font.DescendantFonts[0].CIDToGIDMap != "/Identity"
        }
        used, depth, name = set(), 0, ""
        for line in pikepdf.parse_content_stream(page):
            operands, operator = line.operands, line.operator
            depth += {"BDC": 1, "BMC": 1, "EMC": -1}.get(str(operator), 0)
            assert 0 <= depth <= 1
            if str(operator) == "Tf":
                name = str(operands[0])
            for part in operands[0] if str(operator) == "TJ" else ():
                if isinstance(part, pikepdf.String):
                    codes = bytes(part)
                    used |= {(name, codes[n : n + 2]) for n in range(0, len(codes), 2)}
    assert depth == 0
    assert maps
    assert len(used) > 100
    for name, code in used:
        assert texts[name][code.hex().encode()]
        if name in maps:
            at = 2 * int.from_bytes(code, "big")
            assert maps[name][at : at + 2] != b"\0\0"


def test_equal_documents_give_equal_bytes(drawn):
    """And WeasyPrint is left as it was."""
    from weasyprint.draw import text

    before = text.draw_first_line
    assert draw() == drawn
    assert text.draw_first_line is before


@pytest.mark.parametrize(
    ("text", "glyphs", "shares"),
    [
        pytest.param("ab", [(0, ROOM), (1, ROOM)], ["a", "b"], id="a glyph a letter"),
        pytest.param("ffi", [(0, ROOM)], ["ffi"], id="a ligature"),
        pytest.param("é", [(0, ROOM)], ["é"], id="one glyph of two bytes"),
        pytest.param("ب", [(0, ROOM), (0, MOVED)], ["ب", ""], id="a body and its dot"),
        pytest.param("ب", [(0, MOVED), (0, ROOM)], ["", "ب"], id="the dot first"),
        pytest.param(
            "น้ำ",
            [(0, ROOM), (0, STILL), (0, STILL), (0, ROOM)],
            ["น", "้", "", "ำ"],
            id="sara am: four glyphs, three letters",
        ),
        pytest.param(
            "ที่", [(0, ROOM), (3, STILL), (6, MOVED)], ["ท", "ี่", ""], id="a tone over a vowel"
        ),
        pytest.param("ี", [(0, MOVED)], ["ี"], id="a mark alone"),
        pytest.param("a\u00adb", [(0, ROOM), (3, ROOM)], ["a", "b"], id="a soft hyphen unseen"),
        pytest.param("", [], [], id="nothing"),
    ],
)
def test_shares_text_among_glyphs(text, glyphs, shares):
    encoded = text.encode()
    assert share_text(encoded, glyphs, len(encoded)) == shares
