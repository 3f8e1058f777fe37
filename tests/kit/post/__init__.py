"""What tests of the post need: servers in processes of their own."""
