"""What everything in the room speaks of: definitions, rules as trees, requests, refusals."""
