#!/bin/sh
# The guide "Human-in-the-loop using Server API" with curl; prints one JSON object a line.
# Arguments: what to do (thread, interrupt, resume, run, step, bare), thread, graph, breakpoints.
set -eu

post() {
  curl --silent --show-error --fail-with-body --request POST \
    --url "$DEPLOYMENT_URL$1" \
    --header 'Content-Type: application/json' \
    --header "X-Api-Key: $API_KEY" \
    --data "$2"
}

case "$1" in
thread)
  post /threads '{}'
  ;;
interrupt)
  post "/threads/$2/runs/wait" "{
    \"assistant_id\": \"agent\",
    \"input\": {\"some_text\": \"original text\"}
  }"
  ;;
resume)
  post "/threads/$2/runs/wait" "{
    \"assistant_id\": \"agent\",
    \"command\": {
      \"resume\": \"Edited text\"
    }
  }"
  ;;
run)
  post "/threads/$2/runs/wait" "{\"assistant_id\": \"$3\", \"input\": {\"ran\": []}$4}"
  ;;
step)
  post "/threads/$2/runs/wait" "{\"assistant_id\": \"$3\", \"input\": null$4}"
  ;;
bare)
  post "/threads/$2/runs/wait" "{\"assistant_id\": \"$3\"$4}"
  ;;
esac
