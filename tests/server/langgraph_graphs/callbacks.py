"""Graphs with callbacks that hear of interrupts and of answers."""

from typing import Any, TypedDict

from langchain_core.callbacks import BaseCallbackHandler, CallbackManager
from langgraph.callbacks import GraphCallbackHandler, GraphInterruptEvent, GraphResumeEvent
from langgraph.types import interrupt
from ways import Way, both, chain, note


class Answer(TypedDict, total=False):
    """One answer."""

    answer: str


class Recorder(GraphCallbackHandler):
    """Records what it hears."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def on_interrupt(self, event: GraphInterruptEvent) -> None:
        """Record the questions."""
        self.heard.append([interrupt.value for interrupt in event.interrupts])

    def on_resume(self, event: GraphResumeEvent) -> None:
        """Record where the graph goes on."""
        self.heard.append(event.checkpoint_ns)


class Plain(BaseCallbackHandler):
    """Is not made for graphs, and must hear nothing of them."""

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder

    def on_custom_event(self, name: str, data: Any, **kwargs: Any) -> None:
        """Record that it heard something."""
        self.recorder.heard.append(name)


class Raising(GraphCallbackHandler):
    """Raises at an interrupt."""

    def __init__(self, *, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    def on_interrupt(self, event: GraphInterruptEvent) -> None:
        """Raise."""
        raise ValueError("boom at the interrupt")


class RaisingLate(GraphCallbackHandler):
    """Raises at an answer."""

    def on_resume(self, event: GraphResumeEvent) -> None:
        """Raise."""
        raise ValueError("boom at the answer")


class RaisingOnLoop(GraphCallbackHandler):
    """Raises at an interrupt, asynchronously."""

    def __init__(self, *, raise_error: bool = False) -> None:
        self.raise_error = raise_error

    async def on_interrupt(self, event: GraphInterruptEvent) -> None:
        """Raise."""
        raise ValueError("boom at the interrupt")


class RaisingLateOnLoop(GraphCallbackHandler):
    """Raises at an answer, asynchronously."""

    async def on_resume(self, event: GraphResumeEvent) -> None:
        """Raise."""
        raise ValueError("boom at the answer")


def _asks(way: Way, recorder: Recorder, callbacks: Any) -> Any:
    """Ask, then note what the recorder heard."""

    def ask(state: Answer) -> Answer:
        answer = interrupt("A value:")
        note(recorder.heard)
        recorder.heard = []
        return {"answer": answer}

    return chain(way, Answer, ask=ask).compile().with_config(callbacks=callbacks)


def _hears(way: Way) -> Any:
    recorder = Recorder()
    return _asks(way, recorder, [Plain(recorder), recorder])


def _hears_in_manager(way: Way) -> Any:
    recorder = Recorder()
    manager = CallbackManager.configure(inheritable_callbacks=[Plain(recorder)])
    manager.add_handler(recorder)
    return _asks(way, recorder, manager)


def _hears_beside_raising(way: Way) -> Any:
    recorder = Recorder()
    return _asks(way, recorder, [RaisingOnLoop() if way.asynchronous else Raising(), recorder])


def _hears_beside_late_raising(way: Way) -> Any:
    recorder = Recorder()
    raising = RaisingLateOnLoop() if way.asynchronous else RaisingLate()
    return _asks(way, recorder, [raising, recorder])


def _raises(way: Way) -> Any:
    raising = RaisingOnLoop if way.asynchronous else Raising
    return _asks(way, Recorder(), [raising(raise_error=True)])


hears, hears_async = both(_hears)
hears_in_manager, _ = both(_hears_in_manager)
hears_beside_raising, hears_beside_raising_async = both(_hears_beside_raising)
hears_beside_late_raising, hears_beside_late_raising_async = both(_hears_beside_late_raising)
raises, raises_async = both(_raises)
