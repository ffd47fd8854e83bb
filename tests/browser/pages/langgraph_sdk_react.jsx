// A chat with `useStream` of @langchain/langgraph-sdk/react, as its documentation shows it.
import { useStream } from "@langchain/langgraph-sdk/react";
import { useRef, useState } from "react";
import { createRoot } from "react-dom/client";

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
  const edited = () => ({ name: action.name, args: { ...action.args, text: text.current.value } });

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
      <p id="asked">{action && JSON.stringify(action.args)}</p>
      <p id="error">{stream.error && String(stream.error.message ?? stream.error)}</p>
      <input id="text" ref={text} />
      <button id="submit" onClick={() => stream.submit(say())}>Submit</button>
      <button id="stop" onClick={() => stream.stop()}>Stop</button>
      <button id="approve" onClick={() => decide({ type: "approve" })}>Approve</button>
      <button id="edit" onClick={() => decide({ type: "edit", edited_action: edited() })}>
        Edit
      </button>
      <button id="reject" onClick={() => decide({ type: "reject", message: text.current.value })}>
        Reject
      </button>
      <button id="respond" onClick={() => decide({ type: "respond", message: text.current.value })}>
        Respond
      </button>
    </main>
  );
}

createRoot(document.getElementById("root")).render(<Chat />);
