"""What is measured, against which peers, how, and how it is told."""
