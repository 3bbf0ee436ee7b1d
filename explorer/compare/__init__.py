"""Networks side by side: budgets, alternatives, measured times and the sentences about them.."""
