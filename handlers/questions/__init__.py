"""What people ask the support unit of their institution, and what came of it."""
