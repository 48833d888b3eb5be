"""What every file was on every day, line by line, with the place in the journal that each line came from."""
