// The guide "Human-in-the-loop using Server API" with the JavaScript SDK; prints one JSON object.
import { Client } from "@langchain/langgraph-sdk";

const client = new Client({ apiUrl: process.env.DEPLOYMENT_URL, apiKey: process.env.API_KEY });
const seen = {};

async function newThread() {
  const thread = await client.threads.create();
  return thread["thread_id"];
}

// Dynamic interrupts
{
  const threadID = await newThread();
  const assistantID = "agent";
  // Run the graph until the interrupt is hit.
  const result = await client.runs.wait(
    threadID,
    assistantID,
    { input: { "some_text": "original text" } }
  );
  seen.interrupt = result["__interrupt__"];
  // Resume the graph
  seen.resumed = await client.runs.wait(
    threadID,
    assistantID,
    { command: { resume: "Edited text" } }
  );
}

// Static breakpoints: set at compile time, and resumed with null and with no input at all
async function stepThrough(assistantID, breakpoints, stepInput) {
  const threadID = await newThread();
  const stops = [];
  let payload = { input: { ran: [] }, ...breakpoints };
  do {
    const values = await client.runs.wait(threadID, assistantID, payload);
    stops.push(values.ran);
    payload = { ...stepInput, ...breakpoints };
  } while ((await client.threads.getState(threadID)).next.length > 0);
  return stops;
}

seen.compiled = await stepThrough("compiled", {}, { input: null });
seen.noInput = await stepThrough("compiled", {}, {});
seen.runTime = await stepThrough(
  "plain",
  { interruptBefore: ["node_a"], interruptAfter: ["node_b", "node_c"] },
  { input: null }
);
seen.everyNode = await stepThrough("plain", { interruptBefore: "*" }, { input: null });

console.log(JSON.stringify(seen));
