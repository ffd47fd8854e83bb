"""The console in a browser: a server on loopback that runs a console for each tab."""
