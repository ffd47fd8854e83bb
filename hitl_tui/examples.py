"""An example of each command, for its `--help`."""

import argparse
import shutil
import textwrap

EXAMPLES = {
    "demo": "hitl-tui demo",
    "serve": "hitl-tui serve --port 2024",
    "web": "hitl-tui web https://my-deployment.example",
    "completion": "hitl-tui completion bash >> ~/.bash_completion",
    "doctor": "hitl-tui doctor -t https://my-deployment.example",
    "selftest": "hitl-tui selftest --seed 20261130",
    "watch": "hitl-tui watch --kind tool --exec 'python3 docs/examples/webhook_bridge.py'",
    "rules": "hitl-tui rules check refunds.toml -t https://my-deployment.example",
    "graphs": "hitl-tui graphs --json",
    "run": "hitl-tui run agent --input-text 'Refund order 4738'",
    "list": "hitl-tui list --filter 'tool:send_email age:>1h' --order longest",
    "review": "hitl-tui review --kind tool",
    "show": "hitl-tui show 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "answer": "hitl-tui answer 01a2296d-19b5-7417-b3f0-90b9f07a2922 --reject 'Ask the customer first'",
    "claim": "hitl-tui claim 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "release": "hitl-tui release 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "reopen": "hitl-tui reopen 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "step": "hitl-tui step 01a2296d-19b5-7417-b3f0-90b9f07a2922 --until '$.total > 100'",
    "log": "hitl-tui log --since 7d --log-reason PAY-1207",
    "graph": "hitl-tui graph agent --mermaid",
    "threads": "hitl-tui threads --status failed --graph agent",
    "runs": "hitl-tui runs 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "cancel": "hitl-tui cancel 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "pause": "hitl-tui pause 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "stream": "hitl-tui stream 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "copy-as": "hitl-tui copy-as curl 01a2296d-19b5-7417-b3f0-90b9f07a2922 --answer true",
    "copy": "hitl-tui copy 01a2296d-19b5-7417-b3f0-90b9f07a2922",
    "delete": "hitl-tui delete 01a2296d-19b5-7417-b3f0-90b9f07a2922 --yes",
    "assistants": "hitl-tui assistants",
    "store": "hitl-tui store get users.ada preferences",
    "state": "hitl-tui state 01a2296d-19b5-7417-b3f0-90b9f07a2922 --path '$.messages[-1]'",
    "messages": "hitl-tui messages 01a2296d-19b5-7417-b3f0-90b9f07a2922 --last 5",
    "history": "hitl-tui history 01a2296d-19b5-7417-b3f0-90b9f07a2922 --limit 10",
    "update": "hitl-tui update 01a2296d-19b5-7417-b3f0-90b9f07a2922 --set '$.amount=90.5' --go-on",
    "fork": "hitl-tui fork 01a2296d-19b5-7417-b3f0-90b9f07a2922 "
    "--checkpoint 1f0c1e2a-7d4b-6f3e-8001-2a5d9c7b4e10 --run",
    "goto": "hitl-tui goto 01a2296d-19b5-7417-b3f0-90b9f07a2922 plan",
    "export": "hitl-tui export 01a2296d-19b5-7417-b3f0-90b9f07a2922 -o refund.json",
    "story": "hitl-tui story refund.json",
    "open": "hitl-tui open refund.json",
    "replay": "hitl-tui replay refund.json --yes",
    "config": "hitl-tui config --json",
    "targets": "hitl-tui targets add work https://my-deployment.example",
}


def add_example(parser: argparse.ArgumentParser, command: str) -> None:
    """Put the example of a command at the end of its help; examples are never broken into lines."""
    width = max(40, shutil.get_terminal_size().columns - 2)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = textwrap.fill(parser.description or "", width)
    rest = f"{textwrap.fill(parser.epilog, width)}\n\n" if parser.epilog else ""
    parser.epilog = f"{rest}example:\n  {EXAMPLES[command]}"
