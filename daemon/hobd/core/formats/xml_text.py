"""Text inside of XML."""

import re
from xml.sax.saxutils import escape

_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for (section 2.2), escaped or not."""


def xml_text(text: str) -> str:
    """The text as it is written between tags."""
    return escape(_UNWRITABLE.sub("\ufffd", text))
