"""What falls and stands up: nothing of the office is lost and nothing is done twice."""
