// A chat with `useStream` of @langchain/react, as its documentation shows it.
import { useStream } from "@langchain/react";
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
  });
  const text = useRef(null);
  const say = () => ({ messages: [{ type: "human", content: text.current.value }] });
  const decide = (decision) =>
    stream.respond({ decisions: [decision] }, { interruptId: stream.interrupt.id }).catch(() => {});
  const action = stream.interrupt?.value?.actionRequests?.[0]
    ?? stream.interrupt?.value?.action_requests?.[0];
  const edited = () => ({ name: action.name, args: { ...action.args, text: text.current.value } });

  return (
    <main>
      <p id="thread">{stream.threadId}</p>
      <p id="state">{stream.isThreadLoading ? "reading" : stream.isLoading ? "running" : "idle"}</p>
      <ol id="messages">
        {stream.messages.map((message) => (
          <Message key={message.id} stream={stream} message={message} say={say} />
        ))}
      </ol>
      <p id="asked">{action && JSON.stringify(action.args)}</p>
      <p id="error">{stream.error && String(stream.error.message ?? stream.error)}</p>
      <input id="text" ref={text} />
      <button id="submit" onClick={() => stream.submit(say())}>Submit</button>
      <button id="stop" onClick={() => stream.stop()}>Stop</button>
      <button id="approve" onClick={() => decide({ type: "approve" })}>Approve</button>
      <button id="edit" onClick={() => decide({ type: "edit", editedAction: edited() })}>
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

function Message({ stream, message, say }) {
  // `useMessageMetadata` gives every message the parent of the newest checkpoint: the history knows.
  const branch = async () => {
    const history = await stream.client.threads.getHistory(stream.threadId, { limit: 100 });
    const first = history.findLast(({ values }) =>
      values.messages?.some(({ id }) => id === message.id),
    );
    await stream.submit(say(), { forkFrom: first.parent_checkpoint.checkpoint_id });
  };
  return (
    <li className={message.getType()}>
      <span>{message.text}</span>
      {message.getType() === "human" && <button onClick={branch}>Say something else</button>}
    </li>
  );
}

createRoot(document.getElementById("root")).render(<Chat />);
