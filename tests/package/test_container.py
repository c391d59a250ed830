import io
import struct
import zipfile

import pytest
from tests.package.handmade import zipped

from haircut_workbooks.package.container import Container, WorkbookRefused, read_file, write_file

PARTS = {f"part{i}.xml": (f"<x>{i}</x>" * (200 * i + 1)).encode() for i in range(5)}


def raw_entries(data):
    """The compressed bytes of each entry, found by the header offsets that the directory states."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        found = {}
        for info in archive.infolist():
            name, extra = struct.unpack("<HH", data[info.header_offset + 26 : info.header_offset + 30])
            start = info.header_offset + 30 + name + extra
            found[info.filename] = data[start : start + info.compress_size]
        return found


class Unseekable(io.RawIOBase):
    """A pipe: zipfile then writes sizes behind each entry, in a data descriptor."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def write(self, data):
        self.data += data
        return len(data)


def streamed():
    pipe = Unseekable()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in PARTS.items():
            archive.writestr(name, data)
    return bytes(pipe.data)


def with_extras():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.comment = b"made elsewhere"
        for i, (name, data) in enumerate(PARTS.items()):
            info = zipfile.ZipInfo(name, (2020, 2, 29, 12, 30, 2 * i))
            info.comment, info.extra, info.external_attr = b"remark", b"\xfe\xca\x02\x00ab", 0o600 << 16
            info.compress_type = zipfile.ZIP_DEFLATED if i % 2 else zipfile.ZIP_STORED
            archive.writestr(info, data)
    return file.getvalue()


@pytest.mark.parametrize("made", [streamed, with_extras])
def test_untouched_parts_keep_their_compressed_bytes(made):
    data = made()
    new = Container(data, "b").with_parts({"PART2.xml": b"<new/>"})
    old_raw, new_raw = raw_entries(data), raw_entries(new)
    assert list(new_raw) == list(old_raw)
    assert {name for name in PARTS if old_raw[name] != new_raw[name]} == {"part2.xml"}
    with zipfile.ZipFile(io.BytesIO(new)) as archive:
        assert archive.read("part2.xml") == b"<new/>"


def test_nothing_changed_is_the_same_file():
    assert Container(with_extras(), "b").with_parts({}) == with_extras()
    assert Container(streamed(), "b").with_parts({}) == streamed()


def test_comments_dates_and_attributes_stay():
    new = zipfile.ZipFile(io.BytesIO(Container(with_extras(), "b").with_parts({"part1.xml": b"<new/>"})))
    old = zipfile.ZipFile(io.BytesIO(with_extras()))
    assert new.comment == b"made elsewhere"
    for before, after in zip(old.infolist(), new.infolist(), strict=True):
        assert (before.date_time, before.external_attr) == (after.date_time, after.external_attr)
        assert after.comment == (b"" if after.filename == "part1.xml" else b"remark")


def test_names_beyond_ascii_survive_a_replacement():
    data = zipped({"médias/é.xml": b"<a/>", "b.xml": b"<b/>"})
    new = Container(data, "b").with_parts({"médias/é.xml": b"<c/>"})
    assert Container(new, "b").read("médias/É.XML") == b"<c/>"


def test_a_replaced_part_can_be_replaced_again():
    data = streamed()
    for text in (b"<one/>", b"<two/>" * 5000, b""):
        data = Container(data, "b").with_parts({"part3.xml": text})
        assert Container(data, "b").read("part3.xml") == text


def test_parts_and_their_names():
    container = Container(with_extras(), "b")
    assert container.parts == list(PARTS)
    assert container.has("Part0.XML") and not container.has("part9.xml")
    with pytest.raises(WorkbookRefused, match=r"b: the part part9.xml is missing"):
        container.read("part9.xml")


def test_write_file_puts_the_whole_file_there(tmp_path):
    path = tmp_path / "out.xlsx"
    write_file(path, b"one")
    write_file(path, b"two")
    assert path.read_bytes() == b"two"
    assert [p.name for p in tmp_path.iterdir()] == ["out.xlsx"]


@pytest.mark.parametrize(
    ("step", "error", "raised"),
    [
        ("os.fsync", OSError(28, "No space left on device"), WorkbookRefused),
        ("pathlib.Path.replace", PermissionError(13, "Permission denied"), WorkbookRefused),
        ("os.fsync", KeyboardInterrupt(), KeyboardInterrupt),
    ],
)
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step, error, raised):
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"old")

    def fail(*_):
        raise error

    monkeypatch.setattr(step, fail)
    with pytest.raises(raised):
        write_file(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.xlsx"]


def test_a_file_open_in_excel_is_left_alone(tmp_path):
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"old")
    (tmp_path / "~$out.xlsx").write_bytes(b"owner")
    with pytest.raises(WorkbookRefused, match=r"out\.xlsx: open in Excel; close it there first"):
        write_file(path, b"new")
    assert path.read_bytes() == b"old"


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(WorkbookRefused, match="cannot be written"):
        write_file(tmp_path / "none" / "out.xlsx", b"new")


@pytest.mark.parametrize("path", ["missing.xlsx", "."])
def test_read_file_refuses_what_is_no_file(tmp_path, path):
    with pytest.raises(WorkbookRefused, match="cannot be read"):
        read_file(tmp_path / path)


def test_messages_are_one_line():
    assert str(WorkbookRefused("a\nb\r\nc")) == "a b c"
