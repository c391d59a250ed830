"""The zip of a workbook: refused where it is hostile, and rewritten with unchanged parts as raw bytes."""

import io
import os
import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

MOST_PARTS, MOST_BYTES, MOST_PART_BYTES, MOST_RATIO = 20_000, 1 << 30, 1 << 29, 500
LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
OLE2 = b"\xd0\xcf\x11\xe0"
_LOCAL_LENGTHS, _CENTRAL_LENGTHS = struct.Struct("<HH").unpack_from, struct.Struct("<HHH").unpack_from
"""How long the name, the extra fields and, in the directory, the comment of an entry are."""
_UNSAFE = re.compile(r"^/|[\\:\0]")


class WorkbookRefused(ValueError):
    """A file, or an edit asked of it, that is not touched; the message, one line, names it and the cure."""

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.splitlines()))


@dataclass(frozen=True)
class _Entry:
    info: zipfile.ZipInfo
    local: bytes
    central: bytes

    @property
    def local_name(self) -> bytes:
        return self.local[30 : 30 + _LOCAL_LENGTHS(self.local, 26)[0]]

    @property
    def packed(self) -> bytes:
        """The compressed bytes, without the headers around them."""
        start = 30 + sum(_LOCAL_LENGTHS(self.local, 26))
        return self.local[start : start + self.info.compress_size]

    def unpacked(self) -> bytes:
        """The part's bytes; never more than the directory promises, whatever the stream would give."""
        info, data = self.info, self.packed
        if info.compress_type == zipfile.ZIP_DEFLATED:
            data = zlib.decompressobj(-15).decompress(data, info.file_size + 1)
        if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
            raise zlib.error("its size or checksum is wrong")
        return data


class Container:
    """The parts of an OOXML file, held in memory.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        What messages call it.

    Raises
    ------
    WorkbookRefused
        Not a zip, damaged, encrypted, or built to do harm.
    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name, self._data = name, data
        self._zip = self._opened()
        self._check_entries()
        self._entries = {entry.info.filename: entry for entry in self._split()}
        self._by_lower = {part.lower(): part for part in self._entries}

    def _refuse(self, reason: str) -> WorkbookRefused:
        return WorkbookRefused(f"{self.name}: {reason}")

    def _opened(self) -> zipfile.ZipFile:
        if self._data[:4] == OLE2:
            if "EncryptedPackage".encode("utf-16le") in self._data:
                raise self._refuse(
                    "the workbook is encrypted; give its password, or remove its password in Excel"
                )
            raise self._refuse("an old binary .xls file; save it as .xlsx first")
        if not self._data.startswith(b"PK"):
            raise self._refuse("not an .xlsx or .xlsm file; save it in one of these formats first")
        try:
            return zipfile.ZipFile(io.BytesIO(self._data))
        except (
            zipfile.BadZipFile,
            struct.error,
            ValueError,
            NotImplementedError,
            OSError,
            EOFError,
        ) as error:
            raise self._refuse(f"damaged or cut short ({error}); get a fresh copy") from None

    def _check_entries(self) -> None:
        infos = self._zip.infolist()
        if len(infos) > MOST_PARTS or sum(info.file_size for info in infos) > MOST_BYTES:
            raise self._refuse("too large when unpacked")
        seen: set[str] = set()
        for info in infos:
            part = info.filename
            if part.lower() in seen:
                raise self._refuse(f"holds the part {part!r} twice")
            seen.add(part.lower())
            if _UNSAFE.search(part) or ".." in unquote(part).split("/"):
                raise self._refuse(f"holds a part with the unsafe name {part!r}")
            if info.flag_bits & 1 or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self._refuse(f"the part {part} is encrypted or packed in an unknown way")
            ratio = info.file_size / max(1, info.compress_size)
            if info.file_size > MOST_PART_BYTES or (info.file_size > 1 << 20 and ratio > MOST_RATIO):
                raise self._refuse(f"the part {part} unpacks to a suspicious size")

    def _split(self) -> list[_Entry]:
        """Cut the file into the raw bytes of each part and of its line in the central directory."""
        infos = sorted(self._zip.infolist(), key=lambda info: info.header_offset)
        ends = [info.header_offset for info in infos[1:]] + [self._zip.start_dir]
        locals_: dict[str, bytes] = {}
        for info, end in zip(infos, ends, strict=True):
            local = locals_[info.filename] = self._data[info.header_offset : end]
            if not self._data.startswith(LOCAL, info.header_offset):
                raise self._refuse(f"damaged at the part {info.filename}")
            if len(local) < 30 or 30 + sum(_LOCAL_LENGTHS(local, 26)) + info.compress_size > len(local):
                raise self._refuse(f"the part {info.filename} overlaps another")
        entries, at = [], self._zip.start_dir
        for info in self._zip.infolist():
            length, extra, comment = _CENTRAL_LENGTHS(self._data, at + 28)
            size = 46 + length + extra + comment
            entry = _Entry(info, locals_[info.filename], self._data[at : at + size])
            name = entry.local_name
            if b"\0" in name:  # where other readers end the name
                raise self._refuse(f"holds a part with the unsafe name {name!r}")
            if name != entry.central[46 : 46 + length]:
                raise self._refuse(f"the part {info.filename} has two names")
            entries.append(entry)
            at += size
        return entries

    @property
    def parts(self) -> list[str]:
        """Every part's name, in the order of the file."""
        return list(self._entries)

    @property
    def signed(self) -> bool:
        """Whether the file bears a digital signature, which any change to it breaks."""
        return any(part.lower().startswith("_xmlsignatures/") for part in self._entries)

    def has(self, part: str) -> bool:
        """Whether the file holds a part; names ignore case, as OOXML says."""
        return part.lower() in self._by_lower

    def read(self, part: str) -> bytes:
        """Return a part's bytes.

        Raises
        ------
        WorkbookRefused
            The part is missing or damaged.
        """
        if not self.has(part):
            raise self._refuse(f"the part {part} is missing; open and save the file in Excel")
        try:
            return self._entries[self._by_lower[part.lower()]].unpacked()
        except zlib.error as error:
            raise self._refuse(f"the part {part} is damaged ({error}); get a fresh copy") from None

    def holds(self, part: str, data: bytes) -> bool:
        """Whether a part is there and its bytes are these."""
        if not self.has(part):
            return False
        info = self._entries[self._by_lower[part.lower()]].info
        return info.file_size == len(data) and zlib.crc32(data) == info.CRC and self.read(part) == data

    def with_parts(self, changed: Mapping[str, bytes], removed: Collection[str] = ()) -> bytes:
        """Return the file with some parts replaced, added or removed; all others keep their raw bytes."""
        new = {part.lower(): (part, data) for part, data in changed.items()}
        gone = {part.lower() for part in removed}
        pieces = []
        for part, entry in self._entries.items():
            if part.lower() in gone:
                continue
            if part.lower() in new:
                pieces.append(_packed(part, new.pop(part.lower())[1], entry.central))
            else:
                pieces.append((entry.local, _without_zip64(entry)))
        pieces += [_packed(part, data) for part, data in new.values()]
        directory, offset = [], 0
        for local, central in pieces:
            directory.append(central[:42] + struct.pack("<I", offset) + central[46:])
            offset += len(local)
        listing = b"".join(directory)
        comment, count = self._zip.comment, len(pieces)
        end = END + struct.pack("<HHHHIIH", 0, 0, count, count, len(listing), offset, len(comment))
        return b"".join([*(local for local, _ in pieces), listing, end, comment])


_NEW_PART = CENTRAL + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0x21) + bytes(30)
"""The directory's line of a part that was not there before: 1980-01-01, no attributes."""


def _packed(part: str, data: bytes, central: bytes = _NEW_PART) -> tuple[bytes, bytes]:
    """Local and central bytes of a part with new contents; the date and attributes of its old line stay."""
    # Excel packs this fast too; level 6 takes three times as long and saves a fifth.
    press = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed = press.compress(data) + press.flush()
    name = part.encode("utf-8")
    flags = 0x800 if not part.isascii() else 0
    sizes = struct.pack("<III", zlib.crc32(data), len(packed), len(data))
    head = struct.pack("<HHH", 20, flags, zipfile.ZIP_DEFLATED) + central[12:16] + sizes
    shared = head + struct.pack("<H", len(name))
    local = LOCAL + shared + struct.pack("<H", 0) + name + packed
    return local, CENTRAL + central[4:6] + shared + struct.pack("<HHH", 0, 0, 0) + central[36:46] + name


def _without_zip64(entry: _Entry) -> bytes:
    """The directory's line with its sizes in place: a zip64 field beside them would give the old offset."""
    line, info = entry.central, entry.info
    name, extra, comment = _CENTRAL_LENGTHS(line, 28)
    if extra == 0:
        return line
    kept, at, fields = b"", 0, line[46 + name : 46 + name + extra]
    while at + 4 <= len(fields):
        kind, size = struct.unpack("<HH", fields[at : at + 4])
        kept += b"" if kind == 1 else fields[at : at + 4 + size]
        at += 4 + size
    if len(kept) == extra:
        return line
    sizes = struct.pack("<II", info.compress_size, info.file_size)
    lengths = struct.pack("<HHH", name, len(kept), comment)
    tail = line[46 + name + extra :]
    return line[:20] + sizes + lengths + line[34:46] + line[46 : 46 + name] + kept + tail


def read_file(path: Path) -> bytes:
    """Return a workbook file's bytes, or refuse in one line.

    Raises
    ------
    WorkbookRefused
        The file is missing, a folder, unreadable, too large or empty.
    """
    try:
        if path.stat().st_size > MOST_PART_BYTES:
            raise WorkbookRefused(f"{path}: larger than {MOST_PART_BYTES >> 20} MB")
        data = path.read_bytes()
    except OSError as error:
        raise WorkbookRefused(
            f"{path}: cannot be read ({error.strerror}); check the path and its permissions"
        ) from None
    if not data:
        raise WorkbookRefused(f"{path}: an empty file; get a fresh copy")
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all: aside, flushed to disk, then moved into place.

    Raises
    ------
    WorkbookRefused
        The folder cannot be written, or the file is open in Excel.
    """
    path = path.resolve()  # a link stays a link
    for program, lock in (("Excel", f"~${path.name}"), ("LibreOffice", f".~lock.{path.name}#")):
        if path.with_name(lock).exists():
            raise WorkbookRefused(f"{path}: open in {program}; close it there first")
    try:
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".haircut-", suffix=".tmp")
    except OSError as error:
        raise WorkbookRefused(f"{path}: cannot be written ({error.strerror}); check the folder") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(aside).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        Path(aside).replace(path)
    except OSError as error:
        Path(aside).unlink(missing_ok=True)
        raise WorkbookRefused(f"{path}: cannot be written ({error.strerror}); check the folder") from None
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _umask() -> int:
    """The process's mask for new files; there is no way to read it but to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
