-- Waits until this node holds every row of a table that was acknowledged anywhere.
system sync replica :table
