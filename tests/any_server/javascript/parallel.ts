/** Two reviewers are asked at the same time; each question is answered by its own id. */

import { interrupt, ReducedValue, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  proposal: z.string().optional(),
  opinions: new ReducedValue(
    z.array(z.string()).default(() => []),
    { reducer: (given: string[], more: string[]) => [...given, ...more] },
  ),
  verdict: z.string().optional(),
});

/** Return a node that asks for an opinion. */
function asking(role: string, question: string) {
  return (state: typeof State.State) => {
    const answer = interrupt({ question, proposal: state.proposal ?? "" });
    return { opinions: [`${role}: ${answer}`] };
  };
}

export const graph = new StateGraph(State)
  .addNode("legal", asking("legal", "Is this legal?"))
  .addNode("finance", asking("finance", "Can we pay for it?"))
  .addNode("decide", (state) => ({ verdict: [...state.opinions].sort().join("; ") }))
  .addEdge(START, "legal")
  .addEdge(START, "finance")
  .addEdge(["legal", "finance"], "decide")
  .compile();
