"""Takes the kernel out of the published pages, as a reader would who has nothing else.

book.py reads what the pages show, follow.py does what they say, day by day, tree.py writes the files that
come of it, typed.py types the commands that they show, and kernel.py builds and boots with the repository's own. Nothing here looks at the journal or at any program that
reads it.
"""
