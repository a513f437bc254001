"""Owns how files come in: an address to upload to, the bytes, the message that shares them. Nobody reads files here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.slack.json_object import Json
from sandbox.slack.web_api.chat import parent_of, place
from sandbox.slack.web_api.methods import Args, method
from sandbox.slack.workspace import BOT_USER, ApiError, Post, Upload, invalid_arguments

if TYPE_CHECKING:
    from sandbox.slack.workspace import Core

LASTS = 120.0
"""Seconds for which an address takes a file; Slack does not say, so it is short here."""

LARGEST = 1_000_000_000


@method("files.getUploadURLExternal", "files:write", takes_json=False)
def get_upload_url(core: Core, args: Args) -> Json:
    """Give an address for one file of exactly this length."""
    name, length = args.needed("filename"), str(args.get("length") or "")
    if not length.isdecimal() or int(length) == 0:
        raise invalid_arguments("must be a number above 0 [json-pointer:/length]")
    if int(length) > LARGEST:
        raise ApiError("file_upload_size_restricted")
    if core.refuses_files:
        raise ApiError(core.refuses_files)
    upload = Upload(core.world.next_id("F"), name, int(length), core.world.clock())
    core.uploads[upload.id] = upload
    return {"upload_url": f"{core.origin}/upload/{upload.id}", "file_id": upload.id}


def receive(core: Core, file_id: str, content: bytes) -> int:
    """Take the bytes of a file, once; gives the status."""
    upload = core.uploads.get(file_id)
    if upload is None or upload.content is not None:
        return 404
    if core.world.clock() - upload.born > LASTS:
        return 403
    if len(content) != upload.length:
        return 400
    upload.content = content
    return 200


@method("files.completeUploadExternal", "files:write")
def complete_upload(core: Core, args: Args) -> Json:
    """Share uploaded files in one message; without a channel nobody but the app would ever see them."""
    wanted = args.structure("files", "invalid_arguments")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, dict) for one in wanted):
        raise invalid_arguments("missing required field: files")
    if args.get("thread_ts") and not args.get("channel_id"):
        raise invalid_arguments("must come with a channel_id [json-pointer:/thread_ts]")
    uploads = [core.uploads.get(str(one.get("id"))) for one in wanted]
    ready = [upload for upload in uploads if upload and upload.content is not None and not upload.is_shared]
    if len(ready) != len(wanted) or len({upload.id for upload in ready}) != len(ready):
        raise ApiError("file_not_found")
    for upload, one in zip(ready, wanted, strict=True):
        upload.title = str(one.get("title") or upload.name)
    if args.get("channel_id") and not core.drops_files:
        _share(core, args, ready)
    elif core.drops_files:
        # Slack shares in its own time, and has been seen to take files and never to show them.
        core.drops_files -= 1
    for upload in ready:
        upload.is_shared = True
    return {"files": [{"id": upload.id, "title": upload.title} for upload in ready]}


def _share(core: Core, args: Args, uploads: list[Upload]) -> None:
    channel = core.joined(args.needed("channel_id"))
    if channel.is_archived:
        raise ApiError("is_archived")
    if refusal := core.refuses_posts.get(channel.id):
        raise ApiError(refusal)
    post = Post(
        core.world.next_ts(),
        channel.id,
        BOT_USER,
        str(args.get("initial_comment") or ""),
        thread_ts=parent_of(core, channel, args.get("thread_ts")),
    )
    post.files = [
        {
            "id": upload.id,
            "name": upload.name,
            "title": upload.title,
            "size": upload.length,
            "mode": "hosted",
            "user": BOT_USER,
        }
        for upload in uploads
    ]
    place(core, channel, post)
