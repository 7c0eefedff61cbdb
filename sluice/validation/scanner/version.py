"""What makes a compiled library and this Python belong together.

The version is a hash of the interface as Python sees it. It is compiled into the library beside
assertions that the headers have the same layout, so a library of another layout does not compile,
and one of another version is not loaded. `build.py` runs this file by its path.
"""

from __future__ import annotations

import ctypes
import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

_HEADERS = ("count.h", "groups.h", "objects.h", "quantiles.h", "scan.h", "stream.h", "writer.h")


def version_of(interface: Mapping[str, Any]) -> str:
    """The version of an interface: the names in interface.py and what they stand for."""
    functions = (
        f"{name} {getattr(result, '__name__', result)} {[one.__name__ for one in arguments]}"
        for name, result, arguments in interface["FUNCTIONS"]
    )
    return hashlib.sha256("\n".join([*_layout(interface), *functions]).encode()).hexdigest()[:16]


def version_source(interface: Mapping[str, Any]) -> str:
    """The C source that says the version, and compiles only beside headers of this layout."""
    return "\n".join(
        [
            "#include <stddef.h>",
            *(f'#include "{header}"' for header in _HEADERS),
            *(
                f'_Static_assert({claim}, "interface.py says otherwise than the headers");'
                for claim in _layout(interface)
            ),
            "const char *scanner_version(void);",
            f'const char *scanner_version(void) {{ return "{version_of(interface)}"; }}',
            "",
        ]
    )


def _layout(interface: Mapping[str, Any]) -> Iterator[str]:
    """What the headers must say, each a condition in C."""
    for structure in interface["STRUCTURES"]:
        name = f"struct {_c_name(structure.__name__)}"
        yield f"sizeof({name}) == {ctypes.sizeof(structure)}"
        for field, *_ in structure._fields_:
            place = getattr(structure, field)
            yield f"offsetof({name}, {field}) == {place.offset}"
            yield f"sizeof((({name} *)0)->{field}) == {place.size}"
    for at, kind in enumerate(interface["KINDS"]):
        yield f"{kind.upper().replace('-', '_')} == {at}"
    yield f"KINDS == {len(interface['KINDS'])}"
    for member in (*interface["Status"], *interface["ValueKind"]):
        yield f"{member.name} == {member.value}"


def _c_name(name: str) -> str:
    """`ReaderOptions` is `reader_options`; Arrow's names are Arrow's."""
    return name if name.startswith("Arrow") else re.sub(r"(?<=.)([A-Z])", r"_\1", name).lower()
