/** A question inside a subgraph; it appears and is answered on the outer thread. */

import { interrupt, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  order: z.string().optional(),
  approved_by: z.string().optional(),
  receipt: z.string().optional(),
});

const approval = new StateGraph(State)
  .addNode("ask", (state) => ({
    approved_by: interrupt(`Who approves the order of ${state.order}?`) as string,
  }))
  .addEdge(START, "ask")
  .compile();

export const graph = new StateGraph(State)
  .addNode("prepare", (state) => ({ order: state.order ?? "one chair" }))
  .addNode("approval", approval)
  .addNode("confirm", (state) => ({
    receipt: `${state.order}, approved by ${state.approved_by}`,
  }))
  .addEdge(START, "prepare")
  .addEdge("prepare", "approval")
  .addEdge("approval", "confirm")
  .compile();
