using System.Net;
using Viper.Net;

namespace Viper.Demo;

/// <summary>Two namespaces joined by a veth: one for Viper, one that plays the world, 203.0.113.0/24 (RFC 5737).</summary>
internal sealed class DemoNetwork : IDisposable
{
    public static readonly IPAddress WorldAddress = IPAddress.Parse("203.0.113.10");

    private const string ViperPrefix = "viper-demo-";
    private const string WorldPrefix = "viper-world-";
    private const int PrefixLength = 24;
    private static readonly IPAddress s_viperAddress = IPAddress.Parse("203.0.113.1");

    private DemoNetwork(NetworkNamespace viper, NetworkNamespace world)
    {
        Viper = viper;
        World = world;
    }

    public NetworkNamespace Viper { get; }

    public NetworkNamespace World { get; }

    public static DemoNetwork Create()
    {
        RemoveLeftovers();
        NetworkNamespace viper = NetworkNamespace.Create(ViperPrefix + Environment.ProcessId);
        try
        {
            NetworkNamespace world = NetworkNamespace.Create(WorldPrefix + Environment.ProcessId);
            DemoNetwork network = new(viper, world);
            network.Join();
            return network;
        }
        catch
        {
            NetworkNamespace.Delete(WorldPrefix + Environment.ProcessId);
            NetworkNamespace.Delete(ViperPrefix + Environment.ProcessId);
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

    /// <summary>Namespaces of demos that were killed before they could tidy up.</summary>
    private static void RemoveLeftovers()
    {
        foreach (string name in NetworkNamespace.List())
        {
            string? owner = name.StartsWith(ViperPrefix, StringComparison.Ordinal) ? name[ViperPrefix.Length..]
                : name.StartsWith(WorldPrefix, StringComparison.Ordinal) ? name[WorldPrefix.Length..]
                : null;
            if (owner is not null && !Directory.Exists("/proc/" + owner))
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
