// A chat with `useStream` of @langchain/langgraph-sdk/react, as its documentation shows it.
import { useStream } from "@langchain/langgraph-sdk/react";
import { useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { Controls } from "../controls.jsx";

const given = new URLSearchParams(location.search);

function Chat() {
  const [threadId, setThreadId] = useState(given.get("thread"));
  const stream = useStream({
    apiUrl: given.get("api"),
    apiKey: given.get("key"),
    assistantId: "mailer",
    threadId,
    onThreadId: (id) => {
      given.set("thread", id);
      history.replaceState(null, "", `?${given}`);
      setThreadId(id);
    },
    reconnectOnMount: true,
    fetchStateHistory: true,
  });
  const text = useRef(null);
  const say = () => ({ messages: [{ type: "human", content: text.current.value }] });
  const decide = (decision) => stream.submit(null, { command: { resume: { decisions: [decision] } } });
  const action = stream.interrupt?.value?.action_requests?.[0];

  return (
    <main>
      <p id="thread">{threadId}</p>
      <p id="state">{stream.isThreadLoading ? "reading" : stream.isLoading ? "running" : "idle"}</p>
      <ol id="messages">
        {stream.messages.map((message) => (
          <li key={message.id} className={message.type}>
            <span>{message.content}</span>
            {message.type === "human" && (
              <button
                onClick={() => {
                  const { firstSeenState } = stream.getMessagesMetadata(message);
                  stream.submit(say(), { checkpoint: firstSeenState.parent_checkpoint });
                }}
              >
                Say something else
              </button>
            )}
          </li>
        ))}
      </ol>
      <Controls stream={stream} text={text} say={say} action={action} decide={decide} edited="edited_action" />
    </main>
  );
}

createRoot(document.getElementById("root")).render(<Chat />);
