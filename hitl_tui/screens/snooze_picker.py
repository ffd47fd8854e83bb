"""The modal that asks for how long items are hidden."""

from collections.abc import Sequence

from hitl_engine.model import Waiting
from hitl_tui.screens.picker_modal import PickerModal
from hitl_tui.state.noted_items import NotedItems
from hitl_tui.state.snooze_time import SnoozeTime
from hitl_tui.text.fitting import counted


class SnoozePicker(PickerModal[SnoozeTime]):
    """Lists times; for items that are hidden already, also that they are shown now."""

    DEFAULT_CSS = """
    SnoozePicker > Vertical { width: 40; }
    """

    def __init__(self, items: Sequence[Waiting], notes: NotedItems) -> None:
        offers_now = any(map(notes.is_snoozed, items))
        times = [time for time in SnoozeTime if offers_now or time is not SnoozeTime.NOW]
        what = counted(len(items), "marked item") if len(items) > 1 else "this item"
        super().__init__(f"Snooze {what}", [(time.value, time) for time in times])
