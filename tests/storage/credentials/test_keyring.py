from __future__ import annotations

import pytest

from storage.credentials.keyring import KeyRing, KeyRingError, new_key

OLD, NEW = new_key("2025"), new_key("2026")


def test_key_ring() -> None:
    both = KeyRing.parse(f" {NEW} , {OLD}")
    assert both.sealing_id == "2026"
    assert both.ids == {"2025", "2026"}
    assert NEW.partition(":")[2] not in repr(both)


BAD_RINGS = {
    "empty": "",
    "blank": "  ",
    "no id": "canary",
    "not base64": "2026:canary",
    "short": "2026:Y2FuYXJ5",
    "trailing comma": f"{OLD},",
    "empty id": f":{OLD}",
    "twice": f"{OLD},{OLD}",
    "two names for one": f"{OLD},x{OLD}",
    "odd id": f"é{OLD}",
}


@pytest.mark.parametrize("text", BAD_RINGS.values(), ids=BAD_RINGS.keys())
def test_bad_keys_are_explained_without_being_shown(text: str) -> None:
    with pytest.raises(KeyRingError) as caught:
        KeyRing.parse(text)
    assert "CREDENTIAL_KEYS" in str(caught.value)
    assert "canary" not in str(caught.value)
    assert OLD.partition(":")[2] not in str(caught.value)
    assert caught.value.__cause__ is None
