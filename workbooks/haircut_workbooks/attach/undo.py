"""What a change to a workbook's parts needs to be taken back byte for byte, kept in the workbook itself.

It is a custom XML part: for each part that changed, the checksum of what it became and the bytes that were
there before. Excel keeps such parts; when it saves the workbook it rewrites the other parts, which the
checksums then tell.
"""

import base64
import zlib

from lxml import etree

from haircut_workbooks.package.container import MOST_PART_BYTES, Container
from haircut_workbooks.package.parts import Parts

SPACE = "urn:haircut:attached"
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/customXml"


def record(before: Container, after: Parts) -> bytes:
    """Write down how to take a change back: what changed between a workbook and its parts as they will be."""
    root = etree.fromstring(f'<attached xmlns="{SPACE}"/>')
    for part, new in after.changed.items():
        if not before.has(part):
            etree.SubElement(root, f"{{{SPACE}}}added", part=part)
            continue
        old = before.read(part)
        start = _common(old, new)
        tail = _common(old[start:][::-1], new[start:][::-1])
        item = etree.SubElement(root, f"{{{SPACE}}}changed", part=part, start=str(start), tail=str(tail))
        item.set("was", str(zlib.crc32(old)))
        item.set("became", str(zlib.crc32(new)))
        item.text = base64.b64encode(zlib.compress(old[start : len(old) - tail], 9)).decode()
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def taken_back(container: Container, undo: bytes) -> bytes | None:
    """Return the workbook as it was before a recorded change; None where its parts have changed since."""
    try:
        root = etree.fromstring(undo, etree.XMLParser(resolve_entities=False, no_network=True))
        changed = {item.get("part", ""): item for item in root.iterfind(f"{{{SPACE}}}changed")}
        restored = {part: _restored(container.read(part), item) for part, item in changed.items()}
    except (etree.XMLSyntaxError, ValueError, zlib.error):
        return None
    return container.with_parts(restored, {i.get("part", "") for i in root.iterfind(f"{{{SPACE}}}added")})


def _restored(new: bytes, item: etree._Element) -> bytes:
    if str(zlib.crc32(new)) != item.get("became"):
        raise ValueError("changed since")
    start, tail = int(item.get("start", "")), int(item.get("tail", ""))
    middle = zlib.decompressobj().decompress(base64.b64decode(item.text or ""), MOST_PART_BYTES)
    old = new[:start] + middle + new[len(new) - tail :]
    if str(zlib.crc32(old)) != item.get("was"):
        raise ValueError("damaged")
    return old


def _common(a: bytes, b: bytes) -> int:
    """How many bytes two byte strings begin alike with."""
    length = min(len(a), len(b))
    if a[:length] == b[:length]:
        return length
    low, high = 0, length
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if a[:middle] == b[:middle] else (low, middle)
    return low
