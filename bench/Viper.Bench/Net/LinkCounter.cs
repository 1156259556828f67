using Viper.Net;

namespace Viper.Bench.Net;

/// <summary>Looks at every link without keeping any.</summary>
internal sealed class LinkCounter : ILinkVisitor
{
    public int Count { get; private set; }

    public long Indices { get; private set; }

    public void Begin() => (Count, Indices) = (0, 0);

    public void Visit(in LinkMessage link)
    {
        Count++;
        Indices += link.Index + link.Name.Length;
    }
}
