"""How long a password's bytes stay in the memory of the app: the process is read from outside, as an intruder would."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from sandbox.child import Child
from sandbox.slack import SlackSandbox
from sandbox.workday import WorkdaySandbox
from tests.support.backdrop import HOST, TENANT, Clock
from tests.support.memory_scan import CAN_SCAN, copies
from tests.support.ports import free_port
from tests.support.stage import Stage

AFTER = 5.0
"""Seconds after Workday's answer; a scan two minutes after it finds the same."""

TUNED = "glibc.malloc.tcache_count=0"
"""As the image and the unit set it; without it up to two copies stand in memory that was given back."""


@pytest.mark.skipif(not CAN_SCAN, reason="only Linux shows a process's memory as a file")
async def test_a_password_stands_nowhere_in_memory(tmp_path: Path) -> None:
    clock, secret = Clock(), f"Zq7mem{os.urandom(8).hex()}"
    async with SlackSandbox(clock=clock.seconds) as slack, WorkdaySandbox(clock=clock.seconds) as workday:
        settings = {"PUBLIC_URL": f"http://127.0.0.1:{free_port()}", "GLIBC_TUNABLES": TUNED}
        child = Child(tmp_path, slack, workday, {HOST: TENANT}, **settings)
        await child.start()
        try:
            stage = Stage(slack, workday, clock, tmp_path)
            await stage.to_isu()
            stage.tenant(secret)
            await stage.enter(secret)
            card = await stage.ada.sees("I've exempted it", timeout=20)
            # Talk opens no sealed secret, and none of its own requests keeps one.
            for _ in range(5):
                await stage.ada.says("Our ISU is ISU_Wintro, is that all right?", thread=stage.said()[0])
            await card.press("I've exempted it")
            await stage.ada.sees("Group created", timeout=20)
            await asyncio.sleep(AFTER)
            assert child.pid
            assert copies(child.pid, slack.signing_secret.encode()) > 0, "the scan sees what is kept on purpose"
            found = copies(child.pid, secret.encode())
            print(f"\n{found} copies of the password {AFTER:.0f} seconds after it was used")  # noqa: T201
            assert found == 0
        finally:
            await child.kill()
