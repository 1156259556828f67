namespace Viper.Orchestration.Admission;

/// <summary>Requests that wait for a place: in order for each owner, and the owners in turn. Not thread-safe.</summary>
internal sealed class AdmissionQueue
{
    private readonly LinkedList<(string Owner, LinkedList<Waiter> Waiters)> _owners = new();

    public int Count { get; private set; }

    /// <summary>The first waiter of each owner, the owner whose turn it is first.</summary>
    public IEnumerable<Waiter> Heads => _owners.Select(static o => o.Waiters.First!.Value);

    public void Add(Waiter waiter)
    {
        LinkedListNode<(string Owner, LinkedList<Waiter> Waiters)> node = Find(waiter) ?? _owners.AddLast((waiter.Demand.Owner, new LinkedList<Waiter>()));
        node.Value.Waiters.AddLast(waiter);
        Count++;
    }

    /// <summary>Takes a waiter out; false if it is not in.</summary>
    public bool Remove(Waiter waiter)
    {
        if (Find(waiter) is not { } node || !node.Value.Waiters.Remove(waiter))
        {
            return false;
        }

        Count--;
        if (node.Value.Waiters.Count == 0)
        {
            _owners.Remove(node);
        }

        return true;
    }

    /// <summary>Takes a waiter out, and puts its owner behind the others.</summary>
    public void Serve(Waiter waiter)
    {
        LinkedListNode<(string Owner, LinkedList<Waiter> Waiters)> node = Find(waiter)!;
        Remove(waiter);
        if (node.List is not null)
        {
            _owners.Remove(node);
            _owners.AddLast(node);
        }
    }

    private LinkedListNode<(string Owner, LinkedList<Waiter> Waiters)>? Find(Waiter waiter)
    {
        LinkedListNode<(string Owner, LinkedList<Waiter> Waiters)>? node = _owners.First;
        while (node is not null && node.Value.Owner != waiter.Demand.Owner)
        {
            node = node.Next;
        }

        return node;
    }

    /// <summary>One request.</summary>
    internal sealed class Waiter(VmDemand demand)
    {
        public VmDemand Demand { get; } = demand;

        /// <summary>Ends once the place has been taken for it.</summary>
        public TaskCompletionSource Admitted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
