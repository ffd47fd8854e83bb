"""The graphs of LangGraph's own tests that interrupt: what is done with each, and what follows."""

import pytest

pytest.register_assert_rewrite(f"{__name__}.runs", f"{__name__}.states")
