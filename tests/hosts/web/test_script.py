"""functions.js in Node, against the real server: batches, blanks, errors, cancelling, a server that is gone."""

import dataclasses
import socket
import threading

import pytest
from tests.hosts.calls import answer, grid
from tests.hosts.web.running import LIMITS, in_cells, read, serving

from haircut.cells import OMITTED
from haircut.errors import CellError
from haircut.functions import FUNCTIONS

LTV = ("HC_LTV", (70, 100))
TABLE = ("HC_DEBT_SCHEDULE", (100, 0.08, 4, "annuity"))


def direct(name, *args):
    return grid(answer(FUNCTIONS[name], args))


def test_every_function_is_associated(place):
    assert set(in_cells(place, [LTV])["associated"]) == set(FUNCTIONS)


class TestBatches:
    def test_two_thousand_cells_are_two_requests(self, place):
        held = in_cells(place, [("HC_LTV", (value, 100)) for value in range(1, 2001)])
        assert held["requests"] == 2
        assert [rows[0][0] for rows in held["answers"]] == pytest.approx([n / 100 for n in range(1, 2001)])

    def test_cells_count_as_well_as_calls(self, tmp_path):
        limits = dataclasses.replace(LIMITS, cells=25)
        with serving(tmp_path, limits) as place:
            held = in_cells(place, [("HC_LTV", ([70] * 10, 100))] * 5)
        assert held["requests"] == 3
        assert held["answers"] == [[[0.7] * 10]] * 5

    def test_a_call_too_large_for_any_request_says_so_and_harms_no_other(self, tmp_path):
        limits = dataclasses.replace(LIMITS, cells=25)
        with serving(tmp_path, limits) as place:
            held = in_cells(place, [LTV, ("HC_LTV", ([70] * 30, 100)), LTV])
        too_large = held["answers"].pop(1)[0][0]
        assert held["answers"] == [[[0.7]]] * 2
        assert too_large == {"error": "#N/A", "message": "31 cells in one request; the most is 25"}


class TestErrors:
    def test_an_error_keeps_its_message_where_excel_takes_one(self, place):
        held = in_cells(place, [("HC_FACT", ("no such fact",)), ("HC_LTV", ("seventy", 100))])
        messages = [(rows[0][0]["error"], rows[0][0]["message"]) for rows in held["answers"]]
        assert messages[0][0] == "#N/A" and "no such fact" in messages[0][1]
        assert messages[1] == ("#VALUE!", 'debt must be a number, but is the text "seventy"')

    def test_an_array_holds_error_values_of_its_own(self, place):
        held = in_cells(place, [("HC_DSCR", ([[130], [120]], [[100], [0]]))])
        assert read(held["answers"][0]) == [[1.3], [CellError.NA]]

    @pytest.mark.parametrize("error", [CellError.NAME, CellError.REF, CellError.SPILL])
    def test_an_error_that_excel_takes_from_no_function_is_named_in_the_message(self, place, error):
        shown = in_cells(place, [("HC_LTV", (error, 100))])["answers"][0][0][0]
        assert shown["error"] == "#VALUE!"
        assert shown["message"] == f"{error}: debt holds {error}; mend that first"

    def test_a_table_spills(self, place):
        held = in_cells(place, [TABLE])
        assert read(held["answers"][0]) == direct(TABLE[0], *TABLE[1])


class TestBlanks:
    CALLS = (
        ("HC_LTV", ([[None]], 100)),
        ("HC_LTV", ([[70], [None]], 100)),
        ("HC_LTV", ([[70], [0]], 100)),
        ("HC_BOOK_VALUE", (100, 2, 6, OMITTED)),
        ("HC_BOOK_VALUE", (100, 2, 6, [[None]])),
        ("HC_WHY", ("HC_LTV", [[None]], 100)),
        ("HC_WHY", ("HC_BOOK_VALUE", 100, 2, 6, OMITTED)),
    )

    @pytest.mark.parametrize("blanks", ["zero", "null"])
    def test_a_blank_is_no_zero_and_nothing_left_out(self, place, blanks):
        held = in_cells(place, self.CALLS, blanks)
        assert [read(rows) for rows in held["answers"]] == [direct(name, *args) for name, args in self.CALLS]
        assert held["answers"][0][0][0]["message"] == "debt must be a number, but the cell is blank"

    def test_excel_is_asked_once_for_all_cells_and_only_where_there_is_a_zero(self, place):
        zeros = [("HC_LTV", ([[n], [0]], 100)) for n in range(50)]
        assert in_cells(place, zeros, "zero")["reads"] == 1
        assert in_cells(place, [LTV] * 50, "zero")["reads"] == 0

    def test_a_zero_that_cannot_be_looked_up_is_an_error_alone(self, place):
        calls = [("HC_LTV", (0, 100)), ("HC_LTV", ([[0], [70]], 100))]
        calls[0] = (*calls[0], {"unreadable": True})
        held = in_cells(place, calls, "zero")
        assert held["answers"][0][0][0]["error"] == "#N/A"
        assert "cannot be read to tell an empty cell from a 0" in held["answers"][0][0][0]["message"]
        assert held["answers"][1] == [[0], [0.7]]


class TestCancelling:
    def test_calls_cancelled_before_they_are_sent_are_never_sent(self, place):
        held = in_cells(place, [LTV] * 5, cancel=0, haste=50)
        assert held["requests"] == 0
        assert held["answers"] == [[[{"error": "#N/A", "message": "cancelled"}]]] * 5

    def test_a_request_whose_calls_are_all_cancelled_is_broken_off(self, place):
        with silent() as port:
            held = in_cells(place, [LTV] * 5, cancel=200, server=f"https://localhost:{port}/")
        assert held["requests"] == 1
        assert held["milliseconds"] < 5000
        assert held["answers"] == [[[{"error": "#N/A", "message": "cancelled"}]]] * 5


GONE = {"error": "#N/A", "message": "the Haircut server does not answer; start it with: haircut web serve"}


class TestServerGone:
    def test_cells_say_that_the_server_is_gone(self, place):
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        held = in_cells(place, [LTV] * 3, server=f"https://localhost:{port}/")
        assert held["answers"] == [[[GONE]]] * 3

    def test_cells_do_not_hang_on_a_server_that_never_answers(self, place):
        with silent() as port:
            held = in_cells(place, [LTV], server=f"https://localhost:{port}/", haste=0.01)
        assert held["answers"] == [[[GONE]]]

    def test_an_old_token_says_what_to_do(self, place):
        held = in_cells(place, [LTV], server=f"https://localhost:{place.port}/{'x' * 43}/")
        assert held["answers"][0][0][0]["message"].startswith(
            "the token is missing or old; install the manifest"
        )


class silent:  # noqa: N801 - used as a function
    """A port that takes connections and never says a word."""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.taken = []
        threading.Thread(target=self._take, daemon=True).start()
        return self.listener.getsockname()[1]

    def _take(self):
        while True:
            try:
                self.taken.append(self.listener.accept()[0])
            except OSError:
                return

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in self.taken:
            connection.close()
