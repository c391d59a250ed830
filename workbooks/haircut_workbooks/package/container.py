"""The zip of a workbook: refused where it is hostile, and rewritten with unchanged parts as raw bytes."""

import io
import os
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
_NEW = CENTRAL + struct.pack("<HHHHHH30x", 20, 20, 0, zipfile.ZIP_DEFLATED, 0, 0x21)
"""What a new part's line in the central directory begins with: dated 1980-01-01, the zip format's first day."""


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
        return self.local[30 : 30 + struct.unpack("<H", self.local[26:28])[0]]

    @property
    def packed(self) -> bytes:
        """The compressed bytes, without the headers around them."""
        start = 30 + sum(struct.unpack("<HH", self.local[26:30]))
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
                    "the workbook is encrypted; remove its password in Excel and save it again"
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
            if part.startswith("/") or set("\\:\0") & set(part) or ".." in unquote(part).split("/"):
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
            head = self._data[info.header_offset : info.header_offset + 30]
            if len(head) < 30 or head[:4] != LOCAL:
                raise self._refuse(f"damaged at the part {info.filename}")
            start = info.header_offset + 30 + sum(struct.unpack("<HH", head[26:30]))
            if start + info.compress_size > end:
                raise self._refuse(f"the part {info.filename} overlaps another")
            locals_[info.filename] = self._data[info.header_offset : end]
        entries, at = [], self._zip.start_dir
        for info in self._zip.infolist():
            name, extra, comment = struct.unpack("<HHH", self._data[at + 28 : at + 34])
            size = 46 + name + extra + comment
            entry = _Entry(info, locals_[info.filename], self._data[at : at + size])
            if entry.local_name != entry.central[46 : 46 + name]:
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

    def with_parts(self, changed: Mapping[str, bytes], removed: Collection[str] = ()) -> bytes:
        """Return the file with some parts replaced, added or removed; every other part keeps its raw bytes."""
        body, directory = [], []
        offset = 0
        replaced = {self._by_lower.get(part.lower(), part): data for part, data in changed.items()}
        new = {part: _Entry(zipfile.ZipInfo(part), b"", _NEW) for part in replaced if not self.has(part)}
        gone = {part.lower() for part in removed}
        for part, entry in (self._entries | new).items():
            if part.lower() in gone:
                continue
            local, central = entry.local, entry.central
            if part in replaced:
                local, central = _packed(entry, replaced[part])
            directory.append(central[:42] + struct.pack("<I", offset) + central[46:])
            body.append(local)
            offset += len(local)
        listing = b"".join(directory)
        comment = self._zip.comment
        end = END + struct.pack("<HHHHIIH", 0, 0, len(body), len(body), len(listing), offset, len(comment))
        return b"".join([*body, listing, end, comment])


def _packed(entry: _Entry, data: bytes) -> tuple[bytes, bytes]:
    """Local and central bytes of a part with new contents, its date and attributes kept."""
    press = zlib.compressobj(6, zlib.DEFLATED, -15)
    packed = press.compress(data) + press.flush()
    name = entry.info.filename.encode("utf-8")
    flags = 0x800 if not entry.info.filename.isascii() else 0
    stamp = entry.central[12:16]
    sizes = struct.pack("<III", zlib.crc32(data), len(packed), len(data))
    shared = (
        struct.pack("<HHH", 20, flags, zipfile.ZIP_DEFLATED) + stamp + sizes + struct.pack("<H", len(name))
    )
    local = LOCAL + shared + struct.pack("<H", 0) + name + packed
    central = (
        CENTRAL + entry.central[4:6] + shared + struct.pack("<HHH", 0, 0, 0) + entry.central[36:46] + name
    )
    return local, central


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
    if path.with_name("~$" + path.name).exists():
        raise WorkbookRefused(f"{path}: open in Excel; close it there first")
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
