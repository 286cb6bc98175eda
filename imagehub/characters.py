"""Which characters a name may have, and when two names look the same. Pure.

Characters that are invisible, or that turn the direction of what follows, make names that are not
what they seem: they are refused in every name that people choose (Unicode Technical Report 36).
"""

from __future__ import annotations

import unicodedata

_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
FILLERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
"""Letters and marks without a shape of their own."""
_UNKNOWN = "\ufffd"  # what stands for bytes that are no UTF-8
_VARIATION_SELECTORS = dict.fromkeys(range(0xFE00, 0xFE10))  # emoji have them

_SPELLED_OUT = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
_STROKES = str.maketrans("øłđðħıŋ", "olddhin")

_LINES = "\t\n\r"
_JOINERS = "\u200c\u200d"
_JOINED_CATEGORIES = {"Lo", "Mc", "Mn", "So", "Sk"}
"""Letters without case, their marks, and emoji with skin tones: no Latin, Greek or Cyrillic."""

_LOOK_ALIKE = str.maketrans(
    "аеорсхуіѕјһԁԛԝкмтαορνικτυχɡɑıɩʀʏ",
    "aeopcxyisjhdqwkmtaopviktuxgaiiry",
)
"""Cyrillic, Greek and phonetic letters that look like Latin ones (after Unicode Technical Standard
39), in lower case."""


def find_hidden(text: str, but: str = _LINES) -> str | None:
    """The first invisible character, as `U+202E RIGHT-TO-LEFT OVERRIDE`; None without one.

    `but` are characters that are allowed.
    """
    if text.isascii() and text.isprintable():
        return None
    for character in text:
        if character not in but and _is_hidden(character):
            name = unicodedata.name(character, "")
            return f"U+{ord(character):04X} {name}".rstrip()
    return None


def find_hidden_in_prose(text: str) -> str | None:
    """As `find_hidden`, for what people write and nobody is known by.

    It may hold joiners where they do what they are for: within Persian or Indic words and emoji.
    """
    padded = f" {text} "
    kept = [
        letter
        for before, letter, after in zip(padded, text, padded[2:], strict=False)
        if not (letter in _JOINERS and _is_joined(before) and _is_joined(after))
    ]
    return find_hidden("".join(kept))


def without_format(text: str) -> str:
    """The text without characters that only say how others are shown, such as zero-width ones."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf")


def folded(name: str) -> str:
    """The name in small letters and without accents, as searches compare names.

    The catalogue's function of this name and the app's `fold` do the same.
    """
    plain = unicodedata.normalize("NFKD", name)
    small = "".join(
        character for character in plain if not "\u0300" <= character <= "\u036f"
    ).lower()
    for letter, letters in _SPELLED_OUT.items():
        small = small.replace(letter, letters)
    return small.translate(_STROKES)


def skeleton(name: str) -> str:
    """The same for names that look the same: in wide or bold letters, another case or script."""
    seen = without_format(name).translate(_VARIATION_SELECTORS)
    plain = unicodedata.normalize("NFKC", seen).casefold().translate(_LOOK_ALIKE)
    return " ".join(unicodedata.normalize("NFKC", plain).split())


def _is_joined(character: str) -> bool:
    return unicodedata.category(character) in _JOINED_CATEGORIES and not _is_hidden(character)


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _HIDDEN_CATEGORIES or character in FILLERS or character == _UNKNOWN
