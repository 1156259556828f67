// Every test boots machines on the same two cores: one at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
