"""The add-in's files: what Microsoft's own tools make of the same functions, and that every address leads somewhere."""

import json
import re
import struct
import subprocess
import zlib
from pathlib import Path

import pytest
from lxml import etree
from tests.hosts.web.running import HERE, LIMITS, node

from haircut import __version__
from haircut.errors import HostRefused
from haircut.facts import facts, gpus
from haircut.functions import FUNCTIONS
from haircut.hosts.web.files import files, metadata, write
from haircut.hosts.web.icon import icon
from haircut.registry import Kind

BASE = "https://localhost:8765/token/"
MADE = files(BASE, LIMITS)
OFFICE_NAME = re.compile(r"[A-Z][A-Z0-9_.]{2,63}")


def npm(package):
    if not (HERE / "node_modules" / package).is_dir():
        pytest.skip(f"the npm package {package} is not installed")


def in_node(script, *args):
    done = subprocess.run(
        [node(), str(HERE / script), *map(str, args)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


class TestMetadata:
    def test_it_is_what_microsofts_generator_makes_of_the_same_functions(self, tmp_path):
        """The generator reads JSDoc; it knows no allowErrorForDataTypeAny, and leaves out a result of type any."""
        npm("custom-functions-metadata")
        source = tmp_path / "functions.js"
        source.write_text("\n".join(map(as_jsdoc, FUNCTIONS.values())), encoding="utf-8")
        theirs = in_node("metadata_of.js", source)
        ours = json.loads(MADE["functions.json"])["functions"]
        for function in ours:
            del function["result"]["type"]
        assert len(ours) == len(FUNCTIONS)
        assert ours == theirs["functions"]

    def test_errors_reach_the_functions(self):
        assert metadata()["allowErrorForDataTypeAny"] is True

    def test_names_and_texts_are_within_what_excel_takes(self):
        for function in metadata()["functions"]:
            assert OFFICE_NAME.fullmatch(function["id"])
            assert function["name"] == function["id"]
            assert 0 < len(function["description"]) <= 1024
            for parameter in function["parameters"]:
                assert 0 < len(parameter["description"]) <= 512
                assert len(parameter["name"]) <= 64

    def test_only_the_last_parameter_repeats_and_none_required_follows_an_optional_one(self):
        for function in metadata()["functions"]:
            kinds = [
                "repeating" if p.get("repeating") else p.get("optional", False)
                for p in function["parameters"]
            ]
            assert kinds == sorted(kinds, key=[False, True, "repeating"].index)
            assert kinds.count("repeating") <= 1


def as_jsdoc(function):
    """A function as one would declare it for Microsoft's generator."""
    lines = [function.summary, f"@customfunction {function.name} {function.name}"]
    for arg in function.args:
        kind = "any[][][]" if arg.kind is Kind.ANY else "any[][]"
        name = arg.name if arg.required or arg.kind is Kind.ANY else f"[{arg.name}]"
        lines.append(f"@param {{{kind}}} {name} {arg.help} ({arg.unit})")
    lines += [
        "@param {CustomFunctions.CancelableInvocation} invocation The call.",
        "@returns {any[][]} The cells.",
    ]
    lines += ["@cancelable", "@requiresParameterAddresses"]
    names = ", ".join([*(arg.name + "_" * (arg.name in RESERVED) for arg in function.args), "invocation"])
    return (
        "/**\n" + "".join(f" * {line}\n" for line in lines) + f" */\nfunction {function.name}({names}) {{}}"
    )


RESERVED = {"default", "new", "in", "function", "var"}


class TestManifest:
    ROOT = etree.fromstring(MADE["manifest.xml"])

    def test_every_address_is_a_file_that_the_server_has(self):
        addresses = re.findall(
            r'"(https:[^"]*)"', re.sub(rb"xmlns\S+|http:\S+", b"", MADE["manifest.xml"]).decode()
        )
        assert len(addresses) > 8
        for address in addresses:
            assert address.startswith(BASE)
            assert address.removeprefix(BASE) in MADE

    def test_every_resource_is_defined_used_and_short_enough(self):
        defined = {e.get("id"): e for e in self.ROOT.iter("{*}Image", "{*}Url", "{*}String") if e.get("id")}
        used = {element.get("resid") for element in self.ROOT.iter() if element.get("resid")}
        assert used == set(defined)
        assert max(map(len, defined)) <= 32
        longest = {"ShortStrings": 125, "LongStrings": 250, "Urls": 2048, "Images": 2048}
        for element in defined.values():
            assert len(element.get("DefaultValue")) <= longest[etree.QName(element.getparent()).localname]

    def test_names_in_cells_have_no_prefix(self):
        assert not list(self.ROOT.iter("{*}Namespace"))

    def test_the_version_has_four_numbers(self):
        assert self.ROOT.findtext("{*}Version") == f"{__version__}.0"

    def test_the_unified_manifest_fits_its_schema(self, tmp_path):
        npm("@microsoft/app-manifest")
        path = tmp_path / "manifest.json"
        path.write_bytes(MADE["manifest.json"])
        assert in_node("manifest_faults.js", path) == []
        path.write_bytes(MADE["manifest.json"].replace(b'"long"', b'"for ever"'))
        assert in_node("manifest_faults.js", path) == [
            "/extensions/0/runtimes/0/lifetime: must be equal to one of the allowed values"
        ]

    def test_microsofts_converter_makes_of_the_xml_what_the_unified_manifest_says(self, tmp_path):
        """The converter leaves out the functions, names actions itself, and writes out what goes without saying."""
        npm("office-addin-manifest-converter")
        (tmp_path / "manifest.xml").write_bytes(MADE["manifest.xml"])
        converter = HERE / "node_modules/office-addin-manifest-converter/cli.js"
        command = [
            node(),
            str(converter),
            "convert",
            str(tmp_path / "manifest.xml"),
            "-o",
            str(tmp_path / "made"),
        ]
        subprocess.run(command, capture_output=True, timeout=60, check=True)
        theirs = json.loads((tmp_path / "made/manifest.json").read_text(encoding="utf-8"))
        ours = json.loads(MADE["manifest.json"])
        assert theirs["version"] == ours["version"]
        assert theirs["name"]["short"] == ours["name"]["short"]
        assert theirs["authorization"] == ours["authorization"]
        [their_part], [our_part] = theirs["extensions"], ours["extensions"]
        assert their_part["requirements"] == our_part["requirements"]
        [long_lived] = [one for one in their_part["runtimes"] if one["lifetime"] == "long"]
        assert long_lived["code"]["page"] == our_part["runtimes"][0]["code"]["page"]
        assert tabs(their_part) == tabs(our_part)

    def test_the_unified_manifest_says_the_same(self):
        held = json.loads(MADE["manifest.json"])
        [runtime] = held["extensions"][0]["runtimes"]
        assert runtime["customFunctions"] == {"metadataUrl": f"{BASE}functions.json"}
        assert set(held["icons"].values()) <= set(MADE)
        for address in re.findall(r'"(https://localhost[^"]*)"', MADE["manifest.json"].decode()):
            assert address.removeprefix(BASE) in MADE


def tabs(part):
    """The buttons of a unified manifest, but for the name of what they do."""
    held = part["ribbons"][0]["tabs"]
    for tab in held:
        for button in tab["groups"][0]["controls"]:
            for more in ("actionId", "enabled", "overriddenByRibbonApi"):
                button.pop(more, None)
    return held


def test_no_template_keeps_a_hole():
    for name, data in MADE.items():
        assert b"{{" not in data or name.endswith(".png"), name


def test_the_pane_holds_every_function_and_every_fact():
    pane = json.loads(MADE["pane.json"])
    functions = [one["name"] for category in pane["categories"] for one in category["functions"]]
    assert sorted(functions) == sorted(FUNCTIONS)
    assert [row["id"] for row in pane["facts"]] == list(facts())
    assert len(pane["gpus"]) == sum(map(len, gpus().values()))


@pytest.mark.parametrize("size", [16, 192])
def test_an_icon_is_a_png_of_its_size(size):
    data = icon(size)
    assert struct.unpack(">2I", data[16:24]) == (size, size)
    start = data.index(b"IDAT") + 4
    length = struct.unpack(">I", data[start - 8 : start - 4])[0]
    assert len(zlib.decompress(data[start : start + length])) == size * (4 * size + 1)


class TestWriting:
    def test_every_file_is_written(self, tmp_path):
        write(MADE, tmp_path / "new")
        assert {p.name: p.read_bytes() for p in (tmp_path / "new").iterdir()} == MADE

    def test_a_folder_with_something_in_it_is_refused(self, tmp_path):
        (tmp_path / "mine.txt").write_text("mine")
        with pytest.raises(HostRefused, match="is not empty; choose a new folder"):
            write(MADE, tmp_path)
        assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]

    def test_a_file_in_the_place_of_the_folder_is_refused(self, tmp_path):
        taken = Path(tmp_path / "taken")
        taken.write_text("mine")
        with pytest.raises(HostRefused, match="cannot be written"):
            write(MADE, taken)
