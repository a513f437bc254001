"""The tests; pytest explains the assertions of what they share as it explains their own."""

import pytest

pytest.register_assert_rewrite("tests.support")
