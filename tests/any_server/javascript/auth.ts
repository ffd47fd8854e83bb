/** Who may use the server where it has keys: the twin of `auth_handlers.py`. */

import { Auth, HTTPException } from "@langchain/langgraph-sdk/auth";

const USERS = new Map([
  ["key-ada", { identity: "ada", permissions: ["write"] }],
  ["key-rita", { identity: "rita", permissions: [] as string[] }],
]);

export const auth = new Auth()
  .authenticate((request: Request) => {
    const user = USERS.get(request.headers.get("x-api-key") ?? "");
    if (user === undefined) throw new HTTPException(401, { message: "unknown key" });
    return user;
  })
  .on("threads:create_run", ({ user }) => {
    if (!user.permissions.includes("write")) {
      throw new HTTPException(403, { message: "read-only reviewer" });
    }
  });
