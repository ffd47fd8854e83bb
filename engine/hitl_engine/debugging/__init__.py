"""What changes a thread other than by answering it: state edits, forks, stops, and its replay."""
