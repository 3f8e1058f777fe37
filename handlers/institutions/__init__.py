"""What institutions do for their people: whom these ask for help."""
