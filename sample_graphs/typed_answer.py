"""The answer has a schema, made from a pydantic model: LangGraph refuses what does not fit."""

from datetime import date
from typing import Annotated, Any, Literal

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, StateGraph
from langgraph.types import Command, interrupt
from pydantic import BaseModel, Field
from typing_extensions import TypedDict


class State(TypedDict, total=False):
    """The answer, as the node received it."""

    decision: dict[str, Any]


class Transfer(BaseModel):
    """Pay by bank transfer."""

    by: Literal["transfer"] = "transfer"
    iban: str = Field(pattern="^[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}$", title="IBAN")


class Cash(BaseModel):
    """Pay in cash."""

    by: Literal["cash"] = "cash"
    notes: list[int] = Field(default=[50, 20], description="Which banknotes")


class Approval(BaseModel):
    """Whether the money is released, and how."""

    decision: Literal["approve", "reject"]
    amount: int = Field(ge=0, le=1000, description="In whole euros")
    payment: Annotated[Transfer | Cash, Field(discriminator="by")]
    due: date | None = None
    note: str | None = Field(default=None, max_length=2000)


def release(state: State) -> State:
    """Ask how to release the funds."""
    answer = interrupt({"title": "Release funds", "requested": 750}, response_schema=Approval)
    return {"decision": answer.model_dump(mode="json")}


builder = StateGraph(State).add_node(release).add_edge(START, "release")
graph = builder.compile()


def main() -> None:
    """Answer once in the terminal."""
    demo = builder.compile(checkpointer=InMemorySaver())
    config: RunnableConfig = {"configurable": {"thread_id": "demo"}}
    (asked,) = demo.invoke({}, config)["__interrupt__"]
    print("Asked:", asked.value)
    answer = {"decision": "approve", "amount": 700, "payment": {"by": "cash"}}
    print("Done: ", demo.invoke(Command(resume={asked.id: answer}), config))


if __name__ == "__main__":
    main()
