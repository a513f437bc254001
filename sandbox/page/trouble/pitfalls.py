"""Owns the list of all pitfalls by their slugs, in the order of their numbers."""

from collections.abc import Mapping

from sandbox.page.trouble import client_pitfalls, granting_pitfalls, sign_on_pitfalls
from sandbox.page.trouble.switches import Switch

PITFALLS: Mapping[str, Switch] = {
    one.slug: one
    for one in sorted(
        (*sign_on_pitfalls.PITFALLS, *granting_pitfalls.PITFALLS, *client_pitfalls.PITFALLS),
        key=lambda one: int(one.number[1:]),
    )
}
