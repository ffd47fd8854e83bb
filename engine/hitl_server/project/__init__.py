"""The project that is served: its `langgraph.json`, its graphs, and why some cannot be imported."""
