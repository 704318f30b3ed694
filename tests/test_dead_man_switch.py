"""The pings, against a real web server."""

from __future__ import annotations

import time

from src.dead_man_switch import DeadManSwitch
from tests.servers import free_port, silent_server, web_server

SECRET = "0e8f7c1a-very-secret"


class Switch:
    """A switch and the events it gave."""

    def __init__(self, url):
        self.events = []
        self.switch = DeadManSwitch(url, lambda event, **fields: self.events.append((event, fields)))

    @property
    def names(self):
        return [event for event, _ in self.events]


def wait_until(true):
    give_up = time.monotonic() + 10
    while not true():
        assert time.monotonic() < give_up, "it did not happen in time"
        time.sleep(0.01)


def test_start_alive_and_fail_arrive_as_healthchecks_wants_them():
    with web_server() as server:
        switch = Switch(f"{server.url}/{SECRET}").switch
        switch.start()
        wait_until(lambda: len(server.requests) == 1)
        switch.alive()
        wait_until(lambda: len(server.requests) == 2)
        switch.fail("The camera sends no pictures.")
        switch.close()
    assert [(request.method, request.path) for request in server.requests] == [
        ("GET", f"/{SECRET}/start"),
        ("GET", f"/{SECRET}"),
        ("POST", f"/{SECRET}/fail"),
    ]
    assert server.requests[2].body == b"The camera sends no pictures."


def test_a_key_behind_a_question_mark_stays_where_it_is():
    with web_server() as server:
        switch = Switch(f"{server.url}/ping/?create=1").switch
        switch.start()
        switch.close()
    assert server.requests[0].path == "/ping/start?create=1"


def test_failures_are_told_once_per_change_and_without_the_address():
    with web_server() as server:
        switch = Switch(f"{server.url}/{SECRET}")
        switch.switch.start()
        for status in (200, 500, 500, 500, 404, 200, 200):
            before = len(server.requests)
            server.answer = lambda request, status=status: (status, "")
            switch.switch.alive()
            wait_until(lambda: len(server.requests) > before)
            time.sleep(0.05)
        switch.switch.close()
    assert switch.names == ["heartbeat_url_error", "heartbeat_url_error", "heartbeat_url_ok"]
    assert "HTTP 500" in switch.events[0][1]["text"] and "HTTP 404" in switch.events[1][1]["text"]
    assert SECRET not in str(switch.events)


def test_an_absent_network_is_told_without_the_address():
    switch = Switch(f"http://127.0.0.1:{free_port()}/{SECRET}")
    switch.switch.start()
    switch.switch.close()
    assert switch.names == ["heartbeat_url_error"] and SECRET not in str(switch.events)


def test_a_server_that_hangs_holds_up_nobody_and_pings_do_not_pile_up():
    with silent_server() as port:
        switch = Switch(f"http://127.0.0.1:{port}/{SECRET}").switch
        began = time.monotonic()
        switch.start()
        for _ in range(1000):
            switch.alive()
        switch.close(patience_seconds=0.1)
        assert time.monotonic() - began < 2


def test_without_an_address_nothing_happens():
    switch = Switch(None)
    switch.switch.start()
    switch.switch.alive()
    switch.switch.fail("x")
    switch.switch.close()
    assert switch.events == []
