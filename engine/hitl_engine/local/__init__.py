"""Where graphs run: targets, the server process of a project, and the connection to a server."""
