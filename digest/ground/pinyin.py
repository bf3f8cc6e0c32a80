"""Know names that a Chinese text writes in characters by their sound ("Hu Zhengnan" of 胡峥楠).

Chinese names are spelt syllable by syllable (`pinyin.tsv`: the characters of GB 2312, readings of
Unicode's Unihan). Foreign ones are known by their consonants, and only where characters stand that
foreign names are written with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from itertools import product

_RUN = re.compile("[\u4e00-\u9fff]+(?:·[\u4e00-\u9fff]+)*")
_DOTTED = re.compile("[\u4e00-\u9fff]{1,6}(?:[·・][\u4e00-\u9fff]{1,6})+")
_MIN_SYLLABLES = 2  # of one name: one alone stands in any text
_MAX_SYLLABLES = 7  # of a foreign name
_MIN_CONSONANTS = 3  # of a foreign name that no dot marks
_MAX_READINGS = 8  # of one run of characters

# What foreign names are written with, common words apart.
_TRANSCRIBING = frozenset(
    "阿埃艾爱昂奥巴班邦鲍贝比彼毕宾波伯博布查达戴丹登迪蒂杜顿厄恩尔法凡范菲费芬夫弗福盖冈戈格贡圭"
    "哈汉豪赫亨胡怀惠霍基吉加贾杰捷津卡凯坎考柯科克肯库夸拉莱兰朗劳勒雷黎丽莉林琳隆卢鲁伦罗洛马玛"
    "迈麦曼芒茅梅蒙孟缪摩莫默姆穆纳娜奈尼妮聂宁纽努诺欧帕潘庞佩彭皮珀普奇齐恰乔钦琼丘茹儒瑞萨塞桑瑟"
    "森沙绍舍施史舒斯丝苏索塔泰坦汤唐陶特滕廷图托陀瓦旺威韦维魏温翁沃乌伍希锡谢欣休逊雅亚延伊依英尤"
    "泽扎詹珍芝卓兹佐泡拼酷虎宝美多明里"
)
_SOUNDS = (  # what a transcription does not tell apart
    ("zh", "S"), ("ch", "S"), ("sh", "S"), ("ck", "K"), ("ph", "F"), ("th", "S"), ("wh", "F"),
    ("qu", "K"), ("b", "P"), ("p", "P"), ("d", "T"), ("t", "T"), ("g", "K"), ("k", "K"),
    ("f", "F"), ("v", "F"), ("w", "F"), ("m", "M"), ("n", "N"), ("l", "L"), ("r", "L"),
    ("z", "S"), ("s", "S"), ("x", "S"), ("j", "S"), ("q", "S"), ("h", "H"),
)  # fmt: skip


@cache
def _load_syllables() -> dict[str, tuple[str, ...]]:
    """Return character → its readings."""
    found: dict[str, tuple[str, ...]] = {}
    text = files("digest.ground").joinpath("pinyin.tsv").read_text("utf-8")
    for line in text.splitlines():
        syllable, characters = line.split("\t")
        for character in characters:
            found[character] = (*found.get(character, ()), syllable)
    return found


def is_spelt(words: Sequence[str], text: str) -> bool:
    """Return whether folded words, side by side, spell a name that a text has in characters."""
    return _is_chinese_name(words, text) or _is_foreign_name(words, text)


def _is_chinese_name(words: Sequence[str], text: str) -> bool:
    """Return whether the words are the sounds of characters in a row, the family name anywhere."""
    plain = [re.sub("[^a-z]", "", word) for word in words]
    turned = [*plain[1:], *plain[:1]], [*plain[-1:], *plain[:-1]]
    orders = {"".join(one) for one in (plain, *turned)}
    return any(
        at == len(order) and count >= _MIN_SYLLABLES
        for run in _RUN.findall(text)
        for start in range(len(run))
        for order in orders
        for at, count in _iter_spellings(run[start:].replace("·", ""), order)
    )


def _iter_spellings(run: str, letters: str) -> Iterator[tuple[int, int]]:
    """Yield how many letters the first characters of a run spell, and how many these are."""
    ends = {0}
    for count, character in enumerate(run[: len(letters)], 1):
        ends = {
            end + len(syllable)
            for end in ends
            for syllable in _load_syllables().get(character, ())
            if letters.startswith(syllable, end)
        }
        if not ends:
            return
        for end in ends:
            yield end, count


def _is_foreign_name(words: Sequence[str], text: str) -> bool:
    """Return whether the words sound like a foreign name: part by part where dots divide it."""
    sounds = [_hear(word) for word in words]
    for dotted in _DOTTED.findall(text):
        parts = re.split("[·・]", dotted)
        given = [
            character
            for at in range(len(parts[0]))
            for character in _hear_characters(parts[0][at:])
        ]
        family = [
            character
            for end in range(1, len(parts[-1]) + 1)
            for character in _hear_characters(parts[-1][:end])
        ]
        if len(words) > 1 and sounds[0] in given and sounds[-1] in family:
            return True
        if len(words) == 1 and len(sounds[0]) > 1 and sounds[0] in family:
            return True
    whole = "".join(sounds)
    return len(whole) >= _MIN_CONSONANTS and whole in _hear_text(text)


@lru_cache(maxsize=512)
def _hear_text(text: str) -> frozenset[str]:
    """Return the sounds of all rows of characters that foreign names are written with."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        bare = run.replace("·", "")
        for start in range(len(bare)):
            for end in range(start + _MIN_SYLLABLES, min(start + _MAX_SYLLABLES, len(bare)) + 1):
                row = bare[start:end]
                plain = sum(one not in _TRANSCRIBING for one in row)
                if plain <= max(0, len(row) - _MIN_SYLLABLES) // 2:
                    found |= _hear_characters(row)
    return frozenset(found)


@lru_cache(maxsize=20_000)
def _hear_characters(run: str) -> frozenset[str]:
    readings = [_load_syllables().get(character, ("",)) for character in run]
    spelt = []
    for number, one in enumerate(product(*readings)):
        if number >= _MAX_READINGS:
            break
        spelt.append("".join(_hear_syllable(syllable) for syllable in one))
    return frozenset(spelt)


def _hear_syllable(syllable: str) -> str:
    if syllable == "er":
        return ""
    return next((sound for letters, sound in _SOUNDS if syllable.startswith(letters)), "")


def _hear(word: str) -> str:
    """Return the consonants of a Latin word before vowels, and those that a syllable is made for.

    What closes a syllable is often left out in characters, and h inside a word.
    """
    word = re.sub("[^a-z]", "", word)
    word = re.sub(r"c(?=[eiy])", "s", word.replace("ck", "k"))
    word = re.sub(r"ng(?![aeiouy])", "n", re.sub(r"c(?!h)", "k", word)).replace("kh", "h")
    word = re.sub(r"(.)\1+", r"\1", word.replace("sk", "s k").replace("x", "ks"))
    found, at = "", 0
    while at < len(word):
        letters, sound = next(
            ((one, sound) for one, sound in _SOUNDS if word.startswith(one, at)), (word[at], "")
        )
        behind = word[at + len(letters) :]
        closes = letters in ("n", "l", "r", "h", "w") and not re.match("[aeiouyh]", behind)
        if sound and not closes and not (at and letters == "h"):
            found += sound
        at += len(letters)
    return found
