using System.Net;
using Viper.Net;

namespace Viper.Stage;

/// <summary>Two namespaces joined by a veth: one for Viper, one that plays the world, 203.0.113.0/24 (RFC 5737).</summary>
public sealed class StageNetwork : IDisposable
{
    public static readonly IPAddress WorldAddress = IPAddress.Parse("203.0.113.10");

    private const string ViperPrefix = "viper-stage-";
    private const string WorldPrefix = "viper-world-";
    private const int PrefixLength = 24;
    private static readonly IPAddress s_viperAddress = IPAddress.Parse("203.0.113.1");
    private static int s_count;

    private StageNetwork(NetworkNamespace viper, NetworkNamespace world)
    {
        Viper = viper;
        World = world;
    }

    public NetworkNamespace Viper { get; }

    public NetworkNamespace World { get; }

    public static StageNetwork Create()
    {
        RemoveLeftovers();
        string suffix = $"{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}";
        NetworkNamespace viper = NetworkNamespace.Create(ViperPrefix + suffix);
        try
        {
            NetworkNamespace world = NetworkNamespace.Create(WorldPrefix + suffix);
            StageNetwork network = new(viper, world);
            network.Join();
            return network;
        }
        catch
        {
            NetworkNamespace.Delete(WorldPrefix + suffix);
            NetworkNamespace.Delete(ViperPrefix + suffix);
            throw;
        }
    }

    public void Dispose()
    {
        Viper.Dispose();
        World.Dispose();
        NetworkNamespace.Delete(Viper.Name!);
        NetworkNamespace.Delete(World.Name!);
    }

    /// <summary>Namespaces of stages whose program was killed before it could tidy up.</summary>
    private static void RemoveLeftovers()
    {
        foreach (string name in NetworkNamespace.List())
        {
            string? owner = name.StartsWith(ViperPrefix, StringComparison.Ordinal) ? name[ViperPrefix.Length..]
                : name.StartsWith(WorldPrefix, StringComparison.Ordinal) ? name[WorldPrefix.Length..]
                : null;
            if (owner is not null && !Directory.Exists("/proc/" + owner.Split('-')[0]))
            {
                NetworkNamespace.Delete(name);
            }
        }
    }

    private void Join()
    {
        Viper.Run(() =>
        {
            using RouteSocket routes = new();
            routes.AddVeth("world0", "viper0", World);
            BringUp(routes, "lo", null);
            BringUp(routes, "world0", s_viperAddress);
        });
        World.Run(() =>
        {
            using RouteSocket routes = new();
            BringUp(routes, "lo", null);
            BringUp(routes, "viper0", WorldAddress);
        });
    }

    private static void BringUp(RouteSocket routes, string name, IPAddress? address)
    {
        int index = routes.GetLink(name)!.Index;
        if (address is not null)
        {
            routes.AddAddress(index, address, PrefixLength);
        }

        routes.SetUp(index);
    }
}
