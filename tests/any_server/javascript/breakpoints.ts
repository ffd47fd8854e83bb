/** A chain that stops after `draft` and before `publish`, without asking anything. */

import { ReducedValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  text: z.string().optional(),
  log: new ReducedValue(
    z.array(z.string()).default(() => []),
    { reducer: (before: string[], now: string[]) => [...before, ...now] },
  ),
});

/** Tidy a text, as Python's `capitalize` does. */
function capitalized(text: string) {
  return text.charAt(0).toUpperCase() + text.slice(1).toLowerCase();
}

export const graph = new StateGraph(State)
  .addNode("draft", (state) => ({ text: state.text || "A first draft.", log: ["drafted"] }))
  .addNode("polish", (state) => ({ text: capitalized(state.text!.trim()), log: ["polished"] }))
  .addNode("publish", (state) => ({ log: [`published '${state.text}'`] }))
  .addNode("announce", () => ({ log: ["announced"] }))
  .addEdge(START, "draft")
  .addEdge("draft", "polish")
  .addEdge("polish", "publish")
  .addEdge("publish", "announce")
  .compile({ interruptAfter: ["draft"], interruptBefore: ["publish"] });
