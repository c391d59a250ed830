"""The record of a change takes it back, whatever the bytes."""

from hypothesis import given
from hypothesis import strategies as st
from tests.package.handmade import zipped

from haircut_workbooks.attach.undo import record, taken_back
from haircut_workbooks.package.container import Container
from haircut_workbooks.package.parts import Parts

BYTES = st.text("ab<>", max_size=30).map(str.encode)


@given(
    st.dictionaries(st.sampled_from(["a.xml", "b.xml", "c.xml"]), st.tuples(BYTES, BYTES), min_size=1), BYTES
)
def test_what_changed_and_what_was_added_is_taken_back(pairs, added):
    before = Container(zipped({part: old for part, (old, _) in pairs.items()}), "a zip")
    parts = Parts(before)
    for part, (_, new) in pairs.items():
        parts.put(part, new)
    parts.put("new.xml", added)
    undo = record(before, parts)
    restored = Container(taken_back(Container(parts.packed(), "a zip"), undo), "a zip")
    assert {part: restored.read(part) for part in restored.parts} == {p: old for p, (old, _) in pairs.items()}


@given(BYTES, BYTES, BYTES)
def test_a_part_that_changed_since_is_not_taken_back(old, new, later):
    before = Container(zipped({"a.xml": old}), "a zip")
    parts = Parts(before)
    parts.put("a.xml", new)
    undo = record(before, parts)
    parts.put("a.xml", later)
    back = taken_back(Container(parts.packed(), "a zip"), undo)
    assert (back is None) == (later != new and old != new)
