"""A plugin of pytest, `-p tests.support.forks --forks 4`: runs what was collected in processes forked from this one.

Workers of xdist each import the app and collect every test anew, which costs six seconds of CPU apiece; here that is
done once. A fork takes the next few tests of a file as soon as it has none, so that all of them end together. What
pytest's own loop does for a test is done here, too; only that fixtures went well, and how long they took, is not told.
No fork is traced: with `--cov` take xdist.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import struct
from collections.abc import Iterator
from itertools import groupby
from multiprocessing.connection import Connection, wait
from typing import Any

import pytest

BLOCK = 8
"""Tests that a fork takes at a time: of one file, so that what they share is made once for them."""

WHOLE = ("tests/page",)
"""Folders whose tests share what is dear, a browser and a server: one fork takes them all."""

PLACE = struct.Struct("II")
QUEUE = 64 * 1024
"""Bytes that a pipe holds."""


class Hooks:
    """What others may do for it."""

    @pytest.hookspec
    def pytest_before_forks(self, items: list[pytest.Item]) -> None:
        """Make, before there are forks, what is one for all of them."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--forks", type=int, default=0, help="run tests in this many forked processes")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Take the place of pytest's own loop."""
    if not session.config.getoption("forks") or session.config.option.collectonly or session.testsfailed:
        return None
    # Whatever is asked for first makes it, and it is one for all.
    session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]  # noqa: SLF001
    session.config.hook.pytest_before_forks(items=session.items)
    left = set(range(len(session.items)))
    while left:
        left -= _Round(session, left).run()
    return True


def _blocks(items: list[pytest.Item], left: set[int]) -> Iterator[bytes]:
    """Give the places of tests that stay together, first and behind the last."""

    def kept_with(place: int) -> str:
        path = items[place].path.relative_to(items[place].config.rootpath)
        return next((one for one in WHOLE if path.is_relative_to(one)), str(path))

    for kept, places in groupby(sorted(left), key=kept_with):
        together = list(places)
        size = len(together) if kept in WHOLE else BLOCK
        for first in range(0, len(together), size):
            some = together[first : first + size]
            # What a fork that died has left may have holes.
            yield from (
                (PLACE.pack(a, a + 1) for a in some)
                if some[-1] - some[0] >= size
                else [PLACE.pack(some[0], some[-1] + 1)]
            )


class _Round:
    """Some forks until all have ended; tests of one that died are left for the next round."""

    def __init__(self, session: pytest.Session, left: set[int]) -> None:
        self._session = session
        self._config = session.config
        self._queue, filled = os.pipe()
        blocks = b"".join(_blocks(session.items, left))
        assert len(blocks) < QUEUE, "the queue is a pipe, which must hold all of it"
        os.write(filled, blocks)
        os.close(filled)
        self._done: set[int] = set()
        self._at: dict[Connection, int | None] = {}
        self._pids: list[int] = []

    def run(self) -> set[int]:
        """Run the tests; returns the places of those that have come to an end."""
        try:
            for number in range(self._config.getoption("forks")):
                self._fork(number)
            while self._at:
                for heard in wait(list(self._at)):
                    assert isinstance(heard, Connection)
                    self._hear(heard)
        except KeyboardInterrupt:
            # The terminal has told each fork, too.
            raise
        except BaseException:
            for pid in self._pids:
                os.kill(pid, signal.SIGINT)
            raise
        finally:
            os.close(self._queue)
            for pid in self._pids:
                os.waitpid(pid, 0)
        return self._done

    def _fork(self, number: int) -> None:
        heard, told = multiprocessing.Pipe(duplex=False)
        pid = os.fork()
        if pid:
            told.close()
            self._at[heard] = None
            self._pids.append(pid)
            return
        code = 1
        try:
            heard.close()
            os.environ["PYTEST_XDIST_WORKER"] = f"gw{number}"
            _Fork(self._session, self._queue, told).work()
            code = 0
        except BaseException:
            # What its fixtures have started must not outlive it.
            self._session._setupstate.teardown_exact(None)  # noqa: SLF001  there is no other way to end them
            raise
        finally:
            # Nothing that this process would do at its end is for a fork to do.
            os._exit(code)

    def _hear(self, heard: Connection) -> None:
        try:
            place, reports = heard.recv()
        except EOFError:
            if (at := self._at.pop(heard)) is not None:
                self._died(at)
            return
        if reports is None:
            self._at[heard] = place
            return
        self._at[heard] = None
        self._done.add(place)
        item, hook = self._session.items[place], self._config.hook
        for report in reports:
            self._report(hook.pytest_report_from_serializable(config=self._config, data=report))
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        if self._session.shouldfail:
            raise self._session.Failed(self._session.shouldfail)
        if self._session.shouldstop:
            raise self._session.Interrupted(self._session.shouldstop)

    def _report(self, report: pytest.TestReport) -> None:
        self._config.hook.pytest_runtest_logreport(report=report)

    def _died(self, place: int) -> None:
        item = self._session.items[place]
        self._done.add(place)
        self._report(pytest.TestReport(item.nodeid, item.location, {}, "failed", "the process died in it", "call"))


class _Fork:
    """One forked process: what it does until nothing is left."""

    def __init__(self, session: pytest.Session, queue: int, told: Connection) -> None:
        self._items = session.items
        self._config = session.config
        self._queue = queue
        self._told = told
        self._reports: list[dict[str, Any]] = []

    def work(self) -> None:
        # What is printed goes to a file that all forks would write to at one place.
        capture = self._config.pluginmanager.get_plugin("capturemanager")
        if capture:
            capture.stop_global_capturing()
            capture.start_global_capturing()
        for name in ("terminalreporter", "lfplugin", "nfplugin"):
            self._config.pluginmanager.unregister(name=name)
        self._config.pluginmanager.register(self)
        gc.freeze()
        places = self._places()
        place = next(places, None)
        while place is not None:
            following = next(places, None)
            item, after = self._items[place], None if following is None else self._items[following]
            self._told.send((place, None))
            self._reports = []
            self._config.hook.pytest_runtest_protocol(item=item, nextitem=after)
            self._told.send((place, self._reports))
            place = following

    def _places(self) -> Iterator[int]:
        while some := os.read(self._queue, PLACE.size):
            yield from range(*PLACE.unpack(some))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what is counted: that a fixture has gone well is not."""
        if report.when == "call" or not report.passed:
            self._reports.append(self._config.hook.pytest_report_to_serializable(config=self._config, report=report))
