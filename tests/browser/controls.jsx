// What both pages share: the tool call that is asked about, the text, and the buttons.
// `edited` is the key under which the middleware of the page expects an edited call.
export function Controls({ stream, text, say, action, decide, edited }) {
  const change = () => ({ name: action.name, args: { ...action.args, text: text.current.value } });

  return (
    <>
      <p id="asked">{action && JSON.stringify(action.args)}</p>
      <p id="error">{stream.error && String(stream.error.message ?? stream.error)}</p>
      <input id="text" ref={text} />
      <button id="submit" onClick={() => stream.submit(say())}>Submit</button>
      <button id="stop" onClick={() => stream.stop()}>Stop</button>
      <button id="approve" onClick={() => decide({ type: "approve" })}>Approve</button>
      <button id="edit" onClick={() => decide({ type: "edit", [edited]: change() })}>
        Edit
      </button>
      <button id="reject" onClick={() => decide({ type: "reject", message: text.current.value })}>
        Reject
      </button>
      <button id="respond" onClick={() => decide({ type: "respond", message: text.current.value })}>
        Respond
      </button>
    </>
  );
}
