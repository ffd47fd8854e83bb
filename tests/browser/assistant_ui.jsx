// What both pages with assistant-ui share: its runtime, the messages, and the buttons.
import { AssistantRuntimeProvider, useAui, useAuiState } from "@assistant-ui/react";
import { useRef } from "react";
import { createRoot } from "react-dom/client";

const given = new URLSearchParams(location.search);

// `useRuntime` returns the runtime; `useQuestion` the interrupt and what answers it, `[value, respond]`.
export function show(useRuntime, useQuestion) {
  const Page = () => (
    <AssistantRuntimeProvider
      runtime={useRuntime({
        apiUrl: given.get("api"),
        apiKey: given.get("key"),
        assistantId: "mailer",
      })}
    >
      <Chat useQuestion={useQuestion} />
    </AssistantRuntimeProvider>
  );
  createRoot(document.getElementById("root")).render(<Page />);
}

function Chat({ useQuestion }) {
  const aui = useAui();
  const messages = useAuiState(({ thread }) => thread.messages);
  const running = useAuiState(({ thread }) => thread.isRunning);
  const [asked, respond] = useQuestion();
  const action = asked?.action_requests?.[0] ?? asked?.actionRequests?.[0];
  const text = useRef(null);

  return (
    <main>
      <p id="state">{running ? "running" : "idle"}</p>
      <ol id="messages">
        {messages.map(({ id, role, content }) => (
          <li key={id} className={role}>
            <span>{content.map((part) => part.text ?? part.result ?? "").join("")}</span>
          </li>
        ))}
      </ol>
      <p id="asked">{action && JSON.stringify(action.args)}</p>
      <input id="text" ref={text} />
      <button id="submit" onClick={() => aui.thread().append(text.current.value)}>Submit</button>
      <button id="approve" onClick={() => respond({ decisions: [{ type: "approve" }] })}>
        Approve
      </button>
    </main>
  );
}
