// A chat with `useStream` of @langchain/react, as its documentation shows it.
import { useStream } from "@langchain/react";
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
  });
  const text = useRef(null);
  const say = () => ({ messages: [{ type: "human", content: text.current.value }] });
  const decide = (decision) =>
    stream.respond({ decisions: [decision] }, { interruptId: stream.interrupt.id }).catch(() => {});
  const action = stream.interrupt?.value?.actionRequests?.[0]
    ?? stream.interrupt?.value?.action_requests?.[0];

  return (
    <main>
      <p id="thread">{stream.threadId}</p>
      <p id="state">{stream.isThreadLoading ? "reading" : stream.isLoading ? "running" : "idle"}</p>
      <ol id="messages">
        {stream.messages.map((message) => (
          <Message key={message.id} stream={stream} message={message} say={say} />
        ))}
      </ol>
      <Controls stream={stream} text={text} say={say} action={action} decide={decide} edited="editedAction" />
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
