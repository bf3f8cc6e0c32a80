"""Bytes to text under right, wrong and missing labels."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.fetch.read.charset import decode_body

THAI, WESTERN, RUSSIAN, CHINESE, JAPANESE = (
    "ข่าวการตลาด",
    "café – “naïve”",
    "Новости маркетинга",
    "营销新闻",
    "マーケティング",
)


def labelled(text: str, label: str, codec: str) -> bytes:
    return f"<?xml version='1.0' encoding='{label}'?><rss>{text}</rss>".encode(codec)


@pytest.mark.parametrize(
    ("text", "label", "codec"),
    [
        (THAI, "windows-874", "cp874"), (THAI, "TIS-620", "tis-620"), (THAI, "utf-16", "utf-8"),
        (THAI, "windows-874", "utf-8"),
        (WESTERN, "iso-8859-1", "cp1252"), (WESTERN, "us-ascii", "cp1252"), (WESTERN, "utf-16", "utf-16"),
        (WESTERN, "utf-8", "utf-16-le"), (WESTERN, "utf-8", "utf-16-be"), (WESTERN, "utf-8", "utf-8-sig"),
        (RUSSIAN, "windows-1251", "cp1251"), (RUSSIAN, "koi8-r", "koi8-r"), (RUSSIAN, "KOI8-R", "utf-8"),
        (CHINESE, "gb2312", "gbk"), ("行銷新聞", "big5", "big5"), (JAPANESE, "Shift_JIS", "cp932"),
        (JAPANESE, "euc-jp", "euc-jp"),
        (JAPANESE, "iso-2022-jp", "iso-2022-jp"), (THAI, "no-such-label", "utf-8"), (THAI, "unicode_escape", "utf-8"),
        (THAI, "idna", "utf-8"), (THAI, "zip", "utf-8"),
    ],
)  # fmt: skip
def test_text_comes_out_right_where_it_can_be(text: str, label: str, codec: str) -> None:
    assert f"<rss>{text}</rss>" in decode_body(labelled(text, label, codec))[0]


@pytest.mark.parametrize(
    "content_type", ["text/xml; charset=windows-1251", 'text/xml; Charset="windows-1251"']
)
def test_the_header_counts_where_the_document_says_nothing(content_type: str) -> None:
    assert decode_body(f"<rss>{RUSSIAN}</rss>".encode("cp1251"), content_type) == (
        f"<rss>{RUSSIAN}</rss>",
        "",
    )


def test_the_document_counts_before_the_header() -> None:
    body = labelled(RUSSIAN, "windows-1251", "cp1251")
    assert RUSSIAN in decode_body(body, "text/xml; charset=iso-8859-1")[0]


def test_damaged_utf8_is_kept_but_for_the_damage() -> None:
    text, problem = decode_body(f"<rss>{THAI}".encode() + b"\xff" + f"{THAI}</rss>".encode())
    assert text == f"<rss>{THAI}\ufffd{THAI}</rss>"
    assert "1 damaged" in problem


def test_unlabelled_western_bytes_are_windows_1252() -> None:
    text, problem = decode_body("<rss>caffè più</rss>".encode("cp1252"))
    assert text == "<rss>caffè più</rss>"
    assert "Windows-1252" in problem


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "text/xml; charset=utf-7", "charset=gbk", "charset=" + "x" * 90]),
)
def test_any_bytes_decode(body: bytes, content_type: str) -> None:
    decode_body(body, content_type)
    for bom in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF32_BE):
        decode_body(bom + body, content_type)


@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200
    )
)
def test_utf8_is_read_as_utf8_whatever_the_label(text: str) -> None:
    body = "<?xml version='1.0' encoding='windows-1252'?>" + text
    assert decode_body(body.encode(), "text/xml; charset=koi8-r")[0] == body


UNLABELLED = [
    ("Thai", "ผู้ลงโฆษณาใช้เครื่องมือใหม่เพื่อวัดผลแคมเปญในไตรมาสนี้", ("cp874",)),
    (
        "Chinese",
        "广告主在本季度使用新工具来衡量营销活动的效果，数据更加准确。",
        ("gb18030", "gb2312"),
    ),
    ("Chinese, short", "营销新闻：新的广告平台", ("gb18030",)),
    (
        "traditional Chinese",
        "廣告主在本季使用新工具來衡量行銷活動的效果，資料更加準確。",
        ("big5",),
    ),
    (
        "Japanese",
        "広告主は新しいツールを使ってキャンペーンの効果を測定しています。",
        ("cp932", "euc-jp"),
    ),
    ("Korean", "광고주는 이번 분기에 새로운 도구로 캠페인 효과를 측정합니다.", ("cp949", "euc-kr")),
    (
        "Russian",
        "Рекламодатели измеряют результаты кампаний новыми средствами",
        ("cp1251", "koi8-r"),
    ),
    ("French", "L'été dernier, les annonceurs ont mesuré l'efficacité à Paris – déjà", ("cp1252",)),
    ("German", "Für Händler größere Möglichkeiten, Rückläufe zu prüfen", ("cp1252",)),
    ("Spanish", "¿Qué harán los anunciantes? El año próximo, según él, más campañas", ("cp1252",)),
]


@pytest.mark.parametrize(
    ("text", "codec"),
    [(text, codec) for _, text, codecs_ in UNLABELLED for codec in codecs_],
    ids=[f"{name} in {codec}" for name, _, codecs_ in UNLABELLED for codec in codecs_],
)
def test_bytes_that_nobody_labels_are_read_by_their_letters(text: str, codec: str) -> None:
    found, problem = decode_body(f"<rss><title>{text}</title></rss>".encode(codec))
    assert text in found
    assert "no encoding is named" in problem
