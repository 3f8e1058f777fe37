"""What is measured, a file a subject, each beside what it competes with."""
