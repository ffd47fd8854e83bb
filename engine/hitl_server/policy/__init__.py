"""Which caller may do what: one rule for each route asks the project's `@auth.on` handlers."""
