"""Makes templates/fonts from the npm packages @expo-google-fonts/* (run by hand; the fonts are kept in the repository).

    for p in inter source-serif-4 noto-sans-thai noto-sans-arabic noto-sans-hebrew noto-sans-sc \
             noto-sans-kr; do
        npm pack @expo-google-fonts/$p && mkdir $p && tar xzf expo-google-fonts-$p-*.tgz -C $p --strip 1; done
    python tools/make_fonts.py FOLDER-THAT-HOLDS-THE-UNPACKED-PACKAGES

Faces for the PDF are copied whole. Three kinds are cut down with fontTools, which the OFL allows (no reserved name is
used): the Han face, from 10 MB to the characters of GB 2312, JIS X 0208 and the frequent ones of Big5; the Korean face,
to the syllables of KS X 1001; and the web faces that travel inside the HTML, to Latin and to Thai.
"""

import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FONTS = Path(__file__).parent.parent / "templates" / "fonts"
WHOLE = {
    "inter": ("400Regular/Inter_400Regular", "600SemiBold/Inter_600SemiBold"),
    "source-serif-4": (
        "400Regular/SourceSerif4_400Regular",
        "600SemiBold/SourceSerif4_600SemiBold",
    ),
    "noto-sans-thai": (
        "400Regular/NotoSansThai_400Regular",
        "600SemiBold/NotoSansThai_600SemiBold",
    ),
    "noto-sans-arabic": (
        "400Regular/NotoSansArabic_400Regular",
        "600SemiBold/NotoSansArabic_600SemiBold",
    ),
    "noto-sans-hebrew": (
        "400Regular/NotoSansHebrew_400Regular",
        "600SemiBold/NotoSansHebrew_600SemiBold",
    ),
}
LATIN = [*range(0x20, 0x180), *range(0x2010, 0x2028), *range(0x2030, 0x2040), 0x20AC, 0x2122, *range(0x2190, 0x2199),
         0x2212, 0x25B2, 0x25BC, 0x00D7, 0x2713]  # fmt: skip
BIG5_FREQUENT_END = b"\xc6"  # the first bytes A4 to C6 hold the 5,401 frequent characters
WEB_FEATURES = ["kern", "liga", "mark", "mkmk", "ccmp", "tnum"]
THAI = [0x20, *range(0x0E00, 0x0E80)]
WEB = {
    "inter-400": ("inter/400Regular/Inter_400Regular.ttf", LATIN),
    "inter-600": ("inter/600SemiBold/Inter_600SemiBold.ttf", LATIN),
    "source-serif-600": ("source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf", LATIN),
    "noto-sans-thai-400": ("noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf", THAI),
}


def han() -> list[int]:
    """Every character of GB 2312 and JIS X 0208, the frequent ones of Big5, and full-width forms.

    The space belongs to them: one that follows Han is written in the same font, and without a
    glyph for it "中 Latin" cannot be drawn.
    """
    wide = [
        0x20,
        *range(0x3000, 0x3100),
        *range(0x4E00, 0xA000),
        *range(0xFF00, 0xFFF0),
        *range(0x2000, 0x2700),
    ]
    return [
        code
        for code in wide
        if _encode(chr(code), "gb2312")
        or _encode(chr(code), "shift_jis")
        or b"\xa4" <= _encode(chr(code), "big5")[:1] <= BIG5_FREQUENT_END
    ]


def hangul() -> list[int]:
    """The syllables of KS X 1001 with the letters that they are made of, and the space."""
    return [
        0x20,
        *(code for code in range(0x3130, 0x3190) if _encode(chr(code), "euc_kr")),
        # Python's codec spells out in eight bytes what the standard has no place for
        *(code for code in range(0xAC00, 0xD7A4) if len(_encode(chr(code), "euc_kr")) == 2),
    ]


def _encode(char: str, codec: str) -> bytes:
    """Return the bytes of a character, none where the codec lacks it."""
    return char.encode(codec, errors="ignore")


def cut(
    source: Path, target: Path, codes: list[int], flavor: str | None, features: list[str]
) -> None:
    """Writes the part of a font that holds `codes`."""
    options = subset.Options(flavor=flavor, layout_features=features, hinting=False, name_IDs=["*"])
    font = subset.load_font(str(source), options)
    worker = subset.Subsetter(options)
    worker.populate(unicodes=codes)
    worker.subset(font)
    font["head"].modified = font["head"].created
    subset.save_font(font, str(target), options)


def main(packages: Path) -> None:
    """Copies, cuts, and puts each licence beside its fonts."""
    (FONTS / "web").mkdir(parents=True, exist_ok=True)
    for package, faces in WHOLE.items():
        shutil.copy(packages / package / "LICENSE_FONT", FONTS / f"{package}-OFL.txt")
        for face in faces:
            shutil.copy(packages / package / f"{face}.ttf", FONTS / f"{Path(face).name}.ttf")
    for package, face, target, codes in (
        ("noto-sans-sc", "NotoSansSC_400Regular", "GB2312_JIS0208_Big5", han()),
        ("noto-sans-kr", "NotoSansKR_400Regular", "KSX1001", hangul()),
    ):
        shutil.copy(packages / package / "LICENSE_FONT", FONTS / f"{package}-OFL.txt")
        cut(
            packages / package / "400Regular" / f"{face}.ttf",
            FONTS / f"{face}_{target}.ttf",
            codes,
            None,
            ["kern", "locl", "ccmp"],
        )
    for name, (source, codes) in WEB.items():
        cut(packages / source, FONTS / "web" / f"{name}.woff2", codes, "woff2", WEB_FEATURES)
    for path in sorted(FONTS.rglob("*.[tw][to]*f*")):
        print(path.relative_to(FONTS), path.stat().st_size, len(TTFont(path).getBestCmap()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
