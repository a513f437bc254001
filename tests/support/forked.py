"""The command as a process of its own, forked from one that has loaded the app: a start costs a tenth of the CPU.

What ends, is killed or is asked is as real as ever; only what a start loads was loaded before. A test of what a start
itself costs or leaves in memory takes the sandbox's `Child`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
from multiprocessing import forkserver
from pathlib import Path

import bot.app
import sandbox.child
from bot.ops import cli
from sandbox.child import HERE
from tests.support.databases import migrated_sqlite

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    [__name__, bot.app.__name__, "flows.link.secrets.text", "lxml.etree", "tests.support.warm"]
)
STEP = 0.01


def share() -> None:
    """Start now what is forked, for every process that will be forked from this one."""
    server = forkserver._forkserver  # noqa: SLF001  it offers no other way
    server.ensure_running()
    # It looks at the server as at its own child, which in a fork it is not.
    server.ensure_running = lambda: None  # type: ignore[method-assign]  # of this one alone


def _carry_out(words: tuple[str, ...], environment: dict[str, str], output: Path, errors: Path) -> None:
    for number, path in ((1, output), (2, errors)):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(HERE)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["workday-link", *words]
    sys.exit(cli.main())


class Forked:
    """A process that runs one verb of the command; what it prints goes to `output` and `errors`."""

    def __init__(self, words: tuple[str, ...], environment: dict[str, str], output: Path, errors: Path) -> None:
        self._process = PROCESSES.Process(target=_carry_out, args=(words, environment, output, errors), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        return self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()

    async def wait(self) -> int:
        while (code := self.returncode) is None:  # noqa: ASYNC110  the end of a process sends no event
            await asyncio.sleep(STEP)
        return code


def _migrate(url: str) -> None:
    kind, _, file = url.partition(":///")
    if kind == "sqlite" and not Path(file).exists():
        Path(file).touch(mode=0o600)
        Path(file).write_bytes(migrated_sqlite())


class Child(sandbox.child.Child):
    """The sandbox's child, forked; its database is a copy of one that is migrated already."""

    async def _launch(self) -> Forked:
        _migrate(self._environment["DATABASE_URL"])
        self._output = self.log.with_suffix(".out")
        self._output.unlink(missing_ok=True)
        return Forked(("serve",), self._environment, self._output, self.log)

    async def _first_line(self) -> bytes:
        while self._process and self._process.returncode is None:
            if self._output.exists() and b"\n" in (told := self._output.read_bytes()):
                return told
            await asyncio.sleep(STEP)
        return b""

    async def ask(self, *words: str) -> bytes:
        """Run another verb of the command beside the app, with the same settings; gives what it printed."""
        told = self.log.with_suffix(f".{words[0]}")
        told.unlink(missing_ok=True)
        await Forked(words, self._environment, told, told).wait()
        return told.read_bytes()
