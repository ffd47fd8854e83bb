// A chat with `useStreamRuntime` of @assistant-ui/react-langchain, as its documentation shows it.
import {
  useLangChainInterruptState,
  useLangChainRespond,
  useStreamRuntime,
} from "@assistant-ui/react-langchain";
import { show } from "../assistant_ui.jsx";

show(useStreamRuntime, () => {
  const asked = useLangChainInterruptState();
  const respond = useLangChainRespond();
  return [asked?.value, (response) => respond(response, { interruptId: asked.id })];
});
