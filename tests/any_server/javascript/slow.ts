/** A graph that works for a while and reports its progress through the custom stream. */

import { setTimeout } from "node:timers/promises";

import { type LangGraphRunnableConfig, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  steps: z.number().optional(),
  seconds_per_step: z.number().optional(),
  done: z.number().optional(),
});

/** Take the steps one by one, and report each. */
async function work(state: typeof State.State, config: LangGraphRunnableConfig) {
  const steps = state.steps ?? 20;
  for (let step = 1; step <= steps; step += 1) {
    await setTimeout(1000 * (state.seconds_per_step ?? 0.5));
    config.writer?.({ progress: step / steps, text: `step ${step} of ${steps}` });
  }
  return { done: steps };
}

export const graph = new StateGraph(State).addNode("work", work).addEdge(START, "work").compile();
