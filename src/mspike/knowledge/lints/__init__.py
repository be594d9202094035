"""What must hold of the knowledge files beyond their schema; `mspike.knowledge.check` runs all of it."""
