"""What the pages need to boot a kernel and to lead from its code back to the journal."""
