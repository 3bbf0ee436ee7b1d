"""What begins with the server and ends with it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from explorer.ui.serving.after_class import freed_after_class
from explorer.ui.serving.leave import leaves_when_told
from explorer.ui.serving.log_lines import log_in_lines
from explorer.ui.serving.metrics import tells_its_figures
from explorer.ui.serving.replica import check_name
from explorer.ui.state.idle_stories import stories_when_idle


@asynccontextmanager
async def while_it_runs(app: object) -> AsyncIterator[None]:
    """The server's lifespan, made of the parts' own."""
    log_in_lines()
    check_name()
    async with AsyncExitStack() as stack:
        for part in (leaves_when_told, tells_its_figures, stories_when_idle, freed_after_class):
            await stack.enter_async_context(part(app))
        yield
