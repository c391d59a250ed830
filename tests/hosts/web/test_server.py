"""The server and those it must not serve: without the token, from other sites, hostile, too large, too slow."""

import dataclasses
import json
import socket
import ssl
import threading
import time
from contextlib import closing

import pytest
from tests.hosts.web.running import LIMITS, ask, serving

from haircut.errors import CellError
from haircut.functions import FUNCTIONS
from haircut.hosts.web.files import files

JSON = {"Content-Type": "application/json"}
OFFICE = "https://euc-excel.officeapps.live.com"


def call(place, body, headers=JSON):
    """The status of a request to calculate, and its answer."""
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    status, _, answer = ask(place, "POST", f"/{place.known.token}/calls", text, headers)
    return status, json.loads(answer)


def ltv(debt, value=100):
    return {"name": "HC_LTV", "args": [[[debt]], [[value]]]}


def test_a_call_is_answered(place):
    assert call(place, {"calls": [ltv(70)]}) == (200, {"answers": [{"value": [[0.7]]}]})


class TestWithoutTheToken:
    NAMES = ("calls", *files("", LIMITS))

    @pytest.mark.parametrize("prefix", ["", "/x", "/" + "x" * 43, "/" + "%C3%A9" * 20, "//"])
    def test_no_path_gives_anything(self, place, prefix):
        for name in self.NAMES:
            for method in ("GET", "POST", "OPTIONS", "HEAD"):
                status, _, answer = ask(
                    place, method, f"{prefix}/{name}", json.dumps({"calls": [ltv(70)]}), JSON
                )
                assert status == 403
                assert place.known.token.encode() not in answer and b"HC_" not in answer

    @pytest.mark.parametrize("target", ["*", "http://localhost/calls", "/", "//", "/%2f"])
    def test_no_odd_target_gives_anything(self, place, target):
        assert ask(place, "OPTIONS", target)[0] == 403

    def test_with_it_every_file_is_there(self, place):
        for name, data in files(place.base, LIMITS).items():
            assert ask(place, "GET", f"/{place.known.token}/{name}")[::2] == (200, data)


class TestOtherSites:
    @pytest.mark.parametrize(
        "origin", ["https://evil.example", "null", "http://localhost", OFFICE + ".evil.example"]
    )
    def test_a_page_of_another_site_gets_nothing(self, place, origin):
        status, headers, _ = ask(
            place, "GET", f"/{place.known.token}/functions.json", headers={"Origin": origin}
        )
        assert status == 403
        assert "access-control-allow-origin" not in headers
        assert call(place, {"calls": [ltv(70)]}, JSON | {"Origin": origin})[0] == 403

    def test_the_add_ins_own_page_is_answered(self, place):
        headers = JSON | {"Origin": f"https://localhost:{place.port}"}
        assert call(place, {"calls": [ltv(70)]}, headers)[0] == 200

    def test_excel_for_the_web_may_read_the_metadata_and_nothing_else(self, place):
        path = f"/{place.known.token}/"
        status, headers, _ = ask(place, "GET", path + "functions.json", headers={"Origin": OFFICE})
        assert (status, headers["access-control-allow-origin"], headers["vary"]) == (200, OFFICE, "Origin")
        assert ask(place, "GET", path + "pane.json", headers={"Origin": OFFICE})[0] == 403
        assert call(place, {"calls": [ltv(70)]}, JSON | {"Origin": OFFICE})[0] == 403

    @pytest.mark.parametrize(
        "host", ["evil.example", "localhost", "localhost:1", "127.0.0.1.evil.example:{port}", ""]
    )
    def test_a_name_made_to_point_here_is_not_answered(self, place, host):
        headers = JSON | {"Host": host.format(port=place.port)}
        assert call(place, {"calls": [ltv(70)]}, headers)[0] == 403

    def test_every_answer_is_hardened(self, place):
        for path in (f"/{place.known.token}/taskpane.html", "/", f"/{place.known.token}/none"):
            headers = ask(place, "GET", path)[1]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"
            assert "default-src 'none'" in headers["content-security-policy"]
            assert "*" not in headers.get("access-control-allow-origin", "")


class TestHostileRequests:
    @pytest.mark.parametrize(
        "path",
        [
            "..%2f..%2fetc/passwd",
            "../token",
            "%2e%2e/token",
            "..\\token",
            "localhost.key",
            "token",
            "calls/../token",
            "%00",
        ],
    )
    def test_no_path_leads_out(self, place, path):
        status, _, answer = ask(place, "GET", f"/{place.known.token}/{path}")
        assert status in (403, 404)
        assert b"root:" not in answer and b"PRIVATE" not in answer

    @pytest.mark.parametrize(
        "sent_as", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    )
    def test_only_json_is_read(self, place, sent_as):
        status, answer = call(place, {"calls": [ltv(70)]}, {"Content-Type": sent_as})
        assert (status, answer) == (415, {"error": "the request must be application/json"})

    @pytest.mark.parametrize(
        "body",
        [
            "", "{", "[]", "1", '"calls"', "{}", '{"calls": {}}', '{"calls": [1]}', '{"calls": [{}]}', b"\xff\xfe{}",
            '{"calls": [{"name": 1, "args": []}]}', '{"calls": [{"name": "HC_LTV"}]}',
            '{"calls": [{"name": "HC_LTV", "args": [70, 100]}]}',
            '{"calls": [{"name": "HC_LTV", "args": [[70], [100]]}]}',
            '{"calls": [{"name": "HC_LTV", "args": [[[[70]]], [[100]]]}]}',
            '{"calls": [{"name": "HC_LTV", "args": [[[{"error": "#WHAT!"}]], [[100]]]}]}',
            '{"calls": [{"name": "HC_LTV", "args": [[[{"a": 1}]], [[100]]]}]}',
            '{"calls": [{"name": "HC_LTV", "args": [[[NaN]], [[100]]]}]}',
            '{"calls": [{"name": "HC_LTV", "args": [[[Infinity]], [[100]]]}]}',
            '{"calls": [{"name": "HC_LTV", "args": [[[-Infinity]], [[100]]]}]}',
            '{"calls": [{"name": "HC_LTV", "args": [[[' + "9" * 5000 + ']], [[100]]]}]}',
            "[" * 100_000, '{"calls":' * 100_000,
        ],
    )  # fmt: skip
    def test_what_is_no_request_is_refused(self, place, body):
        status, answer = call(place, body)
        assert status == 400
        assert list(answer) == ["error"]

    @pytest.mark.parametrize(
        ("args", "error"),
        [
            ([[[10**400]], [[100]]], "#NUM!"), ([[], [[100]]], "#VALUE!"),
            ([[[]], [[100]]], "#VALUE!"), ([[[1], [1, 2]], [[100]]], "#VALUE!"), ([None, [[100]]], "#VALUE!"),
            ([[["x" * 40_000]], [[100]]], "#VALUE!"), ([[[1]]] * 300, "#VALUE!"), ([], "#VALUE!"),
            ([[["\ud800"]], [[100]]], "#VALUE!"),
        ],
    )  # fmt: skip
    def test_what_is_no_argument_is_an_error_value(self, place, args, error):
        status, answer = call(place, {"calls": [{"name": "HC_LTV", "args": args}]})
        assert status == 200
        assert answer["answers"][0]["error"] == error
        assert len(answer["answers"][0]["why"]) < 300

    def test_an_unknown_function_harms_no_other(self, place):
        calls = [ltv(70), {"name": "__import__", "args": []}, {"name": "hc_ltv", "args": []}, ltv(35)]
        answers = call(place, {"calls": calls})[1]["answers"]
        assert [answers[0], answers[3]] == [{"value": [[0.7]]}, {"value": [[0.35]]}]
        assert answers[1]["error"] == answers[2]["error"] == str(CellError.NAME)
        assert "did you mean HC_LTV" in answers[2]["why"]


def test_a_fault_of_our_own_is_told_as_one(tmp_path, monkeypatch, capfd):
    def broken():
        """Break."""
        raise RuntimeError("a fault of our own")

    monkeypatch.setitem(FUNCTIONS, "HC_BROKEN", dataclasses.replace(FUNCTIONS["HC_VERSION"], model=broken))
    with serving(tmp_path) as place:
        status, answer = call(place, {"calls": [{"name": "HC_BROKEN", "args": []}]})
    assert (status, answer) == (500, {"error": "Haircut failed; haircut web serve prints how"})
    assert "RuntimeError: a fault of our own" in capfd.readouterr().err


class TestLimits:
    def test_too_many_calls(self, place):
        status, answer = call(place, {"calls": [ltv(70)] * (LIMITS.calls + 1)})
        assert (status, answer["error"]) == (413, "1001 calls in one request; the most is 1000")

    def test_too_many_cells(self, place):
        row = [1] * (LIMITS.cells // 2)
        status, answer = call(place, {"calls": [{"name": "HC_LTV", "args": [[row, row], [[1]]]}]})
        assert (status, answer["error"]) == (413, "200001 cells in one request; the most is 200000")

    @pytest.mark.parametrize("length", [True, False])
    def test_too_long_a_body(self, tmp_path, length):
        with serving(tmp_path, dataclasses.replace(LIMITS, body=1000)) as place:
            body = b" " * 2000 if length else iter([b" " * 500] * 4)
            status, answer = call_raw(place, body)
        assert (status, answer) == (413, {"error": "the request is longer than 1,000 bytes"})

    def test_a_body_that_trickles_in_is_given_up(self, tmp_path):
        with (
            serving(tmp_path, dataclasses.replace(LIMITS, seconds=0.5)) as place,
            connected(place) as connection,
        ):
            head = f"POST /{place.known.token}/calls HTTP/1.1\r\nHost: localhost:{place.port}\r\n"
            connection.sendall(
                (head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{").encode()
            )
            assert connection.recv(100).startswith(b"HTTP/1.1 408")

    @pytest.mark.parametrize("before", [b"", b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n"])
    def test_a_connection_on_which_no_request_begins_is_closed(self, tmp_path, before):
        with serving(tmp_path, dataclasses.replace(LIMITS, idle=1)) as place, connected(place) as connection:
            started = time.monotonic()
            connection.sendall(before)
            for byte in b"GET / HTTP/1.1\r\n" * 100:
                time.sleep(0.05)
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    break
            assert time.monotonic() - started < 5

    def test_calls_that_take_too_long_are_named_and_the_others_answered(self, tmp_path, monkeypatch):
        slow = threading.Event()
        monkeypatch.setitem(FUNCTIONS, "HC_SLOW", waiting(slow))
        with serving(tmp_path, dataclasses.replace(LIMITS, seconds=0.5)) as place:
            status, answer = call(place, {"calls": [ltv(70), {"name": "HC_SLOW", "args": []}, ltv(35)]})
            meanwhile = call(place, {"calls": [ltv(35)]})
            slow.set()
        why = "not calculated within 0.5 seconds; ask for less at a time"
        assert status == 200
        assert answer["answers"] == [
            {"value": [[0.7]]},
            {"error": "#N/A", "why": why},
            {"error": "#N/A", "why": why},
        ]
        assert meanwhile == (200, {"answers": [{"value": [[0.35]]}]})

    def test_when_every_thread_is_busy_the_request_is_told_so(self, tmp_path, monkeypatch):
        slow, request = threading.Event(), {"calls": [{"name": "HC_SLOW", "args": []}]}
        monkeypatch.setitem(FUNCTIONS, "HC_SLOW", waiting(slow))
        with serving(tmp_path, dataclasses.replace(LIMITS, seconds=1.0)) as place:
            others = [threading.Thread(target=call, args=(place, request)) for _ in range(8)]
            for other in others:
                other.start()
            time.sleep(0.3)
            assert call(place, {"calls": [ltv(70)]}) == (
                503, {"error": "the Haircut server is busy; recalculate in a while"},
            )  # fmt: skip
            slow.set()
            for other in others:
                other.join()
            assert call(place, {"calls": [ltv(70)]})[0] == 200


def waiting(event):
    """A function that answers when the event is set."""

    def slow():
        """Wait."""
        event.wait(20)
        return 1.0

    return dataclasses.replace(FUNCTIONS["HC_VERSION"], model=slow)


def call_raw(place, body):
    status, _, answer = ask(place, "POST", f"/{place.known.token}/calls", body, JSON)
    return status, json.loads(answer)


def connected(place):
    context = ssl.create_default_context(cafile=place.known.certificate)
    plain = socket.create_connection(("localhost", place.port), timeout=20)
    return closing(context.wrap_socket(plain, server_hostname="localhost"))
