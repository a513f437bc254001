"""What is played with: one world, where its two screens stand, its clock, and what a careful admin does in it."""
