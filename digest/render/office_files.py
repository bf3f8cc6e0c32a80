"""Office files of which equal contents are equal bytes: every time in them is the edition's."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

_ZIP_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP file can hold
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_CORE = "docProps/core.xml"


def fix_times(data: bytes, moment: datetime) -> bytes:
    """Return an office file that says it was made at `moment`, whenever it was.

    A workbook inside, as that of a chart, is treated alike.
    """
    stamp = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == _CORE:
                content = _TIMES.sub(rb"\g<1>" + stamp, content)
            elif name.endswith(".xlsx"):
                content = fix_times(content, moment)
            entry = zipfile.ZipInfo(name, _ZIP_TIME)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return out.getvalue()
