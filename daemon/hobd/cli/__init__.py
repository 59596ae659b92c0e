"""What is typed and what is shown: argv becomes a command value, and what the stories report becomes text."""
