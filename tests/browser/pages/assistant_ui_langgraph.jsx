// A chat with `useLangGraphRuntime` of @assistant-ui/react-langgraph, as its documentation shows it.
import {
  unstable_createLangGraphStream,
  useLangGraphInterruptState,
  useLangGraphRuntime,
  useLangGraphSendCommand,
} from "@assistant-ui/react-langgraph";
import { Client } from "@langchain/langgraph-sdk";
import { show } from "../assistant_ui.jsx";

const useRuntime = ({ assistantId, ...options }) => {
  const client = new Client(options);
  return useLangGraphRuntime({
    stream: unstable_createLangGraphStream({ client, assistantId }),
    create: async () => ({ externalId: (await client.threads.create()).thread_id }),
  });
};

show(useRuntime, () => {
  const send = useLangGraphSendCommand();
  return [useLangGraphInterruptState()?.value, (resume) => send({ resume })];
});
