"""A frame is bright where the focus is, and moving the focus does not style its content again."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from hitl_tui.widgets.focus_frame import FocusFrame

from .conftest import card_shown


class Styled(Static):
    """Counts how often it was styled."""

    times = 0

    def notify_style_update(self) -> None:
        """Count."""
        self.times += 1
        super().notify_style_update()


class TwoFrames(Vertical):
    """Two frames, each with a field."""

    def compose(self) -> ComposeResult:
        """Compose them."""
        for name in ("first", "second"):
            with FocusFrame(id=name):
                yield Styled("text")
                yield Input(id=f"in-{name}")


async def test_only_the_frame_with_the_focus_is_bright() -> None:
    async with card_shown(TwoFrames()) as (pilot, _):
        screen = pilot.app.screen
        first, second = screen.query_one("#first", FocusFrame), screen.query_one("#second")

        def bright() -> list[str | None]:
            return [each.id for each in (first, second) if each.has_class("-focused")]

        async def focus(widget: Widget | None) -> None:
            screen.set_focus(widget)
            await pilot.pause()

        await focus(None)
        assert bright() == []
        dim = first.styles.border_top[1]
        texts = list(screen.query(Styled))
        before = [each.times for each in texts]
        await focus(screen.query_one("#in-first"))
        assert bright() == ["first"]
        assert first.styles.border_top[1] != dim
        await focus(screen.query_one("#in-second"))
        assert bright() == ["second"]
        assert first.styles.border_top[1] == dim
        assert [each.times for each in texts] == before
        await screen.query_one("#in-second").remove()
        await focus(None)
        assert bright() == []
