"""How asynchronous tests are run: by anyio, on asyncio unless a file says otherwise."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
