"""One test body over every host: each example and each worksheet error arrives as it does in a direct call.

A host is a module of this folder with ``answers()``, which gives the rows of cells of each of `every_call`,
in order. Where a host decides before our code runs, its module lists the exception in ``DECIDED_BY_HOST``: the
call's name and what the cell shows instead.
"""

from importlib import import_module

import pytest
from tests.hosts.calls import every_call

from haircut.functions import FUNCTIONS

HOSTS = ["formualizer", "excel", "web", "libreoffice", "calc"]


def same(got, direct):
    """The same kind of cell and the same value, numbers to 1e-12."""
    if isinstance(direct, bool) or isinstance(got, bool):
        return got is direct
    if isinstance(direct, int | float) and isinstance(got, int | float):
        return got == pytest.approx(direct, rel=1e-12, abs=1e-300)
    return type(got) is type(direct) and got == direct


def test_a_comparison_tells_kinds_and_values_apart():
    assert same(1.0, 1) and same(0.1 + 0.2, 0.3)
    assert not (same(1.0, True) or same("1", 1.0) or same(1.0, 1 + 1e-11) or same(0.0, 1e-200))


@pytest.mark.parametrize("name", HOSTS)
def test_every_call_gives_what_a_direct_call_gives(name, record_property):
    host = import_module(f"tests.hosts.{name}_host")
    calls, expected_here = every_call(), getattr(host, "DECIDED_BY_HOST", {})
    wrong = []
    for one, got in zip(calls, host.answers(), strict=True):
        direct = expected_here.get(one.name, one.direct)
        shaped = [len(row) for row in got] == [len(row) for row in direct]
        if not shaped or not all(
            same(a, b) for r, d in zip(got, direct, strict=True) for a, b in zip(r, d, strict=True)
        ):
            wrong.append(f"{one.name}: {got} instead of {direct}")
    assert wrong == []
    assert {one.function.name for one in calls} == set(FUNCTIONS)
    record_property(
        "host calls", f"{name}: {len(calls)} calls of {len(FUNCTIONS)} functions, all as called directly"
    )
