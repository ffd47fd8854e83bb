"""The title above many items: how many there are, or how far their decisions are."""

from textual.content import Content
from textual.widgets import Static

from hitl_tui.state.bulk_items import BulkSending
from hitl_tui.text.fitting import counted


class BulkTitle(Static):
    """Shows one line."""

    DEFAULT_CSS = """
    BulkTitle { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.title = ""
        """The first words, as the inbox shows them too."""

    def show_choosing(self, items: int, payloads: int, own: int) -> None:
        """Show how many items there are, how many different payloads those have that are decided
        together, and how many have a decision of their own."""
        details = [counted(payloads, "different payload")] if payloads else []
        if own:
            details.append(f"{own:,} with a decision of {'its' if own == 1 else 'their'} own")
        self._show(f"Decide on {counted(items, 'item')}", "  ·  ".join(details))

    def show_sending(self, sending: BulkSending, *, ended: bool, stopped: bool) -> None:
        """Show how many decisions have a result, and which."""
        total = len(sending.items)
        if ended:
            self._show(sending.counts(), f"of {counted(total, 'item')}")
        else:
            verb = "Stopping" if stopped else "Sending"
            self._show(f"{verb}: {sending.ended:,} of {total:,}", sending.counts())

    def _show(self, title: str, detail: str) -> None:
        self.title = title
        rest = f"  ·  {detail}" if detail else ""
        self.update(Content.assemble((title, "bold"), (rest, "$foreground 70%")))
