/** A text waits to be revised: the example in LangGraph's guide to human-in-the-loop. */

import { Annotation, interrupt, START, StateGraph } from "@langchain/langgraph";

/** As `Annotation`, so that the server must read the schema from the source, which takes long. */
const State = Annotation.Root({ some_text: Annotation<string> });

/** Ask a person to revise the text. */
function humanNode(state: typeof State.State) {
  return { some_text: interrupt({ text_to_revise: state.some_text }) as string };
}

export const graph = new StateGraph(State)
  .addNode("human_node", humanNode)
  .addEdge(START, "human_node")
  .compile();
