"""Makes templates/fonts from the npm packages @expo-google-fonts/* (run by hand; the fonts are kept in the repository).

    for p in inter source-serif-4 noto-sans-thai noto-sans-arabic noto-sans-hebrew noto-sans-sc; do
        npm pack @expo-google-fonts/$p && mkdir $p && tar xzf expo-google-fonts-$p-*.tgz -C $p --strip 1; done
    python tools/make_fonts.py FOLDER-THAT-HOLDS-THE-UNPACKED-PACKAGES

Faces for the PDF are copied whole. Two kinds are cut down with fontTools, which the OFL allows (no reserved name is
used): the Han face, from 10 MB to the characters of GB 2312 and JIS X 0208, and the web faces that travel inside the
HTML, to Latin and to Thai.
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
WEB_FEATURES = ["kern", "liga", "mark", "mkmk", "ccmp", "tnum"]
THAI = [0x20, *range(0x0E00, 0x0E80)]
WEB = {
    "inter-400": ("inter/400Regular/Inter_400Regular.ttf", LATIN),
    "inter-600": ("inter/600SemiBold/Inter_600SemiBold.ttf", LATIN),
    "source-serif-600": ("source-serif-4/600SemiBold/SourceSerif4_600SemiBold.ttf", LATIN),
    "noto-sans-thai-400": ("noto-sans-thai/400Regular/NotoSansThai_400Regular.ttf", THAI),
}


def han() -> list[int]:
    """Every character of GB 2312 and JIS X 0208, and the full-width forms beside them."""
    wide = [
        *range(0x3000, 0x3100),
        *range(0x4E00, 0xA000),
        *range(0xFF00, 0xFFF0),
        *range(0x2000, 0x2700),
    ]
    return [
        code for code in wide if _encodes(chr(code), "gb2312") or _encodes(chr(code), "shift_jis")
    ]


def _encodes(char: str, codec: str) -> bool:
    try:
        return bool(char.encode(codec))
    except UnicodeEncodeError:
        return False


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
    shutil.copy(packages / "noto-sans-sc" / "LICENSE_FONT", FONTS / "noto-sans-sc-OFL.txt")
    target = FONTS / "NotoSansSC_400Regular_GB2312_JIS0208.ttf"
    cut(
        packages / "noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
        target,
        han(),
        None,
        ["kern", "locl", "ccmp"],
    )
    for name, (source, codes) in WEB.items():
        cut(packages / source, FONTS / "web" / f"{name}.woff2", codes, "woff2", WEB_FEATURES)
    for path in sorted(FONTS.rglob("*.[tw][to]*f*")):
        print(path.relative_to(FONTS), path.stat().st_size, len(TTFont(path).getBestCmap()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
