"""What people see: one folder per kind of user, and the terminal face."""
