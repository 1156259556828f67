-- How often the tickets of a VM were revoked; no row means never. Ids are not given twice, so the row goes with its VM.

CREATE TABLE tickets (
  vm_id TEXT    PRIMARY KEY REFERENCES vms (id) ON DELETE CASCADE,
  epoch INTEGER NOT NULL CHECK (epoch > 0)
) STRICT;
