"""A number becomes the value it says, exactly, or none; held against Python's own conversions."""

from __future__ import annotations

import math
import random
import re
import struct
from collections.abc import Iterator
from decimal import Decimal, localcontext
from pathlib import Path

from scanning import converted

HARD = """
0 -0 0.0 -0.0 .5 5. 0.1 0.2 0.3 1e0 1E5 1e+5 1e-5 +1 +1.5 -1.5e-3 00 007 01.5 -01 . - + e5 1e 1e+
1e5.0 1.2.3 1,5 1_000 0x10 inf nan Infinity --1 +-1 1- 1+1 ¼ ١ 1e5x 0e5 0e400 0e-400
0.0e99999999999 1e23 8.5e22 1e22 1e-22 1e-23 9007199254740991 9007199254740992 9007199254740993
9007199254740992.0 9007199254740993.0 9007199254740991.5
9007199254740991.4999999999999999999999999999 9007199254740991.75 -9007199254740993.0
123456789012345678.0 12345678901234567890 1234567890123456789. 2.2250738585072011e-308
2.2250738585072012e-308 2.2250738585072014e-308 4.9406564584124654e-324 2.4703282292062327e-324
2.4703282292062328e-324 1e-323 1e-324 1e-400 -1e-400 5e-324 1.7976931348623157e308
1.7976931348623158e308 1.7976931348623159e308 1e308 1e309 -1e400 1e99999999999 5e+125 69e+267
999e-26 7861e-34 75569e-254 928609e-261 9210917e+80 84863171e+114 653777767e+273 5232604057e-298
27235667517e-109 653532977297e-123 3142213164987e-294 46202199371337e-72 231010996856685e-73
9324754620109615e+212 78459735791271921e+49 272104041512242479e+200 6802601037806061975e+198
20505426358836677347e-221 836168422905420598437e-234
1.00000000000000011102230246251565404236316680908203125
1.00000000000000011102230246251565404236316680908203124
1.00000000000000011102230246251565404236316680908203126
0.500000000000000166533453693773481063544750213623046875 3.518437208883201171875e13
62.5364939768271845828 8.10109172351e-10 7.8459735791271921e65 1.2345678901234567e+20
-1.2345678901234567e+20 1.23456789012345678e+20 123456789012345678e3 1234567890123456789e-1
6250000000000000000000000000000000e-12 0.00000000000000000000000000000000000000000000000123e40
+4915112345678 +491511 +49151.5 +1e10 18446744073709551615 18446744073709551616
18446744073709551616.5 9999999999999999999e-19 9999999999999999999e-20 0.9999999999999999999999999
1844674407370955161.6e-3
"""

_NUMBER = re.compile(r"[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def number(text: str) -> float | None:
    """The rules of values.h, by Python's own conversion."""
    mantissa = re.split("[eE]", text)[0]
    if not _NUMBER.fullmatch(text) or (text[0] == "+" and len(text) > 7 and "." not in text):
        return None
    value = float(text)
    if math.isinf(value) or (value == 0 and re.search("[1-9]", mantissa)):
        return None
    digits = len(re.sub("[^0-9]", "", mantissa).lstrip("0"))
    if abs(value) >= 2**53 and (digits > 17 or not re.search("[.eE]", text)):
        return None
    return value


def decimals(rng: random.Random) -> Iterator[str]:
    """Of all lengths, with and without points, signs and exponents."""
    for length in range(1, 26):
        for _ in range(200):
            digits = str(rng.randrange(10 ** (length - 1), 10**length))
            point = rng.randrange(len(digits) + 1)
            head, tail = digits[:point] or rng.choice(["", "0"]), digits[point:]
            exponent = rng.choice([None, None, rng.randrange(-25, 26), rng.randrange(-330, 311)])
            yield (
                rng.choice(["", "", "-", "+"])
                + (f"{head}.{tail}" if rng.random() < 0.7 else digits)
                + ("" if exponent is None else f"{rng.choice('eE')}{exponent}")
            )


def doubles(rng: random.Random) -> Iterator[str]:
    """As programs write them: the fewest digits, and those that C and R print."""
    for _ in range(2000):
        value = struct.unpack("<d", rng.randbytes(8))[0]
        if math.isfinite(value):
            yield from (repr(value), f"{value:.15g}", f"{value:.17g}", f"{value:.6e}")
        small = rng.uniform(-1000, 1000)
        yield from (repr(small), f"{small:.20f}", f"{small:.3f}")
    for near in range(-3, 4):
        yield from (str(2**53 + near), f"{2**53 + near}.0", f"-{2**53 + near}.0")
    for _ in range(300):
        yield repr(rng.randrange(1, 2**52) * 5e-324)


def ties(rng: random.Random) -> Iterator[str]:
    """Exactly between two doubles, and as little as can be written above and below."""
    with localcontext() as exact:
        exact.prec = 400
        for _ in range(500):
            low = math.ldexp(rng.randrange(2**52, 2**53), rng.randrange(-150, 0))
            middle = (Decimal(low) + Decimal(math.nextafter(low, math.inf))) / 2
            text = f"{middle:f}"
            yield from (text, text + "1", text[:-1] + str(int(text[-1]) - 1) + "9")
            low = rng.uniform(0.1, 1)
            middle = (Decimal(low) + Decimal(math.nextafter(low, math.inf))) / 2
            # No more digits than 64 bits hold, so as near to the tie as these get.
            yield from (f"0.{int(middle * 10**19) + above}" for above in (0, 1))


def test_numbers_are_the_doubles_nearest_to_them_or_none(tmp_path: Path) -> None:
    rng = random.Random(0)
    texts = [*HARD.split(), *decimals(rng), *doubles(rng), *ties(rng)]

    found = converted(tmp_path, "number", texts)

    wrong = [
        (text, value, number(text))
        for text, value in zip(texts, found, strict=True)
        if repr(value) != repr(number(text))
    ]
    assert wrong == []
    assert len(texts) / 2 < sum(value is not None for value in found) < len(texts)


def test_numbers_of_more_than_512_characters_are_none(tmp_path: Path) -> None:
    texts = ["0." + "3" * 510, "0." + "3" * 511, "1" + "0" * 300 + "e-300"]

    assert converted(tmp_path, "number", texts) == [1 / 3, None, 1.0]


_STRANGE_COMMAS = "1.5 1.000,5 1,5e3 1,000,5 ,5 5, -,5 +5, , 1e5 - 01,5"


def test_decimal_commas_say_what_points_would(tmp_path: Path) -> None:
    rng = random.Random(1)
    strange = _STRANGE_COMMAS.split()
    # An exponent is no part of such numbers, nor a comma at either end.
    sound = [text for text in decimals(rng) if re.fullmatch(r"[+-]?\d+(\.\d+)?", text)]
    texts = [*strange, *(text.replace(".", ",") for text in sound)]

    found = converted(tmp_path, "decimal-comma", texts)

    expected = [*[None] * len(strange), *map(number, sound)]
    assert list(map(repr, found)) == list(map(repr, expected))


_STRANGE_INTEGERS = """
0 -0 +0 00 007 -07 +7 1. 1.0 1e3 - + 1,000 １ 0x1F 1_0 / : 0: -9223372036854775809
"""


def test_integers_are_those_of_64_bits_without_ornament(tmp_path: Path) -> None:
    rng = random.Random(2)
    edges = [
        sign * 2**power + near
        for sign in (1, -1)
        for power in (31, 53, 63, 64)
        for near in (-1, 0, 1)
    ]
    texts = [
        *map(str, edges),
        *(str(rng.randrange(-(10**n), 10**n)) for n in range(1, 21) for _ in range(50)),
        *_STRANGE_INTEGERS.split(),
        *("- 1", "1 0", "9" * 19, "9" * 20, "0" * 19),
    ]

    def integer(text: str) -> int | None:
        is_plain = re.fullmatch("0|-?[1-9][0-9]*", text)
        return int(text) if is_plain and -(2**63) <= int(text) < 2**63 else None

    assert converted(tmp_path, "integer", texts) == list(map(integer, texts))
