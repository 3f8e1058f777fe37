"""The measurement of the post and of what messages say: handing over, and the router."""
