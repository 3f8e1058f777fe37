"""The ladder of reminders: whose certificate ends is told, and who answers for them."""
