"""The cards: of a question, with one part for each kind; of a breakpoint; of a plan."""
