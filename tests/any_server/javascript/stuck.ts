/** A node that fails on an answer that is no number. */

import { interrupt, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  order: z.string().optional(),
  boxes: z.number().optional(),
  receipt: z.string().optional(),
});

/** Ask how many boxes the order needs; an answer that is no number raises an error. */
function count(state: typeof State.State) {
  const answer = interrupt(`How many boxes for ${state.order}?`);
  const boxes = Number(answer);
  if (!Number.isInteger(boxes)) throw new Error(`invalid literal: ${answer}`);
  return { boxes };
}

export const graph = new StateGraph(State)
  .addNode("pack", (state) => ({ order: state.order ?? "four chairs" }))
  .addNode("count", count)
  .addNode("ship", (state) => ({ receipt: `${state.order} in ${state.boxes} boxes` }))
  .addEdge(START, "pack")
  .addEdge("pack", "count")
  .addEdge("count", "ship")
  .compile();
