"""Posts what happens to waiting items to a webhook of yours: `hitl-tui watch --exec` runs it.

Standard input is one event as JSON. WEBHOOK_URL is where to post; its body is {"text": "..."}, which
Slack, Mattermost and many others take. The exit code is 0 if it was taken; if not, hitl-tui tries
again.
"""

import html
import json
import os
import sys
import urllib.error
import urllib.request

TELLS = {
    "waiting": "waits for you",
    "changed": "asks something else now",
    "answered": "was answered",
    "gone": "no longer waits",
    "deadline": "has to be answered soon",
    "matched": "is being answered by standing rules",
    "ruled": "was answered by standing rules",
}


def text_of(event: dict) -> str:
    """Return what to post: which item, what happened, and how to answer it."""
    item = event["item"]
    lines = [f"{item['graph']} {TELLS[event['event']]}: {item['summary']}"]
    if event["rules"]:
        lines.append(
            f"{event['decision']} by rule {', '.join(event['rules'])}: {event['outcome'] or 'not known'}"
        )
    if event["by"]:
        lines.append(f"by {event['by']}")
    if item["deadline"]:
        lines.append(f"until {item['deadline']}")
    if event["event"] in {"waiting", "changed", "deadline"}:
        verb = "answer" if item["interrupt_id"] else "step"
        lines.append(f"hitl-tui {verb} {item['thread_id']} --expect {item['fingerprint']}")
    # Chats read <...> as links and calls to everybody; what a graph asks is not to make any.
    return html.escape("\n".join(lines), quote=False)


def main() -> None:
    """Post the event on standard input."""
    event = json.load(sys.stdin)
    request = urllib.request.Request(
        os.environ["WEBHOOK_URL"],
        data=json.dumps({"text": text_of(event)}).encode(),
        headers={"content-type": "application/json"},
    )
    try:
        urllib.request.urlopen(request, timeout=10).close()
    except urllib.error.URLError as error:
        sys.exit(f"not posted: {error.reason}")


if __name__ == "__main__":
    main()
