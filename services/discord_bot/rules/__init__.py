"""What is told to whom and when: pure, the time and what is known are passed in."""
