"""What is selected, marked, typed or decided, and not sent yet."""
