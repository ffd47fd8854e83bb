/** The graphs of the server tests that the console suite needs. */

import { appendFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

import { interrupt, ReducedValue, Send, START, StateGraph, StateSchema } from "@langchain/langgraph";
import { z } from "zod";

const State = new StateSchema({
  said: new ReducedValue(
    z.array(z.any()).default(() => []),
    { reducer: (before: unknown[], now: unknown[]) => [...before, ...now] },
  ),
  trace: z.string().optional(),
  seconds: z.number().optional(),
});

/** Ask about what was sent; the later ones ask first. */
async function askOne(state: typeof State.State) {
  const [number] = state.said as number[];
  await setTimeout(10 * (5 - number));
  return { said: [interrupt({ asks: number })] };
}

/** Write a trace each time the answer takes effect, then sleep. */
async function askThenAct(state: typeof State.State) {
  const answer = interrupt("go?");
  await appendFile(state.trace!, `${answer}\n`);
  await setTimeout(1000 * (state.seconds ?? 0.3));
  return { said: [answer] };
}

export const sentFive = new StateGraph(State)
  .addNode("ask_one", askOne)
  .addConditionalEdges(
    START,
    () => [0, 1, 2, 3, 4].map((number) => new Send("ask_one", { said: [number] })),
    ["ask_one"],
  )
  .compile();

export const gatedEffect = new StateGraph(State)
  .addNode("node", askThenAct)
  .addEdge(START, "node")
  .compile();
