/**
 * An agent whose tool calls wait for approval; a scripted model plays the language model.
 *
 * It reads the calendar freely, then wants to send an email and to run an SQL statement.
 */

import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { ChatResult } from "@langchain/core/outputs";
import { createAgent, humanInTheLoopMiddleware, tool } from "langchain";
import { z } from "zod";

const readCalendar = tool(({ day }) => `${day}: 10:00 planning with Ada, 15:00 dentist`, {
  name: "read_calendar",
  description: "Read the calendar of one day.",
  schema: z.object({ day: z.string() }),
});

const sendEmail = tool(({ to, subject }) => `Sent '${subject}' to ${to}.`, {
  name: "send_email",
  description: "Send an email.",
  schema: z.object({ to: z.string(), subject: z.string(), body: z.string() }),
});

const executeSql = tool(({ query }) => `Ran "${query}": 42 rows changed.`, {
  name: "execute_sql",
  description: "Run a statement against the production database.",
  schema: z.object({ query: z.string() }),
});

/** Follows a script where a language model would think, so that nothing leaves the machine. */
class ScriptedModel extends BaseChatModel {
  constructor() {
    super({});
  }

  _llmType() {
    return "scripted";
  }

  /** Accept the tools; the script already contains their calls. */
  bindTools() {
    return this;
  }

  async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = nextMessage(sinceLastRequest(messages));
    return { generations: [{ text: message.text, message }] };
  }
}

function sinceLastRequest(messages: BaseMessage[]) {
  return messages.slice(messages.findLastIndex(HumanMessage.isInstance) + 1);
}

function nextMessage(turn: BaseMessage[]) {
  const said = turn.filter((message) => AIMessage.isInstance(message));
  if (said.length === 0) {
    return saying("I look at the calendar first.", call("read_calendar", { day: "Monday" }));
  }
  if (said.length === 1) {
    return saying(
      "I tell Ada and clean up old reminders.",
      call("send_email", { to: "ada@example.com", subject: "Monday", body: "See you at 10." }),
      call("execute_sql", { query: "DELETE FROM reminders WHERE day = 'Sunday'" }),
    );
  }
  const results = turn.filter((message) => ToolMessage.isInstance(message)).slice(1);
  return saying(["That is all.", ...results.map(summary)].join("\n"));
}

function saying(content: string, ...calls: ReturnType<typeof call>[]) {
  return new AIMessage({ content, tool_calls: calls });
}

function call(name: string, args: Record<string, string>) {
  return { name, args, id: `call_${name}`, type: "tool_call" as const };
}

function summary(result: ToolMessage) {
  const outcome = result.status === "error" ? "not done" : "done";
  return `- ${result.name}: ${outcome}. ${result.text}`;
}

export const graph = createAgent({
  model: new ScriptedModel(),
  tools: [readCalendar, sendEmail, executeSql],
  middleware: [
    humanInTheLoopMiddleware({
      interruptOn: {
        send_email: true,
        execute_sql: { allowedDecisions: ["approve", "reject"] },
      },
    }),
  ],
});
