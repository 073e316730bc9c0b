"""The stylesheet and the script: small, in both directions, in colours that can be read."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings

STATIC = Path(settings.BASE_DIR) / "static"
CSS = (STATIC / "css" / "portal.css").read_text("utf-8")
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
SCRIPT = (STATIC / "js" / "portal.mjs").read_text("utf-8")
TOKENS = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", RULES))

PHYSICAL = re.compile(
    r"(?:^|[{;\s])((?:scroll-)?(?:margin|padding|border|inset)-(?:left|right|top|bottom)[\w-]*|left|right|top|bottom|"
    r"float|clear|(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius|overflow-[xy])\s*:"
    r"|((?:text-align|caption-side|resize|float)\s*:\s*(?:left|right|top|bottom))"
)
COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(|"
    r":[^;{}]*\b(?:white|black|red|green|blue|gr[ae]y|yellow|orange|navy|silver)\b"
)


def physical(rules: str) -> list[str]:
    found = ["".join(match) for match in PHYSICAL.findall(rules)]
    # a wide table scrolls across, whatever the direction: a name without one is not understood everywhere
    return [name for name in found if name != "overflow-x"]


def colours(rules: str) -> list[str]:
    """Colours that are no tokens; those named by tokens and by the reader's own system are none."""
    return COLOUR.findall(re.sub(r"var\(--[a-z-]+\)", "", rules))


def test_it_follows_the_writing_direction():
    without_media = re.sub(r"@media[^{]*", "", RULES)
    assert physical(without_media) == []


@pytest.mark.parametrize(
    "rule",
    [
        "a { margin-left: 1px }", "a{left:0}", "a { float: left; }", "a { text-align: right }", "a { width: 3px }",
        "a { min-height: 1em; }", "a { border-top-left-radius: 2px }", "a {padding-right:0}", "a { inset-left: 1px }",
    ],
)  # fmt: skip
def test_a_physical_property_is_found(rule):
    assert physical(rule)


def test_every_colour_is_a_token():
    _tokens, rest = RULES.split("@layer base", 1)
    assert colours(rest) == []
    assert TOKENS["blue"] == "#00558c"
    unused = {name for name in TOKENS if f"var(--{name})" not in rest}
    assert unused == set()


@pytest.mark.parametrize(
    "rule",
    ["a { color: #fff }", "a{background:rgb(0 0 0)}", "a { color: red; }", "a { border: 1px solid white }"],
)
def test_a_colour_that_is_no_token_is_found(rule):
    assert colours(rule)


def test_the_budgets_hold():
    assert len(gzip.compress(CSS.encode(), 9)) <= 8192
    assert len(gzip.compress(SCRIPT.encode(), 9)) <= 6144
    assert sum(len(gzip.compress(text.encode(), 9)) for text in (CSS, SCRIPT)) <= 14 * 1024


def test_nothing_comes_from_elsewhere_and_nothing_is_evaluated():
    assert not re.search(r"@import|url\(|@font-face|https?:", RULES)
    assert not re.search(
        r"https?:|\beval\b|new Function|innerHTML|document\.write|localStorage|\bimport\b", SCRIPT
    )


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(TOKENS[one]), luminance(TOKENS[other])), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_is_right():
    assert round(contrast("blue", "paper"), 2) == 7.84
    assert round(contrast("soft", "paper"), 2) == 7.61


@pytest.mark.parametrize(
    ("text", "ground", "least"),
    [
        *[("ink", ground, 7) for ground in ("paper", "wash", "tint", "mint", "blush", "sample")],
        *[("soft", ground, 6.9) for ground in ("paper", "wash")],
        *[("blue", ground, 7) for ground in ("paper", "wash")],
        ("night", "tint", 7), ("red", "paper", 7), ("dark-red", "blush", 7), ("green", "mint", 6),
        ("paper", "blue", 7), ("paper", "deep", 7), ("paper", "red", 7), ("paper", "night", 7),
        # what bounds a control, what fills a bar, what shows the focus
        ("edge", "paper", 3), ("edge", "wash", 3), ("pale", "paper", 3), ("deep", "pale", 3), ("ink", "focus", 3),
        ("edge", "blush", 3), ("red", "blush", 3), ("pale", "deep", 3),
    ],
)  # fmt: skip
def test_what_is_read_can_be_read(text, ground, least):
    assert contrast(text, ground) >= least
