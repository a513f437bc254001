"""Runs the real app as a child process against the sandboxes; knows it by its command and its environment only."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from sandbox.slack import SlackSandbox
from sandbox.workday import WorkdaySandbox

START_SECONDS = 30
READY = "listening on port "
HERE = Path(__file__).parent.parent
PERMISSIONS = HERE / "flows" / "permissions.toml"


def every_way(folder: Path) -> Path:
    """Write the app's own permissions into `folder`, with profiles that let the customer choose how to sign in."""
    ways = r'\g<0>\nsign_in = ["password", "key", "refresh_token"]'
    path = folder / "permissions.toml"
    path.write_text(re.sub(r"(?m)^\[profiles\..+\]$", ways, PERMISSIONS.read_text("utf-8")), "utf-8")
    return path


class ChildError(Exception):
    """The app did not start or ended by itself; the text holds the end of what it wrote."""


class Process(Protocol):
    """What is asked of the process, however it was started."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    def kill(self) -> None: ...

    def terminate(self) -> None: ...

    async def wait(self) -> int: ...


class Child:
    """One app process that keeps its database and its clock in `folder`; its code is that of the tree at `root`."""

    def __init__(
        self,
        folder: Path,
        slack: SlackSandbox,
        workday: WorkdaySandbox,
        aliases: Mapping[str, str],
        **more: str,
    ) -> None:
        self.root = HERE
        self.url = ""
        self._slack = slack
        self._clock = folder / "clock"
        self._clock.write_text("0", encoding="ascii")
        self.log = folder / "app.log"
        origins = ",".join(f"{host}={workday.origin}" for host in aliases) or workday.origin
        key = base64.b64encode(os.urandom(32)).decode()
        self._environment = {
            "PATH": os.environ.get("PATH", ""),
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url,
            "PORT": "0",
            "DATABASE_URL": f"sqlite:///{folder / 'link.db'}",
            "CREDENTIAL_KEYS": f"demo:{key}",
            "WORKDAY_EXTRA_ORIGINS": origins,
            "CLOCK_FILE": str(self._clock),
            "LOG_FORMAT": "console",
            **more,
        }
        self._process: Process | None = None
        self.offset = timedelta()

    async def start(self) -> None:
        """Start the app and wait until it listens."""
        self._process = await self._launch()
        try:
            async with asyncio.timeout(START_SECONDS):
                line = (await self._first_line()).decode()
        except TimeoutError:
            line = ""
        if not line.startswith(READY):
            raise ChildError(f"The app did not start:\n{line}{self.end_of_log()}")
        if "SLACK_APP_TOKEN" not in self._environment:
            self.url = f"http://127.0.0.1:{line.removeprefix(READY).strip()}/slack/events"
            self._slack.deliver_to(self.url)

    async def _launch(self) -> Process:
        with self.log.open("ab") as errors:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "serve"),
                env=self._environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                cwd=self.root,
            )

    async def _first_line(self) -> bytes:
        if not isinstance(self._process, asyncio.subprocess.Process) or self._process.stdout is None:
            raise ChildError("The app has no output")
        return await self._process.stdout.readline()

    @property
    def pid(self) -> int | None:
        """The running process."""
        return self._process.pid if self._process else None

    async def kill(self) -> None:
        """End it without any warning, as a power cut would."""
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def stop(self) -> int:
        """Ask it to end; gives its exit code."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.terminate()
        return await self._process.wait()

    async def end_well(self) -> None:
        """Ask it to end; raises ChildError when it ends badly."""
        code = await self.stop()
        if code != 0:
            raise ChildError(f"The app ended with {code}")

    def pass_time(self, duration: timedelta) -> None:
        """Let the app's clock run ahead."""
        self.offset += duration
        self._clock.write_text(str(self.offset.total_seconds()), encoding="ascii")

    def end_of_log(self) -> str:
        """Return the last lines that the app wrote."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
