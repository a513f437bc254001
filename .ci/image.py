"""Carries out deploy/Dockerfile in an empty folder, as no container engine is at hand, then tries what came of it.

Every FROM is this Python; folders of the image are folders below the root; each RUN has no environment but the image's
own. Making a user is left out. The app's folder is made read-only before it is tried.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
FOLDERS = ("/app", "/build", "/data", "/tools")
FROM_OUTSIDE = ("SSL_CERT_FILE", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "PIP_CERT")
"""How this machine reaches its packages is no part of the image."""


def must(holds: bool, text: str) -> None:  # noqa: FBT001  an assertion that no flag takes out
    """End with what is wrong, unless it holds."""
    if not holds:
        sys.exit(text)


def instructions(text: str) -> list[tuple[str, str]]:
    """Read a Dockerfile into its instructions: the word and what follows, with continued lines joined."""
    whole = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1].strip()) for line in whole.splitlines() if line.strip()]


class Image:
    """What the Dockerfile has come to so far, below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.at = root
        self.env: dict[str, str] = {}

    def inside(self, text: str) -> str:
        """Move the image's folders below the root."""
        return re.sub(rf"(?<![\w.])({'|'.join(FOLDERS)})(?=/|\s|:|$)", lambda found: f"{self.root}{found[1]}", text)

    def do(self, word: str, rest: str) -> None:
        """Carry out one instruction."""
        match word:
            case "FROM":
                self.env = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"}
                self.at = self.root
            case "WORKDIR":
                self.at = Path(self.inside(rest))
                self.at.mkdir(parents=True, exist_ok=True)
            case "ENV":
                pairs = dict(pair.split("=", 1) for pair in shlex.split(self.inside(rest)))
                if "PATH" in pairs:
                    pairs["PATH"] = f"{pairs['PATH'].split(':')[0]}:{self.env['PATH']}"
                self.env |= pairs
            case "COPY" if not rest.startswith("--from"):
                *sources, to = rest.split()
                for source in sources:
                    target = self.at / to / ("" if (ROOT / source).is_dir() else Path(source).name)
                    if (ROOT / source).is_dir():
                        shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
                    else:
                        shutil.copy(ROOT / source, target)
            case "RUN" if not rest.startswith("useradd"):
                print(f"  RUN {rest}", flush=True)
                outside = {name: os.environ[name] for name in FROM_OUTSIDE if name in os.environ}
                # HOME holds where pip finds its packages on this machine.
                env = self.env | outside | {"HOME": os.environ.get("HOME", "")}
                run = ["/bin/sh", "-c", self.inside(rest)]
                done = subprocess.run(run, cwd=self.at, env=env, capture_output=True, text=True, check=False)  # noqa: S603  commands of our own
                if done.returncode:
                    sys.exit(f"{done.stdout}\n{done.stderr}\nfailed: RUN {rest}")
            case _:
                pass  # LABEL, USER, EXPOSE and their kin change no file

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the image with nothing but its environment."""
        found = shutil.which(command[0], path=self.env["PATH"]) or command[0]
        return subprocess.run(  # noqa: S603  commands of our own
            [found, *command[1:]],
            cwd=self.at,
            env=self.env | more,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=180,
        )


def states(folder: Path) -> set[tuple[str, int]]:
    """Return every file with its size and time."""
    return {(str(path), path.lstat().st_mtime_ns) for path in folder.rglob("*")}


async def try_out(image: Image, healthcheck: list[str]) -> None:
    """Serve from the image against the sandbox's Slack, ask whether it is healthy, and end it."""
    sys.path.insert(0, str(ROOT))
    from sandbox.slack import SlackSandbox  # noqa: PLC0415  found only now

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with SlackSandbox() as slack:
        made = image.run("workday-link", "setup", "--socket-mode", "--vendor", "Wintro")
        must(made.returncode == 0, made.stderr)
        env = image.env | {
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_APP_TOKEN": slack.app_token,
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        serve = (shutil.which("workday-link", path=image.env["PATH"]) or "", "--env-file", ".env", "serve")
        process = await asyncio.create_subprocess_exec(*serve, cwd=image.at, env=env, stdout=asyncio.subprocess.PIPE)
        line = (await asyncio.wait_for(process.stdout.readline(), 90)).decode() if process.stdout else ""
        must(line == f"listening on port {port}\n", line)
        health = await asyncio.to_thread(lambda: image.run(*healthcheck, PORT=str(port)))
        must(health.returncode == 0, health.stderr)
        must((await asyncio.to_thread(lambda: image.run(*healthcheck, PORT="9"))).returncode != 0, "it is never ill")
        began = time.monotonic()
        process.terminate()
        must(await asyncio.wait_for(process.wait(), 15) == 0, "it did not end in good order")
        print(f"  served, healthy, ended in {time.monotonic() - began:.1f} s")


def main() -> None:
    """Make it, try it, and say what it weighs."""
    lines = instructions(DOCKERFILE.read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="image-") as folder:
        image = Image(Path(folder).resolve())
        for word, rest in lines:
            image.do(word, rest)
        app = image.root / "app"
        for path in app.rglob("*"):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode & ~0o222)
        before = states(app)
        must(not list(app.glob("lib/python*/site-packages/pip")), "no installer is in the image")
        for absent in ("sandbox", "tests", "pytest", "hatchling"):
            must(not list(app.glob(f"lib/python*/site-packages/{absent}*")), f"{absent} is in the image")
        for source in app.glob("lib/python*/site-packages/bot/**/*.py"):
            must(bool(list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc"))), f"{source} is not compiled")
        said = image.run("workday-link", "--version")
        must(said.returncode == 0, said.stderr)
        print(f"  {said.stdout.strip()}, {sum(path.lstat().st_size for path in app.rglob('*')) / 1e6:.0f} MB")
        (check,) = (rest.partition("CMD ")[2] for word, rest in lines if word == "HEALTHCHECK")
        asyncio.run(try_out(image, json.loads(check)))
        must(states(app) == before, "something was written into the app's folder")
        for path in (path for path in app.rglob("*") if path.is_dir() and not path.is_symlink()):
            path.chmod(0o755)


if __name__ == "__main__":
    main()
